"""Service levels in every format of a report, and in its summary."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from headgate.gate import Policy, check
from headgate.render import FORMATS
from headgate.render.answers import CheckAnswer
from headgate.render.summary import MAX_BYTES, summarise
from headgate.report import Report, Run

from tests.support.contracts import load, odcs, setting
from tests.support.levels import PROPERTIES, level

NEEDS = [{"name": "BI", "needs": [{"property": "freshness", "value": 1, "unit": "h", "element": "at"}]}]
LEVELS = [
    level("freshness", 4, "h", "at"),
    level("freshness", 1, "d", "day", id="kept"),
    level("frequency", "daily", settings={"onLate": "halt"}),
    level("availability", "as good as it gets"),
]
END = datetime(2026, 1, 6, tzinfo=UTC)
BROKEN = "freshness: the newest at is at most 4 h old"


@pytest.fixture
def report(tmp_path: Path) -> Report:
    schema = {"name": "things", "properties": PROPERTIES, "customProperties": [setting("consumers", NEEDS)]}
    at = "2026-01-05T12:00:00"
    (tmp_path / "d.csv").write_text(f"at,local,west,day,secret\n{at}Z,{at},{at},2026-01-06,{at}Z\n")
    dataset = load(odcs(schema, slaProperties=LEVELS))["things"]
    return check(dataset, tmp_path / "d.csv", run=Run("r", (END - timedelta(days=1), END)))


def shown(name: str, report: Report, **options: Any) -> str:
    return FORMATS[name].render(CheckAnswer(report, Policy(("halt",), "contract"), **options))


# What is in each format, and what is not.
SHOWN: dict[str, tuple[list[str], list[str]]] = {
    "text": (
        [
            "UNKNOWN, 1 service level broken  things: 1 row of",
            "5 service levels: 2 broken, 1 unknown, 1 kept, 1 not executable at the end of the data interval, 2026-01-06 00:00 UTC",
            f"  broken  {BROKEN} (the newest at is 12 h old)",
            "  broken  BI needs: freshness: the newest at is at most 1 h old (the newest at is 12 h old)",
            "  unknown  frequency: ",
            "affects: BI (needs freshness)",
        ],
        ["kept  freshness", "as good as it gets", "skipped"],
    ),
    "html": (
        [
            "<h2>Service levels at the end of the data interval, 2026-01-06 00:00 UTC</h2>",
            f'<tr><td class="warn">broken<td>{BROKEN}<td>the newest at is 12 h old</tr>',
            '<td class="unknown">unknown<td>frequency: ',
            '<td class="pass">kept<td>freshness: the newest day is at most 1 d old',
            '<td class="none">not executable<td>availability: as good as it gets',
        ],
        ["Not executed, and need not be"],
    ),
    "markdown": (
        [
            "| 🟡 warning | <code>freshness&#58; the newest at is at most 4 h old&#58; the newest at is 12 h old</code> |",
            "| 🔴 error | <code>frequency&#58; ",
        ],
        ["as good as it gets"],
    ),
    "github": ([f"title=things%3A sla.freshness::{BROKEN}: the newest at is 12 h old", "::error file="], ["sla.kept"]),
    "sarif": (['"ruleId": "things.sla.freshness"', '"ruleId": "things.consumers.BI.freshness"'], ["sla.kept"]),
    "oors": (['"id": "things.sla.kept"', '"id": "things.sla.freshness"'], []),
    "json": (['"key": "sla.freshness"', '"halts": true', '"status": "not_executable"'], []),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_levels_are_shown(name: str, report: Report) -> None:
    text = shown(name, report)
    there, absent = SHOWN[name]
    assert [each for each in there if each not in text] == [], text
    assert [each for each in absent if each in text] == [], text


def test_all_are_shown_where_all_is_asked_for(report: Report) -> None:
    text = shown("text", report, verbose=True)
    assert "  kept  freshness: the newest day is at most 1 d old" in text
    assert "  not executable  availability: as good as it gets" in text


def test_each_is_a_test_case_once(report: Report) -> None:
    cases = ElementTree.fromstring(shown("junit", report).partition("\n")[2]).iter("testcase")
    states = {case.get("name"): next((inner.tag for inner in case), "passed") for case in cases}
    assert {name: state for name, state in states.items() if name and name.startswith(("sla", "consumers"))} == {
        "sla.freshness": "skipped",  # a warning
        "sla.kept": "passed",
        "sla.frequency": "error",
        "sla.availability": "skipped",
        "consumers.BI.freshness": "skipped",
    }


def test_oors_has_a_status_for_each(report: Report) -> None:
    found = {each["id"]: each["status"] for each in json.loads(shown("oors", report))["results"]}
    assert {name: status for name, status in found.items() if ".sla." in name or ".consumers." in name} == {
        "things.sla.freshness": "warn",
        "things.sla.kept": "pass",
        "things.sla.frequency": "error",
        "things.sla.availability": "skip",
        "things.consumers.BI.freshness": "warn",
    }


def test_the_summary_has_those_that_are_not_kept(report: Report) -> None:
    assert [(each["level"], each["status"], each["consumer"]) for each in summarise(report)["levels"]] == [
        ("sla.freshness", "broken", None),
        ("consumers.BI.freshness", "broken", "BI"),
        ("sla.frequency", "unknown", None),
    ]
    many = replace(report, levels=report.levels * 200)
    assert len(json.dumps(summarise(many)).encode()) <= MAX_BYTES * 3 // 4


def test_coverage_counts_what_was_measured(report: Report) -> None:
    executed, declared = report.coverage
    levels = sum(result.key.startswith("sla.") for result in report.results)
    assert levels == 4
    assert declared - executed == 2  # frequency, and the prose
