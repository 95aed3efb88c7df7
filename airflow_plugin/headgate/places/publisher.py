"""Publishing into the tables of a database: what every platform does alike. A platform says the rest in its own words.

Everything that a switch changes (data, quarantine, record) is changed in one transaction.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlglot import exp

from headgate.checks import DATA, RESERVED, Column, raw_name
from headgate.errors import CallError
from headgate.places.drift import Held, drift
from headgate.places.ledger import Ledger, comment_of, ident, text
from headgate.places.place import MovedError, QueryError, Relation
from headgate.places.records import APPEND, RUN_KEY, UPSERT, Aside, Mode, Record, Release, Served, Stale

_RAW = raw_name("")
# How a staged row is told from the others, in the table of those that are set aside.
ROW = "__headgate_row"
# The quarantine's own columns.
_OWN = {
    RUN_KEY: "VARCHAR",
    "headgate_reasons": "VARCHAR[]",
    "headgate_raw": "",  # the platform's type of a document
    "headgate_contract_version": "VARCHAR",
    "headgate_run_at": "TIMESTAMPTZ",
}


class TablePublisher(ABC):
    """An open database that can publish into its own tables. `target` has `schema`, `name` and `quarantine`."""

    # The platform's own number of a row of a table that nobody changes.
    row_number: str
    # The platform's types of any text and of a JSON document.
    as_text = "VARCHAR"
    as_document = "JSON"
    # Whether a whole table is replaced by another one, with the types of what is staged, and not in place.
    swaps: bool

    @abstractmethod
    def rows(self, query: exp.Expr | str) -> list[tuple[Any, ...]]: ...

    @abstractmethod
    def sql(self, query: exp.Expr) -> str: ...

    @abstractmethod
    def run(self, statement: str) -> int:
        """Run a statement; how many rows it changed."""

    @abstractmethod
    def transaction(self, target: Any) -> AbstractContextManager[None]:
        """All or nothing; nobody else publishes into `target` meanwhile. Raises TransientError where another does for
        too long."""

    @abstractmethod
    def columns_of(self, target: Any) -> dict[str, Held] | None:
        """The columns of a table by their names in lower case; None where there is no such table."""

    @abstractmethod
    def admit(self, target: Any, mode: Mode) -> None: ...

    @abstractmethod
    def part(self, target: Any, part: str, run_key: str) -> str:
        """The quoted name of what is staged (`stage`) or marked (`aside`) under the run key."""

    @abstractmethod
    def staged(self, target: Any, run_key: str, name: str = "") -> Relation:
        """What is staged, hidden columns included."""

    @abstractmethod
    def make(self, table: str, query: str) -> None:
        """Make a table of this session's own, in place of what is called so."""

    @abstractmethod
    def misfits(self, new: Column, old: Column) -> str | None:
        """The condition under which a value of the staged column `new` is another one, or none, in the type of the
        target's `old`; None where such values have no place there."""

    @abstractmethod
    def swap(self, target: Any, run_key: str) -> None:
        """Put the staged table in the place of the target, if that is there; only where `swaps`."""

    @abstractmethod
    def without_nulls(self, values: str) -> str:
        """A list without its NULLs."""

    @abstractmethod
    def document(self, cells: Mapping[str, str]) -> str:
        """A JSON object of those cells that are not NULL; NULL where all are."""

    @abstractmethod
    def kept_type(self, column: Column) -> str:
        """The type in which a quarantine keeps values of a column."""

    @abstractmethod
    def fingerprint(self, columns: Sequence[str]) -> str:
        """An aggregate that is the same for the same rows in any order, as text."""

    @abstractmethod
    def comment(self, target: Any) -> str | None: ...

    @abstractmethod
    def set_comment(self, target: Any, comment: str | None) -> None: ...

    def ledger(self, target: Any) -> Ledger:
        return Ledger(self, str(target))

    # --- what is staged ---

    def fit(self, target: Any, run_key: str, mode: Mode, declared: Container[str]) -> None:
        columns, stage = self._visible(target, run_key), self.part(target, "stage", run_key)
        self._fit_mode(columns, stage, mode)
        held = self.columns_of(target)
        if held is None:
            return
        changed = drift(str(target), columns, held).changed
        for new, old in changed:
            if mode.whole and self._swapped(held) and new.name in declared:
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
            outside = self.rows(f"SELECT count(*) FROM {stage} WHERE ({inside}) IS NOT TRUE")[0][0]
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
            same = " AND ".join(f"held.{ident(key)} = new.{ident(key)}" for key in mode.keys)
            new = f"SELECT 1 FROM {stage} AS new WHERE {same}"
            stays = (
                f"NOT EXISTS ({new})" if marked else f"NOT EXISTS ({new} AND {self._unmarked(target, run_key, 'new')})"
            )
        else:
            stays = f"{RUN_KEY} IS DISTINCT FROM {text(run_key)}" if RUN_KEY in held else "TRUE"
        query = self.parsed(f"SELECT * FROM {table} AS held WHERE {stays}")
        columns = tuple(h.column for h in held.values())
        return Relation(query.subquery(), columns, str(target))

    def inside(self, where: exp.Expr, held: Container[str]) -> str:
        """The condition of a part as it is of a target whose columns are `held`: of what it lacks, all is NULL."""
        return self.sql(
            where.transform(lambda n: exp.null() if isinstance(n, exp.Column) and n.name.lower() not in held else n)
        )

    def set_aside(self, target: Any, run_key: str, reasons: Mapping[str, exp.Expr]) -> int:
        stage, aside = self.part(target, "stage", run_key), self.part(target, "aside", run_key)
        self.make(
            aside,
            f"SELECT * FROM (SELECT {self.row_number} AS {ROW}, {self.reasons(reasons)} AS headgate_reasons, * "
            f"FROM {stage} AS {ident(DATA)}) AS marked WHERE cardinality(headgate_reasons) > 0",
        )
        return int(self.rows(f"SELECT count(*) FROM {aside}")[0][0])

    def reasons(self, reasons: Mapping[str, exp.Expr]) -> str:
        """The list of those reasons whose condition a row meets."""
        said = {key: self.sql(self.at_once(condition)) for key, condition in reasons.items()}
        cases = ", ".join(f"CASE WHEN {condition} THEN {text(key)} END" for key, condition in said.items())
        return self.without_nulls(f"ARRAY[{cases}]")

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

    @abstractmethod
    def parsed(self, query: str) -> exp.Select:
        """A query of these texts as an expression of the platform."""

    def _visible(self, target: Any, run_key: str) -> list[Column]:
        return [c for c in self.staged(target, run_key).columns if not c.name.startswith(_RAW)]

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
        forget: datetime | None,
        unless_moved: str | None,
    ) -> None:
        staged = self.staged(target, record.run_key).columns
        columns = [c for c in staged if not c.name.startswith(_RAW)]
        self.prune(target, record)
        with self.transaction(target):
            if unless_moved is not None and self.version(target) != unless_moved:
                raise MovedError(f"{target} was published by another task meanwhile")
            self.ledger(target).make()
            record = self.ledger(target).settled(record, mode, allow_older=allow_older)
            self.write_data(target, record.run_key, columns, mode)
            self.write_quarantine(target, staged, record, forget)
            self.write_record(target, record)

    def prune(self, target: Any, record: Record) -> None:
        """Take what was set aside out of the stage, so that the switch itself is short."""
        if not record.rows_set_aside:
            return
        stage, aside = (self.part(target, part, record.run_key) for part in ("stage", "aside"))
        deleted = self.run(f"DELETE FROM {stage} WHERE {self.row_number} IN (SELECT {ROW} FROM {aside})")
        if deleted != record.rows_set_aside:
            raise QueryError(f"{target}: {deleted} rows to set aside, {record.rows_set_aside} expected")

    def prepare(self, target: Any, run_key: str, mode: Mode) -> None:
        """Bring what of the target is changed within reach; a table of a database is."""
        return

    def content(self, target: Any) -> str:
        """What holds the target's rows, for a FROM clause."""
        return ident(target.schema, target.name)

    def write_data(self, target: Any, run_key: str, columns: Sequence[Column], mode: Mode) -> None:
        self.prepare(target, run_key, mode)
        held = self.columns_of(target)
        if mode.whole and self._swapped(held):
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
            self.run(f"ALTER TABLE {table} ADD COLUMN {ident(column.name)} {column.type}")
        if mode.kind == UPSERT:
            self.upsert(target, run_key, columns, mode)
            return
        if mode.kind == APPEND:
            self.run(f"DELETE FROM {table} WHERE {RUN_KEY} = {text(run_key)}")
        else:
            self.run(f"DELETE FROM {table}" + (f" WHERE {self.sql(mode.where)}" if mode.where else ""))
        self.insert(target, run_key, columns, keyed=mode.kind == APPEND or RUN_KEY in held)

    def _swapped(self, held: Mapping[str, Held] | None) -> bool:
        """Whether a whole table is replaced by the staged one: one that was appended to keeps its own column."""
        return self.swaps and (held is None or RUN_KEY not in held)

    def create(self, target: Any, run_key: str, columns: Sequence[Column], mode: Mode) -> None:
        """Make a target that is not there yet, of the staged rows."""
        listed = ", ".join(f"{ident(c.name)} {c.type}" for c in columns)
        keyed = f", {RUN_KEY} VARCHAR" if mode.kind == APPEND else ""
        self.run(f"CREATE TABLE {ident(target.schema, target.name)} ({listed}{keyed})")
        self.insert(target, run_key, columns, keyed=mode.kind == APPEND)

    def insert(self, target: Any, run_key: str, columns: Sequence[Column], *, keyed: bool) -> int:
        into = [ident(c.name) for c in columns] + [RUN_KEY] * keyed
        values = [ident(c.name) for c in columns] + [text(run_key)] * keyed
        return self.run(
            f"INSERT INTO {ident(target.schema, target.name)} ({', '.join(into)}) "
            f"SELECT {', '.join(values)} FROM {self.part(target, 'stage', run_key)}"
        )

    def upsert(self, target: Any, run_key: str, columns: Sequence[Column], mode: Mode) -> int:
        keys = {key.lower() for key in mode.keys}
        names = [ident(c.name) for c in columns]
        same = " AND ".join(f"held.{ident(key)} = new.{ident(key)}" for key in mode.keys)
        changes = ", ".join(f"{ident(c.name)} = new.{ident(c.name)}" for c in columns if c.name.lower() not in keys)
        updated = f"WHEN MATCHED THEN UPDATE SET {changes} " if changes else ""
        return self.run(
            f"MERGE INTO {ident(target.schema, target.name)} AS held "
            f"USING {self.part(target, 'stage', run_key)} AS new ON {same} {updated}"
            f"WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({', '.join(f'new.{n}' for n in names)})"
        )

    def write_quarantine(self, target: Any, staged: Sequence[Column], record: Record, forget: datetime | None) -> None:
        """Replace what this run key set aside. A column that is new is added, one whose type changed becomes text."""
        quarantine = target.quarantine
        table = ident(quarantine.schema, quarantine.name)
        held = self.columns_of(quarantine)
        if held is not None:
            old = f" OR headgate_run_at < {text(forget)}" if forget else ""
            self.run(f"DELETE FROM {table} WHERE {RUN_KEY} = {text(record.run_key)}{old}")
        if not record.rows_set_aside:
            return
        columns = [c for c in staged if not c.name.startswith(_RAW)]
        wanted = {c.name: self.kept_type(c) for c in columns}
        if held is None:
            listed = ", ".join(
                f"{ident(n)} {kind}" for n, kind in (wanted | _OWN | {"headgate_raw": self.as_document}).items()
            )
            self.run(f"CREATE TABLE {table} ({listed})")
            self.shelter(quarantine, target)
        for column, kind in wanted.items() if held is not None else ():
            before = (held or {}).get(column.lower())
            if before is None:
                self.run(f"ALTER TABLE {table} ADD COLUMN {ident(column)} {kind}")
            elif before.column.type not in (kind, self.as_text):
                self.run(f"ALTER TABLE {table} ALTER COLUMN {ident(column)} TYPE {self.as_text}")
        listed = ", ".join(ident(c.name) for c in columns)
        raw = {c.name.removeprefix(_RAW): ident(c.name) for c in staged if c.name.startswith(_RAW)}
        own = {
            RUN_KEY: text(record.run_key),
            "headgate_reasons": "headgate_reasons",
            "headgate_raw": self.document(raw) if raw else "NULL",
            "headgate_contract_version": text(record.contract_version),
            "headgate_run_at": text(record.run_at),
        }
        self.run(
            f"INSERT INTO {table} ({listed}, {', '.join(own)}) "
            f"SELECT {listed}, {', '.join(own.values())} FROM {self.part(target, 'aside', record.run_key)}"
        )

    @abstractmethod
    def shelter(self, quarantine: Any, target: Any) -> None:
        """Let nobody but the target's owner read a new quarantine."""

    def write_record(self, target: Any, record: Record) -> None:
        self.ledger(target).write(record)
        self._mark(target, None)

    def _mark(self, target: Any, stale: Stale | None) -> None:
        before = self.comment(target)
        if (after := comment_of(before, stale)) != before:
            self.set_comment(target, after)

    # --- last known good ---

    def served(self, target: Any) -> Served | None:
        return self.ledger(target).served() if self.columns_of(target) is not None else None

    def record(self, target: Any, run_key: str) -> Record | None:
        return self.ledger(target).record(run_key)

    def mark_stale(self, target: Any, stale: Stale) -> Stale:
        with self.transaction(target):
            self.ledger(target).make()
            stands = self.ledger(target).mark_stale(stale)
            self._mark(target, stands)
        return stands

    # --- the quarantine ---

    def batches_aside(self, target: Any) -> list[Aside]:
        held = self.columns_of(target.quarantine)
        if held is None:
            return []
        table = ident(target.quarantine.schema, target.quarantine.name)
        counted = self.rows(
            f"SELECT {RUN_KEY}, reason, count(*) FROM (SELECT {RUN_KEY}, unnest(headgate_reasons) AS reason "
            f"FROM {table}) AS each GROUP BY 1, 2 ORDER BY 1, 2"
        )
        seen = [h.column.name for h in held.values() if h.column.name != "headgate_run_at"]
        found = self.rows(
            f"SELECT {RUN_KEY}, count(*), min(headgate_run_at), max(headgate_contract_version), "
            f"{self.fingerprint(seen)} "
            f"FROM {table} GROUP BY {RUN_KEY} ORDER BY 3, 1"
        )
        reasons = {key: tuple((r, n) for k, r, n in counted if k == key) for key, *_ in found}
        return [
            Aside(key, rows, reasons[key], run_at, version, sha256(f"{rows} {said}".encode()).hexdigest()[:12])
            for key, rows, run_at, version, said in found
        ]

    def aside(self, target: Any, run_key: str) -> Relation:
        quarantine = self.read(target.quarantine)
        mine = exp.column(RUN_KEY, quoted=True).eq(exp.Literal.string(run_key))
        rows = exp.select("*").from_(quarantine.source.copy()).where(mine)
        return replace(quarantine, source=rows.subquery(), constraints=())

    @abstractmethod
    def read(self, place: Any) -> Relation: ...

    def stage_aside(self, target: Any, run_key: str, name: str) -> Relation:
        held, kept = self.columns_of(target), self.columns_of(target.quarantine)
        if held is None or kept is None:
            raise CallError(f"there is nothing to release into {target}, or no such table")
        shared = [h.column for key, h in held.items() if key in kept and key not in _OWN and not h.generated]
        listed = ", ".join(f"CAST({ident(c.name)} AS {c.type}) AS {ident(c.name)}" for c in shared)
        table = ident(target.quarantine.schema, target.quarantine.name)
        self.make(
            self.part(target, "stage", run_key), f"SELECT {listed} FROM {table} WHERE {RUN_KEY} = {text(run_key)}"
        )
        return self.staged(target, run_key, name)

    def with_target(self, target: Any, run_key: str, mode: Mode, name: str) -> Relation:
        staged = self.staged(target, run_key, name)
        listed = ", ".join(ident(c.name) for c in staged.columns)
        stage = self.part(target, "stage", run_key)
        same = " AND ".join(f"held.{ident(key)} = new.{ident(key)}" for key in mode.keys)
        stays = f"NOT EXISTS (SELECT 1 FROM {stage} AS new WHERE {same})" if mode.keys else "TRUE"
        table = self.content(target)
        both = f"SELECT {listed} FROM {table} AS held WHERE {stays} UNION ALL SELECT {listed} FROM {stage}"
        union = self.parsed(f"SELECT * FROM ({both}) AS both_of_them")
        return replace(staged, source=union.subquery(), constraints=())

    def release(self, target: Any, release: Release) -> int:
        with self.transaction(target):
            ledger = self.ledger(target)
            ledger.make()
            found = next((a for a in self.batches_aside(target) if a.run_key == release.run_key), None)
            if found is None and ledger.released(release):
                return 0
            if found is None or found.fingerprint != release.fingerprint:
                raise CallError(
                    f"{target.quarantine}: what the run {release.run_key} set aside is not what was accepted any more; "
                    "look at it again"
                )
            later = ledger.published_since(release.run_key)
            if later is not None and not release.allow_older:
                raise CallError(
                    f"{target} was published again since, by the run {later.run_key}: these rows are older. "
                    "To publish them all the same, allow it: allow_older=True"
                )
            columns = self.staged(target, release.run_key).columns
            self.prepare(target, release.run_key, release.mode if release.mode.kind == UPSERT else Mode(APPEND))
            if release.mode.kind == UPSERT:
                self.upsert(target, release.run_key, columns, release.mode)
            else:
                keyed = RUN_KEY in (self.columns_of(target) or {})
                self.insert(target, release.run_key, columns, keyed=keyed)
            ledger.write_release(release, found.rows)
            self.drop_rows(target, f"{RUN_KEY} = {text(release.run_key)}")
        return found.rows

    def drop_aside(self, target: Any, *, run_key: str | None = None, before: datetime | None = None) -> int:
        conditions = [f"{RUN_KEY} = {text(run_key)}"] * (run_key is not None)
        conditions += [f"headgate_run_at < {text(before)}"] * (before is not None)
        if self.columns_of(target.quarantine) is None:
            return 0
        with self.transaction(target):
            return self.drop_rows(target, " AND ".join(conditions))

    def drop_rows(self, target: Any, condition: str) -> int:
        table = ident(target.quarantine.schema, target.quarantine.name)
        return self.run(f"DELETE FROM {table} WHERE {condition}")


assert all(column.startswith(RESERVED) for column in _OWN)
