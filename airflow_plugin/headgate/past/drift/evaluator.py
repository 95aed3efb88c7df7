"""Rules of a contract that a dataset is as its baseline, measured beside its other checks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from headgate.checks import Check, Column, Comparison
from headgate.checks.baseline import WHOLE, Bins
from headgate.checks.drift import STATISTICS, Drift, pinned_column
from headgate.past.drift.counting import Counted, count, distinct
from headgate.past.drift.distance import Distance, distance
from headgate.past.drift.statistics import Sample
from headgate.past.fault import measured_together
from headgate.places import Relation, Session
from headgate.plural import counted as counted_words
from headgate.scan import Measured
from headgate.scan.profile import kind_of

# A column with more different values is not measured by a statistic that needs all of them.
MOST_DISTINCT = 10_000
# So many segments are listed in what a result says.
_MOST_SEGMENTS = 20


def evaluate(checks: Sequence[Check], relation: Relation, session: Session) -> dict[str, Measured]:
    """Return what was measured for each check, by its key; see `headgate.scan.evaluate.Evaluator`. Checks of one
    baseline share their queries."""

    def file(check: Check) -> str:
        return Drift.of(check).file

    found: dict[str, Measured] = {}
    for _, group in groupby(sorted(checks, key=file), key=file):
        found |= _of_one_baseline(list(group), relation, session)
    return found


def _of_one_baseline(checks: Sequence[Check], relation: Relation, session: Session) -> dict[str, Measured]:
    baseline = Drift.of(checks[0]).baseline
    if baseline.segment and baseline.segment not in relation.by_name:
        lost = Measured(reason=f"the column '{baseline.segment}', by which the baseline has segments, is missing")
        return {check.key: lost for check in checks}
    found = {check.key: wrong for check in checks if (wrong := _wrong_type(check, relation)) is not None}
    asked = [check for check in checks if check.key not in found]
    return {**found, **measured_together(asked, lambda some: _together(some, relation, session))}


def _together(checks: Sequence[Check], relation: Relation, session: Session) -> dict[str, Measured]:
    """Return what was measured for checks of one baseline, whose columns are counted together."""
    if not checks:
        return {}
    bins = {check.columns[0]: pinned_column(check).bins for check in checks}
    counted = count(relation, session, bins, Drift.of(checks[0]).baseline.segment)
    return {check.key: _measured(check, counted, relation, session) for check in checks}


def _wrong_type(check: Check, relation: Relation) -> Measured | None:
    """Return that a column does not hold what its baseline has; None if it does."""
    column, bins = relation.by_name[check.columns[0]], pinned_column(check).bins
    if _holds(column, bins):
        return None
    return Measured(error=f"{column.name} is of type {column.type}; its baseline has {_kind(bins)}")


def _holds(column: Column, bins: Bins) -> bool:
    kind, listed = kind_of(column), _kind(bins)
    if column.nothing:
        return True
    return listed == "texts" or kind == "boolean" if listed != "numbers" else kind in ("integer", "number")


def _kind(bins: Bins) -> str:
    if bins.ordered or not any(isinstance(value, str | bool) for value in bins.values):
        return "numbers"
    return "booleans" if any(isinstance(value, bool) for value in bins.values) else "texts"


def _measured(check: Check, counted: Counted, relation: Relation, session: Session) -> Measured:
    rule, name = Drift.of(check), check.columns[0]
    samples: tuple[Sample, Sample] | None = None
    if STATISTICS[rule.statistic].distinct:
        values = distinct(relation, session, name, MOST_DISTINCT)
        if values is None:
            return Measured(reason=f"{name} has more than {MOST_DISTINCT:,} different values")
        base = pinned_column(check).distinct[WHOLE]
        samples = [(float(v), n) for v, n in base], [(float(v), n) for v, n in values]
    distances = [_distance(check, rule, segment, rows, counted, samples) for segment, rows in counted.rows.items()]
    measured = [each for each in distances if each.value is not None]
    lost = [each for each in distances if each.value is None]
    details = {"drift": _details(check, rule, distances)}
    worst = max(measured, key=_how_far, default=None)
    if worst is None or (lost and not worst.drifted):
        return Measured(reason=_why(lost, rule.baseline.segment, len(distances)), details=details)
    assert worst.value is not None
    # A number of so many digits is compared exactly, and shown to six.
    limit = Comparison("<", (Decimal(repr(worst.limit)),))
    return Measured(Fraction(worst.value), "histogram", rows=worst.rows, expect=limit, details=details)


def _why(lost: Sequence[Distance], segment: str, of: int) -> str:
    """Return why segments were not measured. Which they are is a value of the data, and stands in the details."""
    if not lost:
        return "no rows"
    if not segment:
        return lost[0].reason
    first = max(lost, key=lambda each: each.rows)
    return f"{len(lost)} of {counted_words(of, 'segment')} by {segment} not measured: {first.reason}"


def _how_far(each: Distance) -> float:
    assert each.value is not None
    return each.value / each.limit if each.limit else each.value


def _distance(
    check: Check, rule: Drift, segment: str, rows: int, counted: Counted, samples: tuple[Sample, Sample] | None
) -> Distance:
    pinned = pinned_column(check)
    counts = counted.columns[check.columns[0]].get(segment)
    if segment not in pinned.counts:
        reason = f"{rows:,} rows are of a segment that the baseline does not have; headgate baseline --add adds it"
        return Distance(segment, rows, 0, reason=reason)
    if counts is None:
        return Distance(segment, rows, 0, reason="no rows")
    return distance(segment, pinned.counts[segment], counts, rule, samples=samples)


def _details(check: Check, rule: Drift, distances: Sequence[Distance]) -> dict[str, Any]:
    """Return what was found as JSON-ready values; values of the data stand below `values` and `where` alone."""
    baseline, bins = rule.baseline, pinned_column(check).bins
    return {
        "statistic": rule.statistic,
        "threshold": float(rule.threshold),
        "significance": float(rule.significance),
        "minimum": rule.minimum,
        "baseline": {"file": rule.file, "version": baseline.version, "at": baseline.at.isoformat()},
        "segment": baseline.segment,
        "distances": [_distance_dict(each, baseline.segment, bins) for each in _in_order(distances)],
        "segments": len(distances),
    }


def _in_order(distances: Sequence[Distance]) -> list[Distance]:
    """Return the segments that are listed, the farthest first."""
    return sorted(distances, key=lambda each: -_how_far(each) if each.value is not None else 0.0)[:_MOST_SEGMENTS]


def _distance_dict(each: Distance, segment: str, bins: Bins) -> dict[str, Any]:
    return {
        "where": {segment: each.segment} if segment else {},
        "rows": each.rows,
        "baseline_rows": each.base_rows,
        "value": each.value,
        "noise": each.noise,
        "limit": each.limit,
        "drifted": each.drifted,
        "reason": each.reason,
        "moved": [
            {
                "bin": bins.name(moved.bin),
                "before": moved.before,
                "after": moved.after,
                "values": {"is": label} if (label := bins.label(moved.bin)) else {},
            }
            for moved in each.moved
        ],
    }
