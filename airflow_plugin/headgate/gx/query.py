"""What a reading asks of the data: aggregates that share one query, and how their values become an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

# success, and GX's `result`
Judged = tuple[bool, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Query:
    """`numbers` are aggregates over the relation of the data; `judge` takes their values, in this order."""

    numbers: tuple[exp.Expr, ...]
    judge: Callable[..., Judged]
    path: str = "sql"


@dataclass(frozen=True, slots=True)
class Form:
    """How much an answer tells: GX's result_format SUMMARY or COMPLETE."""

    mode: str = "SUMMARY"

    @property
    def complete(self) -> bool:
        return self.mode == "COMPLETE"


Kwargs = Mapping[str, Any]
