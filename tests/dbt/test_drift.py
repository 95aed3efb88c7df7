"""A rule of drift in dbt finds what `headgate check` finds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from headgate import Contract
from headgate.dbt import sync
from headgate.gate import measure_drift
from headgate.past.drift.pin import Pinning
from headgate.past.drift.pinned import baseline_of, write
from headgate.places import place_of

from tests.support.dbt_warehouses import Warehouse

COLUMNS = {"x": "number", "few": "integer", "word": "string", "flag": "boolean"}
# Fixed rows: each column is spread evenly, and `word` is NULL in every 20th row.
ROWS = """
    SELECT i, CAST((i * 7919) % 1000 AS DOUBLE PRECISION) / 8 AS x, CAST(i % 4 AS INTEGER) AS few,
        CASE WHEN i % 20 = 0 THEN NULL WHEN i % 3 = 0 THEN 'it''s {{ red }}' ELSE 'blue' END AS word, i % 10 < 3 AS flag
"""
MODELS = {
    "same": "SELECT x, few, word, flag FROM source_rows WHERE i < 2000",
    "drifted": "SELECT CASE WHEN i % 50 = 0 THEN x * 100 ELSE x END AS x, few,"
    " CASE WHEN i % 50 = 1 THEN 'Blue' ELSE word END AS word, flag FROM source_rows WHERE i < 2000",
    "small": "SELECT x, few, word, flag FROM source_rows WHERE i < 999",
}


@pytest.fixture(scope="module")
def rows() -> Any:
    return duckdb.sql(f"SELECT * EXCLUDE i FROM ({ROWS} FROM range(28000) AS r(i))").to_arrow_table()


def contract(folder: Path, severity: str) -> Path:
    rule = {"id": "drift", "type": "custom", "engine": "headgate", "severity": severity}
    properties = [{"name": name, "logicalType": kind} for name, kind in COLUMNS.items()]
    schema = [
        {"name": name, "properties": properties,
         "quality": [{**rule, "implementation": {"drift": f"{name}.baseline.json"}}]} for name in MODELS
    ]  # fmt: skip
    file = folder / "trial.odcs.yaml"
    about = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "trial", "version": "1.0.0", "status": "active"}
    file.write_text(yaml.safe_dump({**about, "schema": schema}))
    return file


@pytest.mark.slow
def test_it_finds_what_a_check_finds(project: Path, dbt: Any, warehouse: Warehouse, rows: Any) -> None:
    file = contract(project, "error")
    dataset = Contract.load(file)["same"]
    baseline = baseline_of(dataset, place_of(rows), Pinning(), now=datetime(2026, 1, 1, tzinfo=UTC))
    for name in MODELS:
        write(replace(baseline, dataset=name), project / f"{name}.baseline.json")
    series = "range(2000) AS r(i)" if warehouse.target == "duckdb" else "generate_series(0, 1999) AS r(i)"
    warehouse.execute(f"CREATE TABLE main.source_rows AS {ROWS} FROM {series}")
    for name, query in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(query.replace("source_rows", "main.source_rows"))
    (project / "models" / "schema.yml").write_text(
        yaml.safe_dump({"models": [{"name": name} for name in MODELS]}, sort_keys=False)
    )
    sync(Contract.load(file), project)
    ran = dbt(project, "build", "--target", warehouse.target, **warehouse.environment)
    for name in MODELS:
        found = {key: result for key, result in ran.by_key(f"{name}__contract").items() if key.startswith("drift")}
        data = duckdb.sql(f"WITH source_rows AS ({ROWS} FROM range(2000) AS r(i)) {MODELS[name]}").to_arrow_table()
        expected = {r.key: r for r in measure_drift(Contract.load(file)[name], data).results if r.type == "drift"}
        assert found.keys() == expected.keys(), ran.output
        for key, result in expected.items():
            told = found[key]
            if name == "small":
                assert told["observed"] == "too few rows to tell drift from chance"
                assert told["status"] == "not_executed"
                continue
            distance = result.details["drift"]["distances"][0]
            assert float(told["observed"]) == pytest.approx(distance["value"] / distance["limit"], rel=1e-5, abs=2e-6)
            assert told["status"] == str(result.status), (name, key, told, json.dumps(distance))
    assert {key for key, r in ran.by_key("drifted__contract").items() if r["status"] == "failed"} == {
        "drift[x]",
        "drift[word]",
    }
    assert (ran.status["same__contract"], ran.status["drifted__contract"]) == ("pass", "fail")
