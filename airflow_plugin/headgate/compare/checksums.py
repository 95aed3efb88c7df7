"""Checksums of ranges of keys: where they are equal the rows are, and only the others have to be moved.

A checksum is the number of rows and four sums of 28 bits each of the MD5 of the rows' canonical texts. It does not
depend on the order of rows; two equal rows do not cancel out, as they would under xor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headgate.compare.matched import Matched
from headgate.compare.side import Side, Value
from headgate.places.canonical import field, row

# A range wider than this has no width in 64 bits; sparse keys leave nearly all ranges empty.
_WIDEST = 2**62
_SPARSE = 1000
NULL_KEY = -1

Checksum = tuple[Any, ...]


@dataclass(frozen=True)
class Ranges:
    """How keys are divided: ranges of one whole number from `low` on, `width` wide; else (`width` 0) by the MD5 of
    their texts, which knows no collation and no gaps."""

    keys: Sequence[Matched]
    number: int
    low: int = 0
    width: int = 0

    def sql(self, side: Side, values: Sequence[Value]) -> str:
        """Return the SQL of the range that a row is in; rows whose key is NULL are in one of their own."""
        forms = side.session.canonical_forms
        if self.width:
            offset = forms.quotient.format(a=f"CAST({values[0].sql} AS BIGINT) - ({self.low})", b=self.width)
            return f"coalesce({offset}, {NULL_KEY})"
        text = row([field(side.text(value, key.form)) for key, value in zip(self.keys, values, strict=True)])
        return f"{forms.number.format(t=f'substr(md5({text}), 1, 7)')} % {self.number}"


def ranges_of(own: Side, other: Side, keys: Sequence[Matched], number: int, rows: int) -> Ranges:
    """Return how the keys of both sides are divided into about so many ranges."""
    only = keys[0]
    if len(keys) == 1 and only.form.name == "integer":
        lows, highs = zip(*(_ends(*one) for one in ((own, only.own), (other, only.other))), strict=True)
        found = [low for low in lows if low is not None]
        if found:
            low, high = min(found), max(high for high in highs if high is not None)
            if high - low < _WIDEST and high - low <= _SPARSE * max(rows, 1):
                return Ranges(keys, number, low, (high - low) // number + 1)
    return Ranges(keys, number)


def _ends(side: Side, key: Value) -> tuple[int | None, int | None]:
    ((low, high),) = side.rows(f"SELECT min({key.sql}), max({key.sql}) FROM {side.source}")
    return (None, None) if low is None else (int(low), int(high))


def checksums(
    side: Side, ranges: Ranges, matched: Sequence[tuple[Matched, Value]], keys: Sequence[Value]
) -> Mapping[int, Checksum]:
    """Return the checksum of each range that has rows: (rows, four sums).

    Args:
        matched: what of a row is compared, keys among it, with this side's value of each.
    """
    number = side.session.canonical_forms.number
    sums = ", ".join(f"sum({number.format(t=f'substr(h, {at}, 7)')})" for at in (1, 8, 15, 22))
    text = row([field(side.text(value, one.form)) for one, value in matched])
    # Without OFFSET PostgreSQL would compute the hash once for each of its uses.
    rows = side.rows(
        f"SELECT r, count(*), {sums} FROM (SELECT {ranges.sql(side, keys)} AS r, md5({text}) AS h FROM {side.source} "
        "OFFSET 0) AS hashed GROUP BY 1"
    )
    return {int(row[0]): tuple(map(int, row[1:])) for row in rows}


def sums(side: Side, ranges: Ranges, values: Sequence[Value], keys: Sequence[Value]) -> Mapping[int, tuple[Any, ...]]:
    """Return the number of rows and the sums of numbers, of each range that has rows: far cheaper than a checksum, and
    no proof that rows are equal."""
    totals = "".join(f", sum({value.sql})" for value in values)
    rows = side.rows(f"SELECT {ranges.sql(side, keys)} AS r, count(*){totals} FROM {side.source} GROUP BY 1")
    return {int(row[0]): tuple(row[1:]) for row in rows}


def differing(one: Mapping[int, Checksum], other: Mapping[int, Checksum]) -> list[int]:
    """Return the ranges whose rows differ."""
    return sorted(r for r in one.keys() | other.keys() if one.get(r) != other.get(r))
