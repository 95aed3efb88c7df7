"""The spool as a transport of the real OpenLineage client, before servers that are well and servers that are not."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from headgate.errors import ConfigurationError
from headgate.history import Spool, files
from headgate.history.backoff import Backoff
from headgate.history.budget import Budget
from headgate.lineage import flush, status, transport
from headgate.lineage.destination import label_of, queue_of
from headgate.lineage.transport import NAME
from openlineage.client import OpenLineageClient

from tests.support import lineage_server as servers
from tests.support.lineage_events import event
from tests.support.timed import timed

serving = servers.serving
WRONG = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    return tmp_path / "spool"


def client(url: str, **http: Any) -> OpenLineageClient:
    return OpenLineageClient(config={"transport": {"type": NAME, "transport": {"type": "http", "url": url, **http}}})


def jobs(server: servers.Server) -> list[str]:
    return [e["job"]["name"] for e in server.events]


def waiting() -> int:
    return sum(sum(queue.waiting.values()) for queue in status())


def try_now(spool: Path) -> None:
    for path in spool.rglob("backoff.json"):
        Backoff().write(path)


def test_a_server_that_is_well_has_each_event_at_once() -> None:
    with serving() as server:
        sender = client(server.url)
        for number in range(3):
            sender.emit(event(f"job{number}", number))
            assert jobs(server) == [f"job{n}" for n in range(number + 1)]
        sender.close()
    assert waiting() == 0


UNWELL = {
    "refused": lambda: contextlib.nullcontext(servers.refused()),
    "black hole": servers.black_hole,
    "drips": servers.dripping,
    "500": lambda: address(status=500),
    "503": lambda: address(status=503),
    "404": lambda: address(status=404),
    "slow": lambda: address(seconds=1.9),
    "slow 500": lambda: address(status=500, seconds=0.4),
}


@contextlib.contextmanager
def address(**answers: Any) -> Iterator[str]:
    with serving(**answers) as server:
        yield server.url


@timed
@pytest.mark.parametrize(("spent", "least", "most"), [(0.0, 0.8, 1.5), (0.4, 0.6, 0.9), (1.0, 0.0, 0.2)])
def test_history_and_lineage_share_two_seconds(
    spent: float, least: float, most: float, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start of a task may have taken 0.9 s of them, in a process of its own."""
    budget = Budget()
    budget.add(spent)
    monkeypatch.setattr(transport, "history_budget", budget)
    with servers.black_hole() as url:
        sender = client(url)
        begun = time.monotonic()
        sender.emit(event("job", 1))
        assert least <= time.monotonic() - begun < most
    assert waiting() == 1


@timed
@pytest.mark.slow
@pytest.mark.parametrize("name", UNWELL)
def test_one_that_is_not_costs_two_seconds_at_most_and_loses_nothing(name: str, spool: Path) -> None:
    """Eighteen events of one process, with the back-off ended before each: the bound is the process's own."""
    with UNWELL[name]() as url:
        sender = client(url)
        begun, longest = time.monotonic(), 0.0
        for number in range(18):
            before = time.monotonic()
            sender.emit(event("job", number))
            longest = max(longest, time.monotonic() - before)
            try_now(spool)
        assert longest < 1.5  # 0.9 s, and what a busy machine adds
        assert time.monotonic() - begun < 2.0 + 18 * 0.02
        assert waiting() == 18


@timed
@pytest.mark.slow
@pytest.mark.parametrize("name", UNWELL)
def test_the_next_task_does_not_wait(name: str) -> None:
    with UNWELL[name]() as url:
        client(url).emit(event("first"))
        begun = time.monotonic()
        client(url).emit(event("second", 1))
        assert time.monotonic() - begun < 0.2
        assert waiting() == 2


def test_what_waits_is_delivered_first_in_the_order_of_time(spool: Path) -> None:
    with serving(status=503) as server:
        for seconds in (2, 0, 1):
            client(server.url).emit(event(f"job{seconds}", seconds))
        assert waiting() == 3
        server.status = 201
        try_now(spool)
        client(server.url).emit(event("job3", 3))
        assert jobs(server) == ["job0", "job1", "job2", "job3"]
        assert waiting() == 0


def test_a_flush_does_not_wait_for_the_next_try() -> None:
    with serving(status=503) as server:
        sender = client(server.url)
        for seconds in range(3):
            sender.emit(event("job", seconds))
        server.status = 201
        (done,) = flush(transport={"type": "http", "url": server.url})
        assert (done.delivered, done.waiting, done.error) == (3, 0, None)
        assert done.destination == f"{server.url}/api/v1/lineage"
        assert len(server.events) == 3


def test_a_flush_that_fails_does_not_make_the_pause_longer() -> None:
    url = servers.refused()
    client(url).emit(event("job"))
    (before,) = status()
    flush(transport={"type": "http", "url": url})
    (after,) = status()
    assert before.next_try == after.next_try is not None


def test_an_event_at_which_the_server_fails_is_set_aside_though_nothing_else_waits() -> None:
    """What is sent again after it shows that the server is well."""
    with serving(poison={WRONG}) as server:
        sender = client(server.url)
        sender.emit(event("load", 200, outputs=("target",)))
        sender.emit(event("load", 50, run=WRONG, outputs=("target",)))
        for _ in range(10):
            flush(transport={"type": "http", "url": server.url})
    (queue,) = status()
    assert (sum(queue.waiting.values()), queue.refused) == (0, 1)
    assert queue.last_refusal.startswith("the server failed at it 10 times and took others")


def test_an_event_that_the_server_refuses_does_not_hold_up_the_others() -> None:
    with serving(wrong={WRONG}) as server:
        sender = client(server.url)
        sender.emit(event("job", 0, run=WRONG))
        sender.emit(event("job", 1))
        assert len(server.events) == 1
    (queue,) = status()
    assert (sum(queue.waiting.values()), queue.refused) == (0, 1)
    assert queue.last_refusal == f"{server.url}/api/v1/lineage answered 422"


def test_an_older_event_is_followed_by_the_newest_of_its_job_and_datasets() -> None:
    """Monday's breach arrives when Tuesday's good day is there."""
    with serving() as server:
        sender = client(server.url)
        sender.emit(event("other", 100, inputs=("target",), outputs=("elsewhere",), said="other"))
        sender.emit(event("load", 200, outputs=("target",), said="good"))
        sender.emit(event("load", 50, "FAIL", outputs=("target",), said="held back"))
        sender.emit(event("load", 300, "START", outputs=("target",), said="good"))
        sent = [(e["job"]["name"], e["eventType"], e["eventTime"][14:19]) for e in server.events]
    assert sent == [
        ("other", "COMPLETE", "01:40"),
        ("load", "COMPLETE", "03:20"),
        ("load", "FAIL", "00:50"),
        ("load", "COMPLETE", "03:20"),
        ("load", "START", "05:00"),
    ]


def test_two_destinations_of_one_spool_have_a_queue_each() -> None:
    with serving(status=503) as one, serving() as two:
        client(one.url, auth={"type": "api_key", "apiKey": "secret"}).emit(event("first"))
        client(two.url).emit(event("second"))
        assert jobs(two) == ["second"]
    assert {queue.destination: sum(queue.waiting.values()) for queue in status()} == {
        f"{one.url}/api/v1/lineage": 1,
        f"{two.url}/api/v1/lineage": 0,
    }


def test_no_credentials_are_written(spool: Path) -> None:
    url = servers.refused().replace("http://", "http://user:hidden@")
    client(url, auth={"type": "api_key", "apiKey": "secret"}).emit(event("job"))
    written = [path for path in spool.rglob("*") if path.is_file()]
    assert len(written) >= 3
    for path in written:
        assert "hidden" not in f"{path} {path.read_text()}"
        assert "secret" not in path.read_text()


def test_async_http_becomes_http(caplog: pytest.LogCaptureFixture) -> None:
    with serving() as server:
        config = {"type": NAME, "transport": {"type": "async_http", "url": server.url}}
        OpenLineageClient(config={"transport": config}).emit(event("job"))
        assert jobs(server) == ["job"]
    assert "async_http loses the events" in caplog.text


def test_in_a_composite_beside_a_file(tmp_path: Path) -> None:
    file = {"type": "file", "log_file_path": str(tmp_path / "events.jsonl"), "append": True}
    with serving() as server:
        inner = {"type": NAME, "transport": {"type": "http", "url": server.url}}
        config = {"type": "composite", "transports": [file, inner]}
        OpenLineageClient(config={"transport": config}).emit(event("job"))
        assert jobs(server) == ["job"]
        assert [done.destination for done in flush(transport=config)] == [f"{server.url}/api/v1/lineage"]
    assert json.loads((tmp_path / "events.jsonl").read_text())["job"]["name"] == "job"


def test_any_transport_can_deliver(tmp_path: Path) -> None:
    inner = {"type": "file", "log_file_path": str(tmp_path / "events.jsonl"), "append": True}
    sender = OpenLineageClient(config={"transport": {"type": NAME, "transport": inner}})
    sender.emit(event("job"))
    assert json.loads((tmp_path / "events.jsonl").read_text())["job"]["name"] == "job"
    assert waiting() == 0


def test_a_spool_that_cannot_be_written_loses_nothing_while_the_server_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "file" / "spool"))
    with serving() as server:
        client(server.url).emit(event("job"))
        assert jobs(server) == ["job"]
    client(servers.refused()).emit(event("job"))  # does not raise
    assert "a lineage event is lost" in caplog.text


def test_a_full_disk_does_not_keep_what_waits_from_being_delivered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path))
    to = client(servers.refused())
    for name in ("a", "b"):
        to.emit(event(name))

    def full(*arguments: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write", full)
    with serving() as server:
        (queue,) = [each.folder for each in status(str(tmp_path))]
        spool = Spool(queue)
        transport = {"type": "http", "url": server.url}
        moved = queue.with_name(queue_of(transport))
        queue.rename(moved)
        (done,) = flush(str(tmp_path), transport=transport)
        assert (sorted(jobs(server)), done.delivered, done.waiting) == (["a", "b"], 2, 0)
    assert "cannot be written; a late event may stay the last" in caplog.text
    assert not spool.waiting()


def test_events_for_another_address_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path))
    client(servers.refused()).emit(event("job"))
    with serving() as server:
        done, other = flush(str(tmp_path), transport={"type": "http", "url": server.url})
    assert (done.waiting, other.waiting) == (0, 1)
    assert str(other.error).startswith("it is not the configured address; configure it to deliver them, or delete ")


@pytest.mark.parametrize(
    "transport",
    [
        {"type": "http", "url": "http://ann:secret@server.example:1/?key=secret"},
        {"type": "http", "url": "http://server.example:1", "endpoint": "api/v1/lineage?api_key=secret"},
    ],
)
def test_a_credential_is_in_no_name(transport: dict[str, Any]) -> None:
    assert "secret" not in label_of(transport) + queue_of(transport)


def test_a_spool_that_is_no_folder_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HEADGATE_SPOOL", "s3://bucket/spool")
    client(servers.refused()).emit(event("job"))
    folder = tmp_path / "headgate" / "spool"
    assert f"'s3://bucket/spool' is not a folder; HEADGATE_SPOOL takes a path of this machine; lineage events wait in {folder} instead" in caplog.text  # fmt: skip
    assert [sum(each.waiting.values()) for each in status(str(folder))] == [1]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, "needs the transport that delivers"),
        ({"transport": {"url": "http://x"}}, "needs the transport that delivers"),
        ({"transport": {"type": NAME}}, "delivers through itself"),
        ({"transport": {"type": "http", "url": "http://x"}, "retries": 3}, "has no option 'retries'"),
    ],
)
def test_a_wrong_configuration_is_told(config: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        OpenLineageClient(config={"transport": {"type": NAME, **config}})
