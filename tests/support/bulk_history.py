"""Writes many records into an empty store at once: the same rows as Store.record writes one by one, without messages."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from headgate.history import Kind, RunRecord, findings, standing, store
from headgate.history.dags import dag_of
from headgate.history.store import Store
from headgate.history.tables import (
    concern,
    dataset,
    dataset_dag,
    dataset_standing,
    finding,
    incident,
    level,
    promises,
    report,
    result,
    rule,
    upstream,
)
from headgate.history.tables import standing as rule_standing
from headgate.incidents import fold

# In the order of their references.
TABLES = (dataset, dataset_dag, rule, report, result, level, promises, finding, concern, upstream, incident, dataset_standing, rule_standing)  # fmt: skip
CHUNK = 200_000
Row = dict[str, Any]


@dataclass
class Rows:
    """The rows of records, and the ids that they got so far."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {table.name: [] for table in TABLES})
    ids: dict[str, Iterator[int]] = field(
        default_factory=lambda: {table.name: itertools.count(1) for table in TABLES if "id" in table.c}
    )

    def add(self, table: sa.Table, row: Row) -> int:
        """Keep a row; return its id, 0 in a table without one."""
        number = next(self.ids[table.name]) if table.name in self.ids else 0
        self.tables[table.name].append({"id": number, **row} if number else row)
        return number

    def count(self) -> int:
        return sum(map(len, self.tables.values()))


def fill(into: Store, datasets: Iterable[Iterable[RunRecord]]) -> None:
    """Write the records of each dataset: checks of all of it and publishes, each run once, by the clock and by what the
    runs are about. Nothing else is in the store."""
    rows = Rows()
    with into.writing() as connection:
        for records in datasets:
            _add(rows, list(records))
            if rows.count() > CHUNK:
                _write(connection, rows)
        _write(connection, rows)
        if connection.dialect.name == "postgresql":
            for name, counter in rows.ids.items():
                connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {next(counter)})")
    if into.engine.dialect.name == "postgresql":
        with into.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def _add(rows: Rows, records: list[RunRecord]) -> None:
    """Add what records of one dataset leave."""
    assert all(a.at < b.at and a.moment < b.moment for a, b in itertools.pairwise(records))
    last = records[-1]
    where = {"namespace": last.place.namespace, "place": last.place.name} if last.place else {"namespace": "", "place": ""}  # fmt: skip
    dataset_id = rows.add(dataset, {"contract": last.contract, "name": last.dataset, **where})
    for dag_id in {dag for record in records if (dag := dag_of(record.run_key)) is not None}:
        rows.add(dataset_dag, {"dataset_id": dataset_id, "dag_id": dag_id})
    rules: dict[Any, Row] = {}
    promised: dict[frozenset[str], int] = {}
    found = []
    stands: dict[int, Row] = {}
    report_id = 0
    for record in records:
        assert record.kind in (Kind.CHECK, Kind.PUBLISH)
        report_id = rows.add(report, _report_row(dataset_id, record))
        for each in record.results:
            if each.rule not in rules:
                named = {"dataset_id": dataset_id, "key": each.rule.key, "digest": each.rule.digest}
                said = {"label": each.label, "about": json.dumps(each.about, sort_keys=True)}
                rules[each.rule] = {"id": rows.add(rule, named | said)}
            rows.add(result, store._result_row(rules[each.rule]["id"], report_id, each))
        for one in record.levels:
            rows.add(level, store._level_row(report_id, one))
        stands = _stands(record, {each: row["id"] for each, row in rules.items()}, dataset_id, report_id, stands)
        found.append(findings.finding_of(record))
        if found[-1].promises not in promised:
            said = json.dumps(sorted(found[-1].promises))
            digest = hashlib.sha256(said.encode()).hexdigest()
            keys = {"dataset_id": dataset_id, "digest": digest, "keys": said}
            promised[found[-1].promises] = rows.add(promises, keys)
        rows.add(finding, _finding_row(dataset_id, found[-1], promised[found[-1].promises]))
    for row in stands.values():
        rows.add(rule_standing, row)
    recent = "".join(each.verdict[:1] for each in records[-standing.RECENT :])
    stood = {"dataset_id": dataset_id, "report_id": report_id, "recent": recent}
    rows.add(dataset_standing, stood | standing._counts(list(stands.values())))
    about = json.dumps(findings.concern_of(last).to_dict())
    rows.add(concern, {"dataset_id": dataset_id, "at": last.at, "body": about, "folded_from": None})
    for place in {place for record in records for place in record.around.upstream} - {last.place}:
        rows.add(upstream, {"dataset_id": dataset_id, "namespace": place.namespace, "place": place.name})
    for line in fold(found).values():
        for each in line:
            body = {"marks": "{}", "settled": False, "body": json.dumps(each.to_dict())}
            times = {"opened": each.opened, "closed": each.closed, "pages": each.pages}
            rows.add(incident, {"dataset_id": dataset_id, "rule": each.rule} | times | body)


def _report_row(dataset_id: int, record: RunRecord) -> Row:
    same = ("run_key", "moment", "at", "version", "commit", "owner", "draft", "verdict", "outcome", "policy", "rows",
            "rows_published", "rows_quarantined")  # fmt: skip
    start, end = record.interval
    about = {"dataset_id": dataset_id, "kind": str(record.kind), "interval_start": start, "interval_end": end}
    return about | {name: getattr(record, name) for name in same}


def _finding_row(dataset_id: int, each: Any, promises_id: int) -> Row:
    about = {"dataset_id": dataset_id, "at": each.at, "kind": str(each.kind), "run_key": each.run_key}
    said = {"visible": each.visible, "promises_id": promises_id, "body": json.dumps(findings._body(each))}
    return about | {"interval_end": each.interval_end} | said


def _stands(record: RunRecord, ids: dict[Any, int], dataset_id: int, report_id: int, before: dict[int, Row]) -> dict[int, Row]:  # fmt: skip
    """What stands of the rules after a record, by their ids."""
    levels = {each["key"] for each in record.levels}
    after = {}
    for each in record.results:
        if each.status == "not_executed" and each.rule.key in levels:
            continue
        number = ids[each.rule]
        known = before.get(number)
        since = known["since"] if known and known["status"] == each.status else record.moment
        said = {"severity": each.severity, "status": each.status, "since": since}
        after[number] = {"rule_id": number, "dataset_id": dataset_id, "report_id": report_id} | said
    return after


def _write(connection: sa.Connection, rows: Rows) -> None:
    """Write the rows, and forget them."""
    for table in TABLES:
        if not (found := rows.tables[table.name]):
            continue
        if connection.dialect.name == "postgresql":
            names = list(found[0])
            columns = ", ".join(f'"{name}"' for name in names)
            with (
                connection.connection.cursor() as cursor,
                cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy,
            ):
                for row in found:
                    copy.write_row([row[name] for name in names])
        else:
            connection.execute(table.insert(), found)
        found.clear()
