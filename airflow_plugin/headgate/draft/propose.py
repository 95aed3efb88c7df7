"""From a profile to proposals: what the data shows, and what a person has to decide about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from headgate.draft.bounds import bounds_of, outliers_in
from headgate.draft.content import is_identifier, is_list, looks_like_identifiers, why_personal
from headgate.draft.declared import Declared, DeclaredTable
from headgate.draft.nested import shape_of
from headgate.draft.proposal import DraftProperty, Proposal
from headgate.draft.quoting import quoted
from headgate.draft.rounding import outward
from headgate.plural import counted
from headgate.scan.profile import ColumnProfile, Profile


@dataclass(frozen=True, slots=True)
class Proposer:
    """Proposes properties.

    Attributes:
        key: the columns of the primary key, proven or declared.
        stored: whether the relation is a table, whose physical types are promised.
        canonical: the platform's own name for a type, None where it knows none (see Session.canonical).
        declared: what the database says about the table.
    """

    profile: Profile
    key: tuple[str, ...]
    stored: bool
    canonical: Callable[[str], str | None]
    declared: DeclaredTable

    def properties(self) -> tuple[DraftProperty, ...]:
        """Return a property for every column."""
        return tuple(map(self._property, self.profile.columns))

    def _property(self, column: ColumnProfile) -> DraftProperty:
        secret, said = why_personal(column), self.declared.of(column.name)
        proposals = [Proposal("description", said.description)] if said.description else []
        proposals += self._type(column)
        if self.stored and self.canonical(column.column.type) == column.column.type:
            proposals.append(Proposal("physicalType", column.column.type))
        if secret:
            note = f"{secret}; remove this if it is not personal"
            proposals.append(Proposal("classification", "confidential", note))
        for name, value in shape_of(column.column).items():
            if name != "logicalType":
                proposals.append(Proposal(name, value, "as the type has it; what must be there, and what is personal?"))
        proposals += self._key(column) if column.name in self.key else self._required(column, said)
        if said.unique and column.name not in self.key:
            proposals.append(Proposal("unique", True))
        proposals += self._options(column, said, secret=bool(secret))
        proposals += _enum(column, said, secret=bool(secret))
        proposals += _missing(column, self.profile.rows)
        is_key = self.key == (column.name,)
        hidden = bool(secret) or _hides_extremes(column)
        seen = _seen(column, self.profile.rows, hidden=hidden, is_key=is_key)
        notes = filter(None, (seen, "" if hidden else outliers_in(column), *said.notes))
        return DraftProperty(column.name, tuple(notes), tuple(proposals), bool(secret))

    def _type(self, column: ColumnProfile) -> Iterator[Proposal]:
        if column.kind is None or (self.profile.text and not self.profile.rows):
            return
        comment = ""
        if column.cells and column.cells.zoned is not True:
            some = "some without" if column.cells.zoned is None else "without"
            comment = f"moments {some} a time zone; say which one they mean: logicalTypeOptions.defaultTimezone"
        yield Proposal("logicalType", column.kind, comment)

    def _required(self, column: ColumnProfile, said: Declared) -> Iterator[Proposal]:
        """As the table declares it; where that says nothing of any column, as the rows show it."""
        if said.required:
            yield Proposal("required", True)
        elif said.required is None and column.present == self.profile.rows > 0:
            yield Proposal("required", True, guess="required")

    def _key(self, column: ColumnProfile) -> Iterator[Proposal]:
        comment = ""
        if not self.declared.key:
            comment = "the values are unique; is this the key of a row?"
            if len(self.key) > 1:
                comment = f"no two rows agree in {' and '.join(map(quoted, self.key))}; is this what names a row?"
        yield Proposal("primaryKey", True, comment)
        if len(self.key) > 1:
            yield Proposal("primaryKeyPosition", self.key.index(column.name) + 1)

    def _options(self, column: ColumnProfile, said: Declared, *, secret: bool) -> Iterator[Proposal]:
        options: dict[str, Any] = {}
        comment = guess = ""
        if column.kind == "timestamp" and (column.present or not column.cells):
            zoned = column.cells.zoned is not False if column.cells else column.column.zoned
            options["timezone"] = zoned
            if column.cells and column.cells.zoned is None:  # the others have to mean one
                options["defaultTimezone"] = "UTC"
        # Bounds of moments are compared as these; not every finer or coarser type of a platform can be.
        comparable = column.kind != "timestamp" or column.column.type in map(
            self.canonical, ("TIMESTAMP", "TIMESTAMPTZ")
        )
        if not secret and column.name not in self.key and comparable:
            bounds, comment = bounds_of(column)
            seen = {name: bound for name, bound in bounds.items() if not _declares(said, name)}
            options |= seen
            guess = "bounds" if seen and not comment else ""
        if options or said.options:
            yield Proposal("logicalTypeOptions", {**options, **said.options}, comment, guess)


def _declares(said: Declared, bound: str) -> bool:
    """Whether the database says what is to be said of this end."""
    other = f"exclusive{bound[:1].upper()}{bound[1:]}"
    return bound in said.options or other in said.options or bool(said.enum)


def _enum(column: ColumnProfile, said: Declared, *, secret: bool) -> Iterator[Proposal]:
    if said.enum:
        yield Proposal("enum", [{"value": value} for value in said.enum])
    elif secret:
        return
    elif column.kind == "integer" and (column.lowest, column.highest) == (0, 1):
        yield Proposal("enum", [{"value": 0}, {"value": 1}], guess="enum")
    elif is_list(column) and not {"pattern", "minLength", "maxLength"} & set(said.options):
        yield Proposal("enum", [{"value": value} for value, _ in column.values or ()], guess="enum")


def _missing(column: ColumnProfile, rows: int) -> Iterator[Proposal]:
    """The texts that stand for "missing", and how often each was seen."""
    if column.cells and column.cells.missing:
        told = " and ".join(f"{quoted(text)} {counted(cells, 'time')}" for text, cells in column.cells.missing.items())
        setting = {"property": "missingValues", "value": list(column.cells.missing), "vendor": "headgate"}
        yield Proposal("customProperties", [setting], f"{told} in {rows:,} cells, read as NULL; does it mean that?")


def _seen(column: ColumnProfile, rows: int, *, hidden: bool, is_key: bool) -> str:
    if not rows:
        return "" if column.kind else "no rows: nothing could be seen; TODO logicalType"
    if not column.present:
        return "nothing but NULL" + ("; TODO logicalType" if column.kind is None else "")
    parts = [] if column.kind else [f"TODO logicalType: {quoted(column.column.type)} has none that is its own"]
    if column.present < rows:
        parts.append(f"{rows - column.present:,} of {rows:,} are NULL")
    if column.distinct is not None:
        about = "" if column.values is not None else "about "
        different = f"{about}{min(column.distinct, column.present):,} different"
        parts.append("all different" if is_key else different)
    if not hidden:
        parts.append(f"from {column.lowest} to {column.highest}")
    return ", ".join(parts)


def _hides_extremes(column: ColumnProfile) -> bool:
    numeric = column.kind in ("integer", "number")
    return column.lowest is None or (numeric and (is_identifier(column) or _is_large(column)))


def _is_large(column: ColumnProfile) -> bool:
    return outward(column.lowest, column.highest, whole=False) is None or looks_like_identifiers(column)
