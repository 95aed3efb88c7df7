"""Answers, and results of GX, as a report: verdict, coverage, text and lineage come with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from headgate.checks import Column, digest_of
from headgate.checks.identity import with_unique_keys
from headgate.errors import CallError
from headgate.gx.answer import CALM, Answer
from headgate.gx.suite import Expectation, Suite
from headgate.gx.types import dimension
from headgate.report import CheckResult, Report, Status


def report_of(result: Any) -> Report:
    """The report of what GX found: an ExpectationSuiteValidationResult, or its to_json_dict().

    Raises:
        CallError: it is no result of a suite.
    """
    document = result.to_json_dict() if hasattr(result, "to_json_dict") else result
    if not isinstance(document, Mapping) or not isinstance(document.get("results"), list):
        raise CallError("no result of a suite: give an ExpectationSuiteValidationResult, or its to_json_dict()")
    answers = tuple(_answer(item, i) for i, item in enumerate(document["results"]))
    suite = Suite(str(document.get("suite_name") or "suite"), tuple(a.expectation for a in answers))
    asset = (document.get("meta") or {}).get("active_batch_definition") or {}
    rows = max((int(a.result.get("element_count") or 0) for a in answers), default=0)
    return report(suite, answers, str(asset.get("data_asset_name") or suite.name), rows, ())


def _answer(item: Any, index: int) -> Answer:
    config = item.get("expectation_config") if isinstance(item, Mapping) else None
    if not isinstance(config, Mapping) or not isinstance(item.get("success"), bool):
        raise CallError(f"results[{index}]: no result of an expectation: it has `success` and `expectation_config`")
    kwargs = {name: value for name, value in (config.get("kwargs") or {}).items() if name != "batch_id"}
    severity = config.get("severity") or "critical"
    kind = str(config.get("type") or config.get("expectation_type"))
    expectation = Expectation(kind, kwargs, config.get("meta") or {}, severity, config.get("id"))
    return Answer(
        expectation, kwargs, item["success"], item.get("result") or {}, "gx", item.get("exception_info") or CALM
    )


def report(suite: Suite, answers: Sequence[Answer], data: str, rows: int, columns: tuple[Column, ...]) -> Report:
    """`answers` in GX's order."""
    results = with_unique_keys([_result(answer) for answer in answers])
    return Report(
        contract_id=suite.name,
        contract_version="",
        contract_commit=None,
        contract_file=suite.source or suite.name,
        dataset=suite.name,
        owner="",
        support=(),
        draft=False,
        data=data,
        rows=rows,
        columns=columns,
        results=results,
        answers=(suite, tuple(answers)),
    )


def _result(answer: Answer) -> CheckResult:
    expectation = answer.expectation
    columns = _columns(answer.kwargs)
    key = ".".join([*([",".join(columns)] if columns else []), expectation.type])
    values: dict[str, Any] = {
        "key": key,
        "digest": digest_of("expectation", expectation.type, json.dumps(answer.kwargs, sort_keys=True, default=str)),
        "type": expectation.type,
        "statement": f"{', '.join(columns)} {_words(expectation.type)}".strip() + _arguments(answer.kwargs),
        "severity": "error" if expectation.severity == "critical" else "warning",
        "dimension": dimension(expectation.type),
        "columns": columns,
        "evidence": answer.path,
    }
    if answer.raised is not None:
        # The text of an exception may quote the data.
        return CheckResult(
            status=Status.ERRORED, reason="it could not be evaluated; to_gx(values=True) says why", **values
        )
    unexpected = answer.result.get("unexpected_count")
    total = answer.result.get("element_count")
    return CheckResult(
        status=Status.PASSED if answer.success else Status.FAILED,
        unexpected=unexpected,
        value=unexpected,
        rows=total if unexpected is not None else None,
        **values,
    )


def _columns(kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    named = [kwargs.get("column"), kwargs.get("column_A"), kwargs.get("column_B"), *(kwargs.get("column_list") or ())]
    return tuple(name for name in named if isinstance(name, str))


def _words(kind: str) -> str:
    words = kind.removeprefix("expect_").removeprefix("column_").removeprefix("values_").removeprefix("pair_values_")
    return words.replace("_", " ")


_NAMING = ("column", "column_A", "column_B", "column_list", "row_condition", "condition_parser")


def _arguments(kwargs: Mapping[str, Any]) -> str:
    said = [f"{name}={str(value)[:60]}" for name, value in kwargs.items() if name not in _NAMING]
    where = ", where a row condition holds" if kwargs.get("row_condition") else ""
    return (f" ({', '.join(said)})" if said else "") + where
