"""The report: verdicts, coverage, masking, and what leaves the process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from headgate.contract import Dataset
from headgate.gate import check, holds_back, policy_for
from headgate.gate.policy import Override
from headgate.render.escaping import plain
from headgate.render.report import render
from headgate.render.summary import MAX_BYTES, summarise
from headgate.report import Report

from tests.support.contracts import dataset, load, odcs

SQL = {"id": "s", "type": "custom", "engine": "soda", "implementation": "x"}
BAD = {"id": "b", "metric": "nullValues", "mustBe": 0}
WEAK = {"id": "w", "metric": "nullValues", "mustBe": 0, "severity": "warning"}

# quality rules of a column with a NULL, verdict, (executed, declared)
VERDICTS: list[tuple[list[dict[str, Any]], str, tuple[int, int]]] = [
    ([], "pass", (2, 2)),
    ([WEAK], "warn", (3, 3)),
    ([BAD], "breach", (3, 3)),
    ([BAD, WEAK], "breach", (4, 4)),
    ([SQL], "unknown", (2, 3)),
    ([SQL, BAD], "unknown", (3, 4)),
    ([{**SQL, "severity": "warning"}], "pass", (2, 3)),
    ([{"id": "t", "type": "text", "description": "is nice"}], "pass", (2, 3)),
    ([{"id": "c", "type": "custom", "engine": "soda", "implementation": "x"}], "unknown", (2, 3)),
]


def report_of(rules: list[dict[str, Any]], **root: Any) -> Report:
    return check(dataset({"name": "v", "quality": rules}, **root), pd.DataFrame({"v": ["x", None]}))


@pytest.mark.parametrize(("rules", "verdict", "coverage"), VERDICTS)
def test_verdict_and_coverage(rules: list[dict[str, Any]], verdict: str, coverage: tuple[int, int]) -> None:
    report = report_of(rules)
    assert (str(report.verdict), report.coverage) == (verdict, coverage)
    assert len(report.results) == coverage[1]  # nothing that a contract says is dropped


def test_what_a_contract_allows_is_not_unknown() -> None:
    assert report_of([SQL], settings={"allowNotExecuted": ["s"]}).verdict == "pass"


# verdict's rules, policy, whether a check must fail
HOLDS: list[tuple[list[dict[str, Any]], Any, bool]] = [
    ([], "halt", False),
    ([WEAK], "halt", False),
    ([BAD], "halt", True),
    ([BAD], "quarantine", True),
    ([BAD], ["quarantine", "warn"], True),
    ([BAD], "warn", False),
    ([SQL], "halt", True),
    ([SQL], "warn", True),
]


@pytest.mark.parametrize(("rules", "policy", "held"), HOLDS)
def test_what_a_check_holds_back(rules: list[dict[str, Any]], policy: Any, held: bool) -> None:
    things = dataset({"name": "v", "quality": rules}, settings={"onBreach": policy})
    report = check(things, pd.DataFrame({"v": ["x", None]}))
    assert holds_back(report, policy_for(things, report)) is held
    draft = dataset({"name": "v", "quality": rules}, settings={"onBreach": policy}, status="draft")
    report = check(draft, pd.DataFrame({"v": ["x", None]}))
    assert not holds_back(report, policy_for(draft, report, Override.of("halt", "task")))


# --- masking -------------------------------------------------------------------------------------------------------


def people(**root: Any) -> Dataset:
    return dataset(
        {"name": "id", "primaryKey": True},
        {
            "name": "email",
            "classification": "personal",
            "logicalType": "string",
            "logicalTypeOptions": {"pattern": "^s3cret@"},
        },
        {"name": "plan", "classification": "public", "enum": [{"value": "Pro"}], "logicalType": "string"},
        **root,
    )


FRAME = pd.DataFrame({"id": ["k1"], "email": ["jane@example.com"], "plan": ["Basic-x"]})


def everywhere(report: Report) -> str:
    return report.to_json() + render(report, width=200, verbose=True) + json.dumps(summarise(report))


def test_values_stay_where_they_are_by_default() -> None:
    report = check(people(), FRAME)
    assert len(report.failed) == 2
    for value in ("jane@example.com", "Basic-x", "k1", "s3cret"):
        assert value not in everywhere(report)


def test_values_of_classified_columns_are_masked_even_where_examples_are_shown() -> None:
    report = check(people(settings={"showExamples": True}), FRAME)
    assert [dict(row) for r in report.failed for row in r.examples] == [
        {"id": "k1", "email": "***"},
        {"id": "k1", "plan": "Basic-x"},
    ]
    assert "jane@example.com" not in everywhere(report)
    assert "s3cret" not in everywhere(report)


def test_the_caller_may_show_or_hide_examples() -> None:
    assert check(people(settings={"showExamples": True}), FRAME, show_examples=False).failed[0].examples == ()
    assert check(people(), FRAME, show_examples=True).failed[0].examples != ()


def test_the_values_of_an_enum_type_are_data() -> None:
    things = dataset({"name": "id", "logicalType": "integer", "classification": "confidential"})
    frame = pd.DataFrame({"id": pd.Categorical(["alice@example.com", "bob@example.com"])})
    report = check(things, frame)
    assert report.failed[0].observed == "the column is ENUM"
    assert "alice" not in everywhere(report) + str(report.columns)


def test_a_file_without_a_header_does_not_show_its_first_row(tmp_path: Path) -> None:
    path = tmp_path / "headless.csv"
    path.write_text("alice@example.com,4111\nbob@example.com,4222\n")
    report = check(dataset({"name": "email", "classification": "pii"}, {"name": "card", "classification": "pii"}), path)
    assert "does the file have a header row?" in everywhere(report)
    assert "alice" not in everywhere(report) + str(report.columns)


def test_literals_of_classified_columns_are_masked_in_what_is_not_executed() -> None:
    options = {"multipleOf": 77123}
    rule = {"metric": "invalidValues", "arguments": {"pattern": "(?=s3cret)"}, "mustBe": 0}
    things = dataset(
        {
            "name": "v",
            "logicalType": "integer",
            "classification": "pii",
            "logicalTypeOptions": options,
            "quality": [rule],
        }
    )
    report = check(things, pd.DataFrame({"v": [1]}))
    assert "77123" not in everywhere(report)
    assert "s3cret" not in everywhere(report)


def test_what_is_inside_a_classified_column_is_as_secret() -> None:
    pattern = {"pattern": "s3crets"}
    inner = {"name": "zip", "logicalType": "string", "enum": [{"value": "s3cret-1"}], "logicalTypeOptions": pattern}
    item = {"logicalType": "integer", "logicalTypeOptions": {"maximum": -77123}}
    things = dataset(
        {"name": "o", "logicalType": "object", "classification": "pii", "properties": [inner]},
        {"name": "l", "logicalType": "array", "classification": "pii", "items": item},
        settings={"showExamples": True},
    )
    report = check(things, pd.DataFrame({"o": [{"zip": "s3cret"}], "l": [[88123]]}))
    assert len(report.failed) == 3
    assert [word for word in ("s3cret", "77123", "88123") if word in everywhere(report)] == []


@pytest.mark.parametrize("query", ["SELECT max(salary) FROM staff", "SELECT max(grade.pay) FROM levels"])
def test_a_query_shows_no_classified_value_of_another_dataset(query: str) -> None:
    rule = {"id": "q", "type": "sql", "query": query, "mustBe": 0}
    pay = {"name": "pay", "logicalType": "integer", "classification": "pii"}
    contract = load(
        odcs(
            {"name": "teams", "properties": [{"name": "id"}], "quality": [rule]},
            {"name": "staff", "properties": [{"name": "salary", "logicalType": "integer", "classification": "pii"}]},
            {"name": "levels", "properties": [{"name": "grade", "logicalType": "object", "properties": [pay]}]},
        )
    )
    data = {"staff": pd.DataFrame({"salary": [77123]}), "levels": pd.DataFrame({"grade": [{"pay": 77123}]})}
    read = {name: frame for name, frame in data.items() if name in query}
    report = check(contract["teams"], pd.DataFrame({"id": [1]}), references=read)
    assert [r.observed for r in report.failed] == ["***"]
    assert "77,123" not in everywhere(report)


# --- as JSON, as text, as an XCom ----------------------------------------------------------------------------------


def test_json_has_neither_nan_nor_decimals() -> None:
    things = dataset(
        {"name": "v", "logicalType": "number", "logicalTypeOptions": {"maximum": 1}}, settings={"showExamples": True}
    )
    frame = pd.DataFrame({"v": pd.array([float("inf"), 2.5, None], dtype="Float64")})
    document = json.loads(check(things, frame).to_json(), parse_constant=lambda c: pytest.fail(f"{c} is no JSON"))
    (failed,) = [r for r in document["results"] if r["status"] == "failed"]
    assert failed["examples"] == [{"v": None}, {"v": 2.5}]


def test_a_summary_is_small_however_much_is_broken() -> None:
    things = dataset(*({"name": f"column_{'x' * 300}_{i}", "required": True} for i in range(500)))
    frame = pd.DataFrame({f"column_{'x' * 300}_{i}": pd.Series([None], dtype=str) for i in range(500)})
    summary = summarise(check(things, frame))
    assert len(json.dumps(summary)) <= MAX_BYTES
    assert summary["broken_in_all"] == 500
    assert 5 < len(summary["broken"]) < 500


def test_text_cannot_steer_a_terminal() -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\u202e"
    things = dataset(
        {"name": "v" + evil, "required": True},
        team={"name": "team" + evil},
        settings={"showExamples": True},
    )
    report = check(things, pd.DataFrame({"v" + evil: pd.Series([None, evil], dtype=str)}))
    text = render(report, verbose=True)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert plain("a\nb\x00c") == "a·b·c"


def test_text_says_what_broke_how_often_who_owns_it_and_where_it_was_promised() -> None:
    things = dataset(
        {"name": "v", "required": True},
        team={"name": "Sales"},
        support=[{"channel": "#sales", "url": "https://x.example"}],
    )
    text = render(check(things, pd.DataFrame({"v": ["x", None, None, None]})), width=100)
    assert [line for line in text.splitlines() if "──" not in line] == [
        "BREACH  things: 4 rows of pandas DataFrame",
        "contract test 1.0.0, 3 of 3 rules executed",
        "",
        " broken promise   found                level   contract",
        " v is not null    3 of 4 rows (75 %)   error   test.odcs.yaml:1",
        "",
        "owner: Sales · #sales https://x.example",
        "  values are not shown: --show-examples, or show_examples=True, shows those of unclassified columns",
    ]


@pytest.mark.parametrize(("rows", "said"), [(100_000, "1 of 100,000 rows (0.001 %)"), (3, "1 of 3 rows (33 %)")])
def test_shares_are_readable(rows: int, said: str) -> None:
    things = dataset({"name": "v", "required": True})
    frame = pd.DataFrame({"v": pd.Series([None] + ["x"] * (rows - 1), dtype=str)})
    assert check(things, frame).failed[0].observed == said
