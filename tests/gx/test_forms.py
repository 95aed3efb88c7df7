"""Every public form of a suite, of GX 0.13 to 1, and the bounds that a rule on the number of rows takes from one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from headgate.errors import CallError
from headgate.gx.importing import import_suite
from headgate.gx.suite import suite_of
from headgate.rules.load import parse

NEW = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "id"}}
OLD = {"expectation_type": NEW["type"], "kwargs": {"column": "id"}, "meta": {}}
FORMS: list[tuple[str, Any, str]] = [
    ("1.x", {"name": "s", "id": None, "notes": None, "suite_parameters": {}, "meta": {}, "expectations": [NEW]}, "s"),
    ("0.13 to 0.18", {"expectation_suite_name": "s", "ge_cloud_id": None, "data_asset_type": "Dataset", "meta": {},
                      "evaluation_parameters": {}, "expectations": [OLD]}, "s"),
    ("a response of GX Cloud", {"data": {"id": "x", "name": "s", "expectations": [NEW]}}, "s"),
    ("an older response", {"data": {"attributes": {"suite": {"expectation_suite_name": "s", "expectations": [OLD]}}}}, "s"),
    ("in a file of something else", {"expectation_suite": {"name": "s", "expectations": [NEW]}}, "s"),
    ("the list alone", [NEW], "things"),
    ("a validation result", {"suite_name": "s", "success": True, "results": [{"success": True, "expectation_config": NEW}]}, "s"),
    ("an older validation result", {"meta": {"expectation_suite_name": "s"}, "success": False, "statistics": {},
                                    "results": [{"success": False, "expectation_config": OLD}]}, "s"),
]  # fmt: skip


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
@pytest.mark.parametrize(("form", "document", "name"), FORMS, ids=[form for form, *_ in FORMS])
def test_a_form_of_a_suite(form: str, document: Any, name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"things{suffix}"
    path.write_text(json.dumps(document), encoding="utf-8")
    suite = suite_of(path)
    assert (suite.name, [(e.type, e.column) for e in suite.expectations]) == (name, [(NEW["type"], "id")])


@pytest.mark.parametrize(
    "document", ["x", 1, None, {}, {"data": {}}, {"results": []}, {"results": [{}]}, {"expectations": None}]
)
def test_what_is_no_suite(document: Any, tmp_path: Path) -> None:
    path = tmp_path / "things.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CallError, match="a suite"):
        suite_of(path)


BETWEEN, EQUAL = "expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"
# kwargs, and what the contract says (None: a custom rule)
ROWS: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = [
    (EQUAL, {"value": 3}, {"mustBe": 3}),
    (EQUAL, {"value": 3.0}, {"mustBe": 3}),
    (EQUAL, {"value": 3.5}, None),
    (BETWEEN, {"min_value": 1, "max_value": 3}, {"mustBeBetween": [1, 3]}),
    (BETWEEN, {"min_value": 3, "max_value": 3}, {"mustBe": 3}),
    (BETWEEN, {"min_value": 0, "max_value": 0}, {"mustBe": 0}),
    (BETWEEN, {"min_value": 4, "max_value": 3}, None),
    (BETWEEN, {"min_value": 1, "max_value": None}, {"mustBeGreaterOrEqualTo": 1}),
    (BETWEEN, {"max_value": 3}, {"mustBeLessOrEqualTo": 3}),
    (BETWEEN, {"min_value": 1, "strict_min": True}, {"mustBeGreaterThan": 1}),
    (BETWEEN, {"max_value": 3, "strict_max": True, "strict_min": False}, {"mustBeLessThan": 3}),
    (BETWEEN, {"min_value": 1, "max_value": 3, "strict_min": True, "strict_max": True}, {"mustBe": 2}),
    (BETWEEN, {"min_value": 1, "max_value": 4, "strict_min": True}, {"mustBeBetween": [2, 4]}),
    (BETWEEN, {"min_value": 1, "max_value": 2, "strict_min": True, "strict_max": True}, None),
    (BETWEEN, {"min_value": 1.0, "max_value": 1000.0}, {"mustBeBetween": [1, 1000]}),
    (BETWEEN, {"min_value": None, "max_value": None}, None),
    (BETWEEN, {"min_value": {"$PARAMETER": "n", "$PARAMETER.n": 5}}, {"mustBeGreaterOrEqualTo": 5}),
    (BETWEEN, {"min_value": {"$PARAMETER": "known"}}, {"mustBeGreaterOrEqualTo": 7}),
    (BETWEEN, {"min_value": {"$PARAMETER": "unknown"}}, None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "kwargs", "said"), ROWS)
def test_bounds_of_the_number_of_rows(kind: str, kwargs: dict[str, Any], said: dict[str, Any] | None) -> None:
    document = {"name": "s", "suite_parameters": {"known": 7}, "expectations": [{"type": kind, "kwargs": kwargs}]}
    text = import_suite(suite_of(document)).text
    rules = parse(text, Path("s.odcs.yaml"))["s"].rules  # what is imported is a contract, whatever the bounds are
    keys = [rule.key for rule in rules]
    assert ("rowCount" in keys) == (said is not None), text
    if said is not None:
        ((word, value),) = said.items()
        assert f"{{metric: rowCount, {word}: {value}}}" in text
