"""What a publish sets aside for expectations: the rows that they look at and find unexpected, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from headgate.contract import Dataset
from headgate.scan import texts

from tests.support.contracts import dataset
from tests.support.warehouse import Warehouse

_V = "expect_column_values_to_"
OF_A = {"type": "comparison", "column": {"name": "id"}, "operator": "==", "parameter": "a"}
Z_SCORE = "expect_column_value_z_scores_to_be_less_than"


def expecting(kind: str, logical: str, **kwargs: Any) -> Dataset:
    rule = {
        "id": "rule",
        "type": "custom",
        "engine": "greatExpectations",
        "implementation": {"type": kind, "kwargs": kwargs},
    }
    return dataset(
        {"name": "id", "logicalType": "string"},
        {"name": "v", "logicalType": logical},
        quality=[rule],
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
    )


# type of the expectation, logical type and arguments of v, rows; the outcome, what is published, what is set aside
CASES: list[tuple[str, str, dict[str, Any], tuple[str, ...], str, list[tuple[Any, ...]], list[str]]] = [
    (_V + "be_between", "integer", {"min_value": 0, "row_condition": OF_A}, ("a,-1", "b,-2", "a,1"),
     "published_partly", [("a", 1), ("b", -2)], ["a"]),
    (_V + "be_unique", "integer", {"row_condition": OF_A}, ("a,1", "a,1", "b,1"),
     "published_partly", [("b", 1)], ["a", "a"]),
    (_V + "be_between", "integer", {"min_value": 0, "mostly": 0.9}, ("a,1", "b,-2", "c,1"),
     "published_partly", [("a", 1), ("c", 1)], ["b"]),
    (_V + "be_between", "integer", {"min_value": 0, "mostly": 0.6}, ("a,1", "b,-2", "c,1"),
     "published", [("a", 1), ("b", -2), ("c", 1)], []),
    (_V + "be_json_parseable", "string", {}, ("a,1", "b,[", "c,[", "d,"),
     "published_partly", [("a", "1"), ("d", None)], ["b", "c"]),
    (Z_SCORE, "integer", {"threshold": 1.5, "double_sided": True}, ("a,1", "b,1", "c,1", "d,1", "e,100"),
     "published_partly", [("a", 1), ("b", 1), ("c", 1), ("d", 1)], ["e"]),
    (_V + "be_increasing", "integer", {}, ("a,1", "b,3", "c,2"), "halted", [], []),
    (_V + "be_increasing", "integer", {}, ("a,1", "b,2", "c,2"), "published", [("a", 1), ("b", 2), ("c", 2)], []),
    ("expect_column_max_to_be_between", "integer", {"max_value": 2}, ("a,1", "b,3"), "halted", [], []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "logical", "kwargs", "rows", "status", "published", "aside"), CASES)
def test_what_is_set_aside(
    kind: str, logical: str, kwargs: Any, rows: Any, status: str, published: Any, aside: Any, warehouse: Warehouse
) -> None:
    outcome = warehouse.publish(expecting(kind, logical, column="v", **kwargs), *rows)
    found = str(outcome.status), warehouse.rows(), [name for name, *_ in warehouse.aside("id")]
    assert found == (status, published, aside)


def test_more_bad_texts_than_are_kept(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted all the same, but nothing is set aside: which rows they are is not known of all."""
    monkeypatch.setattr(texts, "KEPT", 2)
    bad = [f"{name},[{name}" for name in "bcd"]
    outcome = warehouse.publish(expecting(_V + "be_json_parseable", "string", column="v"), "a,1", *bad, bad[0])
    (failed,) = outcome.report.failed
    assert (str(outcome.status), failed.unexpected, warehouse.aside()) == ("halted", 4, [])
    assert "not about single rows" in str(outcome)
