"""A change of a contract, graded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import Any


class Level(IntEnum):
    """What a change means for one side. NONE: it does not concern that side at all."""

    NONE = 0
    DOC = 1
    SAFE = 2
    RISK = 3
    BREAK = 4

    def __str__(self) -> str:
        return self.name if self else "–"


class Bump(IntEnum):
    """The part of a semantic version that must be raised."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower() if self else "–"


class _Absent:
    """The value of a field that is not there."""

    def __repr__(self) -> str:
        return "nothing"

    def __bool__(self) -> bool:
        return False


ABSENT: Any = _Absent()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a change concerns. `part` is owner, consumer, reader or support; `names` are those that one of which
    may agree (an owning team has its own name and those of its owners)."""

    part: str
    names: tuple[str, ...]
    contact: str = ""

    def __str__(self) -> str:
        return f"{self.names[0]} ({self.contact})" if self.contact else self.names[0]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `path` names its place by names (schema.orders.properties.amount.required), which stay when items
    move; `file` and `line` (from 1) are those of the new contract, of the old one where nothing is left.

    `old` and `new` are as the contract has them, ABSENT where there is nothing. `measured_at` are the ODCS paths of
    the new contract whose checks can show that the data keeps the change already; empty where no check can.
    `evidence` is what the data said. `needs`: the change is agreed when one of each group's people has agreed.
    """

    rule: str
    path: str
    old: Any
    new: Any
    file: str
    line: int
    consumers: Level
    producers: Level
    bump: Bump
    reason: str
    todo: str
    concerned: tuple[Person, ...] = ()
    needs: tuple[Person, ...] = ()
    dataset: str | None = None
    measured_at: tuple[str, ...] = ()
    evidence: str = ""
    agreed: tuple[str, ...] = ()
    is_agreed: bool = False

    @property
    def level(self) -> Level:
        return max(self.consumers, self.producers)

    def to_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "path": self.path,
            "level": str(self.level),
            "consumers": str(self.consumers) if self.consumers else None,
            "producers": str(self.producers) if self.producers else None,
            "bump": str(self.bump) if self.bump else None,
            "old": plain_value(self.old),
            "new": plain_value(self.new),
            "file": self.file,
            "line": self.line,
            "reason": self.reason,
            "evidence": self.evidence or None,
            "todo": self.todo,
            "concerned": [{"part": p.part, "name": p.names[0], "contact": p.contact} for p in self.concerned],
            "agreed": list(self.agreed),
            "is_agreed": self.is_agreed,
        }


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed between two versions of one contract. `wrong` says what is wrong with the new version's number;
    `notes` are remarks: on agreements and evidence that did not count, on what may be a rename."""

    contract: str
    old_file: str | None
    new_file: str | None
    old_version: str
    new_version: str
    changes: tuple[Change, ...]
    wrong: str = ""
    version_line: int = 1
    notes: tuple[str, ...] = field(default=())

    @property
    def file(self) -> str:
        return self.new_file or self.old_file or ""

    @property
    def level(self) -> Level:
        return max((c.level for c in self.changes), default=Level.NONE)

    @property
    def bump(self) -> Bump:
        return max((c.bump for c in self.changes), default=Bump.NONE)

    @property
    def open(self) -> tuple[Change, ...]:
        """The breaking and risky changes that nobody has agreed to."""
        return tuple(c for c in self.changes if c.level >= Level.RISK and not c.is_agreed)

    def fails(self, strict: bool) -> bool:
        return bool(self.wrong) or any(strict or c.level is Level.BREAK for c in self.open)

    def to_dict(self) -> dict[str, Any]:
        return {
            "contract": self.contract,
            "old_file": self.old_file,
            "new_file": self.new_file,
            "old_version": self.old_version,
            "new_version": self.new_version,
            "level": str(self.level) if self.level else None,
            "bump": str(self.bump) if self.bump else None,
            "wrong_version": self.wrong or None,
            "changes": [c.to_dict() for c in self.changes],
            "notes": list(self.notes),
        }


def ranked(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The gravest first, then as they stand in the file."""
    return tuple(sorted(changes, key=lambda c: (-c.level, c.line)))


def plain_value(value: Any) -> Any:
    """JSON-ready; nothing is None."""
    if value is ABSENT:
        return None
    if isinstance(value, dict):
        return {str(k): plain_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(v) for v in value]
    return str(value) if isinstance(value, Decimal) else value


def shown(value: Any, limit: int = 60) -> str:
    """A value for one line."""
    if value is ABSENT:
        return "nothing"
    if isinstance(value, dict):
        label = label_of(value)
        text = label or ", ".join(f"{k} {shown(v)}" for k, v in value.items())
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(v) for v in value) + "]"
    else:
        text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


# What an item of a list is called by, the first that it has.
LABELS = ("name", "server", "username", "role", "channel", "property", "value", "metric", "to", "url", "synonym", "id")


def label_of(item: Any) -> str:
    if isinstance(item, dict):
        for field_name in LABELS:
            label = item.get(field_name)
            if isinstance(label, str | int | Decimal) and str(label):
                return str(label)
    return ""
