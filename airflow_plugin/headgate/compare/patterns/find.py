"""What the differences between two datasets have in common: searched over columns, groups and periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from itertools import compress
from typing import Any

from headgate.compare.found import Difference, Family, Pattern
from headgate.compare.patterns.chance import FEWEST, SHARE
from headgate.compare.patterns.columns import swapped, taken
from headgate.compare.patterns.conditions import Background, Condition, conditions
from headgate.compare.patterns.hypothesis import Followed, Hypothesis, Pair, best, spread
from headgate.compare.patterns.numbers import number_rules
from headgate.compare.patterns.texts import text_rules
from headgate.compare.patterns.times import time_rules
from headgate.compare.patterns.values import value_rules

# Parts of a column's differences that are searched alone, if they have nothing in common as a whole.
_PARTS = 20


def find_patterns(
    differences: Sequence[Difference],
    families: Mapping[str, Family],
    *,
    background: Background | None = None,
    sides: tuple[str, str] = ("own", "other"),
) -> tuple[Pattern, ...]:
    """Return what the differences have in common, the strongest first; () if nothing.

    A pattern is followed by at least 5 differences, and by 80 % of those of its column (or of one category of it, or
    of the rows that are on one side alone), and is far less likely than 1 in 10,000 to come by chance: a rule between
    two values must not hold as well between values of different rows, a category or period must hold far fewer of all
    rows. Factors and offsets say what leads from own to other.

    Args:
        differences: rows or groups that differ, or as many of them as are known: patterns count within these.
        families: what each column holds.
        background: how values are spread among all rows; without it, neither categories nor periods are searched.
        sides: what the words of a pattern call the two sides.
    """
    changed: dict[str, list[Difference]] = {}
    for difference in differences:
        for column in difference.columns:
            changed.setdefault(column, []).append(difference)
    changed = {column: found for column, found in changed.items() if len(found) >= FEWEST}
    search = _Search(families, background, sides)
    found = [*search.swapped(changed)]
    for column in changed.keys() - {c for p in found for c in p.columns}:
        found += search.column(column, changed[column])
    here = [d for d in differences if d.other is None]
    there = [d for d in differences if d.own is None]
    keys = [*search.keys(here, there)]
    found += keys or [*search.missing(here, sides[0]), *search.missing(there, sides[1])]
    return tuple(sorted(found, key=lambda p: (-p.count, p.columns, p.words)))


class _Search:
    def __init__(self, families: Mapping[str, Family], background: Background | None, sides: tuple[str, str]) -> None:
        self._families = families
        self._background = background
        self._sides = sides

    def swapped(self, changed: Mapping[str, Sequence[Difference]]) -> Iterator[Pattern]:
        """Yield the pairs of columns that are swapped."""
        for (one, two), follows in swapped(changed, self._families):
            rows = list(compress(changed[one], follows))
            yield self._pattern("swapped", (one, two), f"{one} and {two} are swapped", rows, changed[one])

    def column(self, column: str, rows: Sequence[Difference]) -> Iterator[Pattern]:
        """Yield what leads from own to other in a column; else in its categories; else in which rows it differs."""
        pattern = self._ruled(column, rows)
        if pattern:
            yield pattern
            return
        if parts := [*self._parts(column, rows)]:
            yield from parts
            return
        for condition in conditions(rows, self._background, without=()):
            yield _only(condition, f"{column} differs only for", (column,), rows)

    def missing(self, rows: Sequence[Difference], side: str) -> Iterator[Pattern]:
        """Yield what rows on one side alone have in common."""
        if len(rows) < FEWEST:
            return
        times = Counter(tuple(d.key.values()) for d in rows)
        again = sum(count for count in times.values() if count > 1)
        if again >= max(SHARE * len(rows), FEWEST):
            yield Pattern("duplicates", tuple(rows[0].key), f"duplicated keys in {side}", again, len(rows))
        for condition in conditions(rows, self._background):
            yield _only(condition, f"rows in {side} alone only for", (), rows)

    def keys(self, here: Sequence[Difference], there: Sequence[Difference]) -> Iterator[Pattern]:
        """Yield what leads from a key to the other side's: of rows that are equal in all but their key."""
        if min(len(here), len(there)) < FEWEST:
            return
        content = {_content(d, d.own): d for d in here}
        pairs = [(content[c], d) for d in there if (c := _content(d, d.other)) in content]
        if not any(_content(d, d.own) for d in here[:1]) or len(pairs) < SHARE * max(len(here), len(there)):
            return
        for name in here[0].key:
            rows = [
                Difference(a.key, {**a.key, **(a.own or {})}, {**b.key, **(b.other or {})}, (name,))
                for a, b in pairs
                if a.key[name] != b.key[name]
            ]
            if rows and (pattern := self._ruled(name, rows)):
                yield pattern

    def _ruled(self, column: str, rows: Sequence[Difference]) -> Pattern | None:
        if len(rows) < FEWEST:
            return None
        pairs = [((d.own or {}).get(column), (d.other or {}).get(column)) for d in rows]
        found = best(self._rules(column, pairs), pairs)
        for source, side, follows in taken(column, rows, self._families, self._sides):
            if not found or sum(follows) > found.count:
                words = f"has the value of {source} in {side}"
                found = Followed(Hypothesis("taken", words, lambda a, b: True), tuple(follows))
        if not found:
            return None
        where = {column: found.rule.values[0]} if found.rule.values else {}
        words = f"{column} {found.rule.words}" if found.rule.kind != "renamed" else f"{column}: {found.rule.words}"
        return self._pattern(found.rule.kind, (column,), words, list(compress(rows, found.by)), rows, where)

    def _rules(self, column: str, pairs: Sequence[Pair]) -> Iterator[Hypothesis]:
        some = next((v for pair in pairs for v in pair if v is not None), None)
        if isinstance(some, int | float | Decimal) and not isinstance(some, bool):
            yield from number_rules(pairs, self._sides)
        elif isinstance(some, date | time):
            yield from time_rules(pairs, self._sides)
        elif isinstance(some, str):
            yield from text_rules(pairs, self._sides)
        yield from value_rules(
            pairs, self._sides, lambda: self._background.shares(column) if self._background else None
        )

    def _pattern(
        self,
        kind: str,
        columns: tuple[str, ...],
        words: str,
        rows: Sequence[Difference],
        of: Sequence[Difference],
        where: Mapping[str, Any] | None = None,
    ) -> Pattern:
        """Return a pattern with the rows alone in which it is."""
        # A time may itself say when: + 1 h only in summer. Other values that differ say nothing of where.
        itself = not where and self._families.get(columns[0]) in ("date", "timestamp")
        found = conditions(rows, self._background, without=columns[1:] if itself else columns)
        if found:
            words += ", only for " + " and ".join(c.words for c in found)
        return Pattern(
            kind, columns, words, len(rows), len(of), {**(where or {}), **{c.column: c.value for c in found}}
        )

    def _parts(self, column: str, rows: Sequence[Difference]) -> Iterator[Pattern]:
        """Yield what leads from own to other in some categories alone: amounts ÷ 100 of one currency."""
        for name in dict.fromkeys((*rows[0].key, *(rows[0].own or {}))):
            if name == column or not isinstance(_at(rows[0], name), str | bool | int | date):
                continue
            if len({_at(row, name) for row in spread(rows)}) > _PARTS:
                continue
            parts: dict[Any, list[Difference]] = {}
            for row in rows:
                parts.setdefault(_at(row, name), []).append(row)
            # One part that is nearly all would have been found as a whole.
            if not 1 < len(parts) <= _PARTS:
                continue
            found = []
            for value, part in parts.items():
                if len(part) >= max(FEWEST, 0.1 * len(rows)) and (pattern := self._ruled(column, part)):
                    words = f"{pattern.words.split(', only for ')[0]}, for one value of {name}"
                    found.append(
                        Pattern(
                            pattern.kind, (column,), words, pattern.count, len(part), {**pattern.where, name: value}
                        )
                    )
            if found:
                yield from found
                return


def _at(row: Difference, name: str) -> Any:
    return row.key[name] if name in row.key else (row.own or {}).get(name)


def _content(difference: Difference, row: Mapping[str, Any] | None) -> tuple[Any, ...]:
    return tuple((n, v) for n, v in sorted((row or {}).items()) if n not in difference.key)


def _only(condition: Condition, words: str, columns: tuple[str, ...], rows: Sequence[Difference]) -> Pattern:
    columns = (*columns, condition.column) if condition.column not in columns else columns
    where = {condition.column: condition.value}
    return Pattern(condition.kind, columns, f"{words} {condition.words}", condition.count, len(rows), where)
