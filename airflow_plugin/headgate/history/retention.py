"""How long the history is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from headgate.history.incident_retention import prune_incidents
from headgate.history.store import Store
from headgate.history.tables import dataset_standing, report

# How many reports are deleted in one transaction: so long does a task wait that writes meanwhile.
_BATCH = 200


def prune(store: Store, days: float, now: datetime) -> int:
    """Delete the reports that were measured more than `days` before `now`, and return how many; with them the incidents
    that were closed so long ago. What was found last of each dataset, by a check and by a publish, stays.

    Raises:
        TransientError: the store cannot be used.
    """
    newer = report.alias()
    later = sa.or_(
        newer.c.moment > report.c.moment,
        sa.and_(newer.c.moment == report.c.moment, newer.c.at > report.c.at),
    )
    is_replaced = sa.exists().where(newer.c.dataset_id == report.c.dataset_id, newer.c.kind == report.c.kind, later)
    old = (
        sa.select(report.c.id)
        .where(report.c.at < now - timedelta(days=days), is_replaced)
        .where(report.c.id.not_in(sa.select(dataset_standing.c.report_id)))
        .order_by(report.c.at)
        .limit(_BATCH)
    )
    deleted = 0
    while True:
        with store.writing() as connection:
            ids: list[int] = list(connection.scalars(old))
            if ids:
                connection.execute(report.delete().where(report.c.id.in_(ids)))
        deleted += len(ids)
        if len(ids) < _BATCH:
            break
    prune_incidents(store, days, now)
    return deleted
