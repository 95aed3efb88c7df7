"""What leads from a number to the other side's: a factor, an offset, fewer digits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from headgate.compare.patterns.hypothesis import Hypothesis, Pair, spread

# A double is equal to another that differs by less than this share of it.
NOISE = 1e-9
# More digits than these after the point are a double's own, not a rounding.
_DIGITS = 9


def number_rules(pairs: Sequence[Pair], sides: tuple[str, str]) -> Iterator[Hypothesis]:
    """Yield rules for pairs of numbers. Factors and offsets lead from own to other."""
    few = [(a, b) for a, b in spread(pairs) if _finite(a) and _finite(b)]
    if not few:
        return
    digits = _digits([a for a, _ in few]), _digits([b for _, b in few])
    yield Hypothesis("noise", "equal but for the last digits of a double", _noise)
    # Before what is vaguer and as true: where other is all tens, own + 1 is rounded to tens too.
    yield from _exact_offset(few)
    yield from _rounded(digits, sides)
    yield Hypothesis("sign", "with the opposite sign", _opposite)
    units = tuple(10.0**-d if d < _DIGITS else 0.0 for d in digits)
    yield from _offsets(few, units)
    yield from _factors(few, units)


def _finite(value: Any) -> bool:
    return value is not None and math.isfinite(value)


def _noise(a: Any, b: Any) -> bool:
    return _finite(a) and _finite(b) and abs(a - _like(b, a)) <= NOISE * max(abs(float(a)), abs(float(b)))


def _opposite(a: Any, b: Any) -> bool:
    return _noise(a, -b) if b is not None else False


def _like(value: Any, other: Any) -> Any:
    """Return a number that can be subtracted from the other."""
    if isinstance(other, Decimal) and isinstance(value, float):
        return Decimal(repr(value))
    return float(value) if isinstance(other, float) else value


def _digits(values: Sequence[Any]) -> int:
    """Return how many digits after the point the values have, but for 1 in 20; negative for whole tens, hundreds."""
    found = sorted(-int(Decimal(str(v)).normalize().as_tuple().exponent) if v else -99 for v in values)
    return found[min(len(found) - 1, math.ceil(0.95 * len(found)) - 1)]


def _rounded(digits: tuple[int, int], sides: tuple[str, str]) -> Iterator[Hypothesis]:
    if digits[0] == digits[1]:
        return
    coarse = digits[1] < digits[0]
    n, side = (digits[1], sides[1]) if coarse else (digits[0], sides[0])
    unit = 10.0**-n

    def pair(a: Any, b: Any) -> tuple[float, float] | None:
        if not (_finite(a) and _finite(b)):
            return None
        return (float(a), float(b)) if coarse else (float(b), float(a))

    def rounded(a: Any, b: Any) -> bool:
        return (p := pair(a, b)) is not None and abs(p[0] - p[1]) <= unit / 2 * (1 + 1e-6) and _whole(p[1] / unit)

    def cut(a: Any, b: Any) -> bool:
        return (
            (p := pair(a, b)) is not None
            and abs(p[1]) <= abs(p[0]) < abs(p[1]) + unit
            and p[0] * p[1] >= 0
            and _whole(p[1] / unit)
        )

    to = f"{n} digit{'s' * (n != 1)} after the point" if n > 0 else f"multiples of {10**-n}" if n else "whole numbers"
    yield Hypothesis("precision", f"rounded to {to} in {side}", rounded, 2)
    yield Hypothesis("precision", f"cut to {to} in {side}", cut, 2)


def _whole(value: float) -> bool:
    return abs(value - round(value)) <= 1e-6 * max(1.0, abs(value))


def _exact_offset(pairs: Sequence[Pair]) -> Iterator[Hypothesis]:
    """Yield the difference that most pairs have, whatever the digits of either side."""
    found = Counter(float(f"{float(b) - float(a):.9g}") for a, b in pairs)
    offset, count = found.most_common(1)[0]
    if not offset or count == 1:
        return

    def follows(own: Any, other: Any) -> bool:
        if not (_finite(own) and _finite(other)):
            return False
        a, b = float(own), float(other)
        return abs(b - a - offset) <= NOISE / 1e3 * max(abs(a), abs(b), abs(offset))

    yield Hypothesis("offset", _offset_words(offset), follows, len(found))


def _offset_words(offset: float) -> str:
    return f"{'+' if offset > 0 else '−'} {shown(abs(offset))}"


def _offsets(pairs: Sequence[Pair], units: tuple[float, ...]) -> Iterator[Hypothesis]:
    # Both sides in the same unit: their difference is exact.
    slack = 0.0 if units[0] == units[1] else max(units) / 2

    def tolerance(a: float, b: float) -> float:
        return slack * (1 + 1e-6) + 4 * NOISE / 1e3 * max(abs(a), abs(b))

    spans = []
    for x, y in pairs:
        a, b = float(x), float(y)
        if abs(b - a) > 2 * (t := tolerance(a, b)):
            spans.append((b - a - t, b - a + t))
    if not (found := densest(spans)):
        return
    offset, _ = simplest(*found)
    if not offset:
        return

    def follows(own: Any, other: Any) -> bool:
        if not (_finite(own) and _finite(other)):
            return False
        a, b = float(own), float(other)
        return abs(b - a - offset) <= tolerance(a, b) * 1.001 and abs(b - a) > 2 * tolerance(a, b)

    yield Hypothesis("offset", _offset_words(offset), follows, len(spans))


def _factors(pairs: Sequence[Pair], units: tuple[float, ...]) -> Iterator[Hypothesis]:
    def tolerance(a: float, b: float) -> float:
        """Return how far other may be from own × factor, whichever of the two is the rounded one."""
        half = max(units[1], units[0] * abs(b / a)) / 2
        return half * (1 + 1e-6) + NOISE * abs(b)

    spans: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for x, y in pairs:
        a, b = float(x), float(y)
        if a and b and abs(b) > (t := tolerance(a, b)) and abs(b - a) > 2 * t:
            ratio = abs(b / a)
            spans[a * b > 0].append((ratio - t / abs(a), ratio + t / abs(a)))
    same = len(spans[True]) >= len(spans[False])
    if not (found := densest(spans[same])) or found[0] <= 0:
        return
    factor, words = _factor(*found)
    # The same number, or the same with the other sign, has a rule of its own.
    if factor == 1:
        return
    signed = factor if same else -factor

    def follows(own: Any, other: Any) -> bool:
        if not (own and _finite(own) and _finite(other)):
            return False
        a, b = float(own), float(other)
        if not b:
            return abs(a * signed) <= units[1] / 2
        t = tolerance(a, b)
        return abs(a * signed - b) <= t * 1.001 and abs(b - a) > 2 * t

    sign = "" if same else ", with the opposite sign"
    yield Hypothesis("factor", words + sign, follows, max(1, len(spans[same])))


def densest(spans: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """Return the stretch that most of the spans cover; None without spans."""
    ends = sorted([(low, 0) for low, _ in spans] + [(high, 1) for _, high in spans])
    depth = most = 0
    found: tuple[float, float] | None = None
    for i, (at, closes) in enumerate(ends):
        depth += -1 if closes else 1
        if depth > most:
            most, found = depth, (at, ends[i + 1][0])
    return found


def simplest(low: float, high: float) -> tuple[float, int]:
    """Return the number between the two that has the fewest digits, and how many these are."""
    middle = (low + high) / 2
    if low <= 0 <= high:
        return 0.0, 1
    for digits in range(1, 13):
        number = float(f"{middle:.{digits - 1}e}")
        if low <= number <= high:
            return number, digits
    return middle, 13


def _factor(low: float, high: float) -> tuple[float, str]:
    """Return the factor between the two that is said most simply, and the words: × 100, ÷ 1.6."""
    times, digits = simplest(low, high)
    by, inverse = simplest(1 / high, 1 / low)
    # A number below 1 is harder to read.
    if digits + 2 * (times < 1) <= inverse + 2 * (by < 1):
        return times, f"× {shown(times)}"
    return 1 / by, f"÷ {shown(by)}"


def shown(number: float) -> str:
    """Return a number with at most 7 digits that count: 100, 1.6, 0.0254."""
    text = f"{number:.7g}"
    return f"{Decimal(text):f}"
