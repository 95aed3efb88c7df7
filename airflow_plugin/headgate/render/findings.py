"""What a report finds in the data, as every format for machines of CI has it: a message at a line of the contract.

The rule is everywhere the same: an error is an error-level rule that the data breaks or that was not measured, a
warning is a broken rule of another level, a note is such a rule that was not measured. The policy changes none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from headgate.contract import Contract
from headgate.levels import LevelResult
from headgate.levels import Status as LevelStatus
from headgate.render import levels
from headgate.report.report import Report, shortened
from headgate.report.result import CheckResult, Status
from headgate.report.words import detail_words


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that was not kept, or not measured. `level` is error, warning or note. No values of the data are in
    it but numbers that may be shown."""

    result: CheckResult
    level: str
    message: str


def findings(report: Report) -> Iterator[Finding]:
    """Return what is not as it should be, in the contract's order; what need not be executed is left out."""
    for result in results(report):
        error = result.severity == "error"
        if result.status is Status.FAILED:
            told = "; ".join(filter(None, (result.observed, detail_words(result.details))))
            yield Finding(result, "error" if error else "warning", f"{result.statement}: {told}")
        elif result.status in (Status.ERRORED, Status.NOT_EXECUTED) and not result.excused:
            said = f"{result.statement}: {result.status.replace('_', ' ')}: {result.reason}"
            yield Finding(result, "error" if error else "note", said)


def results(report: Report) -> Iterator[CheckResult]:
    """Yield the results of all rules, then of the needs of consumers, in one form: a service level that was measured
    is in the place of its rule."""
    measured = {level.key: level for level in report.levels}
    for result in report.results:
        level = measured.pop(result.key, None)
        yield result if level is None else _of_level(level, result)
    for level in measured.values():
        yield _of_level(level, CheckResult("", "", "", Status.NOT_EXECUTED, "warning", ""))


_STATUS = {LevelStatus.KEPT: Status.PASSED, LevelStatus.BROKEN: Status.FAILED}


def _of_level(level: LevelResult, rule: CheckResult) -> CheckResult:
    """Return the result of a service level as one of a check; `rule` says where the contract has it."""
    status, said = _STATUS.get(level.status, Status.NOT_EXECUTED), levels.observed(level)
    return replace(
        rule,
        key=level.key,
        statement=levels.promise(level),
        status=status,
        severity="error" if level.halts else "warning",
        excused=level.status is LevelStatus.NOT_EXECUTABLE,
        found="" if status is Status.NOT_EXECUTED else said,
        reason=said if status is Status.NOT_EXECUTED else "",
    )


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
