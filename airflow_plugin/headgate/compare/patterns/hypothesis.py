"""A rule that may lead from one side's values to the other's, and how many pairs follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from headgate.compare.patterns.chance import SHARE, beyond

Pair = tuple[Any, Any]
_T = TypeVar("_T")
# The rule is looked for in so many pairs, then counted in all.
SAMPLE = 400
_CROSSED = 1500
# Values of one row are nearer to one another than to those of others: a rule holds so often by chance at least.
_LIKELY = 0.1


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A rule for the pairs of a column.

    Attributes:
        kind: as in `Pattern`.
        words: what follows the column's name.
        follows: whether a pair (own, other) obeys it.
        tries: among how many like it this one was picked.
        chance: how likely one pair obeys it by chance; None to find out from values of different rows.
        values: own's value that alone the rule is about, if it is about one.
    """

    kind: str
    words: str
    follows: Callable[[Any, Any], bool]
    tries: int = 1
    chance: float | None = None
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """A hypothesis that holds, and which of the pairs obey it."""

    rule: Hypothesis
    by: tuple[bool, ...]

    @property
    def count(self) -> int:
        return sum(self.by)


def spread(items: Sequence[_T], size: int = SAMPLE) -> Sequence[_T]:
    """Return `size` of the items, evenly spread."""
    if len(items) <= size:
        return items
    return [items[i * len(items) // size] for i in range(size)]


def best(hypotheses: Iterable[Hypothesis], pairs: Sequence[Pair]) -> Followed | None:
    """Return the rule that most pairs follow, the first of equals; None if none is more than chance."""
    found: Followed | None = None
    few = spread(pairs)
    for rule in hypotheses:
        if sum(rule.follows(a, b) for a, b in few) < (SHARE - 0.1) * len(few):
            continue
        followed = Followed(rule, tuple(rule.follows(a, b) for a, b in pairs))
        if found and followed.count <= found.count:
            continue
        chance = _crossed(rule, few) if rule.chance is None else rule.chance
        if beyond(followed.count, len(pairs), chance, rule.tries):
            found = followed
    return found


def _crossed(rule: Hypothesis, pairs: Sequence[Pair]) -> float:
    """Return the share of the pairs that obey the rule if each value is paired with one of another row."""
    n = len(pairs)
    steps = range(1, n) if n * n <= _CROSSED else {1 + k * n // 4 for k in range(_CROSSED // n)} - {0, n}
    tried = obeyed = 0
    for step in steps:
        for i, (own, _) in enumerate(pairs):
            tried += 1
            obeyed += rule.follows(own, pairs[(i + step) % n][1])
    return max((obeyed + 1) / (tried + 1), _LIKELY)
