"""A sender that is killed at any step: nothing is lost, messages stay in order, and what is sent twice was on its way.

`make test-faults` kills more than a hundred for each store.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from headgate.alerts import channels_of, deliver
from headgate.alerts.delivery import key_of
from headgate.history.outbox import Message
from headgate.history.store import Store
from headgate.history.tables import delivery, message
from headgate.incidents import Notice

from tests.support.messages import AT, notice, put, receiving

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
# Where a process is killed: when its request comes, when that is taken, when it is answered and perhaps marked, or at
# any time.
STEPS = ("came", "taken", "answered", "any")
KILLS = max(len(STEPS), int(os.environ.get("HEADGATE_ALERT_KILLS", "0")))
BATCH = 4
NAMES = ("*", "*#2")

SEND = """
import sys, time
from datetime import timedelta
from headgate.alerts import channels_of, deliver
from headgate.history import open_store
from tests.support.messages import AT
store, channels = open_store(sys.argv[1]), channels_of(sys.argv[2])
now = AT + timedelta(minutes=2 * int(sys.argv[3]))  # behind the lease of the one that was killed
print("ready", flush=True)
sys.stdin.readline()
deliver(store, channels, deadline=time.monotonic() + 60, now=lambda: now, anyway=True)
"""


class Sender:
    """A process that sends, and is killed at `step` of its request number `count`."""

    def __init__(self, url: str, target: str, number: int, step: str, chance: random.Random) -> None:
        command = [sys.executable, "-c", SEND, url, target, str(number)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.step, self.left, self.chance = step, chance.randrange(1, BATCH), chance
        self.requested: set[str] = set()

    def at(self, step: str, key: str) -> None:
        self.requested.add(key)
        if step == self.step:
            self.left -= 1
            if self.left == 0:
                if step == "answered":
                    time.sleep(self.chance.random() * 0.01)
                self.kill()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)

    def run(self) -> bool:
        """Return whether it was killed."""
        assert self.process.stdout is not None
        assert self.process.stdin is not None
        assert self.process.stdout.readline() == "ready\n"
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        if self.step == "any":
            time.sleep(self.chance.random() * 0.1)
            self.kill()
        code = self.process.wait(timeout=120)
        self.process.stdin.close()
        self.process.stdout.close()
        return code == -signal.SIGKILL


def delivered(store: Store) -> set[str]:
    """The keys of what is marked as delivered."""
    query = sa.select(message.c.id, message.c.body, delivery.c.channel).join(
        delivery, delivery.c.message_id == message.c.id
    )
    with store.reading() as connection:
        rows = connection.execute(query.where(delivery.c.delivered_at.is_not(None))).all()
    return {key_of(Message(row.id, Notice.from_dict(json.loads(row.body))), row.channel) for row in rows}


def test_killed_senders(url: str, store: Store) -> None:
    chance = random.Random(5)
    on_its_way: list[str] = []
    killed = 0
    with receiving() as receiver:
        target = json.dumps({"*": [f"{receiver.url}/a", f"{receiver.url}/b"]})
        for number in range(KILLS):
            put(store, *(notice(BATCH * number + each) for each in range(BATCH)))
            sender = Sender(url, target, number, STEPS[number % len(STEPS)], chance)
            receiver.at = sender.at
            killed += sender.run()
            time.sleep(0.05)  # what the server has of it, it takes
            unmarked = sender.requested - delivered(store)
            assert len(unmarked) <= len(NAMES)
            on_its_way += unmarked
        receiver.at = lambda step, key: None
        clock = AT + timedelta(minutes=2 * KILLS + 10)  # behind the longest pause
        left = deliver(store, channels_of(target), deadline=time.monotonic() + 60, now=lambda: clock)
        assert left.waiting == left.expired == 0
    counts = receiver.keys()
    twice = sum(count - 1 for count in counts.values())
    print(f"{killed} of {KILLS} senders killed, {len(on_its_way)} messages on their way, {len(counts)} of "
          f"{KILLS * BATCH * len(NAMES)} arrived, {twice} times again")  # fmt: skip
    assert killed >= KILLS * 3 // 4
    assert len(counts) == KILLS * BATCH * len(NAMES)
    assert counts == counts & expected(counts, on_its_way)
    for path in ("/a", "/b"):
        first = list(dict.fromkeys(receiver.subjects(path)))
        assert len(first) == KILLS * BATCH
        assert first == sorted(first, key=lambda subject: int(subject.partition("(")[2].partition(")")[0]))


def expected(counts: Any, on_its_way: list[str]) -> Any:
    """How often each message may have arrived at most: once, and once more for each time that it was on its way."""
    most = dict.fromkeys(counts, 1)
    for key in on_its_way:
        most[key] = most.get(key, 1) + 1
    return type(counts)(most)
