"""The spool: whole files in the order of their times, bounded, counted; a lock that no killed process holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from headgate.errors import ConfigurationError
from headgate.history import Entry, Spool, deliver, spool_folder
from headgate.history.backoff import Backoff
from headgate.history.delivery import ServerError, backoff_file
from hypothesis import given, settings
from hypothesis import strategies as st

START = datetime(2026, 3, 2, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def bodies(spool: Spool) -> list[int]:
    return [spool.read(entry)["n"] for entry in spool.waiting()]


@pytest.mark.parametrize(
    ("given_", "variable", "state", "expected"),
    [
        ("/a", "/b", "/c", "/a"),
        (None, "/b", "/c", "/b"),
        (None, None, "/c", "/c/headgate/spool"),
        (None, None, None, "/home/x/.local/state/headgate/spool"),
        ("~/s", None, None, "/home/x/s"),
    ],
)
def test_where_it_is(given_: str, variable: str, state: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/x")
    for name, value in (("HEADGATE_SPOOL", variable), ("XDG_STATE_HOME", state)):
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
    assert spool_folder(given_) == Path(expected)


def test_a_url_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'s3://bucket/spool' is not a folder"):
        spool_folder("s3://bucket/spool")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 2)), max_size=12))
def test_the_order_is_that_of_time_and_rank(
    tmp_path_factory: pytest.TempPathFactory, given_: list[tuple[int, int]]
) -> None:
    spool = Spool(tmp_path_factory.mktemp("spool"))
    for seconds, rank in given_:
        entry = spool.put("job", at(seconds), {"n": seconds}, rank)
        assert (entry.time, entry.rank) == (at(seconds), rank)
    found = [(entry.time, entry.rank) for entry in spool.waiting()]
    assert found == sorted((at(seconds), rank) for seconds, rank in given_)


@pytest.mark.parametrize(
    ("bounds", "left", "dropped"),
    [
        ({"max_entries": 6}, [0, 1, 2, 3, 4, 5], 0),
        ({"max_entries": 4}, [1, 3, 4, 5], 2),  # 0 and 2 have rank 0
        ({"max_entries": 2}, [4, 5], 4),
        ({"max_bytes": 1}, [], 6),
    ],
)
def test_the_bound_drops_rank_0_first_then_the_oldest(
    bounds: dict[str, int], left: list[int], dropped: int, tmp_path: Path
) -> None:
    spool = Spool(tmp_path, **bounds)
    for n in range(6):
        spool.put("job", at(n), {"n": n}, rank=n % 2 if n < 3 else 1)
    assert bodies(spool) == left
    assert spool.dropped == dropped


def test_a_damaged_file_is_refused_and_a_foreign_one_left(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    entry = spool.put("job", at(0), {"n": 0})
    spool.put("job", at(1), {"n": 1})
    (tmp_path / "waiting" / entry.name).write_text("{")
    (tmp_path / "waiting" / "notes.txt").write_text("mine")
    sent: list[int] = []
    done = deliver(spool, lambda e, body, d: sent.append(body["n"]), lambda d: False, deadline=time.monotonic() + 5)
    assert (sent, done.delivered, done.refused, done.error) == ([1], 1, 1, None)
    assert [*spool.refused()] == [entry]
    assert "the file is damaged" in spool.refused()[entry]
    assert (tmp_path / "waiting" / "notes.txt").exists()


def test_an_entry_at_which_the_server_alone_fails_is_refused_at_last(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    poison = spool.put("job", at(0), {"n": 0})

    def send(entry: Entry, body: dict[str, int], deadline: float) -> None:
        if body["n"] == 0:
            raise ServerError("500")

    for n in range(1, 11):
        spool.put("job", at(n), {"n": n})
        assert bodies(spool) == [0, n]
        assert deliver(spool, send, lambda d: False, deadline=time.monotonic() + 5).delivered == 1
        assert not Backoff.read(backoff_file(spool)).holds()
    assert bodies(spool) == []
    assert [*spool.refused()] == [poison]


def test_a_server_that_fails_at_all_is_down_and_nothing_is_refused(tmp_path: Path) -> None:
    spool, tried = Spool(tmp_path), []

    def send(entry: Entry, body: dict[str, int], deadline: float) -> None:
        tried.append(body["n"])
        raise ServerError("500")

    for n in range(20):
        spool.put("job", at(n), {"n": n})
    for _ in range(3):
        assert deliver(spool, send, lambda d: False, deadline=time.monotonic() + 5, now=True).error == "500"
        assert Backoff.read(backoff_file(spool)).failures == 1  # by hand: the pause is as long as it was
    assert tried == [*range(10)] * 3
    assert deliver(spool, send, lambda d: False, deadline=time.monotonic() + 5).error == "500"
    assert len(tried) == 30  # the back-off holds
    assert bodies(spool) == [*range(20)]


@pytest.mark.parametrize(("ahead", "holds"), [(-1, False), (30, True), (599, True), (10_000, False)])
def test_a_clock_that_was_set_back_does_not_hold_for_ever(ahead: float, holds: bool) -> None:
    assert Backoff(1, time.time() + ahead).holds() is holds


HOLDER = """
import sys, time
from pathlib import Path
from headgate.history import Spool
spool = Spool(Path(sys.argv[1]))
with spool.lock(time.monotonic() + 5) as held:
    print(held, flush=True)
    time.sleep(60)
"""


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    with spool.lock(time.monotonic() + 0.1) as held:
        assert not held
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with spool.lock(time.monotonic() + 0.1) as held:
        assert held
    holder.stdout.close()
