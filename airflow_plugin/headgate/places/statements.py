"""What a platform says in its own words of a publish: about fifteen statements, and defaults that most databases share.

The session of a platform that can publish has these methods too. What is done with them, and in which order, is in
`publishing`, once for all platforms.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from sqlglot import exp

from headgate.checks import Column
from headgate.errors import CallError
from headgate.places.capabilities import Capabilities
from headgate.places.description import Description
from headgate.places.ledger import Ledger
from headgate.places.place import Place, Relation, Session, Stored
from headgate.places.records import RUN_KEY, WriteMode
from headgate.sql.names import DATA, RAW
from headgate.sql.quote import ident, text

if TYPE_CHECKING:
    from headgate.places.columns import ColumnChanges

# How a staged row is told from the others, in the table of those that are quarantined.
ROW = "__headgate_row"


@runtime_checkable
class Target(Stored, Protocol):
    """A table that headgate can publish into."""

    @property
    def quarantine(self) -> Target:
        """The table beside this one that holds the quarantined rows."""

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Statements]:
        """As of every place; with `write`, to publish."""


def own_name(target: Target, part: str, run_key: str) -> str:
    """Return the name of what this run alone stages for a target (stage), or marks of it (aside)."""
    token = hashlib.sha256(f"{target}\0{run_key}".encode()).hexdigest()[:12]
    return f"__headgate_{part}_{token}"


def same_key(mode: WriteMode) -> str:
    """Return the condition under which a row of the target, `held`, has the key of a staged one, `new`."""
    return " AND ".join(f"held.{ident(key)} = new.{ident(key)}" for key in mode.keys)


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column of a target. One that is `filled` has values of its own where a publish gives none; into one that is
    `generated` none can be written."""

    column: Column
    filled: bool = False
    generated: bool = False


@dataclass(frozen=True, slots=True)
class TableState:
    """A table as it is at one moment: its columns by their names in lower case, empty if the table does not exist.

    `keeps` says that it has what a staged table has not (constraints, indexes), so that it cannot be replaced by one.
    `comments` are what is said of it and of its parts, by what it is said of; `comment` is the table's own.
    """

    columns: Mapping[str, TargetColumn] = field(default_factory=dict)
    comment: str | None = None
    keeps: bool = False
    is_view: bool = False
    comments: Mapping[str, str] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        return bool(self.columns)

    @property
    def has_run_key(self) -> bool:
        """Whether it says of each row which run it came with."""
        return RUN_KEY in self.columns


@dataclass(frozen=True, slots=True)
class Staged:
    """What one run has staged for a target: described once, and passed on.

    `relation` is what is staged, hidden columns included; `table` its quoted name, and `marked` that of the rows that
    are to be quarantined. `before` is the target as it was when this was staged. `declared` are the columns that the
    contract names, in lower case.
    """

    target: Target
    run_key: str
    relation: Relation
    table: str
    marked: str
    before: TableState
    declared: frozenset[str] = frozenset()

    @property
    def visible(self) -> tuple[Column, ...]:
        """The columns that consumers will see."""
        return tuple(c for c in self.relation.columns if not c.name.startswith(RAW))

    @property
    def texts(self) -> tuple[Column, ...]:
        """The hidden columns, which keep the texts of cells that did not cast."""
        return tuple(c for c in self.relation.columns if c.name.startswith(RAW))

    def over(self, rows: exp.Select, name: str | None = None) -> Relation:
        """Return a relation that is described as what is staged, over other rows with the same columns."""
        source: exp.Expr = rows.subquery()
        if not isinstance(self.relation.source, exp.Table):
            shown = self.relation.source.copy()
            table = shown.find(exp.Table)
            assert table is not None
            source.set("alias", table.args.get("alias"))
            table.replace(source)
            source = shown
        return replace(self.relation, source=source, name=name or self.relation.name, constraints=())


class Statements(Session, ABC):
    """The words of a platform that publishes into tables, or into what its session shows as tables."""

    # What it can do with a target.
    can: Capabilities
    # The platform's own number of a row of a table that nobody changes.
    row_number: str
    # The platform's types of any text and of a JSON document.
    as_text = "VARCHAR"
    as_document = "JSON"
    # Its types of a list of texts and of a moment.
    as_list = "VARCHAR[]"
    as_moment = "TIMESTAMPTZ"

    # --- the session ---

    @abstractmethod
    def run(self, statement: str) -> int:
        """Run a statement; return how many rows it changed."""

    @abstractmethod
    def parsed(self, query: str) -> exp.Select:
        """Return a query of the platform's text as an expression."""

    @abstractmethod
    def transaction(self, target: Target) -> AbstractContextManager[None]:
        """All or nothing, with headgate's own tables there; nobody else publishes into `target` meanwhile.

        Raises:
            TransientError: another one publishes for too long.
        """

    @abstractmethod
    def source(self, origin: Place) -> AbstractContextManager[tuple[Session, Relation]]:
        """`origin` and the session that reads it: this one, or one of its own where this one cannot.

        Raises:
            CallError: the data was not found.
        """

    def members(self, relation: Relation, column: str) -> Sequence[str] | None:
        return None

    def describe(self, relation: Relation) -> Description:
        return Description()

    def sample(self, relation: Relation, rows: int) -> Relation | None:
        return None

    def literal(self, value: Any) -> str:
        """Return a value of headgate's own records as a literal."""
        return text(value)

    # --- what is there ---

    @abstractmethod
    def states(self, *tables: Target) -> list[TableState]:
        """Return each table as it is now."""

    def admit(self, target: Target, mode: WriteMode, state: TableState, *, quarantines: bool) -> None:
        """Raise CallError where nothing can be published into `target` in this mode, though the platform has it,
        whatever the rows are; `quarantines` says that bad rows may have to be put aside."""

    def columns_in(self, schema: str) -> list[tuple[Any, ...]]:
        """Return (table, column) of all tables of a schema."""
        return self.rows(
            "SELECT table_name, column_name FROM information_schema.columns "
            f"WHERE table_catalog = current_database() AND table_schema = {text(schema)}"
        )

    def make_schema(self, schema: str) -> None:
        """Make a schema that is not there yet."""
        there = (
            "SELECT 1 FROM information_schema.schemata "
            f"WHERE catalog_name = current_database() AND schema_name = {text(schema)}"
        )
        if not self.rows(there):
            self.run(f"CREATE SCHEMA IF NOT EXISTS {ident(schema)}")

    def ledger(self, target: Target) -> Ledger:
        return Ledger(self, str(target))

    def version(self, target: Target) -> str:
        """Return what changes whenever somebody publishes into the target, or releases."""
        return self.ledger(target).version()

    def content(self, target: Target) -> str:
        """Return what holds the target's rows, for a FROM clause."""
        return ident(target.schema, target.name)

    def existing(self, target: Target, rows: exp.Select, state: TableState) -> Relation:
        """Return rows of the target, all of its columns, as a relation."""
        return Relation(rows.subquery(), tuple(h.column for h in state.columns.values()), str(target))

    # --- what is staged ---

    @abstractmethod
    def stage(
        self, target: Target, query: exp.Select, reader: Session, run_key: str, name: str,
        types: Mapping[str, str | None], state: TableState,
    ) -> Relation:  # fmt: skip
        """Build the rows of `query`, which is in the words of `reader`, aside, where no consumer looks.

        `name` is what a person calls them. `types` are the columns whose types a rule watches over, with the physical
        types that the contract wants: a value that has no place in its type becomes NULL, and its text a column of its
        own (`raw_name`), as of those that `query` has already. `state` is the target's.
        """

    @abstractmethod
    def restage(self, target: Target, query: str, run_key: str, name: str) -> Relation:
        """Build the rows of a query of this platform's text aside, as they are."""

    @abstractmethod
    def part(self, target: Target, part: str, run_key: str) -> str:
        """Return the quoted name of what is staged (stage) or marked (aside) under the run key."""

    @abstractmethod
    def make(self, table: str, query: str) -> None:
        """Make a table of this session's own, in place of what is called so."""

    @abstractmethod
    def discard(self, target: Target, run_key: str) -> None:
        """Remove what was staged and marked under the run key."""

    def refuse_columns(self, staged: Staged) -> None:
        """Raise CallError where the platform has no place for a staged column."""

    def marking(self, staged: Staged, marks: str) -> str:
        """Return the query of all staged rows, with their numbers (ROW) and what is said of each, for which a row is
        DATA."""
        return f"SELECT {self.row_number} AS {ROW}, {marks}, * FROM {staged.table} AS {ident(DATA)}"

    def at_once(self, condition: exp.Expr) -> exp.Expr:
        """Return a condition as it is quickly answered for all rows of a table."""
        return condition

    @abstractmethod
    def misfits(self, new: Column, old: Column) -> str | None:
        """Return the condition under which a value of the staged column `new` is another one, or none, in the type of
        the target's `old`; None where such values have no place there."""

    # --- the switch ---

    def prepare(self, staged: Staged, mode: WriteMode, state: TableState, *, alters: bool) -> None:
        """Bring what of the target is changed within reach, and keep others from changing it; `alters` says that it
        gets columns."""

    def swap(self, staged: Staged, state: TableState, changes: ColumnChanges) -> None:
        """Put the staged table, or a new one with its rows, in the place of the target, if that `can` be swapped."""
        raise NotImplementedError

    def remove(self, target: Target, condition: str | None) -> None:
        """Remove the target's rows that meet a condition, all of them; without one, all rows."""
        self.run(f"DELETE FROM {ident(target.schema, target.name)} WHERE {condition or 'TRUE'}")

    def insert(self, staged: Staged, *, keyed: bool) -> int:
        """Add the staged rows to the target, `keyed` with the run key; return how many were written."""
        into = [ident(c.name) for c in staged.visible] + [RUN_KEY] * keyed
        values = [ident(c.name) for c in staged.visible] + [text(staged.run_key)] * keyed
        target = ident(staged.target.schema, staged.target.name)
        return self.run(f"INSERT INTO {target} ({', '.join(into)}) SELECT {', '.join(values)} FROM {staged.table}")

    def upsert(self, staged: Staged, mode: WriteMode, absent: Sequence[Column] = (), *, keyed: bool) -> int:
        """Replace the rows with the staged keys, in which `absent` columns become NULL, and add the others, all of them
        `keyed` with the run key: what another run appended is no longer its own. Return how many were written."""
        keys = {key.lower() for key in mode.keys}
        run_key = [text(staged.run_key)] * keyed
        into = [ident(c.name) for c in staged.visible] + [RUN_KEY] * keyed
        values = [f"new.{ident(c.name)}" for c in staged.visible] + run_key
        changed = [f"{ident(c.name)} = new.{ident(c.name)}" for c in staged.visible if c.name.lower() not in keys]
        changed += [f"{ident(c.name)} = NULL" for c in absent] + [f"{RUN_KEY} = {value}" for value in run_key]
        updated = f"WHEN MATCHED THEN UPDATE SET {', '.join(changed)} " if changed else ""
        return self.run(
            f"MERGE INTO {ident(staged.target.schema, staged.target.name)} AS held "
            f"USING {staged.table} AS new ON {same_key(mode)} {updated}"
            f"WHEN NOT MATCHED THEN INSERT ({', '.join(into)}) VALUES ({', '.join(values)})"
        )

    def set_comment(self, target: Target, comment: str | None) -> None:
        """Say something of a table, for whoever looks at it, if it `can` have comments."""
        raise NotImplementedError

    # --- the quarantine ---

    @contextmanager
    def quarantining(self) -> Iterator[None]:
        """Whatever changes the quarantine is done in here."""
        yield

    def shelter(self, quarantine: Target, target: Target) -> None:
        """Let nobody but the target's owner read a new quarantine, if there `can` be grants."""
        raise NotImplementedError

    @abstractmethod
    def some_of(self, values: Sequence[str]) -> str:
        """Return a list of those of these texts that are not NULL."""

    def has_some(self, column: str) -> str:
        """Return the condition under which a list is not empty."""
        return f"cardinality({column}) > 0"

    def unnested(self, table: str, key: str, column: str, where: str) -> str:
        """Return the query of (key, item) of the items of a column of lists."""
        return f"SELECT {key}, unnest({column}) AS item FROM {table} {where}"

    @abstractmethod
    def document(self, cells: Mapping[str, str]) -> str:
        """Return a JSON object of those cells that are not NULL; NULL where all are."""

    @abstractmethod
    def kept_type(self, column: Column) -> str:
        """Return the type of a new column that holds the values of another one, today's and tomorrow's."""

    @abstractmethod
    def fingerprint(self, columns: Sequence[str]) -> str:
        """Return an aggregate that is the same for the same rows in any order, as text."""


def require_table(target: Target, state: TableState) -> None:
    """Raise CallError if the table is not found."""
    if not state.exists:
        raise CallError(f"there is nothing to release into {target}, or the table was not found")
