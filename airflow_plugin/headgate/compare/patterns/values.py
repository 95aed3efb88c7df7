"""What pairs of any type may have in common: NULL on one side, one value on one side, values renamed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from headgate.compare.patterns.chance import SHARE
from headgate.compare.patterns.hypothesis import Hypothesis, Pair, spread

# Of what is NULL or one value without cause there is at most so much among the differing values.
_USUAL = 0.3


def value_rules(
    pairs: Sequence[Pair], sides: tuple[str, str], shares: Callable[[], Mapping[Any, float] | None]
) -> Iterator[Hypothesis]:
    """Yield rules that need nothing but equality. `shares` are those of the column's values among all rows."""
    few = spread(pairs)
    for at, side in ((1, sides[1]), (0, sides[0])):
        yield Hypothesis("null", f"is NULL in {side} alone", _null(at), 2, _USUAL)
        yield Hypothesis("empty", f"is NULL in {side} where the other has an empty text", _empty(at), 2, _USUAL)
        yield from _constant(few, at, side, shares)
    yield from _renamed(few, shares)


def _null(at: int) -> Callable[[Any, Any], bool]:
    # An empty text that is NULL elsewhere has its own rule.
    return lambda *pair: pair[at] is None and pair[1 - at] not in (None, "")


def _empty(at: int) -> Callable[[Any, Any], bool]:
    return lambda *pair: pair[at] is None and pair[1 - at] == ""


def _constant(
    pairs: Sequence[Pair], at: int, side: str, shares: Callable[[], Mapping[Any, float] | None]
) -> Iterator[Hypothesis]:
    (value, count), *_ = Counter(pair[at] for pair in pairs).most_common(1)
    (_, usual), *_ = Counter(pair[1 - at] for pair in pairs).most_common(1)
    # One value that is another one is renamed.
    if value is None or isinstance(value, bool) or count < (SHARE - 0.1) * len(pairs) or usual > 0.5 * len(pairs):
        return
    known = shares()
    # Of few values, one may be frequent anyway.
    if not known and 2 * len({pair[1 - at] for pair in pairs}) < len(pairs):
        return
    chance = max(_USUAL, (known or {}).get(value, 0.0))
    yield Hypothesis("constant", f"is always the same value in {side}", lambda *pair: pair[at] == value != pair[1 - at],
                     len(pairs), chance)  # fmt: skip


def _renamed(pairs: Sequence[Pair], shares: Callable[[], Mapping[Any, float] | None]) -> Iterator[Hypothesis]:
    """Yield that each value has become another one, always the same."""
    to: dict[Any, Counter[Any]] = defaultdict(Counter)
    for a, b in pairs:
        if a is not None and b is not None and not isinstance(a, bool):
            to[a][b] += 1
    names = {a: found.most_common(1)[0] for a, found in to.items() if found.total() > 1}
    # A value that was renamed is on the other side no more.
    gone = {
        a for a, (_, count) in names.items() if count > 1 and sum(f[a] for f in to.values()) <= 0.05 * to[a].total()
    }
    names = {a: named for a, named in names.items() if a in gone}
    # The first pair of each value says its new name; the others confirm it.
    confirmed = sum(count - 1 for _, count in names.values())
    if not names or confirmed < (SHARE - 0.2) * len(pairs):
        return
    known = shares() or {}
    values = len({v for pair in pairs for v in pair} | set(known))
    chances = []
    for a, (b, count) in names.items():
        if known:
            own = known.get(a, 0.0)
            chance = known.get(b, 0.0) / max(1 - own, 1e-9)
            # Of two values, one can only become the other.
            chance = own if chance > 0.9 else chance
        else:
            chance = 1 / max(values - 1, 2)
        chances += [min(max(chance, 0.01), 0.99)] * count
    renamed = {a: b for a, (b, _) in names.items()}
    words = "one value is renamed" if len(renamed) == 1 else f"{len(renamed)} values are renamed, each to one other"
    alone = tuple(renamed) if len(renamed) == 1 else ()
    yield Hypothesis("renamed", words, lambda a, b: b is not None and renamed.get(a) == b, values,
                     sum(chances) / len(chances), alone)  # fmt: skip
