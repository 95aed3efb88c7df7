"""The questions that the history answers. Each is one or two small queries, and none reads all of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from headgate.history.record import Kind
from headgate.history.standing import NEWEST_FIRST
from headgate.history.store import Store
from headgate.history.tables import dataset, dataset_standing, is_at, level, report, result, rule, standing
from headgate.history.views import (
    BadRows,
    BadShare,
    DatasetStanding,
    Latest,
    Point,
    RuleStanding,
    RuleTrend,
    RunDetail,
    RunLine,
    Trend,
)
from headgate.naming import PlaceName

RUN = tuple(column for column in report.c if column.name != "dataset_id")
_COUNTS = ("rules", "broken", "warned", "unmeasured", "since", "recent")
_POINT = (result.c.report_id, result.c.severity, result.c.status, result.c.failed, result.c.rows, result.c.value)


def home(store: Store) -> tuple[DatasetStanding, ...]:
    """Return what stands of every dataset: those with broken rules first, then what is unknown, then those with
    warnings; of each the name tells the order."""
    return _standings(store)


def by_id(store: Store, ids: Iterable[int]) -> tuple[DatasetStanding, ...]:
    """Return what stands of the datasets that have these ids in the store, in the order of `home`."""
    return _standings(store, dataset.c.id.in_(list(ids)))


def find(store: Store, name: str) -> tuple[DatasetStanding, ...]:
    """Return what stands of the datasets that are called `name` at any place: DATASET, or CONTRACT.DATASET."""
    contract, _, last = name.rpartition(".")
    full = sa.and_(dataset.c.contract == contract, dataset.c.name == last)
    return _standings(store, sa.or_(dataset.c.name == name, full))


def at_place(store: Store, place: PlaceName) -> tuple[DatasetStanding, ...]:
    """Return what stands of the datasets at a place."""
    return _standings(store, is_at(place))


def rules(store: Store, dataset_id: int) -> tuple[RuleStanding, ...]:
    """Return the rules of a dataset's newest run, those that are broken first."""
    query = (
        sa.select(rule.c.id, rule.c.key, rule.c.digest, rule.c.label)
        .add_columns(standing.c.severity, standing.c.status, standing.c.since, rule.c.about)
        .join(standing, standing.c.rule_id == rule.c.id)
        .where(standing.c.dataset_id == dataset_id)
    )
    with store.reading() as connection:
        rows = _rows(connection, query)
    found = [RuleStanding(**row._asdict() | {"about": json.loads(row.about)}) for row in rows]
    rank = ("failed", "errored", "not_executed", "passed")
    return tuple(sorted(found, key=lambda each: (rank.index(each.status), each.severity != "error", each.key)))


def runs(store: Store, dataset_id: int, limit: int = 30) -> tuple[RunLine, ...]:
    """Return the last runs of a dataset, the newest first."""
    with store.reading() as connection:
        return tuple(map(run_line, _rows(connection, _newest(dataset_id, limit))))


def trend(
    store: Store,
    dataset_id: int,
    limit: int = 100,
    rule_id: int | None = None,
    dags: Collection[str] | None = None,
) -> Trend:
    """Return the last runs of a dataset with the results of its rules, or of one of them; `dags`: only runs of these
    DAGs."""
    newest = _newest(dataset_id, limit, dags)
    with store.reading() as connection:
        last = [run_line(row) for row in _rows(connection, newest)][::-1]
        which: list[Any] = [result.c.report_id.in_([each.id for each in last])]
        if rule_id is not None:
            which.append(result.c.rule_id == rule_id)
        found = _rows(connection, sa.select(result.c.rule_id, *_POINT).where(*which))
        named = _rows(connection, _rule_names(dataset_id))
    order = {run.id: number for number, run in enumerate(last)}
    points: defaultdict[int, list[Point]] = defaultdict(list)
    for rule_of, *point in found:
        if point[0] in order:
            points[rule_of].append(Point(*point))
    trends = (
        RuleTrend(
            row.id, row.key, row.digest, row.label, tuple(sorted(points[row.id], key=lambda each: order[each.report]))
        )
        for row in named
        if row.id in points
    )
    return Trend(tuple(last), tuple(trends))


def run(store: Store, dataset_id: int, run_key: str, kind: str) -> RunDetail | None:
    """Return a run with its results; None where there is none."""
    which = (report.c.dataset_id == dataset_id, report.c.run_key == run_key, report.c.kind == kind)
    with store.reading() as connection:
        row = connection.execute(sa.select(*RUN).where(*which)).first()
        if row is None:
            return None
        query = (
            sa.select(rule.c.id, rule.c.key, rule.c.digest, rule.c.label, *_POINT)
            .join(result, result.c.rule_id == rule.c.id)
            .where(result.c.report_id == row.id)
            .order_by(rule.c.key)
        )
        results = tuple(
            RuleTrend(each.id, each.key, each.digest, each.label, (Point(*each[4:]),))
            for each in _rows(connection, query)
        )
        texts = _rows(connection, sa.select(level.c.result).where(level.c.report_id == row.id).order_by(level.c.key))
        return RunDetail(run_line(row), results, tuple(json.loads(text) for (text,) in texts))


def bad_share(store: Store, now: datetime, days: int = 28) -> tuple[BadShare, ...]:
    """Return for each dataset how many of its runs in the last `days` were bad."""
    bad = sa.func.sum(sa.case((report.c.verdict.in_(("breach", "unknown")), 1), else_=0))
    query = (
        sa.select(report.c.dataset_id, sa.func.count(), bad)
        .where(report.c.at >= now - timedelta(days=days), report.c.at <= now)
        .group_by(report.c.dataset_id)
    )
    with store.reading() as connection:
        return tuple(BadShare(*row) for row in _rows(connection, query))


def latest(store: Store, place: PlaceName, name: str) -> Latest:
    """Return what a check and a publish found last, by the clock, of the dataset `name` at a place."""
    found: dict[str, RunLine] = {}
    with store.reading() as connection:
        of_place = sa.select(dataset.c.id).where(is_at(place), dataset.c.name == name)
        for kind in (Kind.CHECK, Kind.PART, Kind.PUBLISH):
            query = sa.select(*RUN).where(report.c.dataset_id.in_(of_place), report.c.kind == str(kind))
            row = connection.execute(query.order_by(report.c.at.desc(), report.c.run_key).limit(1)).first()
            if row is not None:
                found[kind] = run_line(row)
    return Latest(*(found.get(kind) for kind in (Kind.CHECK, Kind.PART, Kind.PUBLISH)))


def bad_rows(store: Store, place: PlaceName, name: str, since: datetime) -> tuple[BadRows, ...]:
    """Return for each run of the dataset `name` at a place that was measured after `since`, and looked at all rows, how
    many rows broke an error-level rule."""
    broke = sa.case((sa.and_(result.c.status == "failed", result.c.severity == "error"), result.c.failed))
    query = (
        sa.select(report.c.at, report.c.rows, report.c.outcome, report.c.rows_quarantined)
        .add_columns(sa.func.max(broke), sa.func.sum(broke))
        .join(dataset, dataset.c.id == report.c.dataset_id)
        .join(result, result.c.report_id == report.c.id, isouter=True)
        .where(is_at(place), dataset.c.name == name, report.c.at > since, report.c.kind != str(Kind.PART))
        .group_by(report.c.id, report.c.at, report.c.rows, report.c.outcome, report.c.rows_quarantined)
    )
    with store.reading() as connection:
        found = _rows(connection, query)
    return tuple(
        BadRows(at, rows, quarantined, quarantined)
        if outcome == "published_partly"
        else BadRows(at, rows, most or 0, min(rows, int(total or 0)))
        for at, rows, outcome, quarantined, most, total in found
    )


def failed(store: Store, report_id: int) -> tuple[tuple[str, str], ...]:
    """Return the rules that failed in a run, by its id: (key, severity)."""
    query = (
        sa.select(rule.c.key, result.c.severity)
        .join(result, result.c.rule_id == rule.c.id)
        .where(result.c.report_id == report_id, result.c.status == "failed")
        .order_by(rule.c.key)
    )
    with store.reading() as connection:
        return tuple((row.key, row.severity) for row in _rows(connection, query))


def _rows(connection: sa.Connection, query: Any) -> Sequence[Any]:
    return connection.execute(query).all()


def _standings(store: Store, *which: Any) -> tuple[DatasetStanding, ...]:
    query = (
        sa.select(dataset.c.id, dataset.c.contract, dataset.c.name, dataset.c.namespace, dataset.c.place)
        .add_columns(
            *(dataset_standing.c[name] for name in _COUNTS), *(column.label(f"run_{column.name}") for column in RUN)
        )
        .join(dataset_standing, dataset_standing.c.dataset_id == dataset.c.id)
        .join(report, report.c.id == dataset_standing.c.report_id)
        .where(*which)
    )
    with store.reading() as connection:
        found = [_standing(row) for row in _rows(connection, query)]
    return tuple(sorted(found, key=_by_trouble))


def _standing(row: Sequence[Any]) -> DatasetStanding:
    id_, contract, name, namespace, place, *more = row
    where = PlaceName(namespace, place) if namespace or place else None
    counts, last = more[: len(_COUNTS)], more[len(_COUNTS) :]
    return DatasetStanding(id_, contract, name, where, run_line(last), *counts)


def _by_trouble(each: DatasetStanding) -> tuple[Any, ...]:
    rank = {"breach": 0, "unknown": 1, "warn": 2}.get(each.last.verdict, 3)
    return rank, each.contract, each.dataset, str(each.place)


def _newest(dataset_id: int, limit: int, dags: Collection[str] | None = None) -> Any:
    query = sa.select(*RUN).where(report.c.dataset_id == dataset_id).order_by(*NEWEST_FIRST).limit(limit)
    if dags is None:
        return query
    of_dag = (sa.func.substr(report.c.run_key, 1, len(dag) + 1) == f"{dag}/" for dag in dags)
    return query.where(sa.or_(sa.false(), *of_dag))


def _rule_names(dataset_id: int) -> Any:
    return (
        sa.select(rule.c.id, rule.c.key, rule.c.digest, rule.c.label)
        .where(rule.c.dataset_id == dataset_id)
        .order_by(rule.c.key, rule.c.id)
    )


def run_line(row: Sequence[Any]) -> RunLine:
    """Return a run from its columns `RUN`."""
    id_, kind, run_key, moment, at, start, end, *more = row
    return RunLine(id_, kind, run_key, moment, at, (start, end), *more)
