"""What a reconciliation found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from headgate.places.canonical import Family


@dataclass(frozen=True, slots=True)
class Difference:
    """One row, or one group, that differs.

    `key` is {column or expression: value}. `own` and `other` are the values of either side, {column or sum: value} by
    the own side's names, as Python has them (int, Decimal, float, bool, date, aware datetime in UTC, time, str, bytes,
    None for NULL); None where the side has no such row. `columns` are those that differ, empty if a side has no row.
    """

    key: Mapping[str, Any]
    own: Mapping[str, Any] | None
    other: Mapping[str, Any] | None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """What differences have in common.

    `kind` is a word for programs (factor, offset, swapped, sign, spaces, ...); `columns` are concerned; `count` of
    `of` differences follow it. `words` say it, without a value of the data: "amount × 100". `where` says in which rows
    alone differences are, {column: value}: values of the data, to be shown only where they may be.
    """

    kind: str
    columns: tuple[str, ...]
    words: str
    count: int
    of: int
    where: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self, hidden: Collection[str] = ()) -> dict[str, Any]:
        """Return the pattern as JSON-ready values, without values of `hidden` columns."""
        masked = any(column in hidden for column in self.columns)
        return {
            "kind": self.kind,
            "columns": list(self.columns),
            "words": f"{', '.join(self.columns)}: {self.kind}" if masked else self.words,
            "count": self.count,
            "of": self.of,
            "where": {name: str(value) for name, value in self.where.items() if name not in hidden},
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder: what it did (`counts`, `sums by group`, `pull`, `checksums`, `rows`), what it found, how
    many rows of data and of checksums it moved between platforms, about how many bytes these were, and seconds."""

    name: str
    found: str
    rows: int = 0
    checksums: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How two datasets agree.

    Attributes:
        own, other: what messages call the two sides.
        unit: what was compared: rows or groups.
        rows: how many rows each side has (own, other), of those that are compared.
        compared: how many rows or groups there are on at least one side.
        changed: how many are on both sides, and differ.
        only_own, only_other: how many are on one side alone.
        late: how many rows are not settled yet and were not compared; None if all rows are compared.
        columns: by column (or sum), in how many of the changed it differs.
        examples: some of the differences, those of every kind first.
        patterns: what they have in common, the strongest first; empty: no pattern.
        steps: how it was found out.
        lost: why nothing was compared, in words: a type without a common form, a column that is missing; empty: it was.
        empty: which side has no row while the other has some, in words; empty: none.
        alone: which columns only one side has, in words; empty: none.
        families: what each compared column holds.
    """

    own: str
    other: str
    unit: str
    rows: tuple[int, int] = (0, 0)
    compared: int = 0
    changed: int = 0
    only_own: int = 0
    only_other: int = 0
    late: int | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[Difference, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    steps: tuple[Step, ...] = ()
    lost: str = ""
    empty: str = ""
    alone: str = ""
    families: Mapping[str, Family] = field(default_factory=dict)

    def agrees(self, allowed: int = 0) -> bool:
        """Return whether the two agree, where so many rows or groups may differ."""
        return not (self.lost or self.empty or self.alone) and self.differing <= allowed

    def first(self, number: int) -> tuple[Difference, ...]:
        """Return some differences, of every kind that there is."""
        kinds: dict[object, list[Difference]] = {}
        for each in self.examples:
            kinds.setdefault((each.own is None, each.other is None, each.columns), []).append(each)
        taken = [kind[i] for i in range(number) for kind in kinds.values() if i < len(kind)]
        return tuple(taken[:number])

    def to_dict(self, hidden: Collection[str] = ()) -> dict[str, Any]:
        """Return what was found as JSON-ready values, without values of the data, except where a pattern is found
        (`where`) in columns that are not `hidden`."""
        return {
            "other": self.other,
            "unit": self.unit,
            "rows": list(self.rows),
            "compared": self.compared,
            "changed": self.changed,
            "only_own": self.only_own,
            "only_other": self.only_other,
            "late": self.late,
            "columns": dict(self.columns),
            "patterns": [pattern.to_dict(hidden) for pattern in self.patterns],
            "steps": [asdict(step) for step in self.steps],
        }

    @property
    def differing(self) -> int:
        """How many rows or groups differ, those on one side alone among them."""
        return self.changed + self.only_own + self.only_other
