"""`date` in ODCS 3.0 is either a date or a timestamp, in dbt as elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from headgate import Contract
from headgate.dbt.sync import sync

from tests.support.contracts import odcs, write

COLUMNS = {"day": "DATE", "naive": "TIMESTAMP", "zoned": "TIMESTAMPTZ", "word": "TEXT"}
ROW = "DATE '2026-03-01', TIMESTAMP '2026-03-01 10:00:00', TIMESTAMPTZ '2026-03-01 10:00:00+00', 'x'"
STATEMENTS = (
    f"CREATE TABLE main.things ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})",
    f"INSERT INTO main.things VALUES ({ROW})",
)
FOUND = {name: ("failed" if name == "word" else "passed") for name in COLUMNS}


@pytest.mark.slow
def test_dates_and_timestamps_serve(project: Path, dbt: Any, warehouse: Any) -> None:
    options = {"logicalTypeOptions": {"maximum": "2026-03-01T10:00:00Z"}}
    properties = [{"name": name, "logicalType": "date", **({} if name == "word" else options)} for name in COLUMNS]
    contract = write(project, odcs({"name": "things", "properties": properties}, apiVersion="v3.0.2"), "t.odcs.yaml")
    (project / "models" / "sources.yml").write_text("sources:\n  - name: main\n    tables:\n      - name: things\n")
    sync(Contract.load(contract), project)
    warehouse.execute(*STATEMENTS)
    ran = dbt(project, "test", "--target", warehouse.target, **warehouse.environment)
    results = {key: result["status"] for key, result in ran.by_key("main_things__contract").items()}
    assert {name: results[f"{name}.logicalType"] for name in COLUMNS} == FOUND
    assert {name: results[f"{name}.maximum"] for name in COLUMNS if name != "word"} == {
        "day": "passed", "naive": "passed", "zoned": "passed",
    }  # fmt: skip
