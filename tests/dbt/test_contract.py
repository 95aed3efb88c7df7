"""`headgate dbt contract`: a contract drafted from what a dbt project declares, which dbt then tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from headgate.cli import main

from tests.support.dbt_engines import V2, Engine

FILES = {
    "models/orders.sql": """{{ config(materialized='table') }}
select id as order_id, 'paid' as status, ordered_at, cast(1.5 as decimal(10,2)) as amount, id as parent, 'a@b.c' as email
from {{ source('raw', 'raw_orders') }}""",
    "models/customers.sql": "select 1 as id",
    "models/items_v1.sql": "select 1 as id",
    "models/items_v2.sql": "select 1 as id, 2 as n",
    "models/named.sql": "{{ config(alias='raw_orders', schema='other') }} select 1 as id",
    "models/declared.yml": """
groups:
  - name: shop
    owner: {name: Shop team, email: shop@example.com}
models:
  - name: orders
    description: |
      One row per order.
      "{# quoted #}" # and more
    config: {group: shop, tags: [finance], meta: {owner: someone}, contract: {enforced: true}}
    constraints:
      - {type: primary_key, columns: [order_id]}
      - {type: check, expression: amount > 0}
    columns:
      - {name: order_id, data_type: integer, description: The key, data_tests: [not_null, unique]}
      - name: status
        data_type: text
        config: {tags: [codes]}
        data_tests:
          - accepted_values: {arguments: {values: [paid, open]}}
          - not_null: {config: {severity: warn}}
          - headgate.expect_column_value_lengths_to_be_between: {arguments: {min_value: 1, max_value: 9}}
      - {name: ordered_at, data_type: timestamp, constraints: [{type: not_null}]}
      - {name: amount, data_type: "decimal(10,2)"}
      - name: parent
        data_type: integer
        data_tests:
          - relationships: {name: tree, arguments: {to: ref('orders'), field: order_id}}
          - relationships: {name: known, arguments: {to: ref('customers'), field: id}}
          - not_null: {config: {where: order_id > 3}}
      - {name: email, data_type: text}
    data_tests:
      - headgate.expect_table_row_count_to_be_between: {arguments: {min_value: 1}}
      - headgate.expect_compound_columns_to_be_unique: {arguments: {column_list: [order_id, status]}}
  - name: items
    latest_version: 2
    columns: [{name: id, data_tests: [unique]}]
    versions:
      - v: 1
      - v: 2
sources:
  - name: raw
    schema: main
    config: {meta: {owner: Ingestion}}
    tables:
      - name: raw_orders
        config: {loaded_at_field: ordered_at, freshness: {warn_after: {count: 1, period: day}}}
        columns: [{name: ordered_at}, {name: id, data_tests: [not_null]}]
seeds:
  - name: countries
    columns: [{name: code, data_tests: [unique, {accepted_values: {arguments: {values: [1, 2], quote: false}}}]}]
""",
    "seeds/countries.csv": "code,label\n1,Germany\n",
    "snapshots/changes.yml": """
snapshots:
  - name: changes
    relation: ref('orders')
    config: {strategy: check, unique_key: order_id, check_cols: [status]}
    columns: [{name: order_id, data_tests: [not_null]}]
""",
    "snapshots/older.sql": """{% snapshot older %}
{{ config(strategy='check', unique_key='order_id', check_cols=['status']) }} select * from {{ ref('orders') }}
{% endsnapshot %}""",
}
# What a contract says of each node: its id, its table, and of each column what is not its type.
DRAFTED: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "customers": ("customers", None, {"id": {}}),
    "items.v1": ("items-v1", None, {"id": {"unique": True}}),
    "items": ("items-v2", None, {"id": {"unique": True}, "n": {}}),
    "raw.raw_orders": (
        "raw-raw-orders",
        "main.raw_orders",
        {"ordered_at": {"logicalTypeOptions": {"timezone": False}}, "id": {"required": True}},
    ),
    "named": ("named", "raw_orders", {"id": {}}),
    "countries": ("countries", None, {"code": {"unique": True, "enum": [{"value": 1}, {"value": 2}]}, "label": {}}),
    "orders": (
        "orders",
        None,
        {
            "order_id": {"description": "The key", "primaryKey": True},
            "status": {
                "enum": [{"value": "paid"}, {"value": "open"}],
                "tags": ["codes"],
                "quality": [
                    {
                        "name": "expect_column_value_lengths_to_be_between",
                        "type": "custom",
                        "engine": "greatExpectations",
                        "implementation": {
                            "type": "expect_column_value_lengths_to_be_between",
                            "kwargs": {"column": "status", "max_value": 9, "min_value": 1},
                        },
                    },
                    {"metric": "nullValues", "mustBe": 0, "severity": "warning"},
                ],
            },
            "ordered_at": {"required": True, "logicalTypeOptions": {"timezone": False}},
            "amount": {},
            "parent": {"relationships": [{"to": "orders.order_id"}]},
            "email": {"classification": "confidential"},
        },
    ),
}
TYPES = {"order_id": "integer", "status": "string", "ordered_at": "timestamp", "amount": "number"}


def make(project: Path, warehouse: Any) -> None:
    for name, text in FILES.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    warehouse.execute(
        "DROP SCHEMA IF EXISTS main_other CASCADE",
        "CREATE TABLE main.raw_orders AS SELECT cast(now() as timestamp) AS ordered_at, 1 AS id",
    )


def headgate(*arguments: object) -> Any:
    return CliRunner().invoke(main, ["dbt", *map(str, arguments)])


def drafted(project: Path, name: str) -> dict[str, Any]:
    ran = headgate("contract", name, "--project", project, "-o", "-")
    assert ran.exit_code == 0, ran.output
    return dict(yaml.safe_load(ran.stdout))


@pytest.mark.slow
def test_what_a_project_declares_becomes_a_contract_that_dbt_tests(
    project: Path, dbt: Any, warehouse: Any, engine: Engine
) -> None:
    make(project, warehouse)
    target = ("--target", warehouse.target)
    built = dbt(project, "build", "--exclude-resource-type", "test", *target, **warehouse.environment)
    assert built.code == 0, built.output
    catalog = ("compile", "--write-catalog") if engine == V2 else ("docs", "generate")
    assert dbt(project, *catalog, *target, **warehouse.environment).code == 0

    if engine == V2 and warehouse.target == "postgres":
        # 2.0.0-alpha.4 writes an empty catalog there.
        assert "Failed to prepare query" in (project / "target" / "catalog.json").read_text()
        ran = headgate("contract", "customers", "--project", project, "-o", "-")
        assert "not in target/catalog.json" in ran.stderr
        return
    for name, (ident, physical, columns) in DRAFTED.items():
        document = drafted(project, name)
        (schema,) = document["schema"]
        assert (document["id"], schema.get("physicalName"), document["status"]) == (ident, physical, "draft")
        said = {prop.pop("name"): prop for prop in schema["properties"]}
        types = {column: (prop.pop("logicalType"), prop.pop("physicalType")) for column, prop in said.items()}
        assert all(map(all, types.values()))
        assert said == columns
        if name == "orders":
            assert {column: types[column][0] for column in TYPES} == TYPES
            assert (document["team"], schema["tags"]) == ({"name": "Shop team"}, ["finance"])
            assert document["support"][0]["channel"] == "shop@example.com"
            assert schema["description"] == 'One row per order.\n"" # and more'
            rules = [rule["implementation"]["type"] for rule in schema["quality"]]
            assert rules == ["expect_compound_columns_to_be_unique", "expect_table_row_count_to_be_between"]
        elif name == "raw.raw_orders":
            level = {"property": "freshness", "value": 1, "unit": "d", "element": "raw_orders.ordered_at"}
            assert (document["slaProperties"], document["team"]) == ([level], {"name": "Ingestion"})
    text = headgate("contract", "orders", "--project", project, "-o", "-").stdout
    assert '# refers to "customers.id"; where this contract has that dataset, too: relationships:' in text
    assert "# the test not_null with where: not in the contract" in text
    assert '# the constraint check "amount > 0": not in the contract' in text

    # Each draft is a contract, and dbt tests it where it was drafted from.
    nodes = (*DRAFTED, "changes", "older")
    for name in nodes:
        ran = headgate("contract", name, "--project", project, "--format", "json")
        file = json.loads(ran.stdout)["file"]
        ran = CliRunner().invoke(main, ["lint", file, "--format", "json"])
        assert ran.exit_code == 0, ran.output
        dataset = yaml.safe_load(Path(file).read_text())["schema"][0]["name"]
        synced = headgate(
            "sync", file, "--project", project, "--node", f"{dataset}={name if name != 'items' else 'items.v2'}"
        )
        assert synced.exit_code == 0, synced.output
    # dbt 1.10 misses a new test of a snapshot in YAML where it parses a part of the project only.
    ran = dbt(project, "--no-partial-parse", "build", *target, **warehouse.environment)
    told = {name: status for name, status in ran.status.items() if name.endswith("__contract")}
    assert told == dict.fromkeys(
        (f"{name}__contract" for name in ("customers", "items_v1", "items_v2", "raw_raw_orders", "named", "countries",
                                         "orders", "changes", "older")), "pass"
    ), ran.output  # fmt: skip
    again = headgate("contract", "orders", "--project", project, "-o", "-")
    assert again.exit_code == 2
    assert "orders has the contract orders@0.1.0#orders already" in again.output


def test_a_draft_without_a_catalog_says_what_it_lacks(project: Path, tmp_path: Path) -> None:
    node = {"resource_type": "model", "name": "orders", "columns": {"id": {"name": "id"}}, "config": {}}
    (project / "target").mkdir()
    (project / "target" / "manifest.json").write_text(
        json.dumps({"nodes": {"model.trial.orders": node}, "sources": {}, "groups": {}})
    )
    file = tmp_path / "orders.odcs.yaml"
    ran = headgate("contract", "orders", "--project", project, "-o", file)
    assert ran.exit_code == 0, ran.output
    assert "not in target/catalog.json: columns that no file names, and undeclared types, are missing" in ran.stderr
    assert "# TODO logicalType\n      - name: id\n" in file.read_text()
    again = headgate("contract", "orders", "--project", project, "-o", file)
    assert (again.exit_code, "already exists" in again.output) == (2, True)
    assert headgate("contract", "orders", "--project", project, "-o", file, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("manifest", "name", "code", "said"),
    [
        (None, "orders", 2, "manifest.json not found; run dbt parse first"),
        ("{", "orders", 2, "manifest.json is not JSON"),
        ("[]", "orders", 2, "these are no artifacts that headgate can read"),
        ('{"nodes": {}, "sources": {}}', "orders", 2, "'orders' is not in"),
    ],
)
def test_wrong_calls(project: Path, manifest: str | None, name: str, code: int, said: str) -> None:
    if manifest is not None:
        (project / "target").mkdir()
        (project / "target" / "manifest.json").write_text(manifest)
    ran = headgate("contract", name, "--project", project)
    assert ran.exit_code == code, ran.output
    assert said in ran.output
