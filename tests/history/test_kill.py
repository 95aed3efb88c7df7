"""A delivery that is killed at any step is done again, and leaves what an undisturbed one leaves.

`make test-faults` kills twenty processes of each store, and interrupts forty deliveries in their steps.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from headgate.history import (
    RunRecord,
    files,
    findings,
    flush,
    incidents,
    notices,
    open_store,
    standing,
    waiting_records,
)
from headgate.history import store as store_module
from headgate.history.spool import Spool
from headgate.history.store import Store

from tests.support.history import contents, messages, record

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("HEADGATE_HISTORY_KILLS", "2"))
INTERRUPTED = max(12, 2 * KILLS)
ROOT = Path(__file__).parents[2]
FLUSH = "import sys; from headgate.history import flush; print('ready', flush=True); flush(sys.argv[1])"


def days(chance: random.Random, count: int) -> list[RunRecord]:
    """Runs, reruns and late ones."""
    found = []
    for number in range(count):
        statuses = {key: chance.choice(["passed", "failed"]) for key in "abc" if chance.random() < 0.9}
        found.append(record(chance.randrange(count), statuses, at=number + count))
    return found


def fill(records: list[RunRecord]) -> None:
    waiting = waiting_records()
    for each in records:
        waiting.put("shop.orders", each.at, each.to_dict())


def undisturbed(records: list[RunRecord], store: Store) -> Any:
    for each in records:
        store.record(each)
    found = contents(store), messages(store)
    store.close()
    return found


def test_killed_processes(
    url: str, fresh: Callable[[], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    chance = random.Random(7)
    records = days(chance, 100 * KILLS)
    fill(records)
    open_store(url).close()
    killed = 0
    for _ in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", FLUSH, url], cwd=ROOT, stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        before = len(waiting_records().waiting())
        while child.poll() is None and len(waiting_records().waiting()) == before:
            time.sleep(0.005)
        time.sleep(chance.random() * 0.1)
        child.send_signal(signal.SIGKILL)
        killed += child.wait() == -signal.SIGKILL
        child.stdout.close()
    print(f"{killed} of {KILLS} processes killed, {len(waiting_records().waiting())} of {len(records)} runs left")
    assert killed > 0
    assert flush(url, seconds=300).error is None
    store = open_store(url)
    assert (contents(store), messages(store)) == undisturbed(records, fresh())
    store.close()


class Killed(BaseException):
    """As if the process were killed here."""


# Each step of a delivery: before it and after it the process may end.
STEPS = ((files, "write"), (Spool, "remove"), (Store, "record"), (store_module, "_write_report"),
         (store_module, "_rule_ids"), (standing, "refresh"), (store_module, "fold_in"), (findings, "add"),
         (incidents, "_write_lines"), (notices, "_tell_one"), (notices, "_write_message"))  # fmt: skip


def test_killed_in_each_step(fresh: Callable[[], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite: what is committed and what is not is the database's own business, whichever it is."""
    killed = told = 0
    for seed in range(INTERRUPTED):
        chance = random.Random(seed)
        monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / str(seed)))
        records = days(chance, 10)
        store = fresh()
        address = str(store.engine.url)
        fill(records)
        with monkeypatch.context() as patch:
            for owner, name in STEPS:
                patch.setattr(owner, name, around(getattr(owner, name), chance))
            while waiting_records().waiting():
                try:
                    flush(address)
                except Killed:
                    killed += 1
        told += len(messages(store))
        assert (contents(store), messages(store)) == undisturbed(records, fresh())
        store.close()
    assert told >= INTERRUPTED
    print(f"{killed} kills in {INTERRUPTED} deliveries")
    assert killed >= INTERRUPTED


def around(step: Callable[..., Any], chance: random.Random) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **options: Any) -> Any:
        if chance.random() < 0.05:
            raise Killed
        answer = step(*arguments, **options)
        if chance.random() < 0.05:
            raise Killed
        return answer

    return wrapped


WRITE = """
import sys
from headgate.history import told
from tests.support.history import record
for day in range(int(sys.argv[2]), int(sys.argv[2]) + 10):
    told(record(day), sys.argv[1])
"""


def test_writers_at_once(url: str, fresh: Callable[[], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    open_store(url).close()
    children = [subprocess.Popen([sys.executable, "-c", WRITE, url, str(8 * n)], cwd=ROOT) for n in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert flush(url).error is None
    store = open_store(url)
    assert (contents(store), messages(store)) == undisturbed([record(day) for day in range(26)], fresh())
    store.close()
