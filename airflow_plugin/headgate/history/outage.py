"""The outages of a dataset: when it did not keep its promises, as its incidents say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from headgate.history.notices import incident_of
from headgate.history.store import Store
from headgate.history.tables import dataset, delivery, finding, incident, is_at, message, message_incident
from headgate.incidents import Effect
from headgate.levels import Outage
from headgate.naming import PlaceName


def outages(store: Store, place: PlaceName, name: str, since: datetime) -> tuple[Outage, ...]:
    """Return an outage for each episode of an incident that pages, of the dataset `name` at a place, which lasted after
    `since`.

    It began when readers got what a run then found, or when data that is late was due.
    """
    which = (is_at(place), dataset.c.name == name, incident.c.pages)
    lasting = sa.or_(incident.c.closed.is_(None), incident.c.closed > since)
    with store.reading() as connection:
        rows = connection.execute(sa.select(incident).join(dataset).where(*which, lasting)).all()
        if not rows:
            return ()
        arrived = _arrived(connection, [row.id for row in rows])
        shown = _shown(connection, {row.dataset_id for row in rows})
    found = [each for row in rows for each in _outages(row, arrived.get(row.id, ()), shown[row.dataset_id])]
    return tuple(sorted((each for each in found if each.end is None or each.end > since), key=lambda each: each.start))


def _outages(row: Any, arrived: Sequence[datetime], shown: Sequence[datetime]) -> Iterator[Outage]:
    each = incident_of(row)
    for number, episode in enumerate(each.episodes):
        last = number == len(each.episodes) - 1
        begun = [moment for moment in shown if moment <= episode.opened] if episode.effect is Effect.SERVED else []
        start = max(begun, default=episode.opened)
        if last and each.broken.due is not None:
            start = min(start, each.broken.due)
        told = (moment for moment in arrived if moment >= episode.opened)
        notified = next((moment for moment in told if episode.closed is None or moment <= episode.closed), None)
        yield Outage(start, episode.closed, episode.opened, notified, readable=not episode.effect.affects_readers)


def _arrived(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[datetime]]:
    """Return when messages about incidents had arrived, by incident, the first first."""
    query = (
        sa.select(message_incident.c.incident_id, delivery.c.delivered_at)
        .join(message, message.c.id == message_incident.c.message_id)
        .join(delivery, delivery.c.message_id == message.c.id)
        .where(message_incident.c.incident_id.in_(ids), delivery.c.delivered_at.is_not(None))
        .order_by(delivery.c.delivered_at)
    )
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.incident_id].append(row.delivered_at)
    return found


def _shown(connection: sa.Connection, ids: set[int]) -> dict[int, list[datetime]]:
    """Return when readers got new data of datasets."""
    query = sa.select(finding.c.dataset_id, finding.c.at).where(finding.c.dataset_id.in_(ids), finding.c.visible)
    found: dict[int, list[datetime]] = {each: [] for each in ids}
    for row in connection.execute(query):
        found[row.dataset_id].append(row.at)
    return found
