"""Whatever fails, waits or is killed, each event arrives, and people see at the end what an undisturbed server shows.

`make test-faults` runs a thousand interleavings and twenty kills of processes.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from headgate.history import files
from headgate.history.spool import Spool
from headgate.lineage import flush
from headgate.lineage.newest import NewestEvents
from headgate.lineage.queue import Queue
from headgate.lineage.receiver import Receiver

from tests.support.lineage_events import BEGIN
from tests.support.lineage_pages import Pages, PagesTransport
from tests.support.lineage_server import serving

pytestmark = pytest.mark.slow
INTERLEAVINGS = int(os.environ.get("HEADGATE_INTERLEAVINGS", "100"))
EVENTS = int(os.environ.get("HEADGATE_INTERLEAVED_EVENTS", "24"))
KILLS = int(os.environ.get("HEADGATE_LINEAGE_KILLS", "2"))
TRANSPORT = {"type": "tests.support.lineage_pages.PagesTransport"}

# Each job with what it reads and writes.
JOBS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "load": (("file",), ("raw",)),
    "clean": (("raw",), ("clean", "quarantine")),
    "check": (("clean",), ()),
    "score": (("clean", "raw"), ("scores",)),
    "report": (("scores",), ()),
}


def day(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """So many events of random runs, as gates send them: who checks says what was found, also of what was written."""
    events, second = [], 0
    while len(events) < count:
        job = chance.choice([*JOBS])
        run = f"{chance.getrandbits(128):032x}"
        good = chance.random() < 0.7
        for kind in ("START", "COMPLETE" if good else "FAIL"):
            second += 1
            about = {"documentation": {"description": f"{job} {kind} {second}"}} if chance.random() < 0.8 else {}
            quality = {"dataQualityAssertions": {"assertions": [{"assertion": f"{job} {second}", "success": good}]}}
            checks = kind != "START" and job != "load"
            inputs, outputs = JOBS[job]
            named = {name: {"namespace": "n", "name": name, "facets": about} for name in (*inputs, *outputs)}
            events.append(
                {
                    "eventTime": (BEGIN + timedelta(seconds=second)).isoformat(),
                    "eventType": kind,
                    "run": {"runId": run},
                    "job": {"namespace": "n", "name": job},
                    "inputs": [named[name] | ({"inputFacets": quality} if checks else {}) for name in inputs],
                    "outputs": [
                        named[name] | {"facets": about | (quality if kind == "COMPLETE" else {})} for name in outputs
                    ],
                }
            )
    return events[:count]


def undisturbed(events: list[dict[str, Any]]) -> Pages:
    pages = Pages()
    for event in sorted(events, key=lambda e: str(e["eventTime"])):
        pages.take(event)
    return pages


class Killed(BaseException):
    """As if the process were killed here."""


class Trouble:
    """Kills and failures at random, in any step of a delivery."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.pages = chance, Pages()
        self.kills = self.failures = 0.0
        self.killed = 0
        self.meanwhile: list[Any] = []

    def step(self) -> None:
        if self.chance.random() < self.kills:
            self.killed += 1
            raise Killed

    def receive(self, event: dict[str, Any]) -> None:
        if self.chance.random() < self.failures:
            raise ConnectionError("refused")
        self.pages.take(event)
        if self.meanwhile and self.chance.random() < 0.3:
            kills, self.kills = self.kills, 0.0
            self.meanwhile.pop()()  # another worker adds to the queue while this one delivers
            self.kills = kills
        if self.chance.random() < self.failures:
            raise TimeoutError("taken, and no answer")


@contextmanager
def troubled(trouble: Trouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Killed before and after each change of a file, and each event that is sent."""

    def around(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            trouble.step()
            answer = original(*args, **kwargs)
            trouble.step()
            return answer

        patch.setattr(owner, name, wrapped)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)  # nothing here crashes the machine
        patch.setattr(PagesTransport, "receive", trouble.receive, raising=False)
        for owner, name in ((files, "write"), (Spool, "remove"), (NewestEvents, "forget_late"), (Receiver, "send")):
            around(owner, name)
        yield


def test_two_workers_in_any_order_with_kills_in_any_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = late = 0
    for seed in range(INTERLEAVINGS):
        chance = random.Random(seed)
        events = day(chance, EVENTS)
        whose: tuple[list[Any], list[Any]] = ([], [])
        for event in events:
            chance.choice(whose).append(event)
        trouble = Trouble(chance)
        queues = [Queue(tmp_path / str(seed), TRANSPORT) for _ in whose]
        with troubled(trouble, monkeypatch):
            while any(whose):
                worker = chance.randrange(2)
                if whose[worker] and chance.random() < 0.7:
                    queues[worker].put(whose[worker].pop(0))
                if whose[1 - worker] and not trouble.meanwhile:
                    queue, event = queues[1 - worker], whose[1 - worker].pop(0)
                    trouble.meanwhile = [lambda queue=queue, event=event: queue.put(event)]
                trouble.kills, trouble.failures = chance.choice(((0, 0), (0.05, 0), (0, 0.2), (0.05, 0.2)))
                try:
                    if chance.random() < 0.5:
                        queues[worker].deliver(5, now=True)
                except Killed:
                    pass
                trouble.kills = trouble.failures = 0
                while trouble.meanwhile:
                    trouble.meanwhile.pop()()
            for queue in queues:
                assert queue.deliver(30, now=True).error is None
                assert queue.spool.waiting() == []
        expected = undisturbed(events)
        assert set(trouble.pages.received) == set(expected.received), seed
        assert trouble.pages.shown() == expected.shown(), seed
        killed += trouble.killed
        late += trouble.pages.received != expected.received
    print(f"\n{INTERLEAVINGS} interleavings, {killed} kills; {late} servers received events again or late")
    assert killed > INTERLEAVINGS / 2
    assert late > INTERLEAVINGS / 2


def test_without_sending_again_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: what the test above forbids is what it then finds."""
    monkeypatch.setattr(NewestEvents, "to_send_again", lambda self: [])
    with pytest.raises(AssertionError, match=r"'(datasets|edges|states)'"):
        test_two_workers_in_any_order_with_kills_in_any_step(tmp_path, monkeypatch)


def test_killed_processes_lose_nothing(tmp_path: Path) -> None:
    """Two `headgate lineage flush` at once, one of them killed now and then, while events still come."""
    chance = random.Random(KILLS)
    events = day(chance, 50 * KILLS)
    order = sorted(events, key=lambda e: str(e["eventTime"]) if chance.random() < 0.7 else str(chance.random()))
    with serving(seconds=0.01) as server:
        transport = {"type": "http", "url": server.url}
        queue = Queue(tmp_path, transport)
        for event in order[: len(order) // 2]:
            queue.put(event)
        rest = order[len(order) // 2 :]
        running = [start(tmp_path, transport) for _ in range(2)]
        hits = 0
        while hits < KILLS:
            target = len(server.events) + chance.randrange(1, 25)
            while len(server.events) < target:
                for number, process in enumerate(running):
                    if process.poll() is not None:  # it failed, or nothing waited
                        running[number] = start(tmp_path, transport)
                if rest:
                    queue.put(rest.pop())
                time.sleep(0.01)
            number = chance.randrange(2)
            hits += running[number].poll() is None
            running[number].kill()
            running[number].wait()
            running[number] = start(tmp_path, transport)
        for event in rest:
            queue.put(event)
        for process in running:
            assert process.wait(120) in (0, 3)
        (done,) = flush(str(tmp_path), transport=transport)
        assert (done.waiting, done.error) == (0, None)
        received = Pages()
        for event in server.events:
            received.take(event)
    expected = undisturbed(events)
    print(f"\n{hits} kills; {len(events)} events, received {len(received.received)} times")
    assert set(received.received) == set(expected.received)
    assert received.shown() == expected.shown()


def start(spool: Path, transport: dict[str, Any]) -> subprocess.Popen[str]:
    environment = {**os.environ, "OPENLINEAGE__TRANSPORT": json.dumps(transport)}
    command = [sys.executable, "-c", "from headgate.cli import main; main()", "lineage", "flush", "--spool", str(spool)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
