"""The join that decides: two tables in one session, every difference found."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from headgate.compare.found import Difference
from headgate.compare.matched import Matched

# A whole number of PostgreSQL and DuckDB has so many bits to spare.
_BITS = 60
_SAME, _ONLY_OWN, _ONLY_OTHER, _CHANGED, _LATE = range(5)
# Two numbers whose difference is the tolerance, as floats, must not be apart by a rounding of the last digit.
_SLACK = "(1 + 1e-12)"
# Sums of floating-point numbers depend on the order of the rows: by so much of what was summed up.
_FLOAT_SUMS = "1e-9"


@dataclass(frozen=True)
class Joined:
    """Two sides in one session: `own` and `other` are their rows for a FROM clause, with the columns of `keys` and
    `columns` by their aliases. With `late`, each has a column `late` too: whether the row is not settled yet."""

    session: Any
    own: str
    other: str
    keys: Sequence[Matched]
    columns: Sequence[Matched]
    late: bool = False

    def decide(self) -> Decided:
        """Return how the rows differ, exactly.

        Keys that are NULL, or that several rows have, are compared like all others: rows as often on one side as on the
        other.
        """
        decided = self._by_key()
        # Each row was joined once, unless keys repeat.
        once = decided.joined_rows() == (self._count(self.own), self._count(self.other))
        return decided if once else self._as_multisets()

    def _count(self, source: str) -> int:
        ((rows,),) = self.session.rows(f"SELECT count(*) FROM {source} AS t")
        return int(rows)

    def _by_key(self) -> Decided:
        on = " AND ".join(f"o.{k.alias} IS NOT DISTINCT FROM x.{k.alias}" for k in self.keys) or "TRUE"
        keys = "".join(f", coalesce(o.{k.alias}, x.{k.alias}) AS {k.alias}" for k in self.keys)
        late = f"WHEN o.late OR x.late THEN {_LATE} " if self.late else ""
        masks = self._masks("o", "x")
        changed = " OR ".join(f"{mask} <> 0" for mask in masks)
        pairs = (
            f"SELECT CASE {late}WHEN o.here IS NULL THEN {_ONLY_OTHER} WHEN x.here IS NULL THEN {_ONLY_OWN} "
            f"{f'WHEN {changed} THEN {_CHANGED} ' if masks else ''}ELSE {_SAME} END AS found, o.here AS o_here, "
            f"x.here AS x_here{keys}{''.join(f', {mask} AS m{i}' for i, mask in enumerate(masks))} "
            f"FROM (SELECT 1 AS here, * FROM {self.own} AS t) AS o "
            f"FULL JOIN (SELECT 1 AS here, * FROM {self.other} AS t) AS x ON {on}"
        )
        differs = f"found NOT IN ({_SAME}, {_LATE})"
        kept = [k.alias for k in self.keys]
        shown = [f"CASE WHEN {differs} THEN {k} END AS {k}" for k in kept]
        shown += [f"CASE WHEN found = {_CHANGED} THEN m{i} ELSE 0 END AS m{i}" for i in range(len(masks))]
        table = self._keep(
            f"SELECT found, {''.join(f'{one}, ' for one in shown)}count(*) AS n, count(o_here) AS n_own, "
            f"count(x_here) AS n_other FROM ({pairs}) AS pairs GROUP BY ALL"
        )
        return Decided(self, table, len(masks), keyed=True)

    def _as_multisets(self) -> Decided:
        """Compare rows as often as they are there, whatever their keys."""
        names = [m.alias for m in (*self.keys, *self.columns)]
        late = ["late"] if self.late else []
        listed = ", ".join([*names, *late])
        order = ", ".join(m.alias for m in self.columns) or "1"
        by = ", ".join(k.alias for k in self.keys)
        number = f"row_number() OVER (PARTITION BY {by} ORDER BY {order})" if by else "row_number() OVER ()"
        own, other = (
            f"(SELECT *, {number} AS rn FROM (SELECT {listed} FROM {one} AS t "
            f"EXCEPT ALL SELECT {listed} FROM {two} AS t) AS d)"
            for one, two in ((self.own, self.other), (self.other, self.own))
        )
        on = " AND ".join([*(f"o.{k.alias} IS NOT DISTINCT FROM x.{k.alias}" for k in self.keys), "o.rn = x.rn"])
        masks = self._masks("o", "x")
        every = (*self.keys, *self.columns)
        values = "".join(f", {side}.{m.alias} AS {side}_{m.alias}" for m in every for side in "ox")
        alone = "o.rn IS NULL OR x.rn IS NULL"
        bits = "".join(f", CASE WHEN {alone} THEN 0 ELSE {mask} END AS m{i}" for i, mask in enumerate(masks))
        changed = " OR ".join(f"{mask} <> 0" for mask in masks) or "FALSE"
        waits = f"WHEN o.late OR x.late THEN {_LATE} " if self.late else ""
        table = self._keep(
            f"SELECT CASE {waits}WHEN o.rn IS NULL THEN {_ONLY_OTHER} WHEN x.rn IS NULL THEN {_ONLY_OWN} "
            f"WHEN {changed} THEN {_CHANGED} ELSE {_SAME} END AS found{values}{bits}, 1 AS n, "
            "CASE WHEN o.rn IS NULL THEN 0 ELSE 1 END AS n_own, CASE WHEN x.rn IS NULL THEN 0 ELSE 1 END AS n_other "
            f"FROM {own} AS o FULL JOIN {other} AS x ON {on}"
        )
        left, _ = Decided(self, table, len(masks), keyed=False).joined_rows()
        return Decided(self, table, len(masks), keyed=False, same_besides=self._count(self.own) - left)

    def _masks(self, o: str, x: str) -> list[str]:
        """Return whole numbers with a bit for each column that differs."""
        bits = [f"CASE WHEN {_differs(m, o, x)} THEN {1 << i % _BITS} ELSE 0 END"
                for i, m in enumerate(self.columns)]  # fmt: skip
        return [f"({' + '.join(bits[at : at + _BITS])})" for at in range(0, len(bits), _BITS)]

    def _keep(self, query: str) -> str:
        relation = self.session.keep(exp.maybe_parse(query, dialect=self.session.dialect), "differences")
        return str(self.session.sql(relation.source))


@dataclass(frozen=True)
class Decided:
    """What the join found, kept in its session as `table`: a row for each key that differs and one for those that do
    not (`keyed`), or the differing rows with their values."""

    joined: Joined
    table: str
    masks: int
    keyed: bool
    same_besides: int = 0

    @functools.cached_property
    def _counts(self) -> dict[int, int]:
        rows = self.joined.session.rows(f"SELECT found, sum(n) FROM {self.table} AS t GROUP BY 1")
        return {int(found): int(n) for found, n in rows}

    def joined_rows(self) -> tuple[int, int]:
        """Return how many rows of either side the join gave."""
        rows = self.joined.session.rows(
            f"SELECT coalesce(sum(n_own), 0), coalesce(sum(n_other), 0) FROM {self.table} AS t"
        )
        return int(rows[0][0]), int(rows[0][1])

    def totals(self) -> dict[str, int]:
        """Return how many rows there are (compared), and of these changed, only_own, only_other; and how many are
        late."""
        counts = self._counts
        named = {"changed": _CHANGED, "only_own": _ONLY_OWN, "only_other": _ONLY_OTHER, "late": _LATE}
        totals = {name: counts.get(found, 0) for name, found in named.items()}
        compared = sum(counts.values()) - totals["late"] + self.same_besides
        return totals | {"compared": compared}

    def columns(self) -> dict[str, int]:
        """Return in how many of the changed rows each column differs; those that do not differ are left out."""
        columns = self.joined.columns
        if not columns:
            return {}
        counts = [f"sum(n) FILTER (WHERE (m{i // _BITS} >> {i % _BITS}) & 1 = 1)" for i in range(len(columns))]
        (row,) = self.joined.session.rows(f"SELECT {', '.join(counts)} FROM {self.table} AS t WHERE found = {_CHANGED}")
        return {column.name: int(n) for column, n in zip(columns, row, strict=True) if n}

    def examples(self, limit: int) -> tuple[Difference, ...]:
        """Return at most so many of the differences of each kind, chosen alike in every run."""
        joined, every = self.joined, (*self.joined.keys, *self.joined.columns)
        values = ", ".join(f"{side}_{m.alias}" for m in every for side in "ox")
        masks = "".join(f", m{i}" for i in range(self.masks))
        named = [f"coalesce(o_{m.alias}, x_{m.alias})" for m in joined.keys or every]
        order = f"hash({', '.join(named) or '1'})"
        rows = joined.session.rows(
            f"SELECT found{masks}, {values} FROM {self._with_values(limit)} AS t "
            f"WHERE found IN ({_ONLY_OWN}, {_ONLY_OTHER}, {_CHANGED}) "
            f"QUALIFY row_number() OVER (PARTITION BY found ORDER BY {order}) <= {limit} ORDER BY {order}"
        )
        return tuple(self._difference(row, every) for row in rows)

    def _with_values(self, limit: int) -> str:
        if not self.keyed:
            return self.table
        joined = self.joined
        keys = [k.alias for k in joined.keys]
        order = f"hash({', '.join(keys)})" if keys else "1"
        some = (
            f"(SELECT * FROM {self.table} AS t WHERE found IN ({_ONLY_OWN}, {_ONLY_OTHER}, {_CHANGED}) "
            f"QUALIFY row_number() OVER (PARTITION BY found ORDER BY {order}) <= {limit})"
        )
        masks = "".join(f", d.m{i}" for i in range(self.masks))
        every = (*joined.keys, *joined.columns)
        values = ", ".join(f"{side}.{m.alias} AS {side}_{m.alias}" for m in every for side in "ox")
        on = {side: " AND ".join(f"{side}.{k} IS NOT DISTINCT FROM d.{k}" for k in keys) or "TRUE" for side in "ox"}
        return (
            f"(SELECT d.found{masks}, {values} FROM {some} AS d LEFT JOIN {joined.own} AS o ON {on['o']} "
            f"LEFT JOIN {joined.other} AS x ON {on['x']})"
        )

    def _difference(self, row: tuple[Any, ...], every: Sequence[Matched]) -> Difference:
        found, masks, values = row[0], row[1 : 1 + self.masks], row[1 + self.masks :]
        own = {m.name: m.decoded(values[2 * i]) for i, m in enumerate(every)}
        other = {m.name: m.decoded(values[2 * i + 1]) for i, m in enumerate(every)}
        columns = self.joined.columns
        here = other if found == _ONLY_OTHER else own
        return Difference(
            {k.name: here[k.name] for k in self.joined.keys},
            None if found == _ONLY_OTHER else {c.name: own[c.name] for c in columns},
            None if found == _ONLY_OWN else {c.name: other[c.name] for c in columns},
            tuple(c.name for i, c in enumerate(columns) if masks[i // _BITS] >> i % _BITS & 1)
            if found == _CHANGED else (),
        )  # fmt: skip


def _differs(matched: Matched, o: str, x: str) -> str:
    """Return the condition under which two values differ, beyond what is tolerated."""
    a, b = f"{o}.{matched.alias}", f"{x}.{matched.alias}"
    if not matched.tolerance and not matched.magnitude:
        return f"{a} IS DISTINCT FROM {b}"
    absolute, relative = matched.tolerance.absolute, matched.tolerance.relative
    apart = f"abs(CAST({a} - {b} AS DOUBLE))"
    size = f"greatest(abs(CAST({a} AS DOUBLE)), abs(CAST({b} AS DOUBLE)))"
    bounds = [f"CAST({absolute} AS DOUBLE)", f"CAST({relative} AS DOUBLE) * {size}"]
    if matched.magnitude:
        bounds.append(f"{_FLOAT_SUMS} * greatest({o}.{matched.magnitude}, {x}.{matched.magnitude})")
    near = f"isfinite({size}) AND {apart} <= greatest({', '.join(bounds)}) * {_SLACK}"
    return f"({a} IS DISTINCT FROM {b} AND NOT coalesce({near}, FALSE))"
