"""The questions about incidents that the history answers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from headgate.history.causes import causes
from headgate.history.incident_views import DeliveryLine, IncidentDetail, IncidentLine, MessageLine, Reference, Times
from headgate.history.notices import incident_of
from headgate.history.store import Store
from headgate.history.tables import act, concern, dataset, delivery, finding, incident, message, message_incident
from headgate.history.timeline import timeline
from headgate.incidents import Act, Closing, Concern, Deed, Notice, incident_key
from headgate.levels.facts import WINDOW
from headgate.naming import PlaceName

_NAMES = (dataset.c.contract, dataset.c.name, dataset.c.namespace, dataset.c.place)
_LINE = (
    sa.select(incident.c.id, incident.c.dataset_id, incident.c.body, concern.c.body.label("concern"), *_NAMES)
    .join(dataset, dataset.c.id == incident.c.dataset_id)
    .join(concern, concern.c.dataset_id == incident.c.dataset_id, isouter=True)
)


def list_incidents(
    store: Store,
    now: datetime,
    *,
    closed: bool = False,
    name: str | None = None,
    datasets: Collection[int] | None = None,
) -> tuple[IncidentLine, ...]:
    """Return the open incidents: those that are worst for readers first, then those with most consumers, then the
    oldest; after them, where `closed`, the others, of which the last closed comes first.

    Args:
        now: from when on how often a promise broke is counted back.
        name: only those of DATASET, or CONTRACT.DATASET.
        datasets: only those of the datasets that have these ids in the store.
    """
    which: list[Any] = [] if closed else [incident.c.closed.is_(None)]
    if name is not None:
        contract, _, last = name.rpartition(".")
        full = sa.and_(dataset.c.contract == contract, dataset.c.name == last)
        which.append(sa.or_(dataset.c.name == name, full))
    if datasets is not None:
        which.append(incident.c.dataset_id.in_(list(datasets)))
    with store.reading() as connection:
        lines = _lines(connection, _LINE.where(*which), now)
    return tuple(sorted(lines, key=_by_trouble))


def incident_detail(store: Store, which: str, now: datetime) -> IncidentDetail | None:
    """Return all that is known of an incident, by its number, or the newest with a key; None where there is none."""
    with store.reading() as connection:
        number = _number(connection, which)
        lines = _lines(connection, _LINE.where(incident.c.id == number), now) if number is not None else ()
        if not lines:
            return None
        (line,) = lines
        acts, messages = _acts(connection, line), _messages(connection, line.number)
        return IncidentDetail(
            line=line,
            acts=acts,
            messages=messages,
            joined=_joined(connection, line),
            times=_times(connection, line, messages),
            timeline=timeline(line.incident, acts, messages),
        )


def _rows(connection: sa.Connection, query: Any) -> Sequence[Any]:
    return connection.execute(query).all()


def _lines(connection: sa.Connection, query: Any, now: datetime) -> tuple[IncidentLine, ...]:
    rows = _rows(connection, query)
    causes_of = causes(connection, [row.id for row in rows])
    named = _references(connection, causes_of.values())
    broke = _broke(connection, {row.id: json.loads(row.body)["rule"] for row in rows}, now)
    return tuple(
        IncidentLine(
            row.id,
            _concern(row),
            incident_of(row),
            broke[row.id],
            named.get(causes_of.get(row.id, 0)),
            row.dataset_id,
        )
        for row in rows
    )


def _concern(row: Any) -> Concern:
    if row.concern is not None:
        return Concern.from_dict(json.loads(row.concern))
    where = PlaceName(row.namespace, row.place) if row.namespace or row.place else None
    return Concern(row.contract, row.name, where)


def _references(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Reference]:
    query = sa.select(incident.c.id, dataset.c.contract, dataset.c.name, incident.c.pages, concern.c.body)
    query = query.select_from(incident.join(dataset)).outerjoin(concern, concern.c.dataset_id == dataset.c.id)
    return {row.id: _reference(*row) for row in _rows(connection, query.where(incident.c.id.in_(set(ids))))}


def _reference(number: int, contract: str, name: str, pages: bool, body: str | None) -> Reference:
    about = json.loads(body) if body else {"owner": "", "support": ()}
    return Reference(number, contract, name, pages, about["owner"], tuple(about["support"]))


def _broke(connection: sa.Connection, rules: Mapping[int, str], now: datetime) -> Mapping[int, int]:
    """Return for each of some incidents how often the promise broke in the window, in whatever incident."""
    other = incident.alias()
    same = sa.and_(other.c.dataset_id == incident.c.dataset_id, other.c.rule == incident.c.rule)
    recent = sa.or_(other.c.closed.is_(None), other.c.closed >= now - WINDOW)
    query = sa.select(incident.c.id, other.c.body).join_from(incident, other, same)
    counts: defaultdict[int, int] = defaultdict(int)
    for id_, body in _rows(connection, query.where(incident.c.id.in_(list(rules)), recent)):
        begun = [datetime.fromisoformat(each["opened"]) for each in json.loads(body)["episodes"]]
        counts[id_] += sum(now - WINDOW <= each <= now for each in begun)
    return counts


def _by_trouble(line: IncidentLine) -> tuple[Any, ...]:
    each = line.incident
    if each.closed is not None:
        return 1, -each.closed.timestamp(), line.number
    return 0, -each.current_effect.rank, -len(line.concern.consumers), each.opened, line.number


def _number(connection: sa.Connection, which: str) -> int | None:
    """Return the number that `which` is, else that of the newest incident with this key."""
    if which.isdecimal() and len(which) < 12:
        return int(which)
    query = sa.select(incident.c.id, incident.c.opened, incident.c.rule, *_NAMES).join(dataset)
    found = [(row.opened, row.id) for row in _rows(connection, query) if _key(row) == which.lower()]
    return max(found)[1] if found else None


def _key(row: Any) -> str:
    where = PlaceName(row.namespace, row.place) if row.namespace or row.place else None
    return incident_key(row.contract, row.name, where, row.rule)


def _acts(connection: sa.Connection, line: IncidentLine) -> tuple[Act, ...]:
    """Return what people did about this incident, and not about those of the rule before or after it."""
    mine = sa.select(incident.c.dataset_id, incident.c.rule).where(incident.c.id == line.number).subquery()
    same = (incident.c.dataset_id == mine.c.dataset_id, incident.c.rule == mine.c.rule)
    later = sa.select(sa.func.min(incident.c.opened)).where(*same, incident.c.opened > line.incident.opened)
    end = connection.execute(later).scalar()
    did = sa.select(act.c.at, act.c.rule, act.c.deed, act.c.by, act.c.text, act.c.until)
    query = did.join(mine, sa.and_(act.c.dataset_id == mine.c.dataset_id, act.c.rule == mine.c.rule)).where(
        act.c.at >= line.incident.opened, *([act.c.at < end] if end is not None else [])
    )
    return tuple(
        Act(row.at, row.rule, Deed(row.deed), row.by, row.text, row.until)
        for row in _rows(connection, query.order_by(act.c.at, act.c.id))
    )


def _messages(connection: sa.Connection, number: int) -> tuple[MessageLine, ...]:
    ids = sa.select(message_incident.c.message_id).where(message_incident.c.incident_id == number)
    query = sa.select(message.c.id, message.c.body, message.c.routed, message.c.expired).where(message.c.id.in_(ids))
    of_one, by = (
        delivery.alias(),
        delivery.alias(),
    )  # what becomes of one that is told with another is that of the other
    same = sa.and_(
        by.c.message_id == sa.func.coalesce(of_one.c.told_with, of_one.c.message_id), by.c.channel == of_one.c.channel
    )
    columns = (of_one.c.message_id, of_one.c.channel, by.c.delivered_at, by.c.tries, by.c.error, by.c.refused)
    sent = sa.select(*columns, of_one.c.told_with).join_from(of_one, by, same).where(of_one.c.message_id.in_(ids))
    deliveries: defaultdict[int, list[DeliveryLine]] = defaultdict(list)
    for of, *row in _rows(connection, sent.order_by(of_one.c.channel)):
        deliveries[of].append(DeliveryLine(*row))
    return tuple(
        MessageLine(Notice.from_dict(json.loads(row.body)), row.routed, tuple(deliveries[row.id]), row.expired, row.id)
        for row in _rows(connection, query.order_by(message.c.at, message.c.id))
    )


def _joined(connection: sa.Connection, line: IncidentLine) -> tuple[Reference, ...]:
    """Return the incidents whose cause this one is: of those that began while it was open."""
    each = line.incident
    may_be = [sa.or_(incident.c.closed.is_(None), incident.c.closed >= each.opened)]
    if each.closed is not None:
        may_be.append(incident.c.opened <= each.closed)
    ids = [row.id for row in _rows(connection, sa.select(incident.c.id).where(*may_be))]
    caused = [id_ for id_, cause in causes(connection, ids).items() if cause == line.number]
    return tuple(sorted(_references(connection, caused).values(), key=lambda one: one.number))


def _times(connection: sa.Connection, line: IncidentLine, messages: Sequence[MessageLine]) -> Times:
    each = line.incident
    first = (finding.c.at == each.opened, finding.c.run_key == each.episodes[0].run_key)
    of = sa.select(incident.c.dataset_id).where(incident.c.id == line.number).scalar_subquery()
    query = sa.select(finding.c.interval_end).where(finding.c.dataset_id == of, *first)
    end = next((row.interval_end for row in _rows(connection, query) if row.interval_end), None)
    arrived = min((one.arrived for one in messages if one.arrived), default=None)
    last = each.episodes[-1]
    return Times(
        detect=max(each.opened - end, timedelta()) if end else None,
        notify=arrived - each.opened if arrived else None,
        repair=last.closed - each.opened if last.closed and last.how is Closing.HELD else None,
    )
