"""The audit table: what each rule was found to be, in the database, for people without Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from headgate import Contract
from headgate.dbt import sync

MODELS = {
    "good": "select 1 as id",
    "bad": "select 1 as id union all select null",
    "gated": "{{ config(materialized='table') }} select case when {{ var('day', 1) }} = 1 then 1 end as id",
    "after": "select * from {{ ref('bad') }}",
}
PROMISED = {"metric": "nullValues", "mustBe": 0, "id": "it's \\ $$ 'no' \"null\""}


def make(project: Path, *, audit: Any = True) -> None:
    settings = yaml.safe_load((project / "dbt_project.yml").read_text())
    settings["dispatch"] = [{"macro_namespace": "dbt", "search_order": ["trial", "headgate", "dbt"]}]
    settings["vars"] = {"headgate_audit": audit}
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    for name, sql in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(sql)
    for name in ("good", "bad", "gated"):
        props = [
            {
                "name": "id",
                "logicalType": "integer",
                "quality": [{**PROMISED, "id": "no_nulls", "description": "$$ ' \\"}],
            }
        ]
        document = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": name, "version": "1.0.0", "status": "active"}
        file = project / f"{name}.odcs.yaml"
        file.write_text(yaml.safe_dump({**document, "schema": [{"name": name, "properties": props}]}))
        sync(Contract.load(file), project, gate=name == "gated")


def rows(warehouse: Any, schema: str = "main") -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select boundary, contract, status, broken, unexpected_rows, rows, observed, count(*), count(distinct invocation_id) "
        f"from {schema}.headgate_audit where rule = 'id.no_nulls' group by 1, 2, 3, 4, 5, 6, 7 order by 2, 1, 3"
    )


@pytest.mark.slow
def test_each_run_leaves_its_results(project: Path, dbt: Any, warehouse: Any) -> None:
    make(project)
    target = ("--target", warehouse.target)
    ran = dbt(project, "build", *target, **warehouse.environment)
    assert (ran.code, ran.status["after"]) == (1, "skipped"), ran.output
    bad = ("test", "bad@1.0.0#bad", "failed", "error", 1, 2, "1 of 2 rows", 1, 1)
    good = ("test", "good@1.0.0#good", "passed", None, 0, 1, "0 of 1 rows", 1, 1)
    gated = [(*("gate", "gated@1.0.0#gated"), *good[2:]), (*("test", "gated@1.0.0#gated"), *good[2:])]
    assert rows(warehouse) == [bad, *gated, good]

    # What a retry measures is a run of its own; the models that passed are not measured again.
    ran = dbt(project, "retry", *target, **warehouse.environment)
    assert ran.code == 1, ran.output
    assert rows(warehouse) == [(*bad[:7], 2, 2), *gated, good]

    # A build that the gate holds back leaves why.
    ran = dbt(
        project,
        "build",
        *target,
        "--select",
        "gated",
        "--vars",
        "{day: 2, headgate_audit: true}",
        **warehouse.environment,
    )
    assert ran.code == 1, ran.output
    held = ("gate", "gated@1.0.0#gated", "failed", "error", 1, 1, "1 of 1 rows", 1, 1)
    assert rows(warehouse) == [(*bad[:7], 2, 2), held, *gated, good]
    assert warehouse.execute("select id from main.gated") == [(1,)]

    # Other commands add nothing.
    for command in (("compile",), ("run", "--select", "good")):
        assert dbt(project, *command, *target, **warehouse.environment).code == 0
    assert rows(warehouse) == [(*bad[:7], 2, 2), held, *gated, good]


@pytest.mark.engines
def test_an_audit_that_cannot_be_written_fails_nothing(project: Path, dbt: Any, warehouse: Any) -> None:
    make(project, audit={"schema": "watch"})
    target = ("--target", warehouse.target, "--select", "good")
    warehouse.execute("DROP SCHEMA IF EXISTS watch CASCADE")
    assert dbt(project, "build", *target, **warehouse.environment).code == 0
    assert [row[:3] for row in rows(warehouse, "watch")] == [("test", "good@1.0.0#good", "passed")]
    warehouse.execute("DROP TABLE watch.headgate_audit", "CREATE TABLE watch.headgate_audit AS SELECT 1 AS rule")
    ran = dbt(project, "build", *target, **warehouse.environment)
    assert (ran.code, ran.status["good__contract"]) == (0, "pass"), ran.output
    assert "is not there, or lacks columns; the results are not recorded" in ran.output


@pytest.mark.engines
@pytest.mark.parametrize("audit", ["yes", {"schema": "watch", "table": "t"}], ids=str)
def test_a_wrong_setting_is_refused(project: Path, dbt: Any, audit: Any) -> None:
    make(project, audit=audit)
    ran = dbt(project, "build", "--select", "good")
    assert ran.code != 0
    assert "headgate: the variable headgate_audit is" in " ".join(ran.output.split())


@pytest.mark.engines
def test_nothing_is_recorded_by_default(project: Path, dbt: Any, warehouse: Any) -> None:
    make(project, audit=False)
    assert dbt(project, "build", "--select", "good", "--target", warehouse.target, **warehouse.environment).code == 0
    named = (
        "select count(*) from information_schema.tables where table_name = 'headgate_audit' and table_schema = 'main'"
    )
    assert warehouse.execute(named) == [(0,)]
