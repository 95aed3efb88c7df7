"""What of both sides is compared, and how it comes together in one session."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from headgate.compare.checksums import Checksum, Ranges, checksums, ranges_of, sums
from headgate.compare.joined import Decided, Joined
from headgate.compare.matched import Matched, as_texts
from headgate.compare.period import Watermark
from headgate.compare.side import Side, Value
from headgate.errors import CallError, QueryError
from headgate.places.canonical import field, row

_MEASURED_ROWS = 1_000
_EXACT = ("integer", "decimal")

# Ranges, and which of them.
Part = tuple[Ranges, Sequence[int]]


@dataclass(frozen=True)
class Tables:
    """The rows of both sides: what names one, and what is compared. With `mark`, rows that are not settled on either
    side are left out of the comparison."""

    own: Side
    other: Side
    keys: Sequence[Matched]
    columns: Sequence[Matched]
    mark: Watermark | None = None

    @property
    def every(self) -> list[Matched]:
        return [*self.keys, *self.columns]

    def values(self, side: Side, matched: Sequence[Matched]) -> list[Value]:
        """Return one side's values."""
        return [m.own if side is self.own else m.other for m in matched]

    @functools.cached_property
    def width(self) -> float:
        """Return about how many bytes a row of the other side has on the line."""
        text = row([field(self.other.text(m.other, m.form)) for m in self.every])
        ((width,),) = self.other.rows(
            f"SELECT avg(length(t)) FROM (SELECT {text} AS t FROM {self.other.source} LIMIT {_MEASURED_ROWS}) AS few"
        )
        return float(width or 0)

    # Ranges of keys.

    def ranges(self, number: int, rows: int) -> Ranges:
        """Return how the keys are divided into about so many ranges."""
        return ranges_of(self.own, self.other, self.keys, number, rows)

    def sums(self, ranges: Ranges) -> tuple[dict[int, Checksum], dict[int, Checksum]]:
        """Return the number of rows and the sums of exact numbers, by range, of both sides."""
        numbers = [m for m in self.columns if m.form.name in _EXACT]
        own, other = (
            dict(sums(side, ranges, self.values(side, numbers), self.values(side, self.keys)))
            for side in (self.own, self.other)
        )
        return own, other

    def checksums(self, ranges: Ranges) -> tuple[dict[int, Checksum], dict[int, Checksum]]:
        """Return the checksums by range, of both sides."""
        own, other = (
            dict(checksums(side, ranges, list(zip(self.every, self.values(side, self.every), strict=True)),
                           self.values(side, self.keys)))
            for side in (self.own, self.other)
        )  # fmt: skip
        return own, other

    # Rows.

    def decide(self, bench: Any, part: Part | None = None, *, reduced: bool = False) -> tuple[Decided, int, int]:
        """Return how the rows differ, those of `part` alone if it is given; how many rows were moved for it, and how
        many of the own side were not, since their platform found them equal.

        Args:
            reduced: whether the platform of both, where it is one, leaves out what is equal on both sides.
        """
        try:
            return self._decided(bench, part, reduced)
        except (CallError, QueryError):
            # Values that the other platform does not have: infinity, NaN in a decimal, a year before 1.
            texts = replace(self, keys=as_texts(self.keys), columns=as_texts(self.columns))
            if (texts.keys, texts.columns) == (self.keys, self.columns):
                raise
            return texts._decided(bench, part, reduced)

    def _decided(self, bench: Any, part: Part | None, reduced: bool) -> tuple[Decided, int, int]:
        moved, equal, sources = 0, 0, []
        queries = {side: self._query(side, part) for side in ("own", "other")}
        for name, against in (("own", "other"), ("other", "own")):
            side: Side = getattr(self, name)
            query = queries[name]
            if reduced:
                query = f"SELECT * FROM (({query}) EXCEPT ALL ({queries[against]})) AS reduced"
            if side.session is bench:
                sources.append(f"({query})")
                continue
            relation = bench.receive(side.arrow(query), side.name)
            sources.append(str(bench.sql(relation.source)))
            ((rows,),) = bench.rows(f"SELECT count(*) FROM {sources[-1]} AS t")
            moved += int(rows)
            if reduced and name == "own":
                equal = side.count()[0] - int(rows)
        joined = Joined(bench, sources[0], sources[1], self.keys, self.columns, late=self.mark is not None)
        return joined.decide(), moved, equal

    def _query(self, name: str, part: Part | None) -> str:
        """Return the query of what is compared of a side, under its aliases."""
        side: Side = getattr(self, name)
        values = self.values(side, self.every)
        shown = [f"{m.of(side, value)} AS {m.alias}" for m, value in zip(self.every, values, strict=True)]
        shown += [f'"{m.magnitude}" AS {m.magnitude}' for m in self.columns if m.magnitude]
        if self.mark is not None:
            time = self.mark.own if side is self.own else self.mark.other
            shown.append(f"{side.session.sql(self.mark.late(time))} AS late")
        query = f"SELECT {', '.join(shown)} FROM {side.source}"
        if part is None:
            return query
        ranges, numbers = part
        listed = ", ".join(map(str, numbers)) or "NULL"
        return f"{query} WHERE {ranges.sql(side, self.values(side, self.keys))} IN ({listed})"
