"""The questions of a page about all datasets at once. Each is one query, and none reads all of the history."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from headgate.history.dags import TaskRun
from headgate.history.read import RUN, run_line
from headgate.history.record import Kind
from headgate.history.store import Store
from headgate.history.tables import (
    act,
    concern,
    dataset,
    dataset_dag,
    dataset_standing,
    incident,
    level,
    report,
    result,
    rule,
    standing,
)
from headgate.history.tables import upstream as above
from headgate.history.views import DatasetName, Pace, QuarantineLine, RunLine, Waiting
from headgate.incidents import Concern, Deed
from headgate.naming import PlaceName

# How often a dataset runs is told from so many days.
_PACE = timedelta(days=35)
# So long are quarantined rows kept, unless the contract says otherwise.
_RETENTION = timedelta(days=30)
# No list of runs is longer, whatever is asked.
_MOST = 500


def dags(store: Store, ids: Collection[int] | None = None) -> Mapping[int, frozenset[str]]:
    """Return the ids of the DAGs that ran datasets, by the ids of these; one that none ran is not there."""
    query = _only(sa.select(dataset_dag.c.dataset_id, dataset_dag.c.dag_id), dataset_dag.c.dataset_id, ids)
    found: defaultdict[int, set[str]] = defaultdict(set)
    with store.reading() as connection:
        for dataset_id, dag_id in _rows(connection, query):
            found[dataset_id].add(dag_id)
    return {dataset_id: frozenset(ids) for dataset_id, ids in found.items()}


def dags_by_name(store: Store) -> Mapping[tuple[str, str], frozenset[str]]:
    """Return the ids of the DAGs that ran each dataset, at whatever place, by the contract's id and the dataset's
    name."""
    query = sa.select(dataset.c.contract, dataset.c.name, dataset_dag.c.dag_id).join(dataset_dag)
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    with store.reading() as connection:
        for contract, name, dag_id in _rows(connection, query):
            found[contract, name].add(dag_id)
    return {names: frozenset(ids) for names, ids in found.items()}


def datasets_of_dag(store: Store, dag_id: str) -> frozenset[int]:
    """Return the ids of the datasets that a DAG ran."""
    with store.reading() as connection:
        return frozenset(connection.scalars(sa.select(dataset_dag.c.dataset_id).where(dataset_dag.c.dag_id == dag_id)))


def datasets_of_incidents(store: Store, numbers: Collection[int]) -> Mapping[int, int]:
    """Return the id of the dataset of each incident, by the incident's number."""
    query = sa.select(incident.c.id, incident.c.dataset_id).where(incident.c.id.in_(list(numbers)))
    with store.reading() as connection:
        return dict(row.tuple() for row in connection.execute(query))


def levels_now(store: Store, ids: Collection[int] | None = None) -> Mapping[int, tuple[Mapping[str, Any], ...]]:
    """Return the service levels in the newest run of each dataset, or some, as `LevelResult.to_dict`, by the dataset's
    id."""
    query = sa.select(dataset_standing.c.dataset_id, level.c.result).join(
        level, level.c.report_id == dataset_standing.c.report_id
    )
    query = _only(query, dataset_standing.c.dataset_id, ids)
    found: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    with store.reading() as connection:
        for dataset_id, text in _rows(connection, query.order_by(level.c.report_id, level.c.key)):
            found[dataset_id].append(json.loads(text))
    return {dataset_id: tuple(levels) for dataset_id, levels in found.items()}


def paces(store: Store, ids: Collection[int], now: datetime) -> Mapping[int, Pace]:
    """Return how often datasets ran in the last 35 days, by their ids."""
    query = (
        sa.select(report.c.dataset_id, sa.func.count(), sa.func.min(report.c.at), sa.func.max(report.c.at))
        .where(report.c.dataset_id.in_(list(ids)), report.c.at >= now - _PACE)
        .group_by(report.c.dataset_id)
    )
    with store.reading() as connection:
        return {row[0]: Pace(*row[1:]) for row in _rows(connection, query)}


def datasets_with(store: Store, check_type: str) -> frozenset[int]:
    """Return the ids of the datasets whose newest run has a check of a type."""
    named = f'%"type": "{check_type}"%'
    query = sa.select(standing.c.dataset_id).join(rule, rule.c.id == standing.c.rule_id).where(rule.c.about.like(named))
    with store.reading() as connection:
        return frozenset(connection.scalars(query))


def names(store: Store, ids: Iterable[int]) -> Mapping[int, DatasetName]:
    """Return what datasets are called, by their ids."""
    query = sa.select(dataset.c.id, dataset.c.contract, dataset.c.name, dataset.c.namespace, dataset.c.place)
    with store.reading() as connection:
        rows = _rows(connection, query.where(dataset.c.id.in_(list(ids))))
    return {
        id_: DatasetName(id_, contract, name, PlaceName(space, place) if space or place else None)
        for id_, contract, name, space, place in rows
    }


def full_names(store: Store) -> Mapping[int, str]:
    """Return CONTRACT.DATASET of each dataset, by its id."""
    with store.reading() as connection:
        rows = _rows(connection, sa.select(dataset.c.id, dataset.c.contract, dataset.c.name))
    return {id_: f"{contract}.{name}" for id_, contract, name in rows}


def upstream(store: Store) -> Mapping[int, frozenset[int]]:
    """Return the ids of the datasets that each dataset was made from, as its runs say."""
    source = dataset.alias()
    same = sa.and_(source.c.namespace == above.c.namespace, source.c.place == above.c.place)
    found: defaultdict[int, set[int]] = defaultdict(set)
    with store.reading() as connection:
        for dataset_id, other in _rows(connection, sa.select(above.c.dataset_id, source.c.id).join(source, same)):
            found[dataset_id].add(other)
    return {dataset_id: frozenset(ids) for dataset_id, ids in found.items()}


def broken_among(store: Store, ids: Collection[int]) -> int:
    """Return how many of some datasets have an open incident that their owner is told of."""
    query = sa.select(sa.func.count(incident.c.dataset_id.distinct())).where(
        incident.c.dataset_id.in_(list(ids)), incident.c.closed.is_(None), incident.c.pages
    )
    with store.reading() as connection:
        return int(connection.scalar(query) or 0)


def concern_of(store: Store, dataset_id: int) -> Concern | None:
    """Return whom a dataset concerns, as its newest run says; None where none said it."""
    with store.reading() as connection:
        body = connection.scalar(sa.select(concern.c.body).where(concern.c.dataset_id == dataset_id))
    return Concern.from_dict(json.loads(body)) if body else None


def quarantined(
    store: Store, now: datetime, ids: Collection[int] | None = None, limit: int = _MOST
) -> tuple[QuarantineLine, ...]:
    """Return the runs of the last 30 days that quarantined rows, the newest first, each with the rules that the rows
    broke, and what a person did about them. Older rows are dropped by the next publish, unless a contract says
    otherwise (`quarantineRetention`), which is not known here; of some datasets, by their `ids`."""
    query = (
        sa.select(report.c.dataset_id, *RUN)
        .where(*_kept(now))
        .order_by(report.c.at.desc(), report.c.id.desc())
        .limit(limit)
    )
    with store.reading() as connection:
        rows = _rows(connection, _only(query, report.c.dataset_id, ids))
        why = _broken(connection, [row.id for row in rows])
        done = _released(connection, {row.dataset_id for row in rows})
    return tuple(
        QuarantineLine(row.dataset_id, run_line(row[1:]), why[row.id], done.get((row.dataset_id, row.run_key)))
        for row in rows
    )


def waiting(store: Store, now: datetime, ids: Collection[int] | None = None) -> Mapping[int, Waiting]:
    """Return how many rows wait in quarantine, as of `quarantined`, of each dataset, or some, by the dataset's id."""
    decided = sa.exists().where(
        act.c.dataset_id == report.c.dataset_id, act.c.run_key == report.c.run_key, act.c.deed == str(Deed.RELEASE)
    )
    query = (
        sa.select(report.c.dataset_id, sa.func.sum(report.c.rows_quarantined), sa.func.min(report.c.at))
        .where(*_kept(now), ~decided)
        .group_by(report.c.dataset_id)
    )
    with store.reading() as connection:
        found = _rows(connection, _only(query, report.c.dataset_id, ids))
    return {dataset_id: Waiting(int(rows), since) for dataset_id, rows, since in found}


def _kept(now: datetime) -> tuple[Any, ...]:
    return report.c.kind == str(Kind.PUBLISH), report.c.rows_quarantined > 0, report.c.at >= now - _RETENTION


def run_by_id(store: Store, report_id: int) -> tuple[int, RunLine] | None:
    """Return a run by its number, with the id of its dataset; None where there is none."""
    with store.reading() as connection:
        row = connection.execute(sa.select(report.c.dataset_id, *RUN).where(report.c.id == report_id)).first()
    return (row.dataset_id, run_line(row[1:])) if row is not None else None


def runs_before(store: Store, dataset_id: int, run: RunLine, limit: int = 30) -> tuple[RunLine, ...]:
    """Return the last runs of the same kind before another, the newest first."""
    earlier = sa.or_(report.c.moment < run.moment, sa.and_(report.c.moment == run.moment, report.c.at < run.at))
    query = sa.select(*RUN).where(report.c.dataset_id == dataset_id, report.c.kind == run.kind, earlier)
    with store.reading() as connection:
        rows = _rows(connection, query.order_by(report.c.moment.desc(), report.c.at.desc()).limit(limit))
    return tuple(map(run_line, rows))


def runs_of_dag(
    store: Store, dag_id: str, *, run_id: str = "", task_id: str = "", ids: Collection[int] = (), limit: int = _MOST
) -> tuple[tuple[int, RunLine], ...]:
    """Return the last runs of a DAG, of one of its runs, or of a task in it, the newest first, each with the id of its
    dataset; of some datasets, by their `ids`."""
    query = sa.select(report.c.dataset_id, *RUN).where(report.c.dataset_id.in_(list(ids)))
    prefix = f"{dag_id}/{task_id}/" if task_id else f"{dag_id}/"
    query = query.where(sa.func.substr(report.c.run_key, 1, len(prefix)) == prefix)
    if run_id:
        escaped = run_id.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        ends = (report.c.run_key.like(f"%/{escaped}{end}", escape="\\") for end in ("", "/%"))
        query = query.where(sa.or_(*ends))
    with store.reading() as connection:
        rows = _rows(connection, query.order_by(report.c.at.desc(), report.c.id.desc()).limit(limit))
    return tuple((row.dataset_id, run_line(row[1:])) for row in rows)


def run_of_task(found: Iterable[tuple[int, RunLine]], wanted: TaskRun) -> tuple[tuple[int, RunLine], ...]:
    """Return of runs those of exactly this run of a task: of its part, where it has one, else of all its parts."""
    whole = f"{wanted.dag_id}/{wanted.task_id}/{wanted.run_id}"
    exact = tuple(each for each in found if each[1].run_key in (whole, f"{whole}/{wanted.part}"))
    return exact or tuple(each for each in found if each[1].run_key.startswith(f"{whole}/"))


def _only(query: Any, column: Any, ids: Collection[int] | None) -> Any:
    return query if ids is None else query.where(column.in_(list(ids)))


def _rows(connection: sa.Connection, query: Any) -> Sequence[Any]:
    return connection.execute(query).all()


def _broken(connection: sa.Connection, ids: list[int]) -> Mapping[int, tuple[str, ...]]:
    """Return what the error-level rules say that failed in runs."""
    query = (
        sa.select(result.c.report_id, rule.c.label)
        .join(rule, rule.c.id == result.c.rule_id)
        .where(result.c.report_id.in_(ids), result.c.status == "failed", result.c.severity == "error")
        .order_by(rule.c.key)
    )
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for report_id, label in _rows(connection, query):
        found[report_id] += (label,)
    return found


def _released(connection: sa.Connection, ids: Collection[int]) -> Mapping[tuple[int, str], str]:
    query = sa.select(act.c.dataset_id, act.c.run_key, act.c.at, act.c.by, act.c.text)
    rows = connection.execute(query.where(act.c.dataset_id.in_(list(ids)), act.c.deed == str(Deed.RELEASE)))
    return {(row.dataset_id, row.run_key): f"{row.text}, by {row.by}" for row in rows}
