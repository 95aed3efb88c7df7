"""Records of runs, the stores of SQLite and PostgreSQL that they go to, and what is in a store, without its own ids."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from headgate.checks import RuleId
from headgate.history import Kind, ResultRecord, RunRecord
from headgate.history.store import Store
from headgate.history.tables import (
    concern,
    dataset,
    dataset_dag,
    dataset_standing,
    finding,
    incident,
    level,
    message,
    promises,
    report,
    result,
    rule,
    standing,
)
from headgate.naming import PlaceName

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
PLACE = PlaceName("postgres://db:5432", "shop.public.orders")
# The verdict that a status of an error-level rule makes, the worst first.
VERDICTS = {"errored": "unknown", "not_executed": "unknown", "failed": "breach", "passed": "pass"}


def record(day: float, results: dict[str, str] | None = None, *, at: float | None = None, **fields: Any) -> RunRecord:
    """The run of a day: `results` are the statuses of rules by their keys, `at` the day on which it was measured."""
    statuses = {"id.required": "passed"} if results is None else results
    moment = BEGIN + timedelta(days=day)
    rules = tuple(
        ResultRecord(RuleId(key, f"v1:{key}"), f"{key} holds", "error", status, 2 * (status == "failed"), 10)
        for key, status in statuses.items()
    )
    worst = next((verdict for status, verdict in VERDICTS.items() if status in statuses.values()), "pass")
    values: dict[str, Any] = {
        "contract": "shop",
        "version": "1.0.0",
        "commit": "abc",
        "dataset": "orders",
        "owner": "Shop team",
        "draft": False,
        "place": PLACE,
        "kind": Kind.PUBLISH,
        "run_key": f"day-{day:g}",
        "interval": (moment - timedelta(days=1), moment),
        "moment": moment,
        "at": BEGIN + timedelta(days=day if at is None else at, minutes=5),
        "verdict": worst,
        "outcome": "published" if worst == "pass" else "halted",
        "policy": "halt (contract)",
        "rows": 10,
        "rows_published": 10,
        "rows_quarantined": 0,
        "results": rules,
    }
    return RunRecord(**values | fields)


def new_database(socket_folder: str) -> str:
    """The URL of a new database of the tests' PostgreSQL."""
    name = f"history_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"postgresql://headgate@/postgres?host={socket_folder}", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://headgate@/{name}?host={socket_folder}"


def sqlite_at(folder: Path, name: str = "history.db") -> str:
    return f"sqlite:///{folder / name}"


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a store, with names in place of its own ids."""
    of_dataset = (dataset.c.contract, dataset.c.name, dataset.c.namespace, dataset.c.place)
    of_report = (*of_dataset, report.c.kind, report.c.run_key)
    of_rule = (rule.c.key, rule.c.digest)
    runs = sa.join(report, dataset, report.c.dataset_id == dataset.c.id)
    rules = sa.join(rule, dataset, rule.c.dataset_id == dataset.c.id)
    both = result.join(report, result.c.report_id == report.c.id).join(rule, result.c.rule_id == rule.c.id)
    stands = standing.join(report, standing.c.report_id == report.c.id).join(rule, standing.c.rule_id == rule.c.id)
    queries = {
        "dataset": sa.select(*of_dataset),
        "dag": sa.select(*of_dataset, dataset_dag.c.dag_id).select_from(sa.join(dataset_dag, dataset)),
        "rule": sa.select(*of_dataset, *of_rule, rule.c.label, rule.c.about).select_from(rules),
        "report": sa.select(*of_report, *plain(report)).select_from(runs),
        "result": sa.select(*of_report, *of_rule, *plain(result)).select_from(joined(both)),
        "level": sa.select(*of_report, *plain(level)).select_from(runs.join(level, level.c.report_id == report.c.id)),
        "standing": sa.select(*of_report, *of_rule, *plain(standing)).select_from(joined(stands)),
        "dataset_standing": sa.select(*of_report, *plain(dataset_standing)).select_from(
            runs.join(dataset_standing, dataset_standing.c.report_id == report.c.id)
        ),
        "finding": sa.select(
            *of_dataset, finding.c.kind, finding.c.run_key, *plain(finding), promises.c["keys"]
        ).select_from(
            finding.join(dataset, finding.c.dataset_id == dataset.c.id).join(
                promises, promises.c.id == finding.c.promises_id
            )
        ),
        "incident": sa.select(*of_dataset, *plain(incident)).select_from(incident.join(dataset)),
        "concern": sa.select(*of_dataset, *plain(concern)).select_from(concern.join(dataset)),
    }
    with store.reading() as connection:
        return {name: sorted(map(tuple, connection.execute(query)), key=repr) for name, query in queries.items()}


def messages(store: Store) -> list[tuple[Any, ...]]:
    """What was told, to whom, in which order."""
    query = sa.select(dataset.c.name, message.c.told, message.c.recipient).select_from(message.join(dataset))
    with store.reading() as connection:
        return list(map(tuple, connection.execute(query.order_by(message.c.id))))


def plain(table: sa.Table) -> Iterable[sa.Column[Any]]:
    own = ("kind", "run_key", "marks", "settled")  # what was told goes by when a run arrived
    return [column for column in table.c if not column.name.endswith("id") and column.name not in own]


def joined(rows: Any) -> Any:
    return rows.join(dataset, report.c.dataset_id == dataset.c.id)
