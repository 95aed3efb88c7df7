"""How headgate's tasks fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException

from headgate.airflow import late
from headgate.errors import HeadgateError, TransientError

if TYPE_CHECKING:
    from headgate.report import Report


class ContractBreach(AirflowFailException):
    """The data violates its contract, or could not be measured: the task fails at once, without retries.

    The message holds no values of the data, since it becomes part of lineage events; `report` has them all,
    and `summary` is what the task's XCom `headgate` holds.
    """

    def __init__(self, message: str, report: Report, summary: dict[str, Any]) -> None:
        super().__init__(message)
        self.report = report
        self.summary = summary


class ContractFailure(AirflowFailException):
    """The contract, the call or the source is wrong; a retry cannot help."""


@contextmanager
def no_retry(concerned: Callable[[], str] = str) -> Iterator[None]:
    """Let a transient fault pass unchanged, so that Airflow retries it; let any other error fail the task at once, with
    who is `concerned`, as far as that is known by then."""
    try:
        yield
    except TransientError:
        raise
    except HeadgateError as error:
        raise ContractFailure(" · ".join(filter(None, (str(error), concerned())))) from None


def broken(report: Report) -> str:
    """Return the names of the broken promises, for an exception: without values of the data."""
    ended = [report.ended.key] if report.ended and report.ended.key not in report.not_kept else []
    return f"{report.dataset} does not keep {late.shortened([*ended, *report.not_kept])}"
