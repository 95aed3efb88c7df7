"""The outbox: the messages about incidents, the channels that each goes to, and what became of it there.

One process at a time sends to a channel, while it has the lease: so messages arrive in their order. A message is marked
after it was sent: one at which the process is killed is sent again, and nothing else is.

All functions raise TransientError where the store cannot be used.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from headgate.history.backoff import MOST_SECONDS, pause_after
from headgate.history.store import Store
from headgate.history.tables import channel, delivery, incident, message
from headgate.incidents import Notice

# A lease that is not renewed ends after so long; who has it sends one message for a shorter time.
LEASE_SECONDS = 60.0
# What is said of a channel from before a message is sent until its answer is known.
UNKNOWN = "the process that sent a message ended before it knew the answer, or waits for it"
# Of a delivery: it is still to be done.
WAITS = sa.and_(delivery.c.delivered_at.is_(None), delivery.c.refused.is_(False), delivery.c.told_with.is_(None))
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox. Ids grow in the order in which messages are to be told. `tries`: how often it was sent
    to the channel for which it was read, whatever became of it; `refusals`: how often it was refused there since
    something else went wrong."""

    id: int
    notice: Notice
    tries: int = 0
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send to a channel, until it ends or is given back."""

    channel: str
    holder: str


def unrouted(store: Store, after: int = 0, limit: int = 200) -> tuple[Message, ...]:
    """Return messages of which is not known yet where they go, in their order, behind the one with the id `after`."""
    query = (
        sa.select(message.c.id, message.c.body)
        .where(message.c.routed.is_(False), message.c.id > after)
        .order_by(message.c.id)
        .limit(limit)
    )
    with store.reading() as connection:
        return tuple(Message(row.id, _notice(row.body)) for row in connection.execute(query))


def route(store: Store, message_id: int, channels: Iterable[str], shared: Collection[str] = ()) -> bool:
    """Send a message to `channels`; to none, where nobody is to be told. Returns False where another process has routed
    it meanwhile. Route messages in their order.

    Args:
        shared: the channels of whoever has none of their own. Of messages that one run caused, such a one gets the
            first; of those that say the same of no other incidents it is noted that they are told with it.
    """
    with store.writing() as connection:
        routed = message.update().where(message.c.id == message_id, message.c.routed.is_(False)).values(routed=True)
        if connection.execute(routed).rowcount != 1:
            return False
        told = _told_with(connection, message_id, shared) if shared else {}
        rows = [
            {"message_id": message_id, "channel": name, "tries": 0, "error": "", "refused": False,
             "told_with": told.get(name)}
            for name in dict.fromkeys(channels)
        ]  # fmt: skip
        if rows:
            connection.execute(delivery.insert(), rows)
    return True


def is_over(store: Store, waits: Message) -> bool:
    """Return whether none of the incidents that a message is about is open any more."""
    numbers = [each.number for each in waits.notice.about]
    still = sa.select(incident.c.id).where(incident.c.id.in_(numbers), incident.c.closed.is_(None)).limit(1)
    with store.reading() as connection:
        return connection.execute(still).first() is None


def expire(store: Store, message_id: int) -> bool:
    """Send a message to nobody, since it is old, and over. Returns False where another process has routed it."""
    mine = (message.c.id == message_id, message.c.routed.is_(False))
    with store.writing() as connection:
        return connection.execute(message.update().where(*mine).values(routed=True, expired=True)).rowcount == 1


def waiting_channels(store: Store, channels: Collection[str]) -> tuple[str, ...]:
    """Return those of `channels` for which messages wait, whether or not they may be tried now."""
    query = sa.select(delivery.c.channel).where(WAITS, delivery.c.channel.in_(channels)).distinct()
    with store.reading() as connection:
        found: set[str] = set(connection.scalars(query))
    return tuple(name for name in channels if name in found)


def take_lease(store: Store, name: str, now: datetime, *, anyway: bool = False) -> Lease | None:
    """Return the lease of a channel; None where another process has it, or the pause after a failure holds.

    Args:
        anyway: whether or not that pause holds.
    """
    lease = Lease(name, uuid.uuid4().hex)
    made = _INSERT[store.engine.dialect.name](channel).on_conflict_do_nothing()
    free = sa.or_(channel.c.lease.is_(None), ~_holds(channel.c.leased_until, now, LEASE_SECONDS))
    may = sa.true() if anyway else ~_pauses(now)
    taken = channel.update().where(channel.c.name == name, free, may)
    with store.writing() as connection:
        connection.execute(made, {"name": name, "failures": 0, "error": ""})
        count = connection.execute(taken.values(lease=lease.holder, leased_until=_end(now))).rowcount
    return lease if count == 1 else None


def next_message(store: Store, name: str) -> Message | None:
    """Return the first message that waits for a channel; None where none does."""
    query = (
        sa.select(message.c.id, message.c.body, delivery.c.tries, delivery.c.refusals)
        .join(delivery, delivery.c.message_id == message.c.id)
        .where(delivery.c.channel == name, WAITS)
        .order_by(message.c.id)
        .limit(1)
    )
    with store.reading() as connection:
        row = connection.execute(query).first()
    return Message(row.id, _notice(row.body), row.tries, row.refusals) if row else None


def begin(store: Store, lease: Lease, message_id: int, now: datetime) -> bool:
    """Renew the lease, and note that the message is being sent; call it directly before. Returns False where the lease
    is lost, or the message was delivered.

    What is noted is what holds if the process ends now: the pause after a failure. An answer takes it back.
    """
    mine = (channel.c.name == lease.channel, channel.c.lease == lease.holder)
    with store.writing() as connection:
        row = connection.execute(sa.select(channel).where(*mine).with_for_update()).first()
        sent = delivery.update().where(*_of(lease.channel, message_id), WAITS).values(tries=delivery.c.tries + 1)
        if row is None or connection.execute(sent).rowcount != 1:
            return False
        noted: dict[str, Any] = {"leased_until": _end(now), "error": UNKNOWN}
        if row.retry_at is None or row.retry_at <= now:  # who tries by hand does not make the pause longer
            pause = timedelta(seconds=pause_after(row.failures))
            noted |= {"failures": row.failures + 1, "retry_at": now + pause}
        connection.execute(channel.update().where(*mine).values(**noted))
    return True


def mark_delivered(store: Store, name: str, message_id: int, now: datetime) -> None:
    """Note that a channel has a message: it is well."""
    with store.writing() as connection:
        there = delivery.update().where(*_of(name, message_id), delivery.c.delivered_at.is_(None))
        connection.execute(there.values(delivered_at=now, error="", refused=False))
        connection.execute(channel.update().where(channel.c.name == name).values(failures=0, retry_at=None, error=""))


def mark_failed(
    store: Store, lease: Lease, message_id: int, error: str, *, refusals: int = 0, refused: bool = False
) -> None:
    """Note why a message was not delivered, and give the lease back.

    Args:
        refusals: how often in a row it was refused by now.
        refused: for good: the message is not sent again, the lease stays, and the next one may be sent at once.
    """
    noted: dict[str, Any] = {"retry_at": None} if refused else {"lease": None, "leased_until": None}
    mine = channel.update().where(channel.c.name == lease.channel, channel.c.lease == lease.holder)
    with store.writing() as connection:
        failed = delivery.update().where(*_of(lease.channel, message_id), WAITS)
        connection.execute(failed.values(error=error, refusals=refusals, refused=refused))
        connection.execute(mine.values(error=error, **noted))


def give_back(store: Store, lease: Lease) -> None:
    """End the lease; nothing is done where it is lost."""
    mine = channel.update().where(channel.c.name == lease.channel, channel.c.lease == lease.holder)
    with store.writing() as connection:
        connection.execute(mine.values(lease=None, leased_until=None))


def _told_with(connection: sa.Connection, message_id: int, shared: Collection[str]) -> dict[str, int]:
    """Return, by its channel, the message that was sent there and says all that this one does."""
    mine = connection.execute(sa.select(message).where(message.c.id == message_id)).one()
    sent = (
        sa.select(message.c.id, message.c.body, delivery.c.channel)
        .join(delivery, delivery.c.message_id == message.c.id)
        .where(message.c.dataset_id == mine.dataset_id, message.c.at == mine.at, message.c.told == mine.told)
        .where(message.c.id < message_id, delivery.c.channel.in_(shared), delivery.c.told_with.is_(None))
        .order_by(message.c.id.desc())
    )
    about = _numbers(mine.body)
    return {row.channel: row.id for row in connection.execute(sent) if about <= _numbers(row.body)}


def _numbers(body: str) -> frozenset[int]:
    return frozenset(each.number for each in _notice(body).about)


def _of(name: str, message_id: int) -> tuple[Any, ...]:
    return delivery.c.channel == name, delivery.c.message_id == message_id


def _pauses(now: datetime) -> Any:
    return sa.and_(channel.c.retry_at.is_not(None), _holds(channel.c.retry_at, now, MOST_SECONDS))


def _holds(until: sa.Column[Any], now: datetime, most: float) -> Any:
    # A clock that was set back must not make it hold for longer than it can.
    return sa.and_(until > now, until <= now + timedelta(seconds=most))


def _end(now: datetime) -> datetime:
    return now + timedelta(seconds=LEASE_SECONDS)


def _notice(body: str) -> Notice:
    return Notice.from_dict(json.loads(body))
