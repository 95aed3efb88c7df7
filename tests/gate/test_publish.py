"""Publishing: what is checked is what is published, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from headgate.contract import Dataset
from headgate.errors import CallError

from tests.support.contracts import dataset, load, odcs, setting
from tests.support.warehouse import BAD, GOOD, LEDGER, WAREHOUSES, Warehouse, things

PLACES = tuple(WAREHOUSES)

SODA = {"type": "custom", "engine": "soda", "implementation": "x"}


def test_good_data_is_published(warehouse: Warehouse) -> None:
    outcome = warehouse.publish(things(), *GOOD)
    assert (str(outcome.status), outcome.rows_published, outcome.rows_set_aside) == ("published", 2, 0)
    assert warehouse.rows() == [("a", 1), ("b", 2)]
    assert warehouse.tables() <= {"shop.things", *LEDGER}  # nothing is left lying about


def test_quarantine_holds_each_row_once_with_all_its_reasons(warehouse: Warehouse) -> None:
    outcome = warehouse.publish(things("quarantine"), *BAD)
    assert (str(outcome.status), outcome.rows_published, outcome.rows_set_aside) == ("published_partly", 1, 4)
    assert warehouse.rows() == [("a", 1)]
    assert warehouse.aside("id, v, headgate_reasons, headgate_raw") == [
        ("b", -2, ["v.minimum"], None),
        ("e", None, ["v.logicalType"], '{"v":"x"}'),
        (None, -4, ["id.required", "v.minimum"], None),
        (None, 3, ["id.required"], None),
    ]
    assert warehouse.tables() <= {"shop.things", "shop.things__quarantine", *LEDGER}


# policy, rows, outcome, policy that was applied, published, aside, a word of the notes
OUTCOMES: list[tuple[Any, tuple[str, ...], str, int, int, str]] = [
    ("halt", GOOD, "published", 2, 0, ""),
    ("halt", BAD, "halted", 0, 0, ""),
    ("warn", BAD, "published", 5, 0, ""),
    ("quarantine", BAD, "published_partly", 1, 4, ""),
    ("quarantine", ("b,-2", ",3"), "halted", 0, 0, "no row would be left"),
    (["quarantine", "warn"], ("b,-2", ",3"), "published", 2, 0, "no row would be left"),
    (["quarantine", "halt"], ("b,-2", ",3"), "halted", 0, 0, "no row would be left"),
    (["halt", "warn"], BAD, "halted", 0, 0, ""),
    ("quarantine", (), "published", 0, 0, ""),
]


@pytest.mark.parametrize(("policy", "rows", "status", "published", "aside", "note"), OUTCOMES)
def test_policy_and_outcome(
    policy: Any, rows: tuple[str, ...], status: str, published: int, aside: int, note: str, warehouse: Warehouse
) -> None:
    outcome = warehouse.publish(things(policy), *rows)
    assert (str(outcome.status), len(warehouse.rows()), len(warehouse.aside())) == (status, published, aside)
    assert (outcome.rows_published, outcome.rows_set_aside) == (published, aside)
    assert note in str(outcome)
    assert not [t for t in warehouse.tables() if "__headgate" in t]


def test_too_many_bad_rows_are_not_set_aside(warehouse: Warehouse) -> None:
    rows = [f"r{i},{-1 if i < 5 else i}" for i in range(100)]
    assert str(warehouse.publish(things("quarantine", limit=5), *rows).status) == "published_partly"
    outcome = warehouse.publish(things("quarantine", limit=4), *rows, key="run-2")
    assert str(outcome.status) == "halted"
    assert "5 of 100 rows are bad, more than 4 %" in str(outcome)
    assert len(warehouse.rows()) == 95  # the target is unchanged


def test_a_halt_leaves_target_and_quarantine_as_they_were(warehouse: Warehouse) -> None:
    warehouse.publish(things("quarantine"), *BAD)
    before = warehouse.rows(), warehouse.aside(), warehouse.rows("headgate.publications", "*")
    assert str(warehouse.publish(things("halt"), *BAD, key="run-2").status) == "halted"
    assert (warehouse.rows(), warehouse.aside(), warehouse.rows("headgate.publications", "*")) == before


def test_a_set_level_breach_is_not_repaired_by_quarantine(warehouse: Warehouse) -> None:
    rule = {"id": "enough", "metric": "rowCount", "mustBeGreaterThan": 1}
    contract = load(
        odcs(
            {
                "name": "things",
                "properties": [{"name": "id", "required": True}, {"name": "v"}],
                "quality": [rule],
            },
            settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
        )
    )
    outcome = warehouse.publish(contract["things"], "a,1")
    assert (str(outcome.status), "not about single rows" in str(outcome)) == ("halted", True)
    outcome = warehouse.publish(contract["things"], "a,1", ",2")
    assert (str(outcome.status), "still breaks enough" in str(outcome)) == ("halted", True)


def test_a_query_of_the_contract_is_asked_of_what_remains(warehouse: Warehouse) -> None:
    rule = {"id": "few", "type": "sql", "query": "SELECT sum(v) FROM {object}", "mustBeLessThan": 10}
    contract = odcs(
        {
            "name": "things",
            "quality": [rule],
            "properties": [{"name": "id", "required": True}, {"name": "v", "logicalType": "integer"}],
        },
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
    )
    for rows, status in (("a,9", ",2"), "published_partly"), (("a,11", ",2"), "halted"):
        assert str(warehouse.publish(load(contract)["things"], *rows).status) == status


def test_every_row_of_a_duplicate_group_goes_aside(warehouse: Warehouse) -> None:
    unique = dataset(
        {"name": "id", "unique": True}, {"name": "v"}, settings={"onBreach": "quarantine", "maxQuarantinePercent": 100}
    )
    warehouse.publish(unique, "a,1", "a,2", "b,3", ",4", ",5")
    assert warehouse.rows() == [("b", "3"), (None, "4"), (None, "5")]
    assert [row[0] for row in warehouse.aside()] == ["a", "a"]


def test_a_passing_percentage_sets_nothing_aside_and_a_failing_one_all(warehouse: Warehouse) -> None:
    def mostly(percent: int) -> Dataset:
        rule = {"metric": "nullValues", "mustBeLessOrEqualTo": percent, "unit": "percent"}
        return dataset(
            {"name": "id"},
            {"name": "v", "quality": [rule]},
            settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
        )

    rows = ("a,1", "b,", "c,", "d,4")
    assert str(warehouse.publish(mostly(50), *rows).status) == "published"
    assert len(warehouse.aside()) == 0
    outcome = warehouse.publish(mostly(49), *rows)
    assert (outcome.rows_published, outcome.rows_set_aside) == (2, 2)


def test_a_rule_that_wants_more_unexpected_rows_is_not_mended_by_removing_them(warehouse: Warehouse) -> None:
    rule = {"metric": "nullValues", "mustBeGreaterThan": 3}
    odd = dataset(
        {"name": "id"},
        {"name": "v", "quality": [rule]},
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
    )
    assert str(warehouse.publish(odd, "a,1", "b,").status) == "halted"


def test_a_warning_is_published_and_sets_nothing_aside(warehouse: Warehouse) -> None:
    rule = {"metric": "nullValues", "mustBe": 0, "severity": "warning"}
    warned = dataset({"name": "id"}, {"name": "v", "quality": [rule]}, settings={"onBreach": "quarantine"})
    outcome = warehouse.publish(warned, "a,1", "b,")
    assert (str(outcome.status), str(outcome.report.verdict)) == ("published", "warn")


# policies of two rules that fail, how many percent may be set aside; what happens
BOTH: list[tuple[Any, Any, int, str]] = [
    ("warn", "quarantine", 100, "published_partly"),
    ("halt", "quarantine", 100, "halted"),
    ("warn", "warn", 100, "published"),
    # Where quarantine or the last good version are not to be had, all must let all rows pass.
    (["quarantine", "warn"], "quarantine", 0, "halted"),
    ("quarantine", ["quarantine", "warn"], 0, "halted"),
    (["last_known_good", "warn"], "quarantine", 0, "halted"),
    (["last_known_good", "warn"], "warn", 0, "published"),
    (["quarantine", "warn"], ["last_known_good", "quarantine", "warn"], 0, "published"),
]


@pytest.mark.parametrize(("one", "two", "percent", "status"), BOTH)
def test_the_strictest_of_the_failed_rules_policies_wins(
    one: Any, two: Any, percent: int, status: str, warehouse: Warehouse
) -> None:
    rules = [
        {"id": name, "metric": "nullValues", "mustBe": 0, "customProperties": [setting("onBreach", policy)]}
        for name, policy in {"one": one, "two": two}.items()
    ]
    ruled = dataset(
        {"name": "id", "quality": rules}, {"name": "v"}, settings={"onBreach": "halt", "maxQuarantinePercent": percent}
    )
    assert str(warehouse.publish(ruled, "a,1", ",2").status) == status


def test_an_override_says_so(warehouse: Warehouse) -> None:
    outcome = warehouse.publish(things("halt"), *BAD, on_breach="warn")
    assert (str(outcome.status), str(outcome.policy)) == ("published", "warn (call; contract says halt)")
    with pytest.raises(CallError, match="'wran' is not a valid policy"):
        warehouse.publish(things(), *BAD, on_breach="wran")


def test_unknown_is_not_pass(warehouse: Warehouse) -> None:
    unknown = dataset({"name": "id"}, {"name": "v", "quality": [SODA]},
                      settings={"onBreach": "warn"})  # fmt: skip
    outcome = warehouse.publish(unknown, *GOOD)
    assert (str(outcome.status), str(outcome.report.verdict), warehouse.rows()) == ("halted", "unknown", [])


@pytest.mark.parametrize("status", ["draft", "proposed"])
def test_a_draft_warns_and_holds_nothing_back(status: str, warehouse: Warehouse) -> None:
    assert str(warehouse.publish(things("halt", status=status), *BAD).status) == "published"
    unknown = dataset({"name": "id"}, {"name": "v", "logicalType": "integer", "quality": [SODA]}, status=status)
    outcome = warehouse.publish(unknown, *GOOD, key="run-2")
    assert (str(outcome.status), outcome.report.draft) == ("published", True)
