"""What a report finds in the data, as every format for machines of CI has it: a message at a line of the contract.

The rule is everywhere the same: an error is an error-level rule that the data breaks or that was not measured, a
warning is a broken rule of another level, a note is such a rule that was not measured. The policy changes none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headgate.contract import Contract
from headgate.report.report import Report, shortened
from headgate.report.result import CheckResult, Status


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that was not kept, or not measured. `level` is error, warning or note. No values of the data are in
    it but numbers that may be shown."""

    result: CheckResult
    level: str
    message: str


def findings(report: Report) -> Iterator[Finding]:
    """Return what is not as it should be, in the contract's order; what need not be executed is left out."""
    for result in report.results:
        error = result.severity == "error"
        if result.status is Status.FAILED:
            yield Finding(result, "error" if error else "warning", f"{result.statement}: {result.observed}")
        elif result.status in (Status.ERRORED, Status.NOT_EXECUTED) and not result.excused:
            said = f"{result.statement}: {result.status.replace('_', ' ')}: {result.reason}"
            yield Finding(result, "error" if error else "note", said)


def where(report: Report, result: CheckResult) -> str:
    """Return where the contract has a rule: its file, without the folder, and the line if it is known."""
    file = report.contract_file.rpartition("/")[2]
    return f"{file}:{result.line}" if result.line else file


def data_of(report: Report) -> str:
    """Return what was checked, without the folder that it is in."""
    place, condition, text = report.data.partition(" where ")
    return f"{place.rpartition('/')[2]}{condition}{text}"


def concerned(about: Report | Contract) -> str:
    """Return who answers for the data, where to reach them, and of a report with something broken whom it affects."""
    affects = f"affects: {shortened(about.affected)}" if isinstance(about, Report) and about.affected else ""
    return " · ".join(filter(None, (about.owner and f"owner: {about.owner}", *about.support, affects)))
