"""What leads from a date or a time to the other side's: an offset, day and month swapped, cut to seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from headgate.compare.patterns.hypothesis import Hypothesis, Pair, spread

_SECOND = 1_000_000
_UNITS = (
    (86_400 * _SECOND, "d"),
    (3600 * _SECOND, "h"),
    (60 * _SECOND, "min"),
    (_SECOND, "s"),
    (1000, "ms"),
    (1, "µs"),
)
_CUTS = ((1000, "milliseconds"), (_SECOND, "seconds"), (60 * _SECOND, "minutes"), (3600 * _SECOND, "hours"),
         (86_400 * _SECOND, "days"))  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def time_rules(pairs: Sequence[Pair], sides: tuple[str, str]) -> Iterator[Hypothesis]:
    """Yield rules for pairs of dates, timestamps or times of day. Offsets lead from own to other."""
    for unit, name in _CUTS:
        yield Hypothesis("precision", f"cut to {name} in {sides[1]}", _cut(unit, False), len(_CUTS) * 2)
        yield Hypothesis("precision", f"cut to {name} in {sides[0]}", _cut(unit, True), len(_CUTS) * 2)
    yield from _offsets(spread(pairs))
    yield Hypothesis("day_month", "with day and month swapped", _day_month)


def microseconds(value: Any) -> int | None:
    """Return the microseconds since 1970, or since midnight; None if the value is not a time."""
    if isinstance(value, datetime):
        since = (value if value.tzinfo else value.replace(tzinfo=UTC)) - _EPOCH
    elif isinstance(value, date):
        since = timedelta(days=value.toordinal() - _EPOCH.toordinal())
    elif isinstance(value, time):
        since = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    else:
        return None
    return (since.days * 86_400 + since.seconds) * _SECOND + since.microseconds


def said(offset: int) -> str:
    """Return an offset in microseconds in words: + 1 h, − 2 d, + 1 h 30 min."""
    parts, left = [], abs(offset)
    for unit, name in _UNITS:
        if left >= unit:
            parts.append(f"{left // unit} {name}")
            left %= unit
    return f"{'+' if offset > 0 else '−'} {' '.join(parts)}"


def _cut(unit: int, own: bool) -> Any:
    def follows(a: Any, b: Any) -> bool:
        x, y = microseconds(a), microseconds(b)
        if x is None or y is None or x == y:
            return False
        fine, coarse = (y, x) if own else (x, y)
        return coarse == fine - fine % unit

    return follows


def _offsets(pairs: Sequence[Pair]) -> Iterator[Hypothesis]:
    counts = Counter(d for a, b in pairs if (d := _apart(a, b)))
    if not counts:
        return
    (offset, most), *others = counts.most_common(2)
    yield Hypothesis("offset", said(offset), lambda a, b: _apart(a, b) == offset, len(counts))
    # The two hours of a zone with daylight saving time.
    if others and others[0][1] > 0.02 * most and abs(others[0][0] - offset) == 3600 * _SECOND:
        both = sorted((offset, others[0][0]), key=abs)
        words = " or ".join(map(said, both))
        yield Hypothesis("offset", words, lambda a, b: _apart(a, b) in both, len(counts) ** 2)


def _apart(a: Any, b: Any) -> int | None:
    x, y = microseconds(a), microseconds(b)
    return None if x is None or y is None else y - x


def _day_month(a: Any, b: Any) -> bool:
    if not (isinstance(a, date) and isinstance(b, date)):
        return False
    return a != b and (a.year, a.month, a.day) == (b.year, b.day, b.month)
