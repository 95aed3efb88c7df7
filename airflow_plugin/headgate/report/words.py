"""What was measured and what was promised, in words: the same in every form of a report."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from headgate.checks.comparison import Value
from headgate.checks.drift import STATISTICS
from headgate.levels.level import LevelResult
from headgate.plural import agreeing, counted

MASK = "***"


def number_words(value: Value) -> str:
    """Return a number with its thousands grouped; a fraction to six digits."""
    if isinstance(value, date):
        return str(value)
    return f"{float(value):,.6g}" if isinstance(value, Fraction) else f"{value:,}"


def late_words(levels: Sequence[LevelResult]) -> str:
    """Return the service levels that are broken, for one line; empty if none is."""
    if not levels:
        return ""
    said = [f"{level.name}{f' ({level.reason})' if level.reason else ''}" for level in levels[:3]]
    more = f" and {len(levels) - 3} more" if len(levels) > 3 else ""
    return f"broken {agreeing(len(levels), 'service level', 'service levels')}: {', '.join(said)}{more}"


def detail_words(details: Mapping[str, Any]) -> str:
    """Return what a result says besides its number, for one line; empty if it is nothing."""
    return "; ".join(filter(None, (_DETAILS[name](told) for name, told in details.items() if name in _DETAILS)))


def difference_words(reconciled: Mapping[str, Any]) -> str:
    """Return how two datasets differ, for one line, from what a result says of it; empty if they do not."""
    told = []
    if changed := reconciled.get("changed"):
        columns = sorted(reconciled["columns"].items(), key=lambda column: -column[1])
        more = f" and {len(columns) - 5} more columns" if len(columns) > 5 else ""
        listed = ", ".join(f"{name} in {number:,}" for name, number in columns[:5])
        told.append(f"{changed:,} changed{f' ({listed}{more})' if listed else ''}")
    if only := reconciled.get("only_own"):
        told.append(f"{only:,} only here")
    if only := reconciled.get("only_other"):
        told.append(f"{only:,} only in {reconciled['other']}")
    if not told:
        return ""
    patterns = [pattern_words(pattern) for pattern in reconciled["patterns"][:3]]
    found = f"from here to there: {'; '.join(patterns)}" if patterns else "no pattern"
    return f"{', '.join(told)}; {found}"


def pattern_words(pattern: Mapping[str, Any]) -> str:
    """Return what differences have in common, and how many of them have it."""
    where = ", ".join(f"{name} = {value}" for name, value in pattern["where"].items())
    words = pattern["words"]
    return f"{words}{f' where {where}' if where else ''} ({pattern['count']:,} of {pattern['of']:,})"


def drift_words(drift: Mapping[str, Any]) -> str:
    """Return how far a column is from its baseline, the rule that decided, and what moved, for one line."""
    measured = [each for each in drift["distances"] if each["value"] is not None]
    # The farthest stands first.
    told = [_distance_words(drift, each) for each in measured if each["drifted"]] or [
        _distance_words(drift, each) for each in measured[:1]
    ]
    lost = [each for each in drift["distances"] if each["reason"]]
    if drift["segment"] and lost:
        named = [value for each in lost for value in each["where"].values()]
        listed = f": {', '.join(named[:3])}{' and more' if len(named) > 3 else ''}" if named else ""
        told.append(f"{counted(len(lost), 'segment')} by {drift['segment']} not measured{listed}")
    return "; ".join(told)


def _distance_words(drift: Mapping[str, Any], each: Mapping[str, Any]) -> str:
    noise = f", chance gives {_short(each['noise'])}" if each["noise"] is not None else ""
    where = "".join(f"{name} = {value}: " for name, value in each["where"].items())
    said = (
        f"{where}{STATISTICS[drift['statistic']].title} {_short(each['value'])} of {counted(each['rows'], 'row')}; "
        f"drift is from {_short(each['limit'])} (floor {_short(drift['threshold'])}{noise})"
    )
    moved = ", ".join(
        f"{each['values'].get('is', each['bin'])} {_percent(each['before'])} → {_percent(each['after'])}"
        for each in each["moved"]
    )
    return f"{said}; {moved}" if moved else said


def _short(number: float) -> str:
    return f"{number:.3g}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def labels_words(metric: Mapping[str, Any]) -> str:
    """Return how many labels there were for the score of a model, for one line; of segments, those of the first, which
    is the worst."""
    segments = metric.get("segments")
    told = segments[0] if segments else metric
    covered = math.floor(1000 * told["coverage"] + 1e-9) / 10
    labels = f"labels for {covered:g} % of {counted(told['settled'], 'settled row')}"
    more = [
        f"{told[name]:,} {words}"
        for name, words in (("unpredicted", "without a prediction"), ("undated", "without a time"))
        if told[name]
    ]
    which = ""
    if segments:
        known = ", ".join(f"{name} = {value}" for name, value in told["where"].items())
        which = f"{known or metric['segment']}, the worst of {counted(len(segments), 'segment')}: "
    return f"{which}{', '.join([labels, *more])}"


def normal_words(normal: Mapping[str, Any]) -> str:
    """Return what is normal of a day, for one line, from what a result says of it; empty if the day was not judged."""
    if "lower" not in normal and "upper" not in normal:
        return ""
    day = f"{date.fromisoformat(normal['day']):%A} {normal['day']}"
    return f"{day}; {normal_limits(normal)}, by {counted(normal['days'], 'day')} before it"


def normal_limits(normal: Mapping[str, Any]) -> str:
    """Return what would have been normal, and what was expected."""
    low, high = (normal_number(normal, normal[name]) if name in normal else "" for name in ("lower", "upper"))
    limits = f"{low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"
    expected = f" (expected {normal_number(normal, normal['expected'])})" if "expected" in normal else ""
    return f"normal is {limits}{expected}"


def normal_number(normal: Mapping[str, Any], number: float) -> str:
    """Return a number of a rule on what is normal, in its unit."""
    match normal["scale"]:
        case "share":
            return f"{100 * number:.3g} %"
        case "hours":
            return f"{number:,.1f} h"
    return f"{number:,.0f}"


# The words of each of `result.DETAILS`.
_DETAILS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "reconciled": difference_words,
    "drift": drift_words,
    "model_metric": labels_words,
    "normal": normal_words,
}


def share_words(unexpected: int, rows: int, unit: str = "row") -> str:
    """Return `unexpected` of `rows` in words, with the percentage if there are any rows."""
    share = f"{unexpected:,} of {counted(rows, unit)}"
    if not unexpected:
        return share
    percent = 100 * unexpected / rows
    if percent < 0.001:
        return f"{share} (< 0.001 %)"
    return f"{share} ({percent:.2g} %)" if percent < 10 else f"{share} ({percent:.0f} %)"
