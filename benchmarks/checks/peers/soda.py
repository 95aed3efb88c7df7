"""Soda 4: one contract in its own language, verified locally, without telemetry."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from soda_core.contracts.api.verify_api import verify_contract_locally
from soda_core.contracts.contract_verification import CheckOutcome

from benchmarks.checks.peers.asked import Asked, asked, say, timed
from benchmarks.checks.thirty import COLUMNS, Check

_TYPES = {"integer": "bigint", "decimal": "decimal", "timestamp": "timestamp"}
_DECIMALS = {"PostgreSQL": "numeric", "table": "decimal"}


def _check(check: Check, dataset: str) -> dict[str, Any]:
    """The check as Soda says it; its qualifier is how its result is known again."""
    given = check.arguments
    if check.kind == "not_null":
        return {"missing": {}}
    if check.kind == "between":
        return {"invalid": {"valid_min": given["low"], "valid_max": given["high"]}}
    if check.kind == "in_set":
        return {"invalid": {"valid_values": list(given["values"])}}
    if check.kind == "matches":
        return {"invalid": {"valid_format": {"name": check.name, "regex": given["pattern"]}}}
    if check.kind == "length":
        return {"invalid": {"valid_min_length": given["low"], "valid_max_length": given["high"]}}
    if check.kind == "foreign_key":
        other = f"{dataset}/{given['table']}"
        return {"invalid": {"valid_reference_data": {"dataset": other, "column": given["column"]}}}
    if check.kind == "unique":
        return {"duplicate": {"columns": list(check.columns)} if len(check.columns) > 1 else {}}
    if check.kind == "condition":
        return {"failed_rows": {"expression": f"NOT ({given['sql']})"}}
    assert check.kind == "row_count"
    return {"row_count": {"threshold": {"must_be_greater_than_or_equal": given["low"]}}}


def _contract(ask: Asked, schema: str) -> dict[str, Any]:
    columns: dict[str, dict[str, Any]] = {name: {"name": name} for name in (*COLUMNS, "note")}
    whole: list[dict[str, Any]] = [{"schema": {"allow_other_column_order": True}}]
    for check in ask.checks:
        if check.kind == "type":
            name = check.arguments["name"]
            columns[check.column]["data_type"] = _DECIMALS[ask.place] if name == "decimal" else _TYPES[name]
            continue
        ((kind, said),) = _check(check, schema).items()
        into = columns[check.column].setdefault("checks", []) if len(check.columns) == 1 else whole
        into.append({kind: {**said, "qualifier": check.name}})
    return {"dataset": f"{schema}/orders", "columns": [*columns.values()], "checks": whole}


def _source(ask: Asked) -> dict[str, Any]:
    if ask.place == "table":
        return {"type": "duckdb", "name": "db", "connection": {"database": ask.database, "read_only": True}}
    connection = {"host": ask.host, "user": "headgate", "password": "-", "database": ask.database}
    return {"type": "postgres", "name": "db", "connection": connection}


def main() -> None:
    logging.disable(logging.CRITICAL)
    ask = asked()
    schema = {"table": "db/main", "PostgreSQL": f"db/{ask.database}/public"}[ask.place]
    paths = {}
    for name, made in (("source", _source(ask)), ("contract", _contract(ask, schema))):
        paths[name] = Path(ask.folder) / f"{name}.yml"
        paths[name].write_text(json.dumps(made))
    cpu, done = timed(
        lambda: verify_contract_locally(
            data_source_file_path=str(paths["source"]), contract_file_path=str(paths["contract"])
        )
    )
    types = [check.name for check in ask.checks if check.kind == "type"]
    answered, failed = set(), set()
    for result in done.contract_verification_results[0].check_results:
        names = types if result.check.type == "schema" else [result.check.qualifier]
        if result.outcome in (CheckOutcome.PASSED, CheckOutcome.FAILED):
            answered.update(names)
        if result.outcome is CheckOutcome.FAILED:
            failed.update(names)
    say(cpu, answered, failed)


if __name__ == "__main__":
    main()
