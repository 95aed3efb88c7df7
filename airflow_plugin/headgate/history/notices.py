"""The messages about incidents: what is due is written to the outbox, in the transaction of what changed them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from headgate.history.causes import causes, downstream_of
from headgate.history.dialect import storable
from headgate.history.record import VISIBLE
from headgate.history.tables import concern, dataset, incident, message, message_incident, report
from headgate.incidents import Concern, Effect, Incident, Mark, Notice, Standing, due
from headgate.levels.facts import WINDOW

# After what caused it is over, so long may an incident last before somebody is told of it.
JOINED_AFTER = timedelta(hours=24)


class Writable(Protocol):
    """A store, as far as it is needed here."""

    def reading(self) -> AbstractContextManager[sa.Connection]: ...

    def writing(self) -> AbstractContextManager[sa.Connection]: ...


def tell(connection: sa.Connection, dataset_id: int, now: datetime, *, tells: bool = True) -> int:
    """Write the messages that are due about a dataset, then about those downstream, whose incidents may be joined to
    its own, or not be any more. Return how many."""
    seen: set[int] = set()
    waiting, count = [dataset_id], 0
    while waiting:
        each = waiting.pop(0)
        if each in seen:
            continue
        seen.add(each)
        if each != dataset_id:
            lock(connection, each)
        count += _tell_one(connection, each, now, tells=tells)
        waiting += downstream_of(connection, each)
    return count


def tell_all(store: Writable, now: datetime) -> int:
    """Write the messages that are due by the clock alone: reminders, and of what was muted or joined until now. Return
    how many.

    Raises:
        TransientError: the store cannot be used.
    """
    unsettled = sa.select(incident.c.dataset_id).where(sa.not_(incident.c.settled)).distinct()
    with store.reading() as connection:
        ids: list[int] = sorted(connection.scalars(unsettled))
    count = 0
    for dataset_id in ids:
        with store.writing() as connection:
            lock(connection, dataset_id)
            count += _tell_one(connection, dataset_id, now, tells=True)
    return count


def lock(connection: sa.Connection, *dataset_ids: int) -> None:
    """Let nobody else write to some datasets until the transaction ends."""
    which = sa.select(dataset.c.id).where(dataset.c.id.in_(dataset_ids)).order_by(dataset.c.id)
    connection.execute(which.with_for_update())


def _tell_one(connection: sa.Connection, dataset_id: int, now: datetime, *, tells: bool) -> int:
    about = _concern(connection, dataset_id)
    if about is None:
        return 0
    rows = connection.execute(
        sa.select(incident)
        .where(incident.c.dataset_id == dataset_id, sa.not_(incident.c.settled))
        .order_by(incident.c.id)
    ).all()
    if not rows:
        return 0
    joined = _joined(connection, rows, now)
    standings = [Standing(row.id, incident_of(row), _marks(row), row.id in joined) for row in rows]
    below = downstream_of(connection, dataset_id)
    also = _names(connection, [each for each in below if _is_joined(connection, each)])
    notices, marks = due(standings, about, now, len(also))
    for each in standings:
        if each.number in marks or not each.incident.open:
            told = _marks_text(marks.get(each.number, each.marks))
            values = {"marks": told, "settled": not each.incident.open}
            connection.execute(incident.update().where(incident.c.id == each.number), values)
    if not tells or not notices:
        return 0
    often = _episodes(connection, dataset_id, now)
    for notice in notices:
        counted = tuple(replace(each, episodes_in_28_days=often.get(each.incident.rule, 1)) for each in notice.about)
        named = {each.number for each in counted}
        open_ = (each for each in standings if each.incident.open and each.incident.pages)
        others = tuple(each for each in open_ if each.number not in named)
        _write_message(connection, dataset_id, replace(notice, about=counted, others=others, also=also))
    return len(notices)


def _marks(row: Any) -> dict[str, Mark]:
    return {name: Mark.from_dict(value) for name, value in json.loads(row.marks).items()}


def _marks_text(marks: Mapping[str, Mark]) -> str:
    return json.dumps({name: mark.to_dict() for name, mark in sorted(marks.items())})


def _episodes(connection: sa.Connection, dataset_id: int, now: datetime) -> dict[str, int]:
    """Return how often each promise of a dataset broke in 28 days."""
    since = now - WINDOW
    counts: defaultdict[str, int] = defaultdict(int)
    which = sa.or_(incident.c.closed.is_(None), incident.c.closed >= since)
    for row in connection.execute(sa.select(incident).where(incident.c.dataset_id == dataset_id, which)):
        counts[row.rule] += sum(episode.opened >= since for episode in incident_of(row).episodes)
    return counts


def _concern(connection: sa.Connection, dataset_id: int) -> Concern | None:
    body = connection.scalar(sa.select(concern.c.body).where(concern.c.dataset_id == dataset_id))
    if body is None:
        return None
    visible = (report.c.dataset_id == dataset_id, report.c.outcome.in_(VISIBLE))
    served = connection.scalar(sa.select(report.c.moment).where(*visible).order_by(report.c.at.desc()).limit(1))
    return replace(Concern.from_dict(json.loads(body)), served=served)


def _write_message(connection: sa.Connection, dataset_id: int, notice: Notice) -> None:
    row = {
        "dataset_id": dataset_id,
        "at": notice.at,
        "told": str(notice.told),
        "recipient": storable(notice.recipient),
        "body": json.dumps(notice.to_dict()),
        "routed": False,
    }
    number: int = connection.execute(message.insert().returning(message.c.id), row).scalar_one()
    about = [{"message_id": number, "incident_id": each.number} for each in notice.about]
    connection.execute(message_incident.insert(), about)


def _joined(connection: sa.Connection, rows: Sequence[Any], now: datetime) -> frozenset[int]:
    """Return which incidents nobody is told of but of what caused them: while that is open and not muted, then for a
    day, unless they are found again. What left readers good data does not explain that others have bad data, and of a
    warning nobody was told."""
    told = _told_causes(connection, [row.id for row in rows])
    return frozenset(row.id for row in rows if row.id in told and _explains(told[row.id], incident_of(row), now))


def _told_causes(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Incident]:
    """Return the cause of each incident that has one of which somebody is told: not a warning."""
    caused_by = causes(connection, ids)
    if not caused_by:
        return {}
    may_be = (incident.c.id.in_(caused_by.values()), incident.c.pages)
    known = {row.id: incident_of(row) for row in connection.execute(sa.select(incident).where(*may_be))}
    return {id_: known[cause] for id_, cause in caused_by.items() if cause in known}


def _explains(cause: Incident, each: Incident, now: datetime) -> bool:
    if each.effect is Effect.SERVED and not cause.effect.affects_readers and cause.effect is not Effect.QUARANTINED:
        return False
    if cause.closed is None:
        return not cause.muted(now)
    return each.last <= cause.closed and now - cause.closed < JOINED_AFTER


def _is_joined(connection: sa.Connection, dataset_id: int) -> bool:
    open_ = sa.select(incident.c.id).where(incident.c.dataset_id == dataset_id, incident.c.closed.is_(None))
    return bool(_told_causes(connection, list(connection.scalars(open_))))


def _names(connection: sa.Connection, ids: Sequence[int]) -> tuple[str, ...]:
    named = sa.select(dataset.c.name).where(dataset.c.id.in_(ids)).order_by(dataset.c.name)
    return tuple(dict.fromkeys(connection.scalars(named))) if ids else ()


def incident_of(row: Any) -> Incident:
    """Return the incident of a row."""
    return Incident.from_dict(json.loads(row.body))
