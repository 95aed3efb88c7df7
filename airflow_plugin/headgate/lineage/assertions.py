"""The results of checks as OpenLineage has them: assertions about a dataset, tests of a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openlineage.client.facet_v2 import data_quality_assertions_dataset, test_run

from headgate.contract import Dataset
from headgate.gate import Outcome
from headgate.gate import Status as OutcomeStatus
from headgate.lineage import words
from headgate.lineage.clean import clean
from headgate.report import CheckResult, Report, Status

Assertions = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet
Assertion = data_quality_assertions_dataset.Assertion


def assertions(results: Iterable[CheckResult]) -> Any:
    """Return one assertion for each check that was executed. Marquez shows (column, assertion) alone, and as one row
    what has the same two: a label that is there twice gets the check's key."""
    known: set[tuple[str | None, str]] = set()
    found = []
    for result in results:
        if result.status is Status.NOT_EXECUTED:
            continue
        column, label = _column(result), clean(words.label(result))
        label = label if (column, label) not in known else f"{label} [{clean(result.key)}]"
        known.add((column, label))
        passed = result.status is Status.PASSED
        found.append(Assertion(assertion=label, success=passed, column=column, **_about(result)))
    return Assertions(assertions=found)


def last_good(outcome: Outcome, dataset: Dataset) -> Any:
    """Return what is known to hold of the version that the target still serves.

    It passed the error-level rules of its contract's version; if that is the version of today, each is listed.
    """
    served = outcome.served
    assert served is not None
    if served.verdict not in ("pass", "warn") and served.outcome != OutcomeStatus.PUBLISHED_PARTLY:
        return _of_all(f"{served.run_key} published it in spite of the verdict {served.verdict}", success=False)
    said = f"passed the audit of version {served.contract_version} of its contract when {served.run_key} published it"
    if served.contract_version != dataset.contract.version:
        return _of_all(said, success=True)
    kept = (r for r in outcome.report.results if r.severity == "error" and r.status is not Status.NOT_EXECUTED)
    return Assertions(
        assertions=[
            Assertion(
                assertion=clean(result.statement),
                success=True,
                column=_column(result),
                severity="error",
                name=clean(result.key),
                description=clean(said),
            )
            for result in kept
        ]
    )


def tests(report: Report) -> Any:
    """Return all checks as a facet of the run, where one that was not executed has a place too (status skip)."""
    status = {Status.PASSED: "pass", Status.NOT_EXECUTED: "skip"}
    found = [
        test_run.TestExecution(
            status=status.get(result.status, "fail"), type=result.type or "not_executed", **_about(result)
        )
        for result in report.results
    ]
    return test_run.TestRunFacet(tests=found)


def _about(result: CheckResult) -> dict[str, Any]:
    """Return what an assertion and a test have in common."""
    return {
        "name": clean(result.key),
        "severity": "error" if result.severity == "error" else "warn",
        "description": clean(result.statement),
        "expected": result.expected or None,
        "actual": clean(result.reason or result.observed) or None,
    }


def _of_all(said: str, *, success: bool) -> Any:
    return Assertions(assertions=[Assertion(assertion=clean(said), success=success, severity="error")])


def _column(result: CheckResult) -> str | None:
    return clean(result.columns[0]) if len(result.columns) == 1 else None
