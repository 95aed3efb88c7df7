"""The delivery of what waits in the outbox: at least once, in order, and one dead channel does not hold up others."""

from __future__ import annotations

import contextvars
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from headgate.alerts.channels import Channel, Channels, Send
from headgate.errors import HeadgateError
from headgate.history import RefusedError, outbox
from headgate.history.bound import call_until
from headgate.history.outbox import Lease, Message
from headgate.history.store import Store
from headgate.history.waiting import Waiting, waiting

# So long does one message take at most. It is less than a lease.
SEND_SECONDS = 20.0
# With less time left nothing is begun: a channel that is well would look as if it were down.
LEAST_SECONDS = 0.3
# So often in a row does a receiver say of a message that it does not take it, and it is not sent again.
REFUSALS = 3
# What could not be sent for so long, and is over by then, is told to nobody.
TELLS_WITHIN = timedelta(days=7)
_PAGE = 200

Clock = Callable[[], datetime]


@dataclass(slots=True)
class ChannelDelivery:
    """What was done for a channel; `error` is why messages still wait. `held`: nothing was tried, since the pause after
    a failure holds, another process sends, or only Airflow can."""

    channel: str
    delivered: int = 0
    refused: int = 0
    error: str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a delivery did, and what waits after it. `expired` messages were not sent within seven days, and are told to
    nobody since nothing that they are about is open."""

    channels: tuple[ChannelDelivery, ...] = ()
    expired: int = 0
    left: Waiting = field(default_factory=lambda: Waiting((), ()))

    @property
    def delivered(self) -> int:
        return sum(each.delivered for each in self.channels)

    @property
    def refused(self) -> int:
        return sum(each.refused for each in self.channels)

    @property
    def waiting(self) -> int:
        """How many deliveries wait; what has no channel is not counted."""
        return sum(each.waiting for each in self.left.channels)


def deliver(
    store: Store,
    channels: Channels,
    *,
    deadline: float,
    now: Clock = lambda: datetime.now(UTC),
    anyway: bool = False,
    look: bool = True,
) -> Delivered:
    """Send each message that waits to its channels, in order, all channels at the same time.

    A message that is being sent at `deadline` (of `time.monotonic`) goes on in its thread, and is marked there.

    Args:
        now: the clock.
        anyway: try also while the pause after a failure holds.
        look: say what is left; without it `left` is empty.

    Raises:
        TransientError: the store cannot be used.
    """
    if not channels:
        return Delivered(left=waiting(store) if look else Waiting((), ()))
    expired = _route(store, channels, now, deadline)
    names = outbox.waiting_channels(store, [channel.name for channel in channels.all])
    queues = {c.name: _Queue(store, c, deadline, now, anyway=anyway) for c in channels.all if c.name in names}
    threads = [queue.start() for queue in queues.values()]
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return Delivered(
        tuple(queue.done() for queue in queues.values()), expired, waiting(store) if look else Waiting((), ())
    )


def key_of(message: Message, channel: str) -> str:
    """Return the key by which a receiver knows that it has a message already."""
    notice = message.notice
    said = [channel, notice.at.isoformat(), notice.recipient, notice.concern.contract, notice.concern.dataset]
    return f"headgate-{message.id}-{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]}"


def _route(store: Store, channels: Channels, now: Clock, deadline: float) -> int:
    """Say where messages go that nobody has routed yet; return how many are told to nobody, being old and over."""
    after = expired = 0
    while time.monotonic() < deadline:
        page = outbox.unrouted(store, after, _PAGE)
        for message in page:
            targets = channels.of(message.notice.names)
            if now() - message.notice.at > TELLS_WITHIN and outbox.is_over(store, message):
                expired += outbox.expire(store, message.id)
            elif targets is not None:
                outbox.route(store, message.id, [channel.name for channel in targets], channels.others)
        if len(page) < _PAGE:
            break
        after = page[-1].id
    return expired


class _Queue:
    """What waits for one channel, sent by a thread of its own."""

    def __init__(self, store: Store, channel: Channel, deadline: float, now: Clock, *, anyway: bool) -> None:
        self.store, self.channel, self.deadline, self.now, self.anyway = store, channel, deadline, now, anyway
        self._done = ChannelDelivery(channel.name)
        self._over = threading.Event()
        self._begun = time.monotonic()

    def start(self) -> threading.Thread:
        context = contextvars.copy_context()  # Airflow finds a task's connections by it
        thread = threading.Thread(target=context.run, args=(self._run,), daemon=True, name="headgate alerts")
        thread.start()
        return thread

    def done(self) -> ChannelDelivery:
        done = self._done
        if self._over.is_set():
            return done
        late = f"no answer within {time.monotonic() - self._begun:.1f} s"
        return ChannelDelivery(done.channel, done.delivered, done.refused, done.error or late)

    def _run(self) -> None:
        try:
            self._send_all()
        except HeadgateError as error:
            self._done.error = str(error)
        except Exception as error:  # whatever a receiver's library raises; its text may have a secret
            self._done.error = f"'{self.channel.name}': {type(error).__name__}"
        finally:
            self._over.set()

    def _send_all(self) -> None:
        if self.channel.open is None:
            self._done.error, self._done.held = f"'{self.channel.name}' is reached from Airflow alone", True
            return
        send = self.channel.open()
        if not self._has_time():
            return
        lease = outbox.take_lease(self.store, self.channel.name, self.now(), anyway=self.anyway)
        if lease is None:
            self._done.error, self._done.held = "another process sends, or the channel failed a moment ago", True
            return
        try:
            while (message := outbox.next_message(self.store, self.channel.name)) and self._has_time():
                if not outbox.begin(self.store, lease, message.id, self.now()) or not self._send(send, lease, message):
                    return
        finally:
            outbox.give_back(self.store, lease)

    def _send(self, send: Send, lease: Lease, message: Message) -> bool:
        """Return whether to go on."""
        name = self.channel.name
        context = contextvars.copy_context()
        try:
            until = time.monotonic() + SEND_SECONDS
            call_until(until, lambda: context.run(send, message.notice, key_of(message, name)), "headgate alert")
        except Exception as error:
            known = isinstance(error, (HeadgateError, RefusedError, TimeoutError))
            said = (str(error) if known else "") or f"'{name}': {type(error).__name__}"
            refusals = message.refusals + 1 if isinstance(error, RefusedError) else 0
            refused = refusals >= REFUSALS
            outbox.mark_failed(self.store, lease, message.id, said, refusals=refusals, refused=refused)
            self._done.error, self._done.refused = said, self._done.refused + refused
            return refused
        outbox.mark_delivered(self.store, name, message.id, self.now())
        self._done.delivered += 1
        return True

    def _has_time(self) -> bool:
        if self.deadline - time.monotonic() >= LEAST_SECONDS:
            return True
        self._done.error = "the time was not enough"
        return False
