"""The outbox: where a message goes, who may send it, and what became of it."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from headgate.history import outbox
from headgate.history.store import Store
from headgate.history.waiting import ChannelQueue, Unrouted, Waiting, waiting

from tests.support.messages import AT, notice, put

ROOT = Path(__file__).parents[2]


def minutes(number: float) -> datetime:
    return AT + timedelta(minutes=number)


def routed(store: Store, count: int, *channels: str) -> list[int]:
    ids = put(store, *(notice(number) for number in range(count)))
    assert all(outbox.route(store, each, channels) for each in ids)
    return ids


def test_a_message_is_routed_once(store: Store) -> None:
    first, second = put(store, notice(0), notice(1))
    assert [(each.id, each.notice) for each in outbox.unrouted(store)] == [(first, notice(0)), (second, notice(1))]
    assert [each.id for each in outbox.unrouted(store, after=first)] == [second]
    assert outbox.route(store, first, ["a", "b", "a"])
    assert not outbox.route(store, first, ["c"])
    assert outbox.route(store, second, [])
    assert outbox.unrouted(store) == ()
    assert outbox.waiting_channels(store, ["b", "a", "c"]) == ("b", "a")


def test_messages_of_a_channel_are_sent_in_order(store: Store) -> None:
    ids = routed(store, 3, "a", "b")
    lease = outbox.take_lease(store, "a", AT)
    assert lease is not None
    sent = []
    while message := outbox.next_message(store, "a"):
        assert outbox.begin(store, lease, message.id, AT)
        outbox.mark_delivered(store, "a", message.id, AT)
        assert not outbox.begin(store, lease, message.id, AT)
        sent.append(message.id)
    assert sent == ids
    assert outbox.waiting_channels(store, ["a", "b"]) == ("b",)


# minutes after the lease was taken, whether it was given back, and whether it can be taken
LEASES = [(0, False, False), (0.9, False, False), (1, False, True), (0, True, True), (-5, False, True)]


@pytest.mark.parametrize(("later", "given_back", "taken"), LEASES)
def test_a_lease_is_one_process_s(later: float, given_back: bool, taken: bool, store: Store) -> None:
    """Also where a clock was set back, it does not hold for longer than it can."""
    (first,) = routed(store, 1, "a")
    mine = outbox.take_lease(store, "a", AT)
    assert mine is not None
    if given_back:
        outbox.give_back(store, mine)
    other = outbox.take_lease(store, "a", minutes(later))
    assert (other is not None) == taken
    assert outbox.begin(store, mine, first, minutes(later)) == (not taken)
    assert outbox.take_lease(store, "b", AT) is not None


def test_sending_renews_the_lease(store: Store) -> None:
    (first,) = routed(store, 1, "a")
    lease = outbox.take_lease(store, "a", AT)
    assert lease is not None
    assert outbox.begin(store, lease, first, minutes(0.9))
    assert outbox.take_lease(store, "a", minutes(1.8), anyway=True) is None
    assert outbox.take_lease(store, "a", minutes(2), anyway=True) is not None


def test_a_channel_that_fails_pauses_longer_each_time(store: Store) -> None:
    (first,) = routed(store, 1, "a")
    now, pauses = AT, []
    for _ in range(8):
        lease = outbox.take_lease(store, "a", now)
        assert lease is not None
        assert outbox.begin(store, lease, first, now)
        outbox.mark_failed(store, lease, first, "down")
        (queue,) = waiting(store).channels
        assert queue.retry_at is not None
        pauses.append((queue.retry_at - now).total_seconds())
        assert outbox.take_lease(store, "a", queue.retry_at - timedelta(seconds=1)) is None
        now = queue.retry_at
    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]
    # Who tries by hand does not make it longer; a success ends it.
    by_hand = outbox.take_lease(store, "a", now, anyway=True)
    assert by_hand is not None
    outbox.mark_delivered(store, "a", first, now)
    outbox.give_back(store, by_hand)
    assert outbox.take_lease(store, "a", now) is not None


def test_by_hand_it_is_tried_at_once_and_the_pause_stays(store: Store) -> None:
    (first,) = routed(store, 1, "a")
    for now, anyway in ((AT, False), (minutes(0.1), True), (minutes(0.2), True)):
        lease = outbox.take_lease(store, "a", now, anyway=anyway)
        assert lease is not None
        assert outbox.begin(store, lease, first, now)
        outbox.mark_failed(store, lease, first, "down")
    (queue,) = waiting(store).channels
    assert queue.retry_at == minutes(0.5)
    message = outbox.next_message(store, "a")
    assert message is not None
    assert message.tries == 3


def test_what_a_process_leaves_that_is_killed_while_it_sends(store: Store) -> None:
    """Nothing is marked but that it was begun: it waits for the end of the lease and of the pause, and is sent again."""
    (first,) = routed(store, 1, "a")
    lease = outbox.take_lease(store, "a", AT)
    assert lease is not None
    assert outbox.begin(store, lease, first, AT)
    assert waiting(store).channels == (ChannelQueue("a", 1, AT, outbox.UNKNOWN, minutes(0.5), 0, ""),)
    assert outbox.take_lease(store, "a", minutes(0.6)) is None
    assert outbox.take_lease(store, "a", minutes(1)) is not None


def test_what_waits_and_why(store: Store) -> None:
    put(store, notice(0), notice(1), notice(2, recipient="consumer:risk"))
    first, second, third = put(store, *(notice(number) for number in (3, 4, 5)))
    for each in (first, second, third):
        outbox.route(store, each, ["a", "b"])
    lease = outbox.take_lease(store, "a", AT)
    assert lease is not None
    outbox.begin(store, lease, first, AT)
    outbox.mark_failed(store, lease, first, "answered 400", refused=True)
    outbox.begin(store, lease, second, AT)
    outbox.mark_failed(store, lease, second, "refused the connection")
    names = ("#shop https://chat.example.com/shop", "Shop team")
    assert waiting(store) == Waiting(
        (
            ChannelQueue("a", 2, minutes(4), "refused the connection", minutes(1), 1, "answered 400"),
            ChannelQueue("b", 3, minutes(3), "", None, 0, ""),
        ),
        (
            Unrouted("orders", "owner", names, 2, AT),
            Unrouted("orders", "consumer:risk", ("risk@example.com", "risk"), 1, minutes(2)),
        ),
    )


RACE = """
import sys
from datetime import UTC, datetime
from headgate.history import open_store, outbox
store = open_store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
routed = [m.id for m in outbox.unrouted(store) if outbox.route(store, m.id, ["a"])]
lease = outbox.take_lease(store, "a", datetime.now(UTC))
print(len(routed), int(lease is not None), flush=True)
"""


@pytest.mark.slow
def test_processes_at_once(url: str, store: Store) -> None:
    """Each message is routed by one of them, and one has the lease."""
    put(store, *(notice(number) for number in range(50)))
    children = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, url], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    said = [child.communicate("go\n", timeout=60)[0].split() for child in children]
    assert (sum(int(one) for one, _ in said), sum(int(has) for _, has in said)) == (50, 1)
