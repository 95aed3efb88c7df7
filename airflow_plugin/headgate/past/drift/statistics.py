"""How far apart two samples are, from counts: equal to scipy on the same bins. Pure functions of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

# What is added to each bin of a PSI, so that an empty one has a logarithm.
SMOOTHING = 0.5
_MOST_STEPS = 10_000
_EXACT = 1e-16


def shared_bins(one: Sequence[int], other: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the counts of the bins that either sample has a value in."""
    used = [(a, b) for a, b in zip(one, other, strict=True) if a or b]
    return [a for a, _ in used], [b for _, b in used]


def shares(counts: Sequence[int], smoothing: float = 0.0) -> list[float]:
    """Return the share of each bin, each with `smoothing` rows more."""
    total = sum(counts) + smoothing * len(counts)
    return [(count + smoothing) / total for count in counts]


def population_stability_index(base: Sequence[int], current: Sequence[int]) -> float:
    """Return the PSI, sum of (q - p) ln(q / p) over the bins that either has, with SMOOTHING rows more in each."""
    p, q = (shares(counts, SMOOTHING) for counts in shared_bins(base, current))
    return math.fsum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))


def jensen_shannon(base: Sequence[int], current: Sequence[int]) -> float:
    """Return the Jensen-Shannon distance, the square root of the divergence, with natural logarithms; as
    `scipy.spatial.distance.jensenshannon`."""
    p, q = (shares(counts) for counts in shared_bins(base, current))
    parts = [_entropy(a, (a + b) / 2) + _entropy(b, (a + b) / 2) for a, b in zip(p, q, strict=True)]
    return math.sqrt(max(math.fsum(parts), 0.0) / 2)


def _entropy(share: float, of: float) -> float:
    return share * math.log(share / of) if share else 0.0


def chi_square(base: Sequence[int], current: Sequence[int]) -> tuple[float, int]:
    """Return the chi-square statistic of two samples and its degrees of freedom; as `scipy.stats.chi2_contingency`
    without correction."""
    one, other = shared_bins(base, current)
    m, n = sum(one), sum(other)
    parts = []
    for a, b in zip(one, other, strict=True):
        for found, total in ((a, m), (b, n)):
            expected = total * (a + b) / (m + n)
            parts.append((found - expected) ** 2 / expected)
    return math.fsum(parts), max(len(one) - 1, 1)


Sample = Sequence[tuple[float, int]]
"""Distinct values in ascending order, and how often each appears."""


def kolmogorov_smirnov(base: Sample, current: Sample) -> float:
    """Return the largest distance of the two distribution functions; the statistic of `scipy.stats.ks_2samp`."""
    return max(abs(a - b) for _, a, b in _distributions(base, current))


def wasserstein(base: Sample, current: Sample) -> float:
    """Return the area between the two distribution functions, in the unit of the values; as
    `scipy.stats.wasserstein_distance`."""
    steps = list(_distributions(base, current))
    pairs = pairwise(steps)
    return math.fsum(abs(a - b) * (after - at) for (at, a, b), (after, _, _) in pairs)


def _distributions(base: Sample, current: Sample) -> list[tuple[float, float, float]]:
    """Return, for each value of either, the shares of both that are not above it."""
    counts: dict[float, list[int]] = {}
    for at, sample in enumerate((base, current)):
        for value, count in sample:
            counts.setdefault(value, [0, 0])[at] += count
    ordered = sorted(counts.items())
    own, other = (list(accumulate(count[at] for _, count in ordered)) for at in (0, 1))
    return [(value, a / own[-1], b / other[-1]) for (value, _), a, b in zip(ordered, own, other, strict=True)]


def chi_square_tail(x: float, freedom: int) -> float:
    """Return the probability that a chi-square of so many degrees of freedom is above `x`; as `scipy.stats.chi2.sf`.

    The regularized upper incomplete gamma function: a series below the mean, a continued fraction above it (Abramowitz
    and Stegun, 6.5.29 and 6.5.31).
    """
    a, z = freedom / 2, x / 2
    if z <= 0:
        return 1.0
    front = math.exp(a * math.log(z) - z - math.lgamma(a))
    if z < a + 1:
        term = total = 1 / a
        for step in range(1, _MOST_STEPS):
            term *= z / (a + step)
            total += term
            if term < total * _EXACT:
                break
        return 1 - front * total
    tiny = 1e-300
    b = z + 1 - a
    c, d = 1 / tiny, 1 / b
    fraction = d
    for step in range(1, _MOST_STEPS):
        numerator = -step * (step - a)
        b += 2
        d = 1 / (numerator * d + b or tiny)
        c = b + numerator / c or tiny
        fraction *= d * c
        if abs(d * c - 1) < _EXACT:
            break
    return front * fraction


def chi_square_bound(probability: float, freedom: int) -> float:
    """Return what a chi-square of so many degrees of freedom exceeds with a probability; as `scipy.stats.chi2.isf`."""
    return _solve(lambda x: chi_square_tail(x, freedom) - probability, freedom + 10.0)


def _solve(falling: Callable[[float], float], high: float) -> float:
    """Return where a falling function of positive numbers is zero, to the last digits of a float."""
    low = 0.0
    while falling(high) > 0:
        low, high = high, high * 2
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return middle


def psi_noise(rows: int, base_rows: int, bins: int, probability: float) -> float:
    """Return the PSI that two samples of one population exceed with a probability: (1/n + 1/m) times the bound of the
    chi-square with one degree of freedom less than there are bins."""
    return (1 / rows + 1 / base_rows) * chi_square_bound(probability, max(bins - 1, 1))


def ks_noise(rows: int, base_rows: int, probability: float) -> float:
    """Return the Kolmogorov-Smirnov distance that two samples of one population exceed with at most about a
    probability: the first term of Kolmogorov's distribution."""
    return math.sqrt(-math.log(probability / 2) / 2 * (1 / rows + 1 / base_rows))
