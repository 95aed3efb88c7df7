"""A project in the style of other people's, from its first contract to the results, on each version of dbt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from headgate.cli import main

from tests.support.dbt_engines import V2, Engine

FILES = {
    "macros/generate_schema_name.sql": """{% macro generate_schema_name(custom_schema_name, node) -%}
{%- if custom_schema_name is none -%} {{ target.schema }} {%- else -%} {{ custom_schema_name | trim }} {%- endif -%}
{%- endmacro %}""",
    "models/staging/_sources.yml": """version: 2

sources:
  - name: erp
    description: "The ERP"
    schema: "{{ var('raw_schema') }}"
    tables:
      - name: orders
        identifier: erp_orders
        columns:
          - name: id
            tests: [not_null]
      - name: customers
        identifier: "{{ 'erp' }}_customers"
""",
    "models/staging/_models.yml": """version: 2

models:
  - name: stg_orders
    columns:
      - name: order_id
        tests: &key
          - unique
          - not_null
      - name: status
        tests:
          - accepted_values:
              arguments: {values: ['open', 'paid']}
  - name: stg_customers
    description: '{{ doc("customers") }}'
    columns:
      - name: customer_id
        tests: *key
""",
    "models/docs.md": "{% docs customers %}\nAll *customers*.\n{% enddocs %}\n",
    "models/staging/stg_orders.sql": "select id as order_id, customer_id, status from {{ source('erp', 'orders') }}",
    "models/staging/stg_customers.sql": "select id as customer_id, name from {{ source('erp', 'customers') }}",
    "models/marts/fct_orders.sql": """{{ config(alias='orders') }}
select o.*, c.name from {{ ref('stg_orders') }} o left join {{ ref('stg_customers') }} c using (customer_id)""",
    "models/marts/marts.yml": """version: 2
models:
  - name: fct_orders
    config:
      meta: {owner: "bi@acme.example"}
exposures:
  - name: dashboard
    type: dashboard
    owner: {name: BI, email: bi@acme.example}
    depends_on: [ref('fct_orders')]
""",
    "models/old/fct_payments.sql": "{{ config(enabled=false) }} select 1 as x",
    "seeds/regions.csv": "code,label\nDE,Germany\n",
    "snapshots/orders_history.yml": """snapshots:
  - name: orders_history
    relation: ref('stg_orders')
    config:
      strategy: check
      unique_key: order_id
      check_cols: [status]
""",
}
SETTINGS = """vars: {raw_schema: main}
models:
  trial:
    +materialized: view
    marts: {+materialized: table, +schema: marts}
seeds:
  trial:
    +quote_columns: false
    regions: {+column_types: {code: varchar(2)}}
"""
NODES = ("erp.orders", "erp.customers", "stg_orders", "stg_customers", "fct_orders", "regions", "orders_history")


def headgate(*arguments: object) -> Any:
    ran = CliRunner().invoke(main, ["dbt", *map(str, arguments)])
    assert ran.exit_code == 0, ran.output
    return ran


@pytest.mark.engines
def test_from_the_first_contract_to_the_results(project: Path, dbt: Any, warehouse: Any, engine: Engine) -> None:
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    (project / "dbt_project.yml").open("a").write(SETTINGS)
    warehouse.execute(
        "DROP SCHEMA IF EXISTS marts CASCADE",
        "CREATE TABLE main.erp_orders AS SELECT 1 AS id, 1 AS customer_id, cast('open' AS varchar) AS status",
        "CREATE TABLE main.erp_customers AS SELECT 1 AS id, cast('A' AS varchar) AS name",
    )
    on = ("--target", warehouse.target)
    headgate("init", "--project", project)
    assert dbt(project, "build", *on, **warehouse.environment).code == 0
    catalog = ("compile", "--write-catalog") if engine == V2 else ("docs", "generate")
    assert dbt(project, *catalog, *on, **warehouse.environment).code == 0
    for node in NODES:
        headgate("contract", node, "--project", project)
    contracts = sorted((project / "contracts").glob("*.odcs.yaml"))
    assert len(contracts) == len(NODES)
    synced = json.loads(headgate("sync", *contracts, "--project", project, "--format", "json").stdout)
    assert str(synced).count("tested") >= len(NODES)
    headgate("sync", *contracts, "--project", project, "--check")
    ran = dbt(project, "--no-partial-parse", "build", *on, **warehouse.environment)
    assert ran.code == 0, ran.output
    tests = {name: status for name, status in ran.status.items() if name.endswith("__contract")}
    assert tests.keys() == {f"{node.replace('.', '_')}__contract" for node in NODES}
    if engine == V2 and warehouse.target == "postgres":
        # 2.0.0-alpha.4 writes an empty catalog there: columns that no file declares are extra, which is a warning.
        assert set(tests.values()) == {"pass", "warn"}
        return
    assert set(tests.values()) == {"pass"}
    assert "7 datasets: 7 pass" in headgate("results", project).stdout
