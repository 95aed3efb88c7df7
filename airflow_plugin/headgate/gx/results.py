"""A report in GX's JSON form: that of ExpectationSuiteValidationResult.to_json_dict()."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from headgate.gx.answer import CALM, Answer
from headgate.gx.engine import ASSET, BATCH_ID, SOURCE
from headgate.gx.json_values import jsonable
from headgate.gx.suite import Suite
from headgate.report.report import Report
from headgate.report.result import CheckResult, Status

# The release whose answers these are.
GX_VERSION = "1.24.1"
# What of `result` quotes the data.
_VALUES = frozenset(
    {
        "observed_value", "partial_unexpected_list", "partial_unexpected_counts", "unexpected_list", "unexpected_rows",
        "partial_missing_list", "details", "partial_unexpected_index_list", "unexpected_index_list",
        "unexpected_index_query",
    }
)  # fmt: skip


def of_report(report: Report, *, values: bool) -> dict[str, Any]:
    """Return a report of a suite as GX's answers, one of a contract as GX would tell it; see `Report.to_gx`."""
    return suite_result(*report.answers, values=values) if report.answers else contract_result(report)


def suite_result(suite: Suite, answers: Iterable[Answer], *, values: bool) -> dict[str, Any]:
    """`answers` in GX's order. Without `values`, nothing is told but counts, percentages and success."""
    results = [_result(answer, values) for answer in answers]
    return _whole(suite.name, suite.parameters, results)


def _whole(name: str, parameters: Mapping[str, Any], results: list[dict[str, Any]]) -> dict[str, Any]:
    good = sum(result["success"] for result in results)
    return {
        "success": good == len(results),
        "results": results,
        "suite_name": name,
        "suite_parameters": jsonable(parameters),
        "statistics": {
            "evaluated_expectations": len(results),
            "successful_expectations": good,
            "unsuccessful_expectations": len(results) - good,
            "success_percent": good / len(results) * 100 if results else None,
        },
        "meta": {
            "great_expectations_version": GX_VERSION,
            "batch_spec": {"batch_data": "PandasDataFrame"},
            "active_batch_definition": {
                "datasource_name": SOURCE,
                "data_connector_name": "fluent",
                "data_asset_name": ASSET,
                "batch_identifiers": {"dataframe": "<DATAFRAME>"},
            },
        },
        "id": None,
    }


def _result(answer: Answer, values: bool) -> dict[str, Any]:
    expectation = answer.expectation
    config: dict[str, Any] = {
        "type": expectation.type,
        "kwargs": jsonable({"batch_id": BATCH_ID, **answer.kwargs}),
        "meta": jsonable(expectation.meta),
        "severity": expectation.severity,
    }
    if expectation.id:
        config["id"] = expectation.id
    config |= {name: jsonable(value) for name, value in expectation.extra.items()}
    result = jsonable(answer.result)
    exception = jsonable(answer.exception)
    if not values:
        result = {name: value for name, value in result.items() if name not in _VALUES}
        exception = _quiet(exception)
    return {
        "success": answer.success,
        "expectation_config": config,
        "result": result,
        "meta": {},
        "exception_info": exception,
    }


def _quiet(info: Mapping[str, Any]) -> dict[str, Any]:
    """That something was raised, without its text, which may quote the data."""
    hidden = {"exception_message": "***", "exception_traceback": None}
    if "raised_exception" in info:
        return {**info, **hidden} if info["raised_exception"] else dict(info)
    return {name: {**entry, **hidden} for name, entry in info.items()}


def contract_result(report: Report) -> dict[str, Any]:
    """A contract's report: each rule as the result of an expectation of the name `headgate:` and its type."""
    results = [_rule_result(rule, report.rows) for rule in report.results]
    return _whole(report.contract_id, {}, results)


def _rule_result(rule: CheckResult, rows: int) -> dict[str, Any]:
    measured = rule.status in (Status.PASSED, Status.FAILED)
    result: dict[str, Any] = {}
    if measured and rule.unexpected is not None:
        percent = rule.unexpected / rows * 100 if rows else None
        result = {"element_count": rows, "unexpected_count": rule.unexpected, "unexpected_percent": percent}
    kwargs = {"columns": list(rule.columns), "rule": rule.key, "batch_id": BATCH_ID}
    severity = "critical" if rule.severity == "error" else "warning"
    info = dict(CALM) if measured else {**CALM, "raised_exception": True, "exception_message": rule.reason}
    return {
        "success": rule.status is Status.PASSED,
        "expectation_config": {
            "type": f"headgate:{rule.type or 'rule'}",
            "kwargs": kwargs,
            "meta": {"statement": rule.statement},
            "severity": severity,
        },
        "result": result,
        "meta": {},
        "exception_info": info,
    }
