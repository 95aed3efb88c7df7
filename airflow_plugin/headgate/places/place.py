"""What headgate needs of a platform. To support one more, a sibling of `duckdb.py` fulfils these protocols."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from sqlglot import exp

from headgate.checks import DATA, Column, RuleId
from headgate.errors import HeadgateError, TransientError
from headgate.naming import PlaceName
from headgate.places.records import Aside, Mode, Record, Release, Served, Stale

# How long a query that a contract wrote may take.
STATEMENT_TIMEOUT_S = 300.0


class QueryError(HeadgateError):
    """A query that the platform refused. The message holds no values of the data."""


class MovedError(TransientError):
    """Somebody else published into the target since it was looked at."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a platform watches over, so that it holds for every row: not_null, unique or foreign, of `columns`.

    A foreign key refers to `held` of the table `to`.
    """

    kind: str
    columns: tuple[str, ...]
    to: exp.Table | None = None
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """Something that can stand in FROM. `texts` are columns of uncast text (of CSV files, all), `ordered` marks one
    whose rows come in an order of their own. `constraints` hold for all of its rows."""

    source: exp.Expr
    columns: tuple[Column, ...]
    name: str
    texts: frozenset[str] = frozenset()
    ordered: bool = False
    constraints: tuple[Constraint, ...] = ()

    @property
    def text(self) -> bool:
        """Whether all columns are uncast text."""
        return bool(self.columns) and len(self.texts) == len(self.columns)

    def as_text(self) -> Relation:
        return replace(self, texts=frozenset(self.by_name))

    @property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def as_data(self) -> exp.Expr:
        """For a FROM clause, under the name that every condition uses."""
        return exp.alias_(self.source.copy(), DATA, table=True, quoted=True)


@dataclass(frozen=True, slots=True)
class Proof:
    """A query of one number: 0 where it is certain that no row is unexpected, NULL where this evidence cannot tell."""

    evidence: str
    select: exp.Select


@dataclass(frozen=True, slots=True)
class Values:
    """The distinct values of `columns`, NULL among them, for a FROM clause under the name that every condition uses.

    `complete`, an aggregate over them, is TRUE where these are all of them.
    """

    columns: tuple[str, ...]
    source: exp.Expr
    complete: exp.Expr


class Place(Protocol):
    """Where data is. `str(place)` is what a person calls it."""

    @property
    def lineage(self) -> PlaceName | None:
        """What lineage and history call it; None where data has no place that outlives the process."""

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Session]:
        """Open the platform; `label` says for whom, where it keeps such records.

        Raises CallError where there is nothing, TransientError where it is locked or away.
        """


@runtime_checkable
class Stored(Place, Protocol):
    """A table that consumers read: its types are promised, and other tables stand beside it."""

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> str: ...

    def beside(self, name: str) -> Place:
        """The table `name`, or schema.name, in the same database."""


@runtime_checkable
class Target(Stored, Protocol):
    """A table that headgate can publish into."""

    @property
    def quarantine(self) -> Target:
        """The table beside this one that holds the rows set aside."""

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Publisher]:
        """As of every place; with `write`, to publish."""


class Session(Protocol):
    """An open platform: everything the scan needs."""

    dialect: str

    def read(self, place: Any) -> Relation:
        """`place` as a relation of this session. Raises CallError where there is no such data."""

    def sql(self, query: exp.Expr) -> str:
        """The text of a query in the platform's own words. Raises QueryError where it has none."""

    def rows(self, query: exp.Expr | str) -> list[tuple[Any, ...]]:
        """The rows of a query, or of its text. Raises QueryError, or TransientError where trying again may help."""

    def batches(self, query: exp.Expr, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """As `rows`, `size` of them at a time; no other query is run before the last batch was taken."""

    def untrusted(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """As `rows`, for a query that a contract wrote: it reaches nothing but what this session has read, and ends.

        From then on the session reads no further place. Raises QueryError where it takes too long.
        """

    def refuses(self, condition: Callable[[], exp.Expr]) -> str | None:
        """Why the platform cannot answer a condition of the catalogue as it is meant; None where it can."""

    def values(self, relation: Relation, columns: Sequence[str]) -> Iterable[Values]:
        """The distinct values of those of `columns` that may have few, where they are cheaper to look at than rows."""

    def unique(self, relation: Relation, columns: Sequence[str]) -> Iterable[Proof]:
        """What proves cheaply that no complete key of `columns` stands in two rows; the cheapest first."""

    def held(self, relation: Relation, columns: Sequence[str], to: str, to_columns: Sequence[str]) -> Iterable[Proof]:
        """What proves cheaply that the dataset `to` holds every complete key of `columns`; the cheapest first."""

    def canonical(self, type_text: str) -> str | None:
        """The platform's own name for a type, None where it knows no such type."""

    def conformed(self, value: exp.Expr, given: str, wanted: str) -> exp.Expr | None:
        """`value`, of the type `given`, in the type `wanted`, NULL where it would be another one; None where this
        cannot be told."""

    def view(self, query: exp.Select, name: str) -> Relation:
        """A query as a relation; it runs whenever the relation is read."""

    def keep(self, query: exp.Select, name: str) -> Relation:
        """The result of a query, kept for the length of this session."""


@runtime_checkable
class Publisher(Session, Protocol):
    """A session that can publish into one table. What it stages is its own until `switch`, and gone after `discard`."""

    def source(self, origin: Place) -> AbstractContextManager[tuple[Session, Relation]]:
        """`origin` and the session that reads it: this one, or one of its own where this one cannot.

        Raises CallError where there is no such data.
        """

    def admit(self, target: Any, mode: Mode) -> None:
        """Raises CallError where nothing can be published into `target` in this mode, whatever the rows are."""

    def stage(
        self, target: Any, query: exp.Select, reader: Session, run_key: str, name: str,
        types: Mapping[str, str | None],
    ) -> Relation:  # fmt: skip
        """Build the rows of `query`, which is in the words of `reader`, aside, where no consumer looks.

        `name` is what a person calls them. `types` are the columns whose types a rule watches over, with the physical
        types that the contract wants: a value that has no place in its type becomes NULL, and its text a column of its
        own (`raw_name`), as of those that `query` has already.
        """

    def fit(self, target: Any, run_key: str, mode: Mode, declared: Container[str]) -> None:
        """Raises CallError where the staged columns do not fit the target's (see `places.drift`), or where the staged
        rows do not fit `mode`: some are not in its part, or have no key of their own."""

    def without_key(self, relation: Relation, mode: Mode) -> int:
        """How many rows of `relation` cannot be upserted: their key is incomplete, or another row has it too."""

    def standing(self, target: Any, run_key: str, mode: Mode, *, marked: bool = True) -> Relation | None:
        """The rows of the target that a publish of what is staged leaves as they are, without those that are `marked`
        if need be; None where it leaves none."""

    def replaces_some(self, target: Any, run_key: str, mode: Mode) -> bool:
        """Return whether the target has rows that a publish in this mode takes away, whatever is staged."""

    def set_aside(self, target: Any, run_key: str, reasons: Mapping[RuleId, exp.Expr]) -> int:
        """Mark the staged rows that meet a rule's condition, each with all its reasons; return how many they are."""

    def remaining(self, target: Any, run_key: str, name: str) -> Relation:
        """The staged rows that were not marked."""

    def version(self, target: Any) -> str:
        """What changes whenever somebody publishes into the target, or releases."""

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
        """Make the staged rows visible, the marked ones quarantined and the record written: in one transaction, which
        also ends a staleness. What is set aside now, `at`, is noted so, and what was before `forget` is dropped.

        Raises CallError where newer data is served, MovedError where the target's version is not `unless_moved` any
        more, TransientError where another one publishes for too long.
        """

    def discard(self, target: Any, run_key: str) -> None:
        """Remove what was staged under this run key."""

    def served(self, target: Any, part: str | None = None) -> Served | None:
        """What was published last into the target (of `part`, if that was published alone), and is there; None where
        nothing is."""

    def record(self, target: Any, run_key: str) -> Record | None:
        """The record of what a run key published into the target."""

    def stale(self, target: Any) -> Stale | None:
        """Why newer data than the target serves was held back, as far as this user may know; None where none was."""

    def mark_stale(self, target: Any, stale: Stale) -> Stale:
        """Note that newer data was held back, for whoever looks at the target; the first such note that stands."""

    def batches_aside(self, target: Any, run_key: str | None = None) -> list[Aside]:
        """What is in the target's quarantine, a run key each, the oldest first; or what is there of one run."""

    def aside(self, target: Any, run_key: str) -> Relation:
        """The rows that a run set aside, with headgate's own columns (headgate_reasons, …)."""

    def stage_aside(self, target: Any, run_key: str, name: str) -> Relation:
        """Stage what the run set aside, with the target's columns and types, to be released."""

    def with_target(self, target: Any, run_key: str, mode: Mode, name: str) -> Relation:
        """What the target would hold with the staged rows released."""

    def replaced_since(self, target: Any, run_key: str) -> list[Record]:
        """The later runs that may have taken the place of what a run published, the last first. Those of a part that
        the run did not publish itself have done so with the rows that are in it."""

    def release(self, target: Any, release: Release, *, unless_moved: str) -> int:
        """Move the staged rows of the quarantine into the target, and note who let them go: in one transaction.

        How many they are; 0 where the very same were released before. Raises CallError where the quarantine no longer
        holds what was accepted, MovedError where the target's `version` is another one than `unless_moved`.
        """

    def drop_aside(self, target: Any, *, run_key: str | None = None, before: datetime | None = None) -> int:
        """Delete what a run set aside, or what all runs before a moment did; how many rows."""
