"""The rule: whether a column has drifted from its baseline. Pure: counts in, distances out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from headgate.checks.drift import STATISTICS, Drift
from headgate.past.drift import statistics

# Named are so many bins, each with at least this share of the whole PSI.
_MOST_MOVED, _LEAST_MOVED = 3, 0.1


@dataclass(frozen=True, slots=True)
class Moved:
    """A bin whose share changed: from `before` to `after`, both 0 to 1."""

    bin: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a segment is from its baseline.

    Attributes:
        segment: its name; empty: all rows.
        rows, base_rows: the sizes of both samples.
        value: the statistic; None where `reason` says why it was not measured.
        noise: what chance exceeds with the rule's significance; None where that is not known.
        limit: from here on it counts as drift: the larger of the rule's threshold and the noise.
        moved: the bins that contribute most, the first most of all.
    """

    segment: str
    rows: int
    base_rows: int
    value: float | None = None
    noise: float | None = None
    limit: float = 0.0
    moved: tuple[Moved, ...] = ()
    reason: str = ""

    @property
    def drifted(self) -> bool:
        """Whether it is as far as the limit."""
        return self.value is not None and self.value >= self.limit


def distance(
    segment: str,
    base: Sequence[int],
    current: Sequence[int],
    rule: Drift,
    *,
    samples: tuple[statistics.Sample, statistics.Sample] | None = None,
) -> Distance:
    """Return the distance of a column from its baseline in one segment.

    Args:
        base, current: the counts of both in the bins of the column.
        samples: the distinct values of both, for a statistic that needs them.
    """
    base_rows, rows = sum(base), sum(current)
    found = Distance(segment, rows, base_rows)
    if few := _too_few(rows, base_rows, rule):
        return replace(found, reason=few)
    significance = float(rule.significance)
    used = len(statistics.shared_bins(base, current)[0])
    noise: float | None = statistics.psi_noise(rows, base_rows, used, significance)
    assert noise is not None
    match rule.statistic:
        case "psi":
            value = statistics.population_stability_index(base, current)
        case "jensen_shannon":
            # Close to zero the divergence is an eighth of the PSI.
            value, noise = statistics.jensen_shannon(base, current), math.sqrt(noise / 8)
        case "chi_square":
            value, freedom = statistics.chi_square(base, current)
            noise = statistics.chi_square_bound(significance, freedom)
        case name:
            assert samples is not None, name
            if not all(samples):
                return replace(found, reason="one of the two samples has no value")
            measure = statistics.kolmogorov_smirnov if name == "kolmogorov_smirnov" else statistics.wasserstein
            value = measure(*samples)
            noise = statistics.ks_noise(rows, base_rows, significance) if STATISTICS[name].tested else None
    limit = float(f"{max(float(rule.threshold), noise or 0.0):.6g}")
    return Distance(segment, rows, base_rows, value, noise, limit, _moved(base, current))


def _too_few(rows: int, base_rows: int, rule: Drift) -> str:
    """Return why the rows of one of the samples are too few."""
    if not rows:
        return "no rows"
    if rows < rule.minimum:
        return f"{rows:,} rows are too few to tell drift from chance; at least {rule.minimum:,} are needed"
    if base_rows < rule.minimum:
        return f"the baseline has {base_rows:,} rows; at least {rule.minimum:,} are needed"
    return ""


def _moved(base: Sequence[int], current: Sequence[int]) -> tuple[Moved, ...]:
    """Return the bins that contribute most to the PSI."""
    p, q = (statistics.shares(counts, statistics.SMOOTHING) for counts in (base, current))
    parts = {at: (q[at] - p[at]) * math.log(q[at] / p[at]) for at in range(len(p))}
    least = _LEAST_MOVED * math.fsum(parts.values())
    most = sorted((at for at, part in parts.items() if part >= least), key=lambda at: -parts[at])[:_MOST_MOVED]
    before, after = statistics.shares(base), statistics.shares(current)
    return tuple(Moved(at, before[at], after[at]) for at in most if before[at] != after[at])
