"""Expressions of Python as text, and what they name."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

TRUE, FALSE = "True", "False"
State = Literal["null", "there", "maybe"]


@dataclass(frozen=True, slots=True)
class Variable:
    """What stands for a column: an expression of Python, what is known of it, and its logical type ("": any)."""

    source: str
    state: State
    kind: str = ""


@dataclass
class Constants:
    """The names of what an expression needs besides its variables: literals, patterns, functions."""

    names: dict[str, Any] = field(default_factory=dict)
    _count: count[int] = field(default_factory=count)

    def name(self, value: Any) -> str:
        name = f"K{next(self._count)}"
        self.names[name] = value
        return name

    def temporary(self) -> str:
        return f"t{next(self._count)}"


def all_of(*parts: str) -> str:
    kept = [part for part in dict.fromkeys(parts) if part != TRUE]
    if FALSE in kept:
        return FALSE
    return f"({' and '.join(kept)})" if len(kept) > 1 else kept[0] if kept else TRUE


def any_of(*parts: str) -> str:
    kept = [part for part in dict.fromkeys(parts) if part != FALSE]
    if TRUE in kept:
        return TRUE
    return f"({' or '.join(kept)})" if len(kept) > 1 else kept[0] if kept else FALSE


def negated(part: str) -> str:
    return {TRUE: FALSE, FALSE: TRUE}.get(part) or f"(not {part})"
