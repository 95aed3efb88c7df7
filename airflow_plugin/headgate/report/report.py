"""The report: all check results of one dataset in one run. The one value that everything downstream reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from headgate.checks import Column

if TYPE_CHECKING:
    from headgate.scan import Ran

MASK = "***"


class Verdict(StrEnum):
    """Of a report: only warnings failed (warn), an error-level check failed (breach), or something that matters
    could not be measured (unknown). Unknown is not pass."""

    PASS = "pass"
    WARN = "warn"
    BREACH = "breach"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """Of one check."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    NOT_EXECUTED = "not_executed"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What became of one rule of the contract.

    `key` and `digest` are the rule's identity (`checks.RuleId`).
    `unexpected` is the exact number of unexpected rows of a row check; `observed` is what was found, in words.
    `excused` marks what was not executed and need not be. `examples` are rows as {column: value}, and empty unless
    the contract or the caller lets values be shown; values of classified columns are masked.
    """

    key: str
    type: str
    statement: str
    status: Status
    severity: str
    dimension: str
    columns: tuple[str, ...] = ()
    unexpected: int | None = None
    observed: str = ""
    expected: str = ""
    reason: str = ""
    excused: bool = False
    evidence: str = ""
    description: str = ""
    policy: tuple[str, ...] = ()
    set_aside: bool = False
    examples: tuple[Mapping[str, Any], ...] = ()
    path: str = ""
    line: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What a verdict is reproduced by: the run's key and the data interval that it covers."""

    key: str = ""
    interval_start: datetime | None = None
    interval_end: datetime | None = None


NO_RUN = Run()


@dataclass(frozen=True)
class Report:
    """All check results of one dataset in one run."""

    contract_id: str
    contract_version: str
    contract_commit: str | None
    contract_file: str
    dataset: str
    owner: str
    support: tuple[str, ...]
    draft: bool
    data: str
    rows: int
    columns: tuple[Column, ...]
    results: tuple[CheckResult, ...]
    run: Run = NO_RUN
    # Why newer data than this was held back, where it was.
    stale: str = ""
    # The queries that measured it, in their order.
    ran: tuple[Ran, ...] = field(default=(), repr=False, compare=False)
    # Of a suite of Great Expectations: the suite, and GX's answers.
    answers: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The failed checks, error-level first."""
        failed = [r for r in self.results if r.status is Status.FAILED]
        return tuple(sorted(failed, key=lambda r: r.severity != "error"))

    @property
    def not_measured(self) -> tuple[CheckResult, ...]:
        return tuple(r for r in self.results if r.status in (Status.ERRORED, Status.NOT_EXECUTED))

    @property
    def broken(self) -> tuple[CheckResult, ...]:
        """The error-level checks that failed."""
        return tuple(r for r in self.failed if r.severity == "error")

    @property
    def unknown(self) -> tuple[CheckResult, ...]:
        """The error-level checks that were not measured, and that nothing excuses."""
        return tuple(r for r in self.not_measured if r.severity == "error" and not r.excused)

    @property
    def not_kept(self) -> tuple[str, ...]:
        """The keys of the checks that keep it from passing: what is broken, then what is unknown."""
        return tuple(r.key for r in (*self.broken, *self.unknown))

    @property
    def verdict(self) -> Verdict:
        if self.unknown:
            return Verdict.UNKNOWN
        if self.broken:
            return Verdict.BREACH
        return Verdict.WARN if self.failed else Verdict.PASS

    @property
    def coverage(self) -> tuple[int, int]:
        """(executed, declared): how many of the contract's rules were measured."""
        return len(self.results) - len(self.not_measured), len(self.results)

    def __str__(self) -> str:
        """The report as a person reads it."""
        from headgate.report.text import render

        return render(self)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        executed, declared = self.coverage
        return {
            "contract": {
                "id": self.contract_id,
                "version": self.contract_version,
                "commit": self.contract_commit,
                "file": self.contract_file,
                "owner": self.owner,
                "support": list(self.support),
                "draft": self.draft,
            },
            "dataset": self.dataset,
            "data": self.data,
            "run": {"key": self.run.key, "interval": [_text(self.run.interval_start), _text(self.run.interval_end)]},
            "verdict": str(self.verdict),
            "stale": self.stale or None,
            "rows": self.rows,
            "coverage": {"executed": executed, "declared": declared},
            "results": [_result(r) for r in self.results],
        }

    def explain(self) -> dict[str, Any]:
        """What proves each check, and what it cost, as JSON-ready values.

        `checks` are the executed checks, in the contract's order, with their evidence, the number of the query that
        decided (None where the columns alone did) and the share of the time that was spent on it: a query's time is
        shared evenly by all checks that it was run for. `queries` have their SQL and seconds.
        """
        from headgate.report.explain import explained

        return explained(self)

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, default=str)

    def to_gx(self, *, values: bool = False) -> dict[str, Any]:
        """In the JSON form of Great Expectations' ExpectationSuiteValidationResult.

        `values`: whether values of the data are in it. A report of a contract has none to show.
        """
        from headgate.gx.results import contract_result, suite_result

        return suite_result(*self.answers, values=values) if self.answers else contract_result(self)


def shortened(names: Sequence[str], limit: int = 10) -> str:
    """Names for one line: so many of them, and how many more there are."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _result(result: CheckResult) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(result, name)
        for name in ("key", "type", "statement", "status", "severity", "dimension", "unexpected", "path", "line")
    }
    values["status"] = str(result.status)
    values["columns"] = list(result.columns)
    for name in ("observed", "expected", "reason", "evidence", "description"):
        if getattr(result, name):
            values[name] = getattr(result, name)
    if result.examples:
        values["examples"] = [{k: _json(v) for k, v in row.items()} for row in result.examples]
    return values


def _json(value: Any) -> Any:
    """JSON has neither NaN nor Decimal; a NaN becomes null."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)
