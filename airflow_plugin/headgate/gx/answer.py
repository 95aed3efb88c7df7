"""An answer: what became of one expectation, in GX's terms, before it is a report or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headgate.gx.suite import Expectation

CALM: Mapping[str, Any] = {"raised_exception": False, "exception_traceback": None, "exception_message": None}


@dataclass(frozen=True, slots=True)
class Answer:
    """`result` is GX's, with values as the data has them; `path` is sql, python or gx.

    `kwargs` are the expectation's, as pydantic makes them. `rank` is where GX puts it: 0 before all (the configuration
    failed), 1 then (a metric failed), 2 in its place.
    """

    expectation: Expectation
    kwargs: Mapping[str, Any]
    success: bool
    result: Mapping[str, Any]
    path: str
    exception: Mapping[str, Any] = field(default_factory=lambda: CALM)
    rank: int = 2

    @property
    def raised(self) -> str | None:
        """What GX says where the expectation could not be evaluated."""
        entries = [self.exception, *(e for e in self.exception.values() if isinstance(e, Mapping))]
        return next((str(e.get("exception_message")) for e in entries if e.get("raised_exception")), None)
