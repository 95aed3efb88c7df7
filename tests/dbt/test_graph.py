"""Lineage as dbt's artifacts have it: what reads what, whose it is, and which contract stands on it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from headgate.dbt.lineage import graph_of
from headgate.errors import CallError, DataNotFoundError
from headgate.lineage import impact
from headgate.lineage.graph import Graph

from tests.support.contracts import odcs, write
from tests.support.dbt_engines import OWN
from tests.support.dbt_project import make_project

FILES = {
    "models/orders.sql": "{{ config(materialized='table') }} select * from {{ source('raw', 'raw_orders') }}",
    "models/between.sql": "{{ config(materialized='ephemeral') }} select * from {{ ref('orders') }}",
    "models/revenue.sql": "select * from {{ ref('between') }}",
    "models/all.yml": """
groups: [{name: finance, owner: {name: Finance team}}]
sources:
  - name: raw
    schema: main
    config: {meta: {owner: Ingestion}}
    tables:
      - name: raw_orders
        data_tests:
          - headgate.contract:
              arguments:
                contract: shop@1.0.0#orders
                about: {file: contracts/orders.odcs.yaml, owner: Shop team, support: ['#shop https://chat.example/shop']}
                checks: []
models:
  - {name: revenue, description: What was sold., config: {group: finance}, columns: [{name: total}]}
exposures:
  - name: board
    type: dashboard
    url: https://bi.example/board
    owner: {name: Board team, email: board@example.com}
    depends_on: [ref('revenue')]
""",
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    project = make_project(tmp_path_factory.mktemp("lineage") / "project")
    for name, text in FILES.items():
        (project / name).write_text(text)
    (project / "contracts").mkdir()
    consumers = {"consumers": [{"name": "score", "reads": ["id"]}]}
    write(project / "contracts", odcs({"name": "orders", "properties": [{"name": "id"}]}, settings=consumers, id="shop"),
          "orders.odcs.yaml")  # fmt: skip
    command = [str(OWN.dbt), "parse", "--quiet", "--profiles-dir", str(project)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return graph_of(project / "target")


@pytest.mark.slow
def test_what_is_downstream(graph: Graph) -> None:
    """An ephemeral model has no table, and is looked through."""
    found = impact(graph, "raw.raw_orders")
    assert [(e.distance, e.node.kind, e.node.short, e.node.owners, e.any_column) for e in found.affected] == [
        (1, "table", "orders", (), True),
        (2, "table", "revenue", ("Finance team",), True),
        (3, "exposure", "board", ("Board team",), False),
    ]
    assert [(p.role, p.name, p.contacts) for p in found.people] == [
        ("owner", "Shop team", ("#shop https://chat.example/shop",)),
        ("consumer", "score", ()),
        ("owner", "Finance team", ()),
        ("owner", "Board team", ("board@example.com",)),
    ]
    assert (found.start.contract, found.start.version) == ("shop", "1.0.0")


@pytest.mark.slow
def test_what_is_upstream(graph: Graph) -> None:
    found = impact(graph, "revenue.total", upstream=True).affected
    assert [(e.distance, e.node.name.name) for e in found] == [
        (1, "warehouse.main.orders"),
        (2, "warehouse.main.raw_orders"),
    ]


def test_what_is_not_there_or_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match=r"manifest.json not found; run dbt parse first"):
        graph_of(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": 1}))
    with pytest.raises(CallError, match="these are no artifacts that headgate can read"):
        graph_of(tmp_path)
