"""ODCS 3.2's `context`: what a contract tells agents and semantic layers about a dataset (RFC-0038)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class VerifiedStatement:
    """A canonical question; `answer` is prose or a query, empty where only the question is given."""

    question: str
    answer: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Guidance by the author of a contract. Nothing of it is ever carried out."""

    instructions: str = ""
    statements: tuple[VerifiedStatement, ...] = ()
    constraints: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.instructions or self.statements or self.constraints)


NO_CONTEXT = Context()


def context_of(raw: Any) -> Context:
    """Return the context that a valid document has: a text, which is instructions only, or an object."""
    if isinstance(raw, str):
        return Context(raw)
    if not isinstance(raw, Mapping):
        return NO_CONTEXT
    return Context(
        raw.get("instructions") or "",
        tuple(
            VerifiedStatement(each["question"], each.get("answer") or "", each.get("id") or "")
            for each in raw.get("verifiedStatements") or ()
        ),
        tuple(each["constraint"] for each in raw.get("constraints") or ()),
    )
