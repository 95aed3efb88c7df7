"""How long incidents are kept, and what they were folded from."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from headgate.history.notices import lock
from headgate.history.outbox import WAITS
from headgate.history.store import Store
from headgate.history.tables import concern, dataset, delivery, finding, incident, message
from headgate.incidents import Kind

# Of what a watch finds again and again, the first and the last are kept after so long.
THINNED_AFTER = timedelta(days=7)
_THINNED_PER_RUN = timedelta(days=1)


def prune_incidents(store: Store, days: float, now: datetime) -> int:
    """Delete the incidents that were closed more than `days` before `now`, the messages about them that have arrived,
    and the findings of which no incident is left. Return how many incidents were deleted.

    Raises:
        TransientError: the store cannot be used.
    """
    before = now - timedelta(days=days)
    with store.reading() as connection:
        ids: list[int] = list(connection.scalars(sa.select(dataset.c.id).order_by(dataset.c.id)))
    deleted = 0
    for dataset_id in ids:
        with store.writing() as connection:
            lock(connection, dataset_id)
            deleted += _prune(connection, dataset_id, before)
            _thin(connection, dataset_id, now - THINNED_AFTER)
    return deleted


def _prune(connection: sa.Connection, dataset_id: int, before: datetime) -> int:
    waits = sa.exists().where(delivery.c.message_id == message.c.id, WAITS)
    old = (message.c.dataset_id == dataset_id, message.c.at < before)
    connection.execute(message.delete().where(*old, message.c.routed, ~waits))
    own = incident.c.dataset_id == dataset_id
    gone = connection.execute(incident.delete().where(own, incident.c.settled, incident.c.closed < before)).rowcount
    oldest = connection.scalar(sa.select(sa.func.min(incident.c.opened)).where(own))
    # Findings since the oldest incident that is left are what it is folded from.
    end = before if oldest is None else min(before, oldest)
    dropped = connection.execute(
        finding.delete().where(finding.c.dataset_id == dataset_id, finding.c.at < end)
    ).rowcount
    if dropped:
        connection.execute(concern.update().where(concern.c.dataset_id == dataset_id), {"folded_from": end})
    return gone


def _thin(connection: sa.Connection, dataset_id: int, end: datetime) -> None:
    which = (finding.c.dataset_id == dataset_id, finding.c.kind == str(Kind.WATCH), finding.c.at < end)
    rows = connection.execute(
        sa.select(finding.c.at, finding.c.run_key, finding.c.promises_id, finding.c.body)
        .where(*which, finding.c.at >= end - _THINNED_PER_RUN)
        .order_by(finding.c.at)
    ).all()
    said = [_said(row) for row in rows]
    between = zip(said, said[1:], said[2:], rows[1:], strict=False)
    same: list[datetime] = [row.at for one, two, three, row in between if one == two == three]
    if same:
        connection.execute(finding.delete().where(*which, finding.c.at.in_(same)))


def _said(row: Any) -> tuple[Any, ...]:
    """Return what matters of a finding: which promises it knows, and which of them do not hold."""
    body = json.loads(row.body)
    return row.promises_id, sorted(body.get("broken", ())), body.get("unmeasured", ())
