"""What a database declares of each column of a table, as a contract says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headgate.draft.conditions import Condition, Scalar, read_condition
from headgate.draft.quoting import quoted
from headgate.places import Relation, Session
from headgate.places.description import Description
from headgate.places.ledger import comment_of


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of one column.

    `required` is None where the table declares nothing of any column, so that nothing follows from its not being said.
    `notes` are for a person: what a contract has no words for, or what is decided elsewhere.
    """

    description: str | None = None
    required: bool | None = None
    unique: bool = False
    enum: tuple[Scalar, ...] = ()
    options: Mapping[str, Scalar] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredTable:
    """What is declared of a table: of each column by its name, and of several together.

    `key` is the primary key, `unique` further keys of several columns; `notes` are conditions that have no words in a
    contract.
    """

    columns: Mapping[str, Declared] = field(default_factory=dict)
    description: str | None = None
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, column: str) -> Declared:
        return self.columns.get(column, Declared())


def declared(relation: Relation, session: Session, kinds: Mapping[str, str | None]) -> DeclaredTable:
    """Return what the database declares of a table that was read.

    Args:
        kinds: the logical type of each column.
    """
    said = session.describe(relation)
    conditions, unread = _conditions(said, session.dialect, kinds)
    required = {c.columns[0] for c in relation.constraints if c.kind == "not_null"} | set(said.key)
    any_said = bool(required or said.unique or said.conditions or said.references)
    columns = {}
    for column in relation.columns:
        mine = {c.key: c.value for c in conditions if c.column == column.name}
        members = tuple(session.members(relation, column.name) or ())
        listed = mine.pop("enum", ())
        columns[column.name] = Declared(
            said.comments.get(column.name),
            (column.name in required) if any_said else None,
            (column.name,) in said.unique,
            members or (listed if isinstance(listed, tuple) else ()),
            {key: value for key, value in mine.items() if not isinstance(value, tuple)},
            tuple(f"refers to {quoted(to)}" for columns, to in said.references.items() if columns == (column.name,)),
        )
    several = tuple(key for key in said.unique if len(key) > 1)
    together = [
        f"{quoted(', '.join(columns))} refer to {quoted(to)}"
        for columns, to in said.references.items()
        if len(columns) > 1
    ]
    return DeclaredTable(columns, comment_of(said.comment, None), said.key, several, (*unread, *together))


def _conditions(
    said: Description, dialect: str, kinds: Mapping[str, str | None]
) -> tuple[list[Condition], tuple[str, ...]]:
    """Return the conditions that a contract can say, one for each key of a column, and notes about the others."""
    found: dict[tuple[str, str], Condition] = {}
    unread = []
    for text in said.conditions:
        conditions = read_condition(text, dialect, kinds)
        if conditions is None or any((c.column, c.key) in found for c in conditions):
            unread.append(f"CHECK {quoted(text)}: not in the contract; write it as a rule of type sql")
        else:
            found |= {(c.column, c.key): c for c in conditions}
    return list(found.values()), tuple(unread)
