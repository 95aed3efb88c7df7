"""datacontract-cli: the ODCS contract that headgate reads, on local Parquet files or on PostgreSQL."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from datacontract.data_contract import DataContract

from benchmarks.checks.odcs import document
from benchmarks.checks.peers.asked import Asked, asked, say, timed
from benchmarks.checks.thirty import Check

# What the tool calls a check of a column; a range is two.
_COLUMN = {
    "not_null": ("field_required",),
    "between": ("field_minimum", "field_maximum"),
    "in_set": ("field_enum",),
    "matches": ("field_regex",),
    "length": ("field_min_length", "field_max_length"),
    "type": ("field_type",),
    "unique": ("field_unique",),
    "foreign_key": ("field_relationships",),
}
_TABLE = {"unique": "model_duplicate_values", "condition": "model_quality_sql", "row_count": "row_count"}


def _server(ask: Asked) -> dict[str, Any]:
    if ask.place == "PostgreSQL":
        os.environ.update(DATACONTRACT_POSTGRES_USERNAME="headgate", DATACONTRACT_POSTGRES_PASSWORD="-")
        return {"type": "postgres", "host": ask.host, "port": 5432, "database": ask.database, "schema": "public"}
    for table, file in (("orders", ask.orders), ("customers", ask.customers)):
        link = Path(ask.folder) / f"{table}.parquet"
        link.unlink(missing_ok=True)
        link.symlink_to(file)
    return {"type": "local", "path": f"{ask.folder}/{{model}}.parquet", "format": "parquet"}


def _statuses(check: Check, results: list[Any]) -> set[str]:
    """What became of a check; rules of the table are told apart by their order alone."""
    if len(check.columns) == 1:
        return {one.result.value for one in results if one.field == check.column and one.type in _COLUMN[check.kind]}
    found = next(one for one in results if one.type == _TABLE[check.kind])
    results.remove(found)
    return {found.result.value}


def main() -> None:
    ask = asked()
    text = json.dumps({**document(ask.checks), "servers": [{"server": "bench", **_server(ask)}]})
    cpu, run = timed(lambda: DataContract(data_contract_str=text, server="bench").test())
    results = [one for one in run.checks if one.model == "orders"]
    said = {check.name: _statuses(check, results) for check in ask.checks}
    answered = {name for name, statuses in said.items() if statuses and statuses <= {"passed", "failed"}}
    say(cpu, answered, (name for name, statuses in said.items() if "failed" in statuses))


if __name__ == "__main__":
    main()
