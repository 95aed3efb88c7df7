"""The tables of a database as a publish needs them: what a platform says in its own words, and how rows get in."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlglot import exp

from headgate.checks import Column
from headgate.places.drift import Held
from headgate.places.ledger import Ledger
from headgate.places.place import MovedError, Relation
from headgate.places.records import RUN_KEY, Mode
from headgate.sql.quote import ident, text


def own_name(target: Any, part: str, run_key: str) -> str:
    """What is called so is this run's alone: what it staged for a target, or marked."""
    token = hashlib.sha256(f"{target}\0{run_key}".encode()).hexdigest()[:12]
    return f"__headgate_{part}_{token}"


def same_key(mode: Mode) -> str:
    """The condition under which a row of the target, `held`, has the key of a staged one, `new`."""
    return " AND ".join(f"held.{ident(key)} = new.{ident(key)}" for key in mode.keys)


class Tables(ABC):
    """An open database. A target has `schema`, `name` and `quarantine`; what is staged for it has a name of its own."""

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
        """All or nothing, with headgate's own tables there; nobody else publishes into `target` meanwhile. Raises
        TransientError where another does for too long."""

    @abstractmethod
    def version(self, target: Any) -> str:
        """What changes with every publish and release."""

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
        """The type of a new column that holds the values of another one, today's and tomorrow's."""

    @abstractmethod
    def fingerprint(self, columns: Sequence[str]) -> str:
        """An aggregate that is the same for the same rows in any order, as text."""

    @abstractmethod
    def comment(self, target: Any) -> str | None: ...

    @abstractmethod
    def set_comment(self, target: Any, comment: str | None) -> None: ...

    @abstractmethod
    def read(self, place: Any) -> Relation: ...

    @abstractmethod
    def parsed(self, query: str) -> exp.Select:
        """A query of these texts as an expression of the platform."""

    @abstractmethod
    def shelter(self, quarantine: Any, target: Any) -> None:
        """Let nobody but the target's owner read a new quarantine."""

    def must_be_at(self, target: Any, version: str) -> None:
        """Raises MovedError where somebody has published since the target's version was asked."""
        if self.version(target) != version:
            raise MovedError(f"{target} was published by another task meanwhile")

    def ledger(self, target: Any) -> Ledger:
        return Ledger(self, str(target))

    def prepare(self, target: Any, run_key: str, mode: Mode) -> None:
        """Bring what of the target is changed within reach; a table of a database is."""
        return

    def content(self, target: Any) -> str:
        """What holds the target's rows, for a FROM clause."""
        return ident(target.schema, target.name)

    def remove(self, target: Any, condition: str | None) -> None:
        """Remove the target's rows that meet a condition, all of them; without one, all rows."""
        self.run(f"DELETE FROM {ident(target.schema, target.name)} WHERE {condition or 'TRUE'}")

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
        changes = ", ".join(f"{ident(c.name)} = new.{ident(c.name)}" for c in columns if c.name.lower() not in keys)
        updated = f"WHEN MATCHED THEN UPDATE SET {changes} " if changes else ""
        return self.run(
            f"MERGE INTO {ident(target.schema, target.name)} AS held "
            f"USING {self.part(target, 'stage', run_key)} AS new ON {same_key(mode)} {updated}"
            f"WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({', '.join(f'new.{n}' for n in names)})"
        )
