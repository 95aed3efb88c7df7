"""How the distribution of a candidate's columns moved, beside production's."""

from __future__ import annotations

from collections.abc import Sequence

from headgate.checks import Column
from headgate.checks.baseline import WHOLE, Bins
from headgate.checks.drift import SIGNIFICANCE
from headgate.compare.shadow.found import ColumnDrift
from headgate.past.drift import statistics
from headgate.past.drift.counting import count
from headgate.past.drift.pin import bins_of
from headgate.places import Place
from headgate.scan.profile import kind_of


def moved_most(own: Place, other: Place, columns: Sequence[str]) -> ColumnDrift | None:
    """Return the column whose PSI is the largest, with bins made of production's rows; None if no column has bins.

    Raises:
        QueryError, TransientError: a side cannot be read.
    """
    with own.connect() as production, other.connect() as candidate:
        before, after = production.read(own), candidate.read(other)
        both = [name for name in columns if _alike(before.by_name.get(name), after.by_name.get(name))]
        made = {name: bins_of(before.by_name[name], before, production) for name in both}
        bins = {name: found for name, found in made.items() if isinstance(found, Bins)}
        counts = [count(*side, bins).columns if bins else {} for side in ((before, production), (after, candidate))]
    found = [
        _drift(name, counts[0][name][WHOLE], counts[1][name][WHOLE])
        for name in bins
        if WHOLE in counts[0][name] and WHOLE in counts[1][name]
    ]
    return max((each for each in found if each), key=lambda each: each.psi, default=None)


def _alike(before: Column | None, after: Column | None) -> bool:
    """Return whether both sides have a column, of one kind of values."""
    return before is not None and after is not None and kind_of(before) == kind_of(after)


def _drift(name: str, base: Sequence[int], current: Sequence[int]) -> ColumnDrift | None:
    rows = sum(base), sum(current)
    if not all(rows):
        return None
    used = len(statistics.shared_bins(base, current)[0])
    psi = statistics.population_stability_index(base, current)
    return ColumnDrift(name, psi, statistics.psi_noise(rows[1], rows[0], used, float(SIGNIFICANCE)), rows)
