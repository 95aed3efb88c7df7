"""One type of Great Expectations, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from headgate.contract.model import Property
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.kwargs import FromCheck, of_column


@dataclass(frozen=True, slots=True)
class Expectation:
    """`to_check` reads an expectation's arguments as the checks that they promise.

    `from_check` gives the arguments that promise a check of one of the types `says`: None where another expectation
    does. It raises UnsupportedError, with the reason, where GX cannot say the check; `why_not` is the reason where it
    can say none of the type. `note` is what GX reads a little otherwise.
    """

    to_check: Callable[[Arguments], Said | list[Said]]
    says: tuple[str, ...] = ()
    from_check: FromCheck | None = None
    note: str = ""
    why_not: str = ""


def of_column_alone(kind: str, column: Callable[[Arguments], Property] = Arguments.column) -> Expectation:
    """One without arguments of its own."""
    return Expectation(lambda e: Said(kind, (column(e),)), (kind,), of_column())
