"""What the test of a contract does to a `dbt build`: what fails, what warns, what is held back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from headgate import Contract, __version__
from headgate.dbt import sync
from headgate.dbt.macros import DIGEST

MODELS = {
    "halted": "select 1 as id union all select null",
    "after_halted": "select * from {{ ref('halted') }}",
    "warned": "select 1 as id union all select null",
    "after_warned": "select * from {{ ref('warned') }}",
    "allowed": "select 1 as id union all select null",
    "after_allowed": "select * from {{ ref('allowed') }}",
    "unmeasured": "select 1 as id",
    "after_unmeasured": "select * from {{ ref('unmeasured') }}",
    "parent": "select 1 as id",
    "child": "select 2 as id union all select null",
    "after_child": "select * from {{ ref('child') }}",
    "drafted": "select 1 as id union all select null",
    "after_drafted": "select * from {{ ref('drafted') }}",
    "filtered": "select 1 as id, 1 as day union all select null, 1 union all select null, 2",
}
NO_NULLS = {"id": "no_nulls", "metric": "nullValues", "mustBe": 0}
MEAN = {"id": "mean", "type": "custom", "engine": "greatExpectations", "implementation": {
    "type": "expect_column_mean_to_be_between", "kwargs": {"min_value": 1}}}  # fmt: skip
WARN = [{"property": "onBreach", "value": "warn", "vendor": "headgate"}]


def dataset(name: str, quality: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"name": name, "properties": [{"name": "id", "logicalType": "integer", "quality": quality, **more}]}


def contract(folder: Path, name: str, *datasets: dict[str, Any], status: str = "active") -> Contract:
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": name, "version": "1.0.0", "status": status}
    file = folder / f"{name}.odcs.yaml"
    file.write_text(yaml.safe_dump({**head, "schema": list(datasets)}))
    return Contract.load(file)


def said(ran: Any) -> list[str]:
    """The lines of headgate in dbt's log. On dbt v2 they begin a line, elsewhere the time stands before them."""
    return sorted(re.findall(r"^(?:\d\d:\d\d:\d\d  )?headgate (.*)$", ran.output, re.MULTILINE))


@pytest.mark.slow
def test_a_build_holds_back_what_a_contract_says(project: Path, dbt: Any, warehouse: Any) -> None:
    for name, sql in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(sql)
    active = contract(
        project,
        "active",
        dataset("halted", [NO_NULLS]),
        dataset("warned", [{**NO_NULLS, "severity": "warning"}]),
        dataset("allowed", [{**NO_NULLS, "customProperties": WARN}]),
        dataset("unmeasured", [MEAN]),
        dataset("parent", []),
        dataset("child", [NO_NULLS], relationships=[{"to": "parent.id"}]),
    )
    sync(active, project)
    sync(contract(project, "draft", dataset("drafted", [NO_NULLS]), status="draft"), project)
    check = {"key": "id.no_nulls", "type": "not_null", "columns": ["id"], "promise": "id is not null"}
    by_hand = {
        "name": "by_hand",
        "arguments": {"contract": "hand@1#filtered", "checks": [check]},
        "config": {"where": "day = 1", "store_failures": True, "store_failures_as": "table"},
    }
    filtered = {"name": "filtered", "data_tests": [{"headgate.contract": by_hand}]}
    (project / "models" / "by_hand.yml").write_text(yaml.safe_dump({"models": [filtered]}))

    ran = dbt(project, "build", "--target", warehouse.target, **warehouse.environment)

    assert ran.code == 1
    assert {name: status for name, status in ran.status.items() if "__" in name or name == "by_hand"} == {
        "halted__contract": "fail",
        "warned__contract": "warn",
        "allowed__contract": "warn",
        "unmeasured__contract": "fail",
        "parent__contract": "pass",
        "child__contract": "fail",
        "child__references": "fail",
        "drafted__contract": "warn",
        "by_hand": "fail",
    }
    assert {name: status for name, status in ran.status.items() if name.startswith("after_")} == {
        "after_halted": "skipped",
        "after_warned": "success",
        "after_allowed": "success",
        "after_unmeasured": "skipped",
        # The foreign key's own test depends on two models; the others of this model still hold it back.
        "after_child": "skipped",
        "after_drafted": "success",
    }
    assert said(ran) == [
        "BREACH active@1.0.0#child id.foreignKey: id is found in parent.id: 1 of 2 rows",
        "BREACH active@1.0.0#child id.no_nulls: id is not null: 1 of 2 rows",
        "BREACH active@1.0.0#halted id.no_nulls: id is not null: 1 of 2 rows",
        "BREACH draft@1.0.0#drafted id.no_nulls: id is not null: 1 of 2 rows",
        "BREACH hand@1#filtered id.no_nulls: id is not null: 1 of 2 rows",
        "UNKNOWN active@1.0.0#unmeasured id.mean: the mean of id is >= 1: dbt has no macro for checks of type mean",
        "WARN active@1.0.0#allowed id.no_nulls: id is not null: 1 of 2 rows",
        "WARN active@1.0.0#warned id.no_nulls: id is not null: 1 of 2 rows",
    ]
    assert ran.by_key("halted__contract")["id.no_nulls"] == {
        "key": "id.no_nulls",
        "type": "not_null",
        "columns": ["id"],
        "severity": "error",
        "status": "failed",
        "unexpected": 1,
        "value": 1,
        "rows": 2,
        "observed": "1 of 2 rows",
        "excused": False,
        "broken": "error",
        "promise": "id is not null",
    }
    stored = warehouse.execute("select * from main_dbt_test__audit.by_hand")
    assert stored == [("id.no_nulls", "id", "error", 1, 2, "1 of 2 rows", "id is not null")]


# What a project may say of all its tests. Each alone would let the breach below pass, or make it a warning.
OF_ALL_TESTS = {
    "limit": 1,
    "fail_calc": "0",
    "warn_if": "> 100",
    "error_if": "> 100",
    "severity": "warn",
    "where": "id is not null",
}
# The broken warning is the first row of the test's result, the broken promise that halts the second.
WARNED_AND_HALTED = [{**NO_NULLS, "id": "warned", "severity": "warning"}, NO_NULLS]


@pytest.mark.slow
def test_what_a_project_says_of_all_tests_weakens_no_contract(project: Path, dbt: Any) -> None:
    (project / "dbt_project.yml").open("a").write(
        yaml.safe_dump({"data_tests": {f"+{name}": value for name, value in OF_ALL_TESTS.items()}})
    )
    for name in ("halted", "after_halted", "filtered"):
        (project / "models" / f"{name}.sql").write_text(MODELS[name])
    sync(contract(project, "active", dataset("halted", WARNED_AND_HALTED)), project)

    ran = dbt(project, "build")

    assert (ran.status["halted__contract"], ran.status["after_halted"]) == ("fail", "skipped")
    assert said(ran) == [
        "BREACH active@1.0.0#halted id.no_nulls: id is not null: 1 of 2 rows",
        "WARN active@1.0.0#halted id.warned: id is not null: 1 of 2 rows",
    ]


@pytest.mark.slow
def test_a_config_of_its_own_that_would_change_the_verdict_is_refused(project: Path, dbt: Any) -> None:
    names = ("limit", "fail_calc", "warn_if", "error_if")
    check = {"key": "k", "type": "not_null", "columns": ["id"]}
    models = []
    for name in names:
        (project / "models" / f"{name}.sql").write_text("select 1 as id")
        test = {
            "name": f"of_{name}",
            "arguments": {"contract": f"c@1#{name}", "checks": [check]},
            "config": {name: OF_ALL_TESTS[name]},
        }
        models.append({"name": name, "data_tests": [{"headgate.contract": test}]})
    (project / "models" / "models.yml").write_text(yaml.safe_dump({"models": models}))
    ran = dbt(project, "build")
    assert {name: ran.status[f"of_{name}"] for name in names} == dict.fromkeys(names, "error")
    for name in names:
        expected = (
            f"headgate: the test of c@1#{name} has the config '{name}', which would change its verdict; remove it"
        )
        assert expected in " ".join(ran.output.split())


# The table that each contract promises is not the model or source of that name in dbt.
NAMES_OF_DBT = {
    "orders": "{{ config(alias='stage') }} select 1 as id",
    "fct": "{{ config(alias='orders') }} select 1 as id union all select null",
    "items_v1": "select 2 as id",
    "items_v2": "select 1 as id union all select null",
    "after_items": "select * from {{ ref('items', v=2) }}",
    "lines": "select 1 as id",
}


@pytest.mark.slow
def test_the_table_that_the_contract_names_is_tested(project: Path, dbt: Any, warehouse: Any) -> None:
    for name, sql in NAMES_OF_DBT.items():
        (project / "models" / f"{name}.sql").write_text(sql)
    warehouse.execute("CREATE TABLE main.payments AS SELECT 1 AS id UNION ALL SELECT NULL")
    versions = {"name": "items", "latest_version": 1, "versions": [{"v": 1}, {"v": 2}]}
    tables = [{"name": "payments", "identifier": "payments_2024"}, {"name": "payments_old", "identifier": "payments"}]
    declared = {"models": [versions], "sources": [{"name": "raw", "schema": "main", "tables": tables}]}
    (project / "models" / "models.yml").write_text(yaml.safe_dump(declared))
    datasets = (
        {**dataset("orders", [NO_NULLS]), "physicalName": "main.orders"},
        {**dataset("items", [NO_NULLS]), "physicalName": "main.items_v2"},
        {**dataset("lines", [], relationships=[{"to": "items.id"}])},
        {**dataset("payments", [NO_NULLS]), "physicalName": "main.payments"},
    )
    sync(contract(project, "active", *datasets), project)

    ran = dbt(project, "build", "--target", warehouse.target, **warehouse.environment)

    assert {name: status for name, status in ran.status.items() if "__" in name or "after_" in name} == {
        "fct__contract": "fail",
        "items_v2__contract": "fail",
        "lines__contract": "pass",
        "lines__references": "pass",
        "raw_payments_old__contract": "fail",
        "after_items": "skipped",
    }
    assert {found["relation"].replace('"', "").rpartition(".")[2] for found in ran.results.values()} == {
        "orders",
        "items_v2",
        "lines",
        "payments",
    }


# How a table was created, and how the source says its name.
NAMED = {
    "plain": ("plain", {}),
    "cased": ('"Cased"', {"identifier": "Cased"}),
    "folded": (
        "folded",
        {"identifier": "FOLDED", "quoting": {"identifier": False, "schema": False, "database": False}},
    ),
    "odd": ('"it\'s so, where (a) . b"', {"identifier": "it's so, where (a) . b"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("config", [{}, {"where": "id is null or id > 0"}], ids=["whole", "where"])
def test_a_table_is_found_by_its_name(project: Path, dbt: Any, warehouse: Any, config: dict[str, Any]) -> None:
    tables = []
    for name, (created, said) in NAMED.items():
        warehouse.execute(f"CREATE TABLE main.{created} AS SELECT 1 AS id UNION ALL SELECT NULL")
        checks = [
            {"key": "there", "type": "column_exists", "columns": ["id"]},
            {"key": "null", "type": "not_null", "columns": ["id"]},
        ]
        test = {"name": name, "arguments": {"contract": f"c@1#{name}", "checks": checks}, "config": config}
        tables.append({"name": name, **said, "data_tests": [{"headgate.contract": test}]})
    (project / "models" / "raw.yml").write_text(
        yaml.safe_dump({"sources": [{"name": "raw", "schema": "main", "tables": tables}]})
    )
    ran = dbt(project, "test", "--target", warehouse.target, **warehouse.environment)
    found = {name: {key: rule["observed"] for key, rule in ran.by_key(name).items()} for name in NAMED}
    assert found == {name: {"there": "", "null": "1 of 2 rows"} for name in NAMED}


@pytest.mark.slow
@pytest.mark.parametrize("config", [{}, {"where": "id = 1"}], ids=["whole", "where"])
def test_an_ephemeral_model_is_not_tested(project: Path, dbt: Any, config: dict[str, Any]) -> None:
    (project / "models" / "passing.sql").write_text("{{ config(materialized='ephemeral') }} select 1 as id")
    check = {"key": "k", "type": "not_null", "columns": ["id"]}
    test = {"name": "t", "arguments": {"contract": "c@1#passing", "checks": [check]}, "config": config}
    declared = {"models": [{"name": "passing", "data_tests": [{"headgate.contract": test}]}]}
    (project / "models" / "passing.yml").write_text(yaml.safe_dump(declared))
    ran = dbt(project, "build")
    assert ran.status["t"] == "error"
    said = "headgate: the model 'passing' is ephemeral and has no data to check; materialize it"
    assert said in " ".join(ran.output.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"type": "not_nul"}, "has the type 'not_nul'; expected one of between, column_exists, distinct_count,"),
        (
            {"expect": {"operator": "~", "bounds": [0]}},
            "has the operator '~'; expected one of =, !=, >, >=, <, <=, between",
        ),
    ],
)
def test_a_check_that_is_not_known_stops_dbt(
    project: Path, dbt: Any, engine: Any, wrong: dict[str, Any], said: str
) -> None:
    (project / "models" / "one.sql").write_text("select 1 as id")
    check = {"key": "k", "type": "not_null", "columns": ["id"], **wrong}
    test = {"headgate.contract": {"arguments": {"contract": "c@1#one", "checks": [check]}}}
    (project / "models" / "one.yml").write_text(yaml.safe_dump({"models": [{"name": "one", "data_tests": [test]}]}))
    ran = dbt(project, "parse")
    assert ran.code == engine.unparsed
    assert f"headgate: check 'k' of c@1#one {said}" in " ".join(ran.output.split())


@pytest.mark.slow
def test_a_package_with_other_macros_stops_dbt(project: Path, dbt: Any, engine: Any) -> None:
    """What the other version calls by the same name may be another check, and may have other arguments."""
    (project / "models" / "one.sql").write_text("select 1 as id")
    arguments = {"contract": "c@1#one", "catalogue": "9.9.9+0123456789ab", "checks": [{"key": "k", "type": "newer"}]}
    test = {"headgate.contract": {"arguments": arguments}}
    (project / "models" / "one.yml").write_text(yaml.safe_dump({"models": [{"name": "one", "data_tests": [test]}]}))
    ran = dbt(project, "parse")
    assert ran.code == engine.unparsed
    assert (
        "headgate: the test of c@1#one was written by headgate 9.9.9+0123456789ab, and the dbt package headgate is "
        f"{__version__}+{DIGEST}, whose checks differ; install both in one version: run dbt deps, then headgate dbt sync"
    ) in " ".join(ran.output.split())


@pytest.mark.slow
def test_a_foreign_key_of_a_model_without_rows_is_kept(project: Path, dbt: Any, warehouse: Any) -> None:
    (project / "models" / "customers.sql").write_text("select 1 as id union all select 3")
    (project / "models" / "orders.sql").write_text("select id as customer from {{ ref('customers') }} where id > 3")
    properties = [{"name": "customer", "logicalType": "integer", "relationships": [{"to": "customers.id"}]}]
    orders = {"name": "orders", "properties": properties}
    customers = {"name": "customers", "properties": [{"name": "id", "logicalType": "integer"}]}
    sync(contract(project, "shop", orders, customers), project)

    ran = dbt(project, "build", "--target", warehouse.target, **warehouse.environment)

    assert (ran.code, ran.status["orders__references"]) == (0, "pass"), ran.output
