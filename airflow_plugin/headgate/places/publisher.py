"""Publishing into the tables of a database: what every platform does alike. A platform says the rest in its own words.

Everything that a switch changes (data, quarantine, record) is changed in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlglot import exp

from headgate.checks import DATA, Column, RuleId
from headgate.errors import CallError
from headgate.places.drift import Held, drift
from headgate.places.ledger import comment_of
from headgate.places.place import QueryError, Relation
from headgate.places.quarantine import RAW, RULES, Quarantine
from headgate.places.records import APPEND, RUN_KEY, UPSERT, Mode, Record, Served, Stale
from headgate.places.tables import same_key
from headgate.sql.quote import ident, text

# How a staged row is told from the others, in the table of those that are set aside.
ROW = "__headgate_row"


class TablePublisher(Quarantine):
    """An open database that can publish into its own tables."""

    # --- what is staged ---

    def fit(self, target: Any, run_key: str, mode: Mode, declared: Container[str]) -> None:
        columns, stage = self._visible(target, run_key), self.part(target, "stage", run_key)
        self._fit_mode(columns, stage, mode)
        held = self.columns_of(target)
        if held is None:
            return
        changed = drift(str(target), columns, held).changed
        for new, old in changed:
            if mode.whole and self.swapped(target, held) and new.name in declared:
                continue
            misfit = self.misfits(new, old)
            count = self.rows(f"SELECT count(*) FROM {stage} WHERE {misfit}")[0][0] if misfit else None
            if count is None or count:
                said = f"{count:,} values are not the same there" if count else "there such values have no place"
                raise CallError(
                    f"{target}: {new.name} is {new.type} in the source and {old.type} in the target: {said}. "
                    "Change the target's type, or mend the source"
                )

    def _fit_mode(self, columns: Sequence[Column], stage: str, mode: Mode) -> None:
        known = {column.name.lower(): column.name for column in columns}
        if mode.where is not None:
            self._known([c.name for c in mode.where.find_all(exp.Column)], known, f"where {mode.part!r}")
            inside = self.sql(mode.where)
            try:
                outside = self.rows(f"SELECT count(*) FROM {stage} WHERE ({inside}) IS NOT TRUE")[0][0]
            except QueryError as error:
                raise CallError(f"where {mode.part!r} fails on this data: {error}") from None
            if outside:
                raise CallError(
                    f"{outside:,} rows of the source are not in the part that is replaced (where {mode.part}): "
                    "publish only rows of this part"
                )
        if mode.kind == UPSERT:
            self._known(mode.keys, known, "upsert")

    def _known(self, names: Iterable[str], known: Container[str], what: str) -> None:
        for wanted in names:
            if wanted.lower() not in known:
                raise CallError(f"{what}: the source has no column '{wanted}'")

    def without_key(self, relation: Relation, mode: Mode) -> int:
        """How many rows of `relation` cannot be upserted: their key is incomplete, or another row has it too."""
        keys = ", ".join(ident(key) for key in mode.keys)
        some_null = " OR ".join(f"{ident(key)} IS NULL" for key in mode.keys)
        counted = f"SELECT count(*) AS n, {some_null} AS no_key FROM {self.sql(relation.as_data)} GROUP BY {keys}"
        return int(
            self.rows(f"SELECT coalesce(sum(CASE WHEN no_key OR n > 1 THEN n END), 0) FROM ({counted}) AS g")[0][0]
        )

    def standing(self, target: Any, run_key: str, mode: Mode, *, marked: bool = True) -> Relation | None:
        held = self.columns_of(target)
        if held is None or mode.whole:
            return None
        table, stage = self.content(target), self.part(target, "stage", run_key)
        if mode.where is not None:
            stays = f"({self.inside(mode.where, held)}) IS NOT TRUE"
        elif mode.kind == UPSERT:
            new = f"SELECT 1 FROM {stage} AS new WHERE {same_key(mode)}"
            stays = (
                f"NOT EXISTS ({new})" if marked else f"NOT EXISTS ({new} AND {self._unmarked(target, run_key, 'new')})"
            )
        else:
            stays = f"{RUN_KEY} IS DISTINCT FROM {text(run_key)}" if RUN_KEY in held else "TRUE"
        query = self.parsed(f"SELECT * FROM {table} AS held WHERE {stays}")
        columns = tuple(h.column for h in held.values())
        return Relation(query.subquery(), columns, str(target))

    def replaces_some(self, target: Any, run_key: str, mode: Mode) -> bool:
        held = self.columns_of(target)
        if held is None or mode.kind == UPSERT or (mode.kind == APPEND and RUN_KEY not in held):
            return False
        replaced = f"{RUN_KEY} = {text(run_key)}" if mode.kind == APPEND else "TRUE"
        if mode.where is not None:
            replaced = f"({self.inside(mode.where, held)}) IS TRUE"
        return bool(self.rows(f"SELECT 1 FROM {self.content(target)} AS held WHERE {replaced} LIMIT 1"))

    def inside(self, where: exp.Expr, held: Container[str]) -> str:
        """The condition of a part as it is of a target whose columns are `held`: of what it lacks, all is NULL."""
        return self.sql(
            where.transform(lambda n: exp.null() if isinstance(n, exp.Column) and n.name.lower() not in held else n)
        )

    def set_aside(self, target: Any, run_key: str, reasons: Mapping[RuleId, exp.Expr]) -> int:
        stage, aside = self.part(target, "stage", run_key), self.part(target, "aside", run_key)
        self.make(
            aside,
            f"SELECT * FROM (SELECT {self.row_number} AS {ROW}, {self.reasons(reasons)}, * "
            f"FROM {stage} AS {ident(DATA)}) AS marked WHERE cardinality(headgate_reasons) > 0",
        )
        return int(self.rows(f"SELECT count(*) FROM {aside}")[0][0])

    def reasons(self, reasons: Mapping[RuleId, exp.Expr]) -> str:
        """Return the columns that say why a row is set aside: the keys of the rules whose condition it meets, and what
        each rule of the batch says, as {key: digest}."""
        said = {rule.key: self.sql(self.at_once(condition)) for rule, condition in reasons.items()}
        cases = ", ".join(f"CASE WHEN {condition} THEN {text(key)} END" for key, condition in said.items())
        digests = text(json.dumps({rule.key: rule.digest for rule in reasons}, sort_keys=True))
        kept = f"CAST({digests} AS {self.as_text}) AS {RULES}"
        return f"{self.without_nulls(f'ARRAY[{cases}]')} AS headgate_reasons, {kept}"

    def at_once(self, condition: exp.Expr) -> exp.Expr:
        """A condition as it is quickly answered for all rows of a table; as it is, where the platform sees to that."""
        return condition

    def remaining(self, target: Any, run_key: str, name: str) -> Relation:
        staged, stage = self.staged(target, run_key, name), self.part(target, "stage", run_key)
        rest = f"SELECT * FROM {stage} AS held WHERE {self._unmarked(target, run_key, 'held')}"
        return replace(staged, source=self.parsed(rest).subquery(), constraints=())

    def _unmarked(self, target: Any, run_key: str, row: str) -> str:
        """The condition under which a staged row, called `row`, was not set aside."""
        aside = self.part(target, "aside", run_key)
        return f"NOT EXISTS (SELECT 1 FROM {aside} AS aside WHERE aside.{ROW} = {row}.{self.row_number})"

    def _visible(self, target: Any, run_key: str) -> list[Column]:
        return [c for c in self.staged(target, run_key).columns if not c.name.startswith(RAW)]

    # --- the switch ---

    def version(self, target: Any) -> str:
        return self.ledger(target).version()

    def switch(
        self,
        target: Any,
        record: Record,
        mode: Mode,
        *,
        allow_older: bool,
        at: datetime,
        forget: datetime | None,
        unless_moved: str | None,
    ) -> None:
        staged = self.staged(target, record.run_key).columns
        columns = [c for c in staged if not c.name.startswith(RAW)]
        self.prune(target, record)
        with self.transaction(target):
            if unless_moved is not None:
                self.must_be_at(target, unless_moved)
            record = self.ledger(target).settled(record, mode, allow_older=allow_older)
            self.write_data(target, record.run_key, columns, mode)
            self.write_quarantine(target, staged, record, at, forget)
            self.write_record(target, record)

    def prune(self, target: Any, record: Record) -> None:
        """Take what was set aside out of the stage, so that the switch itself is short."""
        if not record.rows_set_aside:
            return
        stage, aside = (self.part(target, part, record.run_key) for part in ("stage", "aside"))
        deleted = self.run(f"DELETE FROM {stage} WHERE {self.row_number} IN (SELECT {ROW} FROM {aside})")
        if deleted != record.rows_set_aside:
            raise QueryError(f"{target}: {deleted} rows to set aside, {record.rows_set_aside} expected")

    def write_data(self, target: Any, run_key: str, columns: Sequence[Column], mode: Mode) -> None:
        self.prepare(target, run_key, mode)
        held = self.columns_of(target)
        if mode.whole and self.swapped(target, held):
            self.swap(target, run_key)
            return
        if held is None:
            self.create(target, run_key, columns, mode)
            return
        table = ident(target.schema, target.name)
        new = list(drift(str(target), columns, held).added)
        if mode.kind == APPEND and RUN_KEY not in held:
            new.append(Column(RUN_KEY, "VARCHAR", frozenset({"string"})))
        for column in new:
            self.run(f"ALTER TABLE {table} ADD COLUMN {ident(column.name)} {self.kept_type(column)}")
        if mode.kind == UPSERT:
            self.upsert(target, run_key, columns, mode)
            return
        if mode.kind == APPEND:
            self.remove(target, f"{RUN_KEY} = {text(run_key)}")
        else:
            self.remove(target, self.sql(mode.where) if mode.where else None)
        self.insert(target, run_key, columns, keyed=mode.kind == APPEND or RUN_KEY in held)

    def swapped(self, target: Any, held: Mapping[str, Held] | None) -> bool:
        """Whether a whole table is replaced by the staged one: one that was appended to keeps its own column."""
        return self.swaps and (held is None or RUN_KEY not in held)

    def create(self, target: Any, run_key: str, columns: Sequence[Column], mode: Mode) -> None:
        """Make a target that is not there yet, of the staged rows."""
        listed = ", ".join(f"{ident(c.name)} {self.kept_type(c)}" for c in columns)
        keyed = f", {RUN_KEY} VARCHAR" if mode.kind == APPEND else ""
        self.run(f"CREATE TABLE {ident(target.schema, target.name)} ({listed}{keyed})")
        self.insert(target, run_key, columns, keyed=mode.kind == APPEND)

    def write_record(self, target: Any, record: Record) -> None:
        self.ledger(target).write(record)
        self._mark(target)

    def _mark(self, target: Any) -> None:
        before = self.comment(target)
        if (after := comment_of(before, self.ledger(target).stale())) != before:
            self.set_comment(target, after)

    # --- last known good ---

    def served(self, target: Any, part: str | None = None) -> Served | None:
        return self.ledger(target).served(part) if self.columns_of(target) is not None else None

    def stale(self, target: Any) -> Stale | None:
        ledger = self.ledger(target)
        return ledger.stale() if "stale" in ledger.there else None

    def record(self, target: Any, run_key: str) -> Record | None:
        return self.ledger(target).record(run_key)

    def replaced_since(self, target: Any, run_key: str) -> list[Record]:
        return self.ledger(target).replaced_since(run_key)

    def mark_stale(self, target: Any, stale: Stale) -> Stale:
        with self.transaction(target):
            stands = self.ledger(target).mark_stale(stale)
            self._mark(target)
        return stands
