"""Policy × what was found × mode → what happened: the table of DESIGN, on every place."""

from __future__ import annotations

from typing import Any

import pytest
from headgate.contract import Dataset
from headgate.gate import check, holds_back, policy_for

from tests.support.contracts import dataset
from tests.support.warehouse import WAREHOUSES, Warehouse, put, served

FIRST = ("a,1,1", "b,2,1")
# What is published on top: rows of part 1, with other keys where rows are added.
FOUND: dict[str, tuple[str, ...]] = {
    "good": ("c,3,1", "d,4,1"),
    "warned": ("c,3,1", "d,99,1"),
    "few": ("c,3,1", "d,-4,1", "e,5,1", "f,6,1"),
    "many": ("c,3,1", "d,-4,1", "e,-5,1", "f,-6,1"),
    "all": ("c,-3,1", "d,-4,1"),
    "set": ("c,3,1",),
    "both": ("c,-3,1", "d,4,1"),
    "unknown": ("c,3,1", "d,4,1"),
}
PLACES = tuple(WAREHOUSES)
pytestmark = pytest.mark.slow
MODES = {"replace": None, "replace a part": "day = 1", "append": None, "upsert": None}
LKG = "last_known_good"
# policy, what is found, whether something was published before: what happened, rows published, rows set aside
MATRIX: list[tuple[Any, str, bool, str, int, int]] = [
    ("halt", "good", False, "published", 2, 0),
    ("halt", "good", True, "published", 2, 0),
    ("halt", "warned", True, "published", 2, 0),
    ("halt", "few", False, "halted", 0, 0),
    ("halt", "few", True, "halted", 0, 0),
    ("halt", "set", True, "halted", 0, 0),
    ("halt", "unknown", True, "halted", 0, 0),
    (LKG, "good", True, "published", 2, 0),
    (LKG, "warned", True, "published", 2, 0),
    (LKG, "few", False, "halted", 0, 0),
    (LKG, "few", True, "kept_last_good", 0, 0),
    (LKG, "set", True, "kept_last_good", 0, 0),
    (LKG, "unknown", True, "halted", 0, 0),
    ("quarantine", "good", True, "published", 2, 0),
    ("quarantine", "warned", True, "published", 2, 0),
    ("quarantine", "few", False, "published_partly", 3, 1),
    ("quarantine", "few", True, "published_partly", 3, 1),
    ("quarantine", "many", True, "halted", 0, 0),
    ("quarantine", "all", True, "halted", 0, 0),
    ("quarantine", "set", True, "halted", 0, 0),
    ("quarantine", "both", True, "halted", 0, 0),
    ("quarantine", "unknown", True, "halted", 0, 0),
    ("warn", "good", True, "published", 2, 0),
    ("warn", "few", False, "published", 4, 0),
    ("warn", "many", True, "published", 4, 0),
    ("warn", "set", True, "published", 1, 0),
    ("warn", "unknown", True, "halted", 0, 0),
    (["quarantine", LKG], "few", True, "published_partly", 3, 1),
    (["quarantine", LKG], "many", True, "kept_last_good", 0, 0),
    (["quarantine", LKG], "many", False, "halted", 0, 0),
    (["quarantine", LKG], "set", True, "kept_last_good", 0, 0),
    (["quarantine", "warn"], "many", True, "published", 4, 0),
    (["quarantine", "warn"], "both", True, "published", 2, 0),
    ([LKG, "quarantine"], "few", False, "published_partly", 3, 1),
    ([LKG, "quarantine"], "few", True, "kept_last_good", 0, 0),
    ([LKG, "warn"], "few", False, "published", 4, 0),
    (["quarantine", LKG, "warn"], "many", False, "published", 4, 0),
    (["halt", "warn"], "few", True, "halted", 0, 0),
]  # fmt: skip


def things(policy: Any, found: str) -> Dataset:
    rules: list[dict[str, Any]] = []
    if found in ("set", "both"):
        rules.append({"id": "enough", "metric": "rowCount", "mustBeGreaterThan": 1})
    if found == "unknown":
        rules.append({"id": "else", "type": "custom", "engine": "soda", "implementation": "x"})
    warning = {"id": "high", "metric": "invalidValues", "arguments": {"validValues": list(range(-9, 10))}, "mustBe": 0}
    return dataset(
        {"name": "id", "logicalType": "string", "primaryKey": True},
        {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0},
         "quality": [warning | {"severity": "warning"}]},
        {"name": "day", "logicalType": "integer"},
        quality=rules,
        settings={"onBreach": policy, "maxQuarantinePercent": 50},
    )  # fmt: skip


def cases() -> list[Any]:
    """Each in two modes on DuckDB and in one elsewhere, so that every policy meets every mode."""
    found = []
    for number, case in enumerate(MATRIX):
        policy = "+".join(case[0]) if isinstance(case[0], list) else case[0]
        for place in WAREHOUSES:
            turns = (number, number + 1) if place == "duckdb" else (number + len(place),)
            for mode in (list(MODES)[turn % 4] for turn in turns):
                name = f"{place}-{mode}-{policy}-{case[1]}-{'over' if case[2] else 'first'}"
                found.append(pytest.param(place, mode, case, id=name))
    return found


@pytest.mark.parametrize(("warehouse", "mode", "case"), cases(), indirect=["warehouse"])
def test_what_happens(warehouse: Warehouse, mode: str, case: Any) -> None:
    policy, found, before, status, published, aside = case
    how = {"mode": mode if mode in ("append", "upsert") else "replace", "where": MODES[mode]}
    if before:
        put(warehouse, things("halt", "good"), *FIRST, key="before", **how)
    old = served(warehouse)
    outcome = put(warehouse, things(policy, found), *FOUND[found], key="k", **how)
    assert (str(outcome.status), outcome.rows_published, outcome.rows_set_aside) == (status, published, aside), outcome
    kept = {"replace": 0, "replace a part": 0}.get(mode, len(old))
    assert len(served(warehouse)) == (published + kept if outcome.published else len(old))
    if not outcome.published:
        assert served(warehouse) == old
    assert len(warehouse.aside()) == aside
    assert (outcome.halted, outcome.served is not None) == (status == "halted", status == "kept_last_good")
    # A check of the same rows holds back what is not to go on: an unknown verdict, and a breach but under warn.
    frame = things(policy, found)
    report = check(frame, warehouse.csv)
    first = policy[0] if isinstance(policy, list) else policy
    held = found == "unknown" or (found not in ("good", "warned") and first != "warn")
    assert holds_back(report, policy_for(frame, report)) == held
    assert not [t for t in warehouse.tables() if "__headgate" in t]


ROWS = {"id": "rows", "metric": "rowCount"}
FEW, SOME = {"mustBeLessThan": 100}, {"mustBeGreaterThan": 0}
EMPTY_OK = {"settings": {"allowEmpty": True}}
# mode, policy, what the dataset says of empty data, whether rows would be replaced: what happened, rules broken
EMPTY: list[tuple[str, Any, dict[str, Any], bool, str, list[str]]] = [
    ("replace", "halt", {}, False, "published", []),
    ("replace", "halt", {}, True, "halted", ["notEmpty"]),
    ("replace", LKG, {}, True, "kept_last_good", ["notEmpty"]),
    ("replace", "quarantine", {}, True, "halted", ["notEmpty"]),
    ("replace", ["quarantine", LKG], {}, True, "kept_last_good", ["notEmpty"]),
    ("replace", "warn", {}, True, "published", ["notEmpty"]),
    ("replace", "halt", {"status": "draft"}, True, "published", ["notEmpty"]),
    ("replace", "halt", EMPTY_OK, True, "published", []),
    ("replace", "halt", {"settings": {"allowEmpty": False}}, True, "halted", ["notEmpty"]),
    ("replace", "halt", {"quality": [ROWS | FEW]}, True, "published", []),
    ("replace", "halt", {"quality": [ROWS | SOME]}, True, "halted", ["rows"]),
    ("replace", "halt", {"quality": [ROWS | FEW | {"severity": "warning"}]}, True, "halted", ["notEmpty"]),
    ("replace a part", "halt", {}, False, "published", []),
    ("replace a part", "halt", {}, True, "halted", ["notEmpty"]),
    ("replace a part", LKG, {}, True, "kept_last_good", ["notEmpty"]),
    ("replace a part", "warn", {}, True, "published", ["notEmpty"]),
    ("replace a part", "halt", EMPTY_OK, True, "published", []),
    ("replace a part", "halt", {"quality": [ROWS | FEW]}, True, "published", []),
    ("append", "halt", {}, False, "published", []),
    ("append", "halt", {}, True, "halted", ["notEmpty"]),
    ("append", "halt", EMPTY_OK, True, "published", []),
    ("upsert", "halt", {}, True, "published", []),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "policy", "says", "replaced", "status", "broken"), EMPTY)
def test_no_rows_in_the_place_of_some(
    warehouse: Warehouse, mode: str, policy: Any, says: dict[str, Any], replaced: bool, status: str, broken: list[str]
) -> None:
    how = {"mode": mode if mode in ("append", "upsert") else "replace", "where": MODES[mode], "key": "k"}
    settings = {"onBreach": policy, **says.get("settings", {})}
    numbers = [{"name": name, "logicalType": "integer"} for name in ("v", "day")]
    columns = ({"name": "id", "primaryKey": True}, *numbers)
    if mode != "replace":
        put(warehouse, dataset(*columns), "x,1,2", key="before", mode="append")
    if replaced:
        put(warehouse, dataset(*columns), "a,1,1", "b,2,1", key="k", mode="append")
    old = served(warehouse)
    outcome = put(warehouse, dataset(*columns, **says | {"settings": settings}), **how)
    assert (str(outcome.status), [r.key for r in outcome.report.broken]) == (status, broken), outcome
    left = {"replace": [], "upsert": old}.get(mode, [("x", 1, 2)])
    assert served(warehouse) == (left if outcome.published else old)


def test_what_a_breach_by_empty_data_says(warehouse: Warehouse) -> None:
    put(warehouse, things("halt", "good"), *FIRST, key="before")
    outcome = put(warehouse, things(LKG, "good"), key="k")
    (broken,) = outcome.report.broken
    said = (broken.key, broken.statement, broken.observed, broken.dimension)
    assert said == ("notEmpty", "the new version has rows, or the dataset says allowEmpty", "0", "completeness")
    assert broken.line == things(LKG, "good").source.line > 0
    assert "it breaks notEmpty" in str(outcome.served and outcome.served.stale)
