"""Policy × what was found × mode → what happened: the table of DESIGN, on every place."""

from __future__ import annotations

from typing import Any

import pytest
from contracts import dataset
from headgate.contract import Dataset
from headgate.gate import check, holds_back, policy_for
from warehouse import WAREHOUSES, Warehouse, put, served

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
