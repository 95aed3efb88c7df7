"""The results of the history as a file of Parquet, one row a result."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from headgate.errors import CallError
from headgate.history.store import Store
from headgate.history.tables import dataset, report, result, rule
from headgate.sql.quote import text

_TIME = "TIMESTAMP WITH TIME ZONE"
# Each column of the file, with its type in DuckDB.
COLUMNS: dict[str, tuple[sa.Column[Any], str]] = {
    "contract": (dataset.c.contract, "VARCHAR"),
    "dataset": (dataset.c.name, "VARCHAR"),
    "namespace": (dataset.c.namespace, "VARCHAR"),
    "place": (dataset.c.place, "VARCHAR"),
    "kind": (report.c.kind, "VARCHAR"),
    "run_key": (report.c.run_key, "VARCHAR"),
    "moment": (report.c.moment, _TIME),
    "at": (report.c.at, _TIME),
    "interval_start": (report.c.interval_start, _TIME),
    "interval_end": (report.c.interval_end, _TIME),
    "version": (report.c.version, "VARCHAR"),
    "commit": (report.c.commit, "VARCHAR"),
    "owner": (report.c.owner, "VARCHAR"),
    "draft": (report.c.draft, "BOOLEAN"),
    "verdict": (report.c.verdict, "VARCHAR"),
    "outcome": (report.c.outcome, "VARCHAR"),
    "policy": (report.c.policy, "VARCHAR"),
    "run_rows": (report.c.rows, "BIGINT"),
    "rows_published": (report.c.rows_published, "BIGINT"),
    "rows_quarantined": (report.c.rows_quarantined, "BIGINT"),
    "rule": (rule.c.key, "VARCHAR"),
    "digest": (rule.c.digest, "VARCHAR"),
    "label": (rule.c.label, "VARCHAR"),
    "severity": (result.c.severity, "VARCHAR"),
    "status": (result.c.status, "VARCHAR"),
    "failed": (result.c.failed, "BIGINT"),
    "rows": (result.c.rows, "BIGINT"),
    "value": (result.c.value, "DOUBLE"),
}
_BATCH = 10_000


def export(store: Store, file: Path) -> int:
    """Write all results to a file of Parquet, and return how many: read in batches, so that memory stays small.

    Raises:
        CallError: the file cannot be written.
        TransientError: the store cannot be used.
    """
    query = (
        sa.select(*(column.label(name) for name, (column, _) in COLUMNS.items()))
        .select_from(result)
        .join(rule, rule.c.id == result.c.rule_id)
        .join(report, report.c.id == result.c.report_id)
        .join(dataset, dataset.c.id == report.c.dataset_id)
        .order_by(result.c.rule_id, result.c.report_id)
    )
    try:
        with tempfile.TemporaryDirectory(prefix=".headgate-", dir=file.absolute().parent) as folder:
            lines, made = Path(folder, "results.jsonl"), Path(folder, "results.parquet")
            count = _write_lines(store, query, lines)
            _convert(lines, made)
            made.replace(file)
    except (OSError, duckdb.Error) as error:
        raise CallError(f"{file} cannot be written: {str(error).splitlines()[0]}") from None
    return count


def _write_lines(store: Store, query: Any, lines: Path) -> int:
    count = 0
    with store.reading() as connection, lines.open("w", encoding="utf-8") as out:
        found = connection.execute(query, execution_options={"stream_results": True, "yield_per": _BATCH})
        for rows in found.partitions():
            out.writelines(f"{json.dumps(dict(row._mapping), default=str)}\n" for row in rows)
            count += len(rows)
    return count


def _convert(lines: Path, made: Path) -> None:
    types = ", ".join(f"{text(name)}: {text(kind)}" for name, (_, kind) in COLUMNS.items())
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = f"read_json({text(str(lines))}, format = 'newline_delimited', columns = {{{types}}})"
        connection.execute(f"COPY (FROM {rows}) TO {text(str(made))} (FORMAT parquet)")
