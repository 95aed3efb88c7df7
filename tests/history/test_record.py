"""The record of a run: what it holds of a report, what it must not, and its JSON form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from headgate import Run, check, publish
from headgate.errors import CallError
from headgate.history import Kind, RunRecord

from tests.support.contracts import dataset

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
THINGS = dataset(
    {"name": "id", "required": True},
    {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}, "quality": [
        {"id": "mean", "metric": "missingValues", "arguments": {"missingValues": [-1]}, "mustBeLessThan": 3}]},
    {"name": "secret", "logicalType": "string", "classification": "restricted", "logicalTypeOptions": {"maxLength": 3}},
    settings={"onBreach": "quarantine", "maxQuarantinePercent": 100, "showExamples": True},
    team={"name": "Shop team"},
)  # fmt: skip
ROWS = "id,v,secret\na,1,abc\nb,-7654321,geheim\n,3,abc\n"


def written(folder: Path, text: str = ROWS) -> Path:
    (folder / "t.csv").write_text(text, encoding="utf-8")
    return folder / "t.csv"


def test_a_check(tmp_path: Path) -> None:
    report = check(THINGS, written(tmp_path), run=Run("k", (None, MOMENT)))
    found = RunRecord.of_check(report, "quarantine (contract)")
    assert (found.kind, found.run_key, found.moment, found.at) == (Kind.CHECK, "k", MOMENT, report.measured_at)
    assert (found.verdict, found.outcome, found.rows, found.rows_published) == ("breach", None, 3, None)
    assert found.place is not None
    assert found.place.name == str(tmp_path / "t.csv")
    results = {each.rule.key: (each.status, each.failed, each.rows) for each in found.results}
    assert results["v.minimum"] == ("failed", 1, 3)
    assert results["secret.maxLength"] == ("failed", 1, 3)
    assert {each.rule.digest for each in found.results} == {each.digest for each in report.results}


def test_a_publish_is_of_its_target(tmp_path: Path) -> None:
    outcome = publish(THINGS, written(tmp_path), f"{tmp_path}/w.duckdb#main.t", run=Run("k", (None, MOMENT)))
    found = RunRecord.of_publish(outcome)
    assert (found.kind, found.outcome) == (Kind.PUBLISH, "published_partly")
    assert (found.rows, found.rows_published, found.rows_quarantined) == (3, 1, 2)
    assert found.place == outcome.target.lineage


def test_no_value_of_the_data_is_in_it(tmp_path: Path) -> None:
    report = check(THINGS, written(tmp_path), show_examples=True, run=Run("k"))
    assert any(result.examples for result in report.results)
    text = json.dumps(RunRecord.of_check(report, "").to_dict())
    assert [value for value in ("geheim", "7654321") if value in text] == []


def test_a_number_that_may_not_be_shown_is_left_out(tmp_path: Path) -> None:
    report = check(THINGS, written(tmp_path), run=Run("k"))
    shown = RunRecord.of_check(report, "")
    masked = RunRecord.of_check(replace(report, results=tuple(replace(r, masked=True) for r in report.results)), "")
    assert any(each.value is not None for each in shown.results)
    assert {each.value for each in masked.results} == {None}


def test_a_check_without_a_run_is_one_of_its_own(tmp_path: Path) -> None:
    first, second = (RunRecord.of_check(check(THINGS, written(tmp_path)), "") for _ in range(2))
    assert first.run_key != second.run_key
    assert first.moment == first.at


MOMENTS = [
    (Run("k", (None, MOMENT), datetime(2026, 5, 1, tzinfo=UTC)), MOMENT),
    (Run("k", now=MOMENT), MOMENT),
]


@pytest.mark.parametrize(("run", "expected"), MOMENTS)
def test_what_a_run_is_about(run: Run, expected: datetime, tmp_path: Path) -> None:
    assert RunRecord.of_check(check(THINGS, written(tmp_path), run=run), "").moment == expected


def test_it_reads_back(tmp_path: Path) -> None:
    outcome = publish(THINGS, written(tmp_path), f"{tmp_path}/w.duckdb#main.t", run=Run("k", (None, MOMENT)))
    made = RunRecord.of_publish(outcome, levels=[{"key": "freshness", "status": "kept"}])
    assert RunRecord.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_a_report_file_reads_back(tmp_path: Path) -> None:
    outcome = publish(THINGS, written(tmp_path), f"{tmp_path}/w.duckdb#main.t", run=Run("k", (None, MOMENT)))
    made = RunRecord.of_publish(outcome)
    file = outcome.report.to_dict() | {"outcome": "published_partly"} | made.report_keys
    assert RunRecord.of_file(json.loads(json.dumps(file))) == made


@pytest.mark.parametrize(
    ("change", "said"),
    [({"recorded": None}, "does not say what was done"), ({"measured_at": None}, "when it was measured"),
     ({"recorded": {"kind": "check"}}, "is not the report of a task"), ({"schema": 9}, "schema 9 cannot be read")],
)  # fmt: skip
def test_another_file_is_refused(change: dict[str, object], said: str, tmp_path: Path) -> None:
    report = check(THINGS, written(tmp_path), run=Run("k"))
    file = report.to_dict() | RunRecord.of_check(report, "").report_keys | change
    with pytest.raises(CallError, match=said):
        RunRecord.of_file(file)


@pytest.mark.parametrize("body", [{}, {"schema": 2}, {"schema": 1}, {"schema": 1, "results": 3}])
def test_another_record_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(CallError, match=r"record of (schema|a run)"):
        RunRecord.from_dict(body)
