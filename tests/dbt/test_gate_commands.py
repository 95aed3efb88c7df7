"""A gated model under the commands of dbt besides `build`: retry, clone, defer, snapshots, unit tests."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from headgate.dbt import sync

from tests.support.dbt_engines import V2, Engine
from tests.support.gated_shop import Shop, contract, declare

pytestmark = pytest.mark.slow

GOOD, BAD = [(1, 100), (2, 200)], [(1, 100), (2, 900)]
SNAPSHOT = """snapshots:
  - name: history
    relation: ref('orders')
    config: {unique_key: id, strategy: check, check_cols: all}
"""
UNIT = """unit_tests:
  - name: halves
    model: orders
    given: [{input: "source('raw', 'raw_orders')", rows: [{id: 1, amount: 900}]}]
    expect: {rows: [{id: 1, amount: 900}]}
"""


@pytest.fixture
def gated(shop: Shop, project: Path) -> Shop:
    declare(project)
    sync(contract(project), project)
    return shop


def test_a_retry_passes_the_gate_with_the_repaired_rows(gated: Shop) -> None:
    gated.build(GOOD)
    bad = gated.build(BAD)
    assert (bad.status["orders"], bad.status["after"]) == ("error", "skipped")
    again = gated.build(BAD, "retry")
    assert again.status["orders"] == "error"
    assert gated.rows() == GOOD
    repaired = gated.build([(1, 100), (2, 300)], "retry")
    assert {name: repaired.status[name] for name in ("orders", "after", "orders__contract")} == {
        "orders": "success", "after": "success", "orders__contract": "pass",
    }  # fmt: skip
    assert gated.rows() == [(1, 100), (2, 300)]
    assert gated.tables() == {"orders"}


@pytest.mark.engines
def test_a_snapshot_takes_what_is_published(gated: Shop, project: Path) -> None:
    (project / "snapshots").mkdir()
    (project / "snapshots" / "history.yml").write_text(SNAPSHOT)
    gated.build(GOOD)
    assert gated.build(BAD).status["history"] == "skipped"
    assert gated.rows("history") == GOOD


@pytest.mark.engines
def test_what_is_downstream_of_a_rejected_build_may_defer_to_another(gated: Shop, project: Path) -> None:
    gated.build(GOOD)
    shutil.copytree(project / "target", project / "state")
    gated.build(BAD)
    ran = gated.run("build", "--select", "after", "--defer", "--state", "state", "--favor-state")
    assert ran.status["after"] == "success", ran.output
    assert gated.warehouse.execute("SELECT count(*) FROM main.after WHERE amount > 500") == [(0,)]


@pytest.mark.engines
def test_a_clone_is_of_what_is_published(gated: Shop, project: Path, engine: Engine) -> None:
    """To another schema, whose next build passes the gate."""
    gated.build(GOOD)
    shutil.copytree(project / "target", project / "state")
    profiles = project / "profiles.yml"
    profiles.write_text(
        profiles.read_text().replace("schema: main", "schema: \"{{ env_var('TRIAL_SCHEMA', 'main') }}\"")
    )
    environment = {**gated.warehouse.environment, "TRIAL_SCHEMA": "other"}
    gated.warehouse.execute("DROP SCHEMA IF EXISTS other CASCADE")

    def run(*command: str) -> Any:
        return gated.dbt(project, *command, "--target", gated.warehouse.target, **environment)

    cloned = run("clone", "--state", "state")
    if engine == V2 and "No macro named 'materialization_view_" in cloned.output:
        pytest.skip("dbt 2.0.0-alpha.4 does not find the macro by which its clone makes a view")
    assert cloned.code == 0, cloned.output
    read = "SELECT id, amount FROM other.orders ORDER BY id"
    assert gated.warehouse.execute(read) == GOOD
    gated.warehouse.execute("DROP VIEW other.after")
    gated.fill(BAD)
    assert run("build").status["orders"] == "error"
    assert gated.warehouse.execute(read) == GOOD
    gated.fill([(1, 100), (2, 300)])
    built = run("build")
    assert built.status["orders"] == "success", built.output
    assert gated.warehouse.execute(read) == [(1, 100), (2, 300)]


@pytest.mark.engines
def test_unit_tests_are_of_the_query_alone(gated: Shop, project: Path, engine: Engine) -> None:
    if engine == V2 and gated.warehouse.target == "postgres":
        pytest.skip("dbt v2 has no unit tests on PostgreSQL: it panics (not yet implemented: list_relations_schemas)")
    (project / "models" / "unit.yml").write_text(UNIT)
    ran = gated.build(GOOD)
    assert ran.code == 0, ran.output
    assert ran.status["orders__contract"] == "pass", ran.output
    assert gated.rows() == GOOD
