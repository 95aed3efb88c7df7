"""OORS, the Open Observability Results Standard of Bitol: results for catalogues and other tools.

The standard is a draft: what is written here is v0.8.1 as its pages have it
(https://bitol-io.github.io/open-observability-results-standard/), and the next version may need another form. It has no
JSON schema that these documents are checked against.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID, uuid5

from headgate.render.answers import CheckAnswer, PublishAnswer, ResultsAnswer
from headgate.render.findings import results as results_of
from headgate.render.format import Format, View
from headgate.render.formats.json import document
from headgate.report.result import CheckResult, Status

if TYPE_CHECKING:
    from headgate.checks import Comparison
    from headgate.report import Report

FORMAT = Format("oors", "results for catalogues (OORS, a draft)")
VERSION = "v0.8.1"
# Of one report the same text is made each time, its id as well.
_NAMESPACE = UUID("5c1f8a0e-6d0b-5d0c-9a52-6a3f3a1c7b21")
# The status of a document is the first of these that one of its results has.
_ORDER = ("error", "fail", "warn", "pass", "skip")
_OPERATORS = {
    "=": "mustBe",
    "!=": "mustNotBe",
    ">": "mustBeGreaterThan",
    ">=": "mustBeGreaterOrEqualTo",
    "<": "mustBeLessThan",
    "<=": "mustBeLessOrEqualTo",
    "between": "mustBeBetween",
    "not between": "mustNotBeBetween",
}


@FORMAT.of(CheckAnswer)
def _check(answer: CheckAnswer, view: View) -> str:
    return document(_message(answer.report, view.at))


@FORMAT.of(PublishAnswer)
def _publish(answer: PublishAnswer, view: View) -> str:
    return document(_message(answer.outcome.report, view.at))


@FORMAT.of(ResultsAnswer)
def _results(answer: ResultsAnswer, view: View) -> str:
    """A list: a message is about one contract."""
    return document([_message(result.report, view.at) for result in answer.results])


def _message(report: Report, at: datetime) -> dict[str, Any]:
    observed = (report.measured_at or at).astimezone(UTC).isoformat()
    results = [_result(report, result) for result in results_of(report)]
    named = (report.contract_id, report.contract_version, report.dataset, report.data, report.run.key, observed)
    statuses = {result["status"] for result in results}
    return {
        "apiVersion": VERSION,
        "kind": "ObservabilityResults",
        "id": str(uuid5(_NAMESPACE, "\0".join(named))),
        "observedAt": observed,
        "status": next((status for status in _ORDER if status in statuses), "unknown"),
        "source": {"process": "headgate", "vendor": "headgate"} | _known(runId=report.run.key),
        "contract": {"contractId": report.contract_id, "standard": "ODCS", "version": report.contract_version},
        "results": results,
    }


def _result(report: Report, result: CheckResult) -> dict[str, Any]:
    place, _, condition = report.data.partition(" where ")
    target = {"resourceType": "table", "resourceIdentifier": report.place.name if report.place else place}
    return {
        "id": f"{report.dataset}.{result.key}",
        "type": "check",
        "name": result.statement or result.key,
        "status": _status(result),
        "relatesTo": _relates_to(report.dataset, result),
        "severity": result.severity,
        **_known(dimension=result.dimension),
        "target": target | _known(filter=condition),
        **_known(measure=_measure(result), message=_said(result)),
    }


def _status(result: CheckResult) -> str:
    """An error-level rule that was not measured is an error: counted as unknown it would leave the document's status a
    pass, and unknown is not pass."""
    is_error = result.severity == "error"
    match result.status:
        case Status.PASSED:
            return "pass"
        case Status.FAILED:
            return "fail" if is_error else "warn"
    if result.excused:
        return "skip"
    return "error" if is_error else "unknown" if result.status is Status.ERRORED else "skip"


def _relates_to(dataset: str, result: CheckResult) -> str:
    """Return the element of the contract, by names: schema/orders/properties/amount/quality/in_range."""
    column, _, rule = result.key.partition("#")[0].rpartition(".")
    parts = ["schema", dataset, *(("properties", column) if column else ())]
    if ".quality[" in result.path:
        parts += ["quality", rule]
    return "/".join(quote(part, safe=" ") for part in parts)


def _measure(result: CheckResult) -> dict[str, Any]:
    measured: dict[str, Any] = {"metric": result.type} if result.type else {}
    if result.masked:
        return measured
    expect, value = result.expect, result.value
    if expect is not None and result.unexpected is not None and result.rows is not None:
        value = expect.number(result.unexpected, result.rows)
    measured |= _known(value=_number(value), threshold=_threshold(expect), unit=_unit(result))
    return measured | _known(rowCount=result.rows, failedRowCount=result.unexpected)


def _unit(result: CheckResult) -> str | None:
    """Of a row check the unit of its comparison; the metrics of a whole have none."""
    if result.expect is None or result.unexpected is None:
        return None
    return "share of rows" if result.expect.unit == "mostly" else result.expect.unit


def _threshold(expect: Comparison | None) -> dict[str, Any]:
    """Return a comparison in ODCS's operators; a range with an open end takes two."""
    if expect is None:
        return {}
    bounds = [_number(bound) for bound in expect.bounds]
    if expect.operator in _OPERATORS:
        return {_OPERATORS[expect.operator]: bounds if len(bounds) > 1 else bounds[0]}
    return {_OPERATORS[word]: bound for word, bound in zip(expect.operator.split(), bounds, strict=True)}


def _number(value: Any) -> int | float | str | None:
    """Return a number of JSON; a moment as text."""
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else float(value)


def _said(result: CheckResult) -> str:
    return result.reason or (f"found: {result.observed}" if result.observed else "")


def _known(**values: Any) -> dict[str, Any]:
    """Return what is known of some fields."""
    return {name: value for name, value in values.items() if value not in (None, "", {})}
