"""Reports as OORS v0.8.1, a draft: by its pages, since no JSON schema of it is to be had."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from headgate import Report, Run, check, publish
from headgate.gate import policy_for
from headgate.render import FORMATS
from headgate.render.answers import CheckAnswer, PublishAnswer
from headgate.report import Status

from tests.support.contracts import dataset

AMOUNT = {"name": "amount", "logicalType": "integer", "physicalName": "amt", "logicalTypeOptions": {"minimum": 0}}
QUALITY = [
    {"id": "most", "metric": "nullValues", "mustBeLessThan": 50, "unit": "percent", "severity": "warning"},
    {"id": "prose", "type": "text", "description": "is right"},
]
DATA = "id,amt\na,1\n,-1\n,\n,4\n"


def found(folder: Path, data: str = DATA, **id_: Any) -> tuple[Any, Report]:
    (folder / "t.csv").write_text(data)
    rules = [{"id": "few", "metric": "rowCount", "mustBeBetween": [1, 3]}]
    things = dataset({"name": "id", "quality": QUALITY, **id_}, AMOUNT, quality=rules, id="shop", version="1.2.0")
    run = Run("k", now=datetime(2026, 3, 2, tzinfo=UTC))
    return things, check(things, folder / "t.csv", run=run, where="amt <> 4 or amt is null")


def message(things: Any, report: Report) -> dict[str, Any]:
    return dict(json.loads(FORMATS["oors"].render(CheckAnswer(report, policy_for(things, report)))))


def test_the_message(tmp_path: Path) -> None:
    things, report = found(tmp_path)
    told = message(things, report)
    assert {key: told[key] for key in ("apiVersion", "kind", "status", "source", "contract")} == {
        "apiVersion": "v0.8.1",
        "kind": "ObservabilityResults",
        "status": "fail",
        "source": {"process": "headgate", "vendor": "headgate", "runId": "k"},
        "contract": {"contractId": "shop", "standard": "ODCS", "version": "1.2.0"},
    }
    assert datetime.fromisoformat(told["observedAt"]) == report.measured_at
    assert message(things, report) == told  # the same report, the same id
    assert message(*found(tmp_path))["id"] != told["id"]
    by_id = {each["id"].partition(".")[2]: each for each in told["results"]}
    assert len(by_id) == len(report.results)
    most = by_id["id.most"]
    assert most == {
        "id": "things.id.most",
        "type": "check",
        "name": "id is not null (unexpected rows < 50 %)",
        "status": "warn",
        "relatesTo": "schema/things/properties/id/quality/most",
        "severity": "warning",
        "dimension": "completeness",
        "target": {"resourceType": "table", "resourceIdentifier": str(tmp_path / "t.csv"),
                   "filter": "amt <> 4 or amt is null"},
        "measure": {"metric": "not_null", "value": pytest.approx(200 / 3), "threshold": {"mustBeLessThan": 50},
                    "unit": "percent", "rowCount": 3, "failedRowCount": 2},
        "message": "found: 2 of 3 rows (67 %)",
    }  # fmt: skip
    minimum = by_id["amount.minimum"]
    assert (minimum["status"], minimum["relatesTo"], minimum["measure"]["failedRowCount"]) == (
        "fail", "schema/things/properties/amount", 1,
    )  # fmt: skip
    few = by_id["few"]
    assert (few["status"], few["relatesTo"], few["measure"]) == (
        "pass", "schema/things/quality/few", {"metric": "row_count", "value": 3, "threshold": {"mustBeBetween": [1, 3]}},
    )  # fmt: skip
    assert (by_id["id.prose"]["status"], "measure" in by_id["id.prose"]) == ("skip", False)


# A status and a severity, whether it need not be executed, and what OORS calls it.
STATUSES = [
    (Status.PASSED, "error", False, "pass"),
    (Status.FAILED, "error", False, "fail"),
    (Status.FAILED, "warning", False, "warn"),
    (Status.ERRORED, "error", False, "error"),
    (Status.ERRORED, "warning", False, "unknown"),
    (Status.NOT_EXECUTED, "error", False, "error"),
    (Status.NOT_EXECUTED, "error", True, "skip"),
    (Status.NOT_EXECUTED, "warning", False, "skip"),
]


@pytest.mark.parametrize(("status", "severity", "excused", "expected"), STATUSES)
def test_statuses(status: Status, severity: Any, excused: bool, expected: str, tmp_path: Path) -> None:
    """The document's status is derived as OORS says, and is a pass only where the verdict is one."""
    things, report = found(tmp_path)
    passed = replace(report.results[0], status=Status.PASSED)
    one = replace(passed, key="x", status=status, severity=severity, excused=excused)
    told = message(things, replace(report, results=(passed, one)))
    assert told["results"][1]["status"] == expected
    verdict = {"pass": "pass", "warn": "warn", "breach": "fail", "unknown": "error"}
    assert told["status"] == verdict[replace(report, results=(passed, one)).verdict]


def test_masked_values_stay_masked(tmp_path: Path) -> None:
    things, report = found(tmp_path, "id,amt\ns3cret,1\n", classification="personal", enum=[{"value": "s3cret9"}])
    assert "s3cret" not in json.dumps(message(things, report))


def test_a_publish_is_told_by_its_audit(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(DATA)
    outcome = publish(dataset(AMOUNT), tmp_path / "t.csv", f"{tmp_path}/w.duckdb#main.t", run=Run("k"))
    told = json.loads(FORMATS["oors"].render(PublishAnswer(outcome)))
    assert (told["status"], told["source"]["runId"]) == ("fail", "k")
