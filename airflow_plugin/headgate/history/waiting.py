"""What waits in the outbox, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from headgate.history.outbox import WAITS
from headgate.history.store import Store
from headgate.history.tables import channel, delivery, message
from headgate.incidents import Notice


@dataclass(frozen=True, slots=True)
class ChannelQueue:
    """What waits for a channel: how many messages, since when, why, and when the channel is tried again. `refused` is
    how many it will never take, `refusal` why the last of them. Times are aware, in UTC."""

    channel: str
    waiting: int
    since: datetime | None
    error: str
    retry_at: datetime | None
    refused: int
    refusal: str


@dataclass(frozen=True, slots=True)
class Unrouted:
    """Messages that have no channel yet: how many, since when, of which dataset, and what their recipient may be called
    where channels are configured."""

    dataset: str
    recipient: str
    names: tuple[str, ...]
    waiting: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that waits: of each channel, by its name, and what has none."""

    channels: tuple[ChannelQueue, ...]
    unrouted: tuple[Unrouted, ...]


def waiting(store: Store) -> Waiting:
    """Return what waits in the outbox. Channels that have refused messages are listed too.

    Raises:
        TransientError: the store cannot be used.
    """
    is_open, is_refused = sa.case((WAITS, 1), else_=0), sa.case((delivery.c.refused, 1), else_=0)
    queues = (
        sa.select(
            delivery.c.channel,
            sa.func.sum(is_open).label("waiting"),
            sa.func.min(sa.case((WAITS, message.c.at))).label("since"),
            sa.func.sum(is_refused).label("refused"),
            sa.func.max(sa.case((delivery.c.refused, message.c.id))).label("last_refused"),
        )
        .join(message, message.c.id == delivery.c.message_id)
        .where(delivery.c.delivered_at.is_(None), delivery.c.told_with.is_(None))
        .group_by(delivery.c.channel)
        .order_by(delivery.c.channel)
    )
    groups = (
        sa.select(
            sa.func.count().label("waiting"),
            sa.func.min(message.c.at).label("since"),
            sa.func.max(message.c.id).label("id"),
        )
        .where(message.c.routed.is_(False))
        .group_by(message.c.dataset_id, message.c.recipient)
        .order_by(sa.func.min(message.c.id))
    )
    with store.reading() as connection:
        states = {row.name: row for row in connection.execute(sa.select(channel))}
        found = connection.execute(queues).all()
        refusals = {
            each.channel: connection.scalar(
                sa.select(delivery.c.error).where(
                    delivery.c.channel == each.channel, delivery.c.message_id == each.last_refused
                )
            )
            for each in found
            if each.last_refused
        }
        unrouted = connection.execute(groups).all()
        ids = [each.id for each in unrouted]
        named = connection.execute(sa.select(message.c.id, message.c.body).where(message.c.id.in_(ids)))
        bodies = {row.id: row.body for row in named}
    return Waiting(
        tuple(_queue(each, states.get(each.channel), refusals.get(each.channel) or "") for each in found),
        tuple(_unrouted(bodies[each.id], each.waiting, each.since) for each in unrouted),
    )


def _queue(row: Any, state: Any, refusal: str) -> ChannelQueue:
    why, retry_at = (state.error, state.retry_at) if state is not None and row.waiting else ("", None)
    return ChannelQueue(row.channel, int(row.waiting), row.since, why, retry_at, int(row.refused), refusal)


def _unrouted(body: str, count: int, since: datetime) -> Unrouted:
    notice = Notice.from_dict(json.loads(body))
    return Unrouted(notice.concern.dataset, notice.recipient, notice.names, count, since)
