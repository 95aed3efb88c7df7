"""Columns whose values stand in another column of the other side."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from headgate.compare.found import Difference, Family
from headgate.compare.patterns.chance import SHARE, beyond
from headgate.compare.patterns.hypothesis import spread

Row = tuple[Mapping[str, Any], Mapping[str, Any]]


def swapped(
    changed: Mapping[str, Sequence[Difference]], families: Mapping[str, Family]
) -> Iterator[tuple[tuple[str, str], list[bool]]]:
    """Yield pairs of columns that are swapped, and which differences of the first follow that."""
    names = list(changed)
    for i, one in enumerate(names):
        for two in names[i + 1 :]:
            if _alike(families, one, two):
                follows = _followed(changed[one], len(names) ** 2, (one, two), (two, one))
                # Where both are equal, a swap changes nothing: the other column differs in just as many rows.
                if follows and len(changed[two]) * SHARE <= sum(follows):
                    yield (one, two), follows


def taken(
    column: str, rows: Sequence[Difference], families: Mapping[str, Family], sides: tuple[str, str]
) -> Iterator[tuple[str, str, list[bool]]]:
    """Yield the columns that a column's values come from on one side, that side, and which differences follow that."""
    for source in rows[0].own or {}:
        if source == column or not _alike(families, column, source):
            continue
        for side, pair in ((sides[1], (source, column)), (sides[0], (column, source))):
            if follows := _followed(rows, 2 * len(rows[0].own or {}), pair):
                yield source, side, follows


def _alike(families: Mapping[str, Family], one: str, two: str) -> bool:
    numbers: Collection[str] = ("integer", "decimal", "double")
    a, b = families.get(one), families.get(two)
    return a != "boolean" and (a == b or (a in numbers and b in numbers))


def _followed(differences: Sequence[Difference], tries: int, *pairs: tuple[str, str]) -> list[bool] | None:
    """Return which of the differences have own's value of the first column in the second one of other, for each of
    the pairs; None if they are not more than chance."""

    def follows(own: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        return all(own.get(a) is not None and own.get(a) == other.get(b) for a, b in pairs)

    def rows(of: Sequence[Difference]) -> list[Row]:
        return [(d.own or {}, d.other or {}) for d in of]

    few = rows(spread(differences))
    if sum(follows(*row) for row in few) < (SHARE - 0.1) * len(few):
        return None
    found = [follows(*row) for row in rows(differences)]
    tried = [follows(own, few[(i + step) % len(few)][1]) for step in (1, 2, 3, 5) for i, (own, _) in enumerate(few)
             if step < len(few)]  # fmt: skip
    chance = (sum(tried) + 1) / (len(tried) + 1)
    return found if beyond(sum(found), len(found), chance, tries) else None
