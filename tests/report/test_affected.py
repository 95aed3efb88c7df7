"""Whom a broken promise affects, in every form of a report that is for people."""

from __future__ import annotations

from typing import Any

import pytest
from headgate import Report, check
from headgate.gate import policy_for
from headgate.render import FORMATS, View
from headgate.render.answers import CheckAnswer

from tests.support.contracts import dataset

BI = {"name": "BI", "contact": "#bi", "reads": ["id"]}
RISK = {"name": "Risk", "reads": ["amount", "id"]}
# The data, the consumers, and who is affected: amount is at least 0, and id is there.
CASES: list[tuple[str, Any, tuple[str, ...]]] = [
    ("id,amount\na,1\n", ["BI"], ()),
    ("id,amount\na,-1\n", ["BI"], ("BI",)),
    ("id,amount\na,-1\n", [], ()),
    ("id,amount\na,-1\n", [BI, "finance", RISK], ("Risk (reads amount)", "BI (#bi)", "finance")),
    ("id,amount\n,-1\n", [BI, RISK], ("BI (#bi; reads id)", "Risk (reads amount, id)")),
]


def report(data: str, consumers: Any, folder: Any) -> tuple[Any, Report]:
    (folder / "t.csv").write_text(data)
    amount = {
        "name": "amount",
        "physicalName": "AMOUNT",
        "logicalType": "integer",
        "logicalTypeOptions": {"minimum": 0},
    }
    things = dataset({"name": "id", "required": True}, amount, settings={"consumers": consumers})
    (folder / "t.csv").write_text(data.replace("amount", "AMOUNT"))
    return things, check(things, folder / "t.csv")


@pytest.mark.parametrize(("data", "consumers", "expected"), CASES)
def test_who_is_affected(data: str, consumers: Any, expected: tuple[str, ...], tmp_path: Any) -> None:
    _, found = report(data, consumers, tmp_path)
    assert found.affected == expected
    assert Report.from_dict(found.to_dict()).affected == expected


@pytest.mark.parametrize("form", ["text", "markdown", "github", "junit", "html"])
def test_every_form_for_people_names_them(form: str, tmp_path: Any) -> None:
    things, found = report("id,amount\na,-1\n", [RISK], tmp_path)
    said = FORMATS[form].render(CheckAnswer(found, policy_for(things, found)), View(width=200))
    assert "Risk" in said
    assert ("affects" if form != "html" else "Affects") in said


def test_a_report_of_before_has_none(tmp_path: Any) -> None:
    _, found = report("id,amount\na,-1\n", [RISK], tmp_path)
    told = found.to_dict()
    del told["contract"]["consumers"]
    assert Report.from_dict(told).affected == ()
