"""The store of the history: a database of SQLite or PostgreSQL, in which the same run is there once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from headgate.errors import ConfigurationError, MissingExtraError, TransientError
from headgate.history import migration, standing
from headgate.history.dags import dag_of
from headgate.history.delivery import ServerError
from headgate.history.dialect import insert, storable
from headgate.history.incidents import fold_in
from headgate.history.record import Kind, RunRecord
from headgate.history.tables import dataset, dataset_dag, level, report, result, rule


class Store:
    """A store by its URL; `open_store` makes one. Any number of processes may write to it at once.

    Args:
        seconds: how long it waits for a lock, and a server for a statement.
    """

    def __init__(self, url: str, *, seconds: float = 10.0) -> None:
        self.engine = _engine(url, seconds)
        # Without the password, and what else may be secret.
        parts = self.engine.url
        where = f"{parts.host or ''}{f':{parts.port}' if parts.port else ''}/" if parts.host else ""
        self.label = f"{parts.get_backend_name()} {where}{parts.database or ''}"

    def prepare(self) -> None:
        """Create or upgrade the tables. Raises TransientError."""
        if self.engine.dialect.name == "sqlite":
            try:
                Path(str(self.engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise TransientError(f"{self.label}: its folder cannot be made: {error.strerror}") from None
        with self._said():
            migration.ensure_schema(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    def record(self, record: RunRecord, *, now: datetime | None = None, tells: bool = True) -> None:
        """Write a record, what stands after it, the incidents that it opens and closes, and the messages about these,
        in one transaction. What is there of the same run is replaced, unless it was measured later.

        Args:
            now: the time of the messages, by default that of the clock.
            tells: whether there are messages.

        Raises:
            ServerError: the database refuses this record.
            TransientError: the database cannot be used now.
        """
        try:
            with self.writing() as connection:
                dataset_id = _dataset_id(connection, record)
                if record.kind is not Kind.WATCH:
                    _write(connection, dataset_id, record)
                    _write_dag(connection, dataset_id, record)
                fold_in(connection, dataset_id, record, now or datetime.now(UTC), tells=tells)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise ServerError(f"{self.label}: {type(error).__name__}: {error}") from None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that only reads. Raises TransientError."""
        with self._said(), self.engine.connect().execution_options(headgate_reads=True) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection whose transaction is committed at the end. Raises ServerError, TransientError."""
        with self._said(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say what the database says in one line of ours, without the parameters."""
        try:
            yield
        except (sa.exc.DataError, sa.exc.IntegrityError) as error:
            raise ServerError(f"{self.label}: {_first_line(error)}") from None
        except sa.exc.SQLAlchemyError as error:
            raise TransientError(f"{self.label}: {_first_line(error)}") from None
        except migration.SchemaError as error:
            raise migration.SchemaError(f"{self.label}: {error}") from None


def _engine(url: str, seconds: float) -> sa.Engine:
    wrong = "the URL of the store cannot be read; write other characters than letters and digits in a password as %XX"
    try:
        parts = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigurationError(wrong) from None
    if set(parts.host or "") & set("@#?"):  # what is left of a password must not pass for a host, which is shown
        raise ConfigurationError(wrong)
    if parts.get_backend_name() == "sqlite":
        return _sqlite(parts, seconds)
    if "+" not in parts.drivername:
        parts = parts.set(drivername="postgresql+psycopg")
    options = {"connect_timeout": max(1, round(seconds)), "application_name": "headgate history"}
    own: dict[str, Any] = {name: value for name, value in options.items() if name not in parts.query}
    if parts.get_driver_name() == "psycopg":
        own["prepare_threshold"] = None  # a pooler gives each transaction another connection
    try:
        engine = sa.create_engine(parts, pool_size=1, connect_args=own)
    except ImportError:
        raise MissingExtraError(parts.get_driver_name(), "postgres") from None

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # Of this transaction, not of the connection: a pooler in between may give that to others.
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")

    return engine


def _sqlite(parts: sa.URL, seconds: float) -> sa.Engine:
    engine = sa.create_engine(parts, connect_args={"timeout": seconds})

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver, which spares DDL
        for setting in ("journal_mode = wal", "synchronous = normal", "foreign_keys = on"):
            connection.execute(f"pragma {setting}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A transaction that reads first could not wait for the lock that it needs later.
        reads = connection.get_execution_options().get("headgate_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _write(connection: sa.Connection, dataset_id: int, record: RunRecord) -> None:
    about = (report.c.dataset_id == dataset_id, report.c.kind == str(record.kind))
    same_run = sa.select(report.c.id, report.c.at).where(*about, report.c.run_key == storable(record.run_key))
    there = connection.execute(same_run).first()
    if there is not None and there.at > record.at:
        return
    report_id = _write_report(connection, dataset_id, record, there.id if there else None)
    rules = _rule_ids(connection, dataset_id, record)
    if rows := [_result_row(rules[each.rule], report_id, each) for each in record.results]:
        connection.execute(result.insert(), rows)
    if levels := [_level_row(report_id, each) for each in record.levels]:
        connection.execute(level.insert(), levels)
    standing.refresh(connection, dataset_id, report_id, replaced=there is not None)
    if there is not None:
        _delete_unused_rules(connection, dataset_id)


def _write_dag(connection: sa.Connection, dataset_id: int, record: RunRecord) -> None:
    if (dag_id := dag_of(storable(record.run_key))) is not None:
        row = {"dataset_id": dataset_id, "dag_id": dag_id}
        connection.execute(insert(connection, dataset_dag).on_conflict_do_nothing(), row)


def _dataset_id(connection: sa.Connection, record: RunRecord) -> int:
    """Return the id of the record's dataset, which nobody else writes until the transaction ends."""
    place = record.place
    named = {
        "contract": storable(record.contract),
        "name": storable(record.dataset),
        "namespace": storable(place.namespace if place else ""),
        "place": storable(place.name if place else ""),
    }
    find = sa.select(dataset.c.id).where(*(dataset.c[name] == value for name, value in named.items())).with_for_update()
    found = connection.scalar(find)
    if found is None:
        connection.execute(insert(connection, dataset).on_conflict_do_nothing(), named)
        found = connection.execute(find).scalar_one()
    return int(found)


def _write_report(connection: sa.Connection, dataset_id: int, record: RunRecord, there: int | None) -> int:
    values = {
        "dataset_id": dataset_id,
        "kind": str(record.kind),
        "run_key": storable(record.run_key),
        "moment": record.moment,
        "at": record.at,
        "interval_start": record.interval[0],
        "interval_end": record.interval[1],
        "version": storable(record.version),
        "commit": storable(record.commit),
        "owner": storable(record.owner),
        "draft": record.draft,
        "verdict": record.verdict,
        "outcome": record.outcome,
        "policy": storable(record.policy),
        "rows": record.rows,
        "rows_published": record.rows_published,
        "rows_quarantined": record.rows_quarantined,
    }
    if there is None:
        return int(connection.execute(report.insert().returning(report.c.id), values).scalar_one())
    connection.execute(result.delete().where(result.c.report_id == there))
    connection.execute(level.delete().where(level.c.report_id == there))
    connection.execute(report.update().where(report.c.id == there), values)
    return there


def _rule_ids(connection: sa.Connection, dataset_id: int, record: RunRecord) -> dict[Any, int]:
    """Return the id of each rule. Those that the dataset did not have yet are added; each is called as the newest run
    calls it."""
    find = sa.select(rule).where(rule.c.dataset_id == dataset_id)
    known = {(row.key, row.digest): row for row in connection.execute(find)}
    said = {
        each.rule: {"label": storable(each.label), "about": storable(json.dumps(each.about, sort_keys=True))}
        for each in record.results
    }
    new = [
        {"dataset_id": dataset_id, "key": storable(each.key), "digest": each.digest, **texts}
        for each, texts in said.items()
        if (storable(each.key), each.digest) not in known
    ]
    for each, texts in said.items():
        row = known.get((storable(each.key), each.digest))
        if row is None or {"label": row.label, "about": row.about} == texts:
            continue
        if not _has_newer(connection, row.id, record):
            connection.execute(rule.update().where(rule.c.id == row.id), texts)
    if new:
        connection.execute(rule.insert(), new)
        known = {(row.key, row.digest): row for row in connection.execute(find)}
    return {each: int(known[storable(each.key), each.digest].id) for each in said}


def _delete_unused_rules(connection: sa.Connection, dataset_id: int) -> None:
    """Delete the rules of which no result is left, after a run was replaced by one that does not have them."""
    used = sa.exists().where(result.c.rule_id == rule.c.id)
    connection.execute(rule.delete().where(rule.c.dataset_id == dataset_id, ~used))


def _has_newer(connection: sa.Connection, rule_id: int, record: RunRecord) -> bool:
    later = sa.or_(report.c.moment > record.moment, sa.and_(report.c.moment == record.moment, report.c.at > record.at))
    of_rule = sa.select(report.c.id).join(result).where(result.c.rule_id == rule_id, later)
    return connection.execute(of_rule.limit(1)).first() is not None


def _result_row(rule_id: int, report_id: int, each: Any) -> dict[str, Any]:
    return {
        "rule_id": rule_id,
        "report_id": report_id,
        "severity": each.severity,
        "status": each.status,
        "failed": each.failed,
        "rows": each.rows,
        "value": each.value,
    }


def _level_row(report_id: int, each: Any) -> dict[str, Any]:
    kept = json.dumps(each, ensure_ascii=True, sort_keys=True)
    return {"report_id": report_id, "key": storable(each["key"]), "status": str(each["status"]), "result": kept}


def _first_line(error: BaseException) -> str:
    """Return what the driver said, without the statement and its parameters."""
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return said.splitlines()[0]
