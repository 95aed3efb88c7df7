"""The delivery to real servers: in order, once, and one that is away holds up nobody else."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from headgate.alerts import Channels, Delivered, channels_of, deliver, faults_of, send_due
from headgate.alerts import listener as alerts_listener
from headgate.alerts.content import content_of
from headgate.alerts.delivery import REFUSALS
from headgate.cli import main
from headgate.history import home, incident_detail, open_store
from headgate.history.budget import LINEAGE_SECONDS, Budget
from headgate.history.incident_retention import prune_incidents
from headgate.history.store import Store
from headgate.history.tables import incident, message
from headgate.history.waiting import waiting
from headgate.incidents import OWNER, Notice, Standing, Told
from headgate.render.notice import subject

from tests.support.contracts import odcs, write
from tests.support.incidents import concern_of, finding, incidents_of, put_dataset, put_incident, put_message
from tests.support.lineage_server import black_hole, dripping, refused
from tests.support.messages import AT, notice, put, receiving
from tests.support.timed import timed

ROOT = Path(__file__).parents[2]


def configured(**targets: Any) -> Channels:
    return channels_of(json.dumps({"*" if name == "others" else name: target for name, target in targets.items()}))


def sent(store: Store, channels: Channels, *, seconds: float = 5, minutes: float = 0, **options: Any) -> Delivered:
    """Deliver, `minutes` after AT."""
    clock = AT + timedelta(minutes=minutes)
    return deliver(store, channels, deadline=time.monotonic() + seconds, now=lambda: clock, **options)


def subjects(*numbers: int) -> list[str]:
    return [subject(notice(number)) for number in numbers]


def test_messages_arrive_in_order_once(store: Store) -> None:
    put(store, *(notice(number) for number in range(5)))
    with receiving() as receiver:
        channels = configured(others=[f"{receiver.url}/a", f"{receiver.url}/b"])
        first, second = sent(store, channels), sent(store, channels)
    assert (first.delivered, first.waiting, second.delivered) == (10, 0, 0)
    assert receiver.subjects("/a") == receiver.subjects("/b") == subjects(*range(5))
    assert set(receiver.keys().values()) == {1}
    assert len(receiver.keys()) == 10


PAGE = "https://airflow.example.com/headgate"
# What HEADGATE_PAGE is, whether one incident is told or two, the line of the text, and the page of the first incident.
PAGES = [
    (PAGE, ("a",), f"The incident: {PAGE}/incidents/1", f"{PAGE}/incidents/1"),
    (f"{PAGE}/", ("a", "b"), f"The incidents: {PAGE}/incidents", f"{PAGE}/incidents/1"),
    ("", ("a",), None, None),
    ("javascript:alert(1)//", ("a",), None, None),
]


@pytest.mark.parametrize(("configured_page", "rules", "line", "page"), PAGES)
def test_a_message_leads_to_the_page(
    configured_page: str, rules: tuple[str, ...], line: str | None, page: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADGATE_PAGE", configured_page)
    said = content_of(notice(1, rules=rules))
    assert [each for each in said["text"].splitlines() if each.startswith("The incident")] == ([line] if line else [])
    assert said["incidents"][0]["page"] == page


def test_what_a_webhook_is_sent(store: Store) -> None:
    told = notice(1, Told.CLOSED, rules=("a", "b"))
    put(store, told)
    with receiving() as receiver:
        sent(store, configured(others=receiver.url.replace("//", "//me:s3cret@") + "/hooks/ä?x=1"))
    ((path, _, body),) = receiver.received
    assert path == "/hooks/%C3%A4?x=1"
    assert receiver.headers[0]["Authorization"] == "Basic bWU6czNjcmV0"
    incidents = body.pop("incidents")
    assert body == {
        "text": body["text"],
        "subject": subject(told),
        "told": "closed",
        "at": "2026-03-01T08:01:00+00:00",
        "recipient": "owner",
        "contract": "shop",
        "version": "1.0.0",
        "dataset": "orders",
        "owner": "Shop team",
        "link": "",
        "also": [],
    }
    assert incidents[0] == {
        "number": 1,
        "page": None,
        "key": told.key_of(told.about[0]),
        "rule": "a",
        "statement": "id is not null (1)",
        "severity": "error",
        "state": "closed",
        "effect": "held_back",
        "failed": 2,
        "rows": 10,
        "reason": "",
        "opened": "2026-03-01T08:00:00+00:00",
        "since": "2026-03-01T08:00:00+00:00",
        "closed": "2026-03-01T08:01:00+00:00",
        "acknowledged_by": None,
        "episodes_in_28_days": 1,
    }
    assert [each["rule"] for each in incidents] == ["a", "b"]


def test_a_channel_that_is_down_for_a_day_gets_all_of_it_later_in_order(store: Store) -> None:
    with receiving(status=503) as receiver:
        channels = configured(others=f"{receiver.url}/hooks/s3cret")
        for hour in range(24):
            put(store, notice(60 * hour))
            done = sent(store, channels, minutes=60 * hour)
            assert done.delivered == 0
        assert receiver.requests == 24
        (queue,) = done.left.channels
        assert (queue.waiting, queue.since) == (24, AT)
        assert queue.error == f"the webhook of '*' at {receiver.url} answered 503"
        receiver.status = 200
        assert sent(store, channels, minutes=24 * 60).delivered == 24
    assert receiver.subjects("/hooks/s3cret") == subjects(*range(0, 24 * 60, 60))


def test_a_pause_holds_and_ends(store: Store) -> None:
    put(store, notice())
    with receiving(status=500) as receiver:
        channels = configured(others=receiver.url)
        found = [sent(store, channels, minutes=minutes).channels[0].held for minutes in (0, 0.4, 0.6, 1.5, 1.7)]
        assert (found, receiver.requests) == ([False, True, False, True, False], 3)
        assert not sent(store, channels, minutes=1.7, anyway=True).channels[0].held


# how a server answers, and whether the message is refused for good after three tries
STATUSES = [(400, True), (413, True), (422, True), (301, False), (307, False), (401, False), (403, False), (404, False),
            (408, False), (410, False), (425, False), (429, False), (500, False)]  # fmt: skip


@pytest.mark.parametrize(("status", "is_refused"), STATUSES)
def test_what_is_refused_for_good(status: int, is_refused: bool, store: Store) -> None:
    """What is wrong with the address or the server is no fault of the message: it waits."""
    put(store, notice(0), notice(1))
    with receiving(status=status) as receiver:
        channels = configured(others=receiver.url)
        for _ in range(REFUSALS - 1):
            assert sent(store, channels, anyway=True).refused == 0
        done = sent(store, channels, anyway=True)
        assert done.refused == is_refused
        (queue,) = waiting(store).channels
        assert (queue.waiting, queue.refused) == ((1, 1) if is_refused else (2, 0))
        assert "/elsewhere" not in [path for path, _, _ in receiver.received]
        receiver.status = 200
        sent(store, channels, anyway=True)
    assert receiver.subjects() == (subjects(1) if is_refused else subjects(0, 1))


# how a server answers, one try after the other, and after which try the message is refused for good
RUNS_OF_ANSWERS = [
    ([500, 500, 400, 400], None), ([400, 400, 500, 400, 400], None), ([400, 503, 413, 422, 400], 5), ([500, 400, 400, 400], 4),
]  # fmt: skip


@pytest.mark.parametrize(("statuses", "refused_at"), RUNS_OF_ANSWERS)
def test_only_refusals_in_a_row_count(statuses: list[int], refused_at: int | None, store: Store) -> None:
    put(store, notice(0))
    with receiving() as receiver:
        channels, found = configured(others=receiver.url), None
        for number, receiver.status in enumerate(statuses, 1):
            found = number if sent(store, channels, anyway=True).refused else found
        receiver.status = 200
        sent(store, channels, anyway=True)
    assert (found, receiver.subjects()) == (refused_at, [] if refused_at else subjects(0))


@timed
def test_channels_that_are_away_hold_up_nobody(store: Store) -> None:
    put(store, notice(0), notice(1))
    with receiving() as receiver, black_hole() as hole, dripping() as drip:
        channels = configured(others=[f"{hole}/s3cret", f"{drip}/s3cret", f"{refused()}/s3cret", receiver.url])
        begun = time.monotonic()
        done = sent(store, channels, seconds=1)
        assert time.monotonic() - begun < 1.5
    assert receiver.subjects() == subjects(0, 1)
    errors = {each.channel: each.error for each in done.channels}
    assert errors["*#4"] is None
    assert "refused" in str(errors["*#3"])
    assert str(errors["*"]).startswith("no answer within 1.")
    assert str(errors["*#2"]).startswith("no answer within 1.")
    assert "s3cret" not in repr((done, list(faults_of(done, channels))))
    # Nobody tries at once again, though no answer came.
    again = sent(store, channels, seconds=1)
    assert [each.held for each in again.channels] == [True, True, True]


@timed
def test_a_message_on_its_way_at_the_deadline_is_marked_when_it_arrives(store: Store) -> None:
    put(store, notice(0), notice(1))
    with receiving(seconds=0.4) as receiver:
        channels = configured(others=receiver.url)
        done = sent(store, channels, seconds=0.6)
        assert done.channels[0].error
        until = time.monotonic() + 10
        while waiting(store).channels and waiting(store).channels[0].waiting == 2 and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.2)
        assert sent(store, channels, anyway=True).delivered == 1
    assert receiver.subjects() == subjects(0, 1)


def test_what_has_no_channel_waits_and_is_said(store: Store) -> None:
    put(store, notice(0), notice(1, recipient="consumer:risk"), notice(2, recipient="consumer:marketing"))
    none = sent(store, Channels())
    assert list(faults_of(none, Channels())) == [
        "3 messages wait: no channel is configured (HEADGATE_CHANNELS, [headgate] channels)"
    ]
    with receiving() as receiver:
        some = configured(marketing=f"{receiver.url}/m", elsewhere="conn:slack")
        done = sent(store, some)
        assert list(faults_of(done, some)) == [
            "1 message waits for the owner of orders: configure a channel for '#shop https://chat.example.com/shop' or "
            "'Shop team' or '*'",
            "1 message waits for the consumer risk of orders: configure a channel for 'risk@example.com' or 'risk' or '*'",
        ]
        assert receiver.subjects("/m") == subjects(2)
        all_of_them = configured(others=f"{receiver.url}/o")
        assert sent(store, all_of_them).delivered == 2
    assert receiver.subjects("/o") == subjects(0, 1)


ELSEWHERE = {"elsewhere": "conn:slack"}
# For how many minutes it waited, whether it is open still, who is told where, and what becomes of it.
WEEK = 7 * 24 * 60
OLD: list[tuple[int, bool, dict[str, Any], str]] = [
    (WEEK - 1, False, {}, "sent"), (WEEK + 1, False, {}, "expired"), (WEEK + 1, True, {}, "sent"), (9 * WEEK, True, {}, "sent"),
    (WEEK - 1, False, ELSEWHERE, "waits"), (WEEK + 1, False, ELSEWHERE, "expired"), (9 * WEEK, True, ELSEWHERE, "waits"),
]  # fmt: skip


@pytest.mark.parametrize(("waited", "is_open", "targets", "expected"), OLD)
def test_what_is_old_is_told_while_it_is_open(
    waited: int, is_open: bool, targets: dict[str, Any], expected: str, store: Store
) -> None:
    about = concern_of()
    dataset_id = put_dataset(store, about)
    events = [finding(AT, "broke", "a"), *([] if is_open else [finding(AT + timedelta(minutes=5), "held")])]
    (each,) = incidents_of(*events)
    number = put_incident(store, dataset_id, each)
    put_message(store, dataset_id, Notice(Told.OPENED, OWNER, AT, about, (Standing(number, each),)), routed=False)
    with receiving() as receiver:
        channels = configured(**(targets or {"others": receiver.url}))
        done, again = sent(store, channels, minutes=waited), sent(store, channels, minutes=waited)
    detail = incident_detail(store, str(number), AT)
    assert detail is not None
    (line,) = detail.messages
    found = "sent" if receiver.received else "expired" if done.expired else "waits" if done.left.unrouted else "lost"
    assert (found, again.expired, line.expired, line.nobody) == (expected, 0, expected == "expired", False)
    assert (list(faults_of(done, channels)) == ["1 message was not sent within 7 days, and is over by now"]) == (
        expected == "expired"
    )


def of_run(*recipients: str, told: Told = Told.OPENED, rules: tuple[str, ...] = ("id.required",)) -> list[Notice]:
    return [notice(0, told, each, rules=rules) for each in recipients]


RISK, MARKETING = "consumer:risk", "consumer:marketing"
# What one run told, the names that have a channel of their own, and who is sent what: channel and recipient.
AT_ONCE: list[tuple[list[Notice], list[str], list[tuple[str, str]]]] = [
    (of_run(OWNER, MARKETING, RISK), [], [("/*", OWNER)]),
    (of_run(OWNER, MARKETING, RISK), ["risk"], [("/*", OWNER), ("/risk", RISK)]),
    (of_run(OWNER, MARKETING, RISK), ["Shop team"], [("/Shop", OWNER), ("/*", MARKETING)]),
    (of_run(OWNER, RISK) + of_run(OWNER, told=Told.CLOSED), [], [("/*", OWNER), ("/*", OWNER)]),
    ([*of_run(OWNER, rules=("a", "b")), *of_run(RISK, rules=("a",))], [], [("/*", OWNER)]),
    ([*of_run(OWNER, rules=("a",)), *of_run(RISK, rules=("a", "b"))], [], [("/*", OWNER), ("/*", RISK)]),
    ([notice(0), notice(1, recipient=RISK)], [], [("/*", OWNER), ("/*", RISK)]),
]  # fmt: skip


@pytest.mark.parametrize(("told", "own", "expected"), AT_ONCE)
def test_who_has_no_channel_of_their_own_is_told_once(
    told: list[Notice], own: list[str], expected: list[tuple[str, str]], store: Store
) -> None:
    put(store, *told)
    with receiving() as receiver:
        done = sent(store, channels_of(json.dumps({name: f"{receiver.url}/{name.split()[0]}" for name in (*own, "*")})))
    found = [(path, body["recipient"]) for path, _, body in receiver.received]
    assert sorted(found) == sorted(expected)
    assert (done.delivered, done.left.channels) == (len(expected), ())


def test_who_is_told_with_the_same_message_is_known(store: Store) -> None:
    about = concern_of("orders", "risk", "marketing")
    dataset_id = put_dataset(store, about)
    (each,) = incidents_of(finding(AT, "broke", "a", visible=True))
    number = put_incident(store, dataset_id, each)
    to = [OWNER, MARKETING, RISK]
    notices = [Notice(Told.OPENED, one, AT, about, (Standing(number, each),)) for one in to]
    first, *_ = [put_message(store, dataset_id, one, routed=False) for one in notices]

    def shown() -> tuple[list[Any], Any, list[str]]:
        detail = incident_detail(store, str(number), AT)
        assert detail is not None
        lines = [
            (one.deliveries[0].told_with, one.arrived, one.deliveries[0].refused, one.nobody) for one in detail.messages
        ]
        told = [entry.text for entry in detail.timeline if entry.kind in ("told", "untold")]
        return lines, detail.times.notify, told

    whom = "the owner, and with the same message the consumers marketing, risk, by *: it is open"
    with receiving(status=500) as receiver:
        channels = configured(others=receiver.url)
        sent(store, channels)
        lines, notify, told = shown()
        assert lines == [(None, None, False, False), *[(first, None, False, False)] * 2]
        assert notify is None
        assert told == [f"has not yet told {whom} (the webhook of '*' at {receiver.url} answered 500)"]
        receiver.status = 200
        assert sent(store, channels, minutes=5).delivered == 1
    arrived = AT + timedelta(minutes=5)
    lines, notify, told = shown()
    assert lines == [(None, arrived, False, False), *[(first, arrived, False, False)] * 2]
    assert (notify, told) == (timedelta(minutes=5), [f"told {whom}"])
    # What is told with another does not wait, so it is not kept for ever.
    with store.writing() as connection:
        connection.execute(incident.update().values(settled=True, closed=AT))
    prune_incidents(store, 1, AT + timedelta(days=9))
    with store.reading() as connection:
        assert connection.execute(message.select()).all() == []


def test_a_channel_that_is_not_configured_any_more(store: Store) -> None:
    put(store, notice(0))
    old, new = configured(**{"Shop team": refused()}), configured(others=refused())
    sent(store, old)
    assert list(faults_of(sent(store, new), new)) == ["1 message waits for 'Shop team', which is not configured"]


def test_apprise_sends_plain_text_and_says_no_secret(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("apprise")
    put(store, notice(0, statement="<b>{{ 7 * 7 }}</b> **x**"))
    with receiving(status=200) as receiver:
        target = f"apprise:json://me:s3cret@{receiver.url.removeprefix('http://')}/p"
        assert sent(store, configured(others=target), seconds=20).delivered == 1
        ((_, _, body),) = receiver.received
        assert (body["title"], body["type"]) == (subject(notice(0, statement="<b>{{ 7 * 7 }}</b> **x**")), "failure")
    put(store, notice(1))
    done = sent(store, configured(others=target), seconds=20)
    assert done.channels[0].error == "Apprise could not send to '*'; its own log says more"
    wrong = sent(store, configured(others="apprise:nothing://s3cret"), seconds=20, anyway=True)
    assert wrong.channels[0].error == "Apprise cannot read the URL of '*'"
    assert "s3cret" not in repr((done, wrong, waiting(store))) + caplog.text


SEND = """
import sys, time
from datetime import UTC, datetime
from headgate.alerts import channels_of, deliver
from headgate.history import open_store
from tests.support.messages import AT
store = open_store(sys.argv[1])
channels = channels_of(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
until = time.monotonic() + 20
while deliver(store, channels, deadline=until, now=lambda: AT, anyway=True).waiting and time.monotonic() < until:
    time.sleep(0.01)
"""


@pytest.mark.slow
def test_processes_at_once_send_each_message_once(url: str, store: Store) -> None:
    put(store, *(notice(number) for number in range(40)))
    with receiving() as receiver:
        target = json.dumps({"*": [f"{receiver.url}/a", f"{receiver.url}/b"]})
        children = [
            subprocess.Popen(
                [sys.executable, "-c", SEND, url, target],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        for child in children:
            child.communicate("go\n", timeout=60)
    assert [child.returncode for child in children] == [0, 0]
    assert receiver.subjects("/a") == receiver.subjects("/b") == subjects(*range(40))


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    made = Budget()
    monkeypatch.setattr(alerts_listener, "history_budget", made)
    return made


def now_put(store: Store, count: int = 1) -> None:
    put(store, *(replace(notice(number), at=datetime.now(UTC)) for number in range(count)))


@timed
def test_behind_a_run_nothing_is_raised_and_one_line_is_said(
    url: str, store: Store, budget: Budget, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now_put(store)
    lines: list[str] = []

    def tell(channels: Any, where: str = url) -> float:
        monkeypatch.setenv("HEADGATE_CHANNELS", channels if isinstance(channels, str) else json.dumps(channels))
        caplog.clear()
        begun = time.monotonic()
        send_due(where)
        lines.extend(record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING)
        return time.monotonic() - begun

    with black_hole() as hole, receiving() as receiver:
        assert tell("") < 0.5
        tell("{")
        tell({"*": f"{refused()}/s3cret"})
        store_away = f"postgresql://me:s3cret@{hole.removeprefix('http://')}/x"
        assert tell({"*": receiver.url}, store_away) < 1.2
        assert receiver.received == []
        monkeypatch.setattr(budget, "_spent", 0.7)
        tell({"*": receiver.url})  # too late: lineage has the rest
        assert receiver.received == []
    assert len(lines) == 3, lines
    assert lines[0].startswith("messages about incidents wait: HEADGATE_CHANNELS is not a JSON object")
    assert lines[1].startswith("messages for '*' wait: the webhook of '*' at http://127.0.0.1:")
    assert lines[2].startswith("messages about incidents wait: no answer within 0.")
    assert "s3cret" not in repr(lines)


def test_behind_a_run_what_waits_is_sent(
    url: str, store: Store, budget: Budget, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now_put(store, 3)
    with receiving() as receiver:
        monkeypatch.setenv("HEADGATE_CHANNELS", json.dumps({"*": receiver.url}))
        send_due(url)
    assert receiver.subjects() == subjects(0, 1, 2)
    assert 0 < budget.spent < 0.8
    assert caplog.records == []


@pytest.mark.parametrize(("lineage", "sent"), [(LINEAGE_SECONDS, ()), (0, (0,))])
def test_a_slow_history_leaves_less_time_to_a_task_than_to_a_command(
    lineage: float, sent: tuple[int, ...], url: str, store: Store, budget: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose lineage events were sent before."""
    now_put(store)
    budget.add(0.7)
    with receiving() as receiver:
        monkeypatch.setenv("HEADGATE_CHANNELS", json.dumps({"*": receiver.url}))
        send_due(url, lineage=lineage)
    assert receiver.subjects() == subjects(*sent)


def test_a_flush_by_hand(url: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path))
    now_put(store, 2)

    def flush(target: str, *options: str) -> tuple[int, str]:
        monkeypatch.setenv("HEADGATE_CHANNELS", json.dumps({"Shop team": target}))
        done = CliRunner().invoke(main, ["history", "flush", "--store", url, *options])
        return done.exit_code, done.stdout

    with receiving(status=404) as receiver:
        address = f"{receiver.url}/s3cret"
        assert flush(address) == (3, "0 runs delivered\n0 messages delivered\nmessages for 'Shop team' wait: the webhook of "
                                     f"'Shop team' at {receiver.url} answered 404\n")  # fmt: skip
        code, said = flush(address, "--format", "json")
        (queue,) = json.loads(said)["messages"]["channels"]
        assert (code, queue["waiting"], queue["error"]) == (
            3,
            2,
            f"the webhook of 'Shop team' at {receiver.url} answered 404",
        )
        assert "s3cret" not in said
        receiver.status = 200
        assert flush(address) == (0, "0 runs delivered\n2 messages delivered\n")
    assert flush("conn:slack") == (0, "0 runs delivered\n0 messages delivered\n")
    now_put(store)
    assert flush("conn:slack")[0] == 3


@pytest.mark.parametrize("command", ["check", "publish"])
def test_behind_a_command_messages_are_sent(
    command: str, budget: Budget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the store is the user's own, in which runs else wait for a question."""
    for name, value in {
        "XDG_STATE_HOME": str(tmp_path),
        "HEADGATE_SPOOL": str(tmp_path / "spool"),
        "HEADGATE_STORE": "",
    }.items():
        monkeypatch.setenv(name, value)
    write(tmp_path, odcs({"name": "things", "properties": [{"name": "id", "required": True}]}))
    (tmp_path / "t.csv").write_text("id\na\n")
    target = [f"{tmp_path}/w.duckdb#main.things", "--run-key", "k"] if command == "publish" else []
    store = open_store()
    now_put(store, 2)
    with receiving() as receiver:
        monkeypatch.setenv("HEADGATE_CHANNELS", json.dumps({"*": receiver.url}))
        done = CliRunner().invoke(main, [command, f"{tmp_path}/test.odcs.yaml", f"{tmp_path}/t.csv", *target])
    assert done.exit_code == 0, done.output
    assert receiver.subjects() == subjects(0, 1)
    assert len(home(store)) == 1
    store.close()
