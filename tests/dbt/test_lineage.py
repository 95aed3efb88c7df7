"""Lineage of a dbt build: dbt-ol's own events, then those of `headgate dbt results`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from headgate.cli import main
from headgate.dbt import sync
from headgate.rules import Contract

from tests.support import openlineage_spec
from tests.support.contracts import odcs, write
from tests.support.dbt_engines import OWN
from tests.support.dbt_warehouses import Warehouse
from tests.support.marquez import DatasetPage, Marquez, listening

pytestmark = pytest.mark.slow

SCHEMAS = {"duckdb": "warehouse.main", "postgres": "postgres.main"}


@pytest.fixture
def marquez(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Marquez]:
    # The client writes variables of its own, which are to go with the test.
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with listening() as (url, server):
        monkeypatch.setenv("OPENLINEAGE_URL", url)
        monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
        yield server
    assert server.refused == []
    if openlineage_spec.SPEC.exists():
        own = [event for event in server.events if event["job"]["name"].endswith(".dbt")]
        assert [problem for event in own for problem in openlineage_spec.problems(event)] == []


def write_model(project: Path, amount: int) -> None:
    (project / "models" / "orders.sql").write_text(
        f"{{{{ config(materialized='table') }}}} select 1 as id, {amount} as amount"
    )


def promise(project: Path, maximum: int, *, gate: bool) -> None:
    write_model(project, 0)
    orders = {
        "name": "orders",
        "description": "What was bought.",
        "properties": [
            {"name": "id", "logicalType": "integer", "required": True},
            {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"maximum": maximum}},
        ],
    }
    file = write(project, odcs(orders, id="shop", version="1.0.0", team={"name": "Shop"}))
    sync(Contract.load(file), project, gate=gate)


def build(project: Path, warehouse: Warehouse, amount: int) -> tuple[int, int]:
    """dbt-ol build, then headgate dbt results: their exit codes."""
    write_model(project, amount)
    path = os.pathsep.join((str(OWN.bin), os.environ["PATH"]))
    environment = {**os.environ, **warehouse.environment, "DBT_PROFILES_DIR": str(project), "PATH": path}
    command = [OWN.bin / "dbt-ol", "build", "--target", warehouse.target]
    built = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert "orders" in built.stdout, built.stdout + built.stderr
    told = CliRunner().invoke(main, ["dbt", "results", str(project)], env=warehouse.environment)
    return built.returncode, told.exit_code


def page(marquez: Marquez, warehouse: Warehouse, project: Path) -> DatasetPage:
    namespace = f"duckdb://{project / 'warehouse.duckdb'}"
    if warehouse.target == "postgres":
        namespace = f"postgres://127.0.0.1:{warehouse.environment['TRIAL_PORT']}"
    return marquez.dataset(namespace, f"{SCHEMAS[warehouse.target]}.orders")


def test_one_assertion_a_rule(marquez: Marquez, project: Path, warehouse: Warehouse) -> None:
    promise(project, 100, gate=False)
    assert build(project, warehouse, 7) == (0, 0)
    found = page(marquez, warehouse, project)
    assert ("amount", "amount is at most 100", True) in found.labels
    assert (found.passing, found.failing) == (7, 0)
    assert found.description
    assert found.description.startswith("What was bought. ✔ PASS")
    assert found.facets["headgate_contract"]["owner"] == "Shop"
    promise(project, 5, gate=False)
    assert build(project, warehouse, 7) == (1, 1)
    found = page(marquez, warehouse, project)
    assert ("amount", "amount is at most 5: 1 of 1 row (100 %)", False) in found.labels
    assert (found.passing, found.failing) == (6, 1)


def test_a_gate_that_halts_does_not_fail_what_is_served(marquez: Marquez, project: Path, warehouse: Warehouse) -> None:
    promise(project, 100, gate=True)
    assert build(project, warehouse, 7) == (0, 0)
    good = page(marquez, warehouse, project)
    assert (good.passing, good.failing) == (7, 0)
    assert build(project, warehouse, 700) == (1, 1)
    held = page(marquez, warehouse, project)
    assert (held.passing, held.failing, held.versions) == (0, 0, good.versions)  # nobody measured what is served
    assert held.description
    assert "✘ HELD BACK" in held.description
    assert "amount is at most 100: 1 of 1 row (100 %)" in held.description
