"""What is proposed for a contract, each with what a person has to know about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Proposal:
    """One key of a property. `comment` says what was seen, and what to decide.

    `guess` names the guess that it is, if it is one of those that are explained once for the whole draft: `required`,
    `enum` or `bounds`.
    """

    key: str
    value: Any
    comment: str = ""
    guess: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A quality rule of the dataset."""

    rule: Mapping[str, Any]
    comment: str


@dataclass(frozen=True, slots=True)
class DraftProperty:
    """One property of the draft. `notes` say what its column holds, and what else a person has to know."""

    name: str
    notes: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    confidential: bool = False
