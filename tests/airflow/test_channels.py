"""Channels that only Airflow reaches: the webhook of a connection, and notifiers, whose arguments are templates."""

from __future__ import annotations

import json
import logging
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from airflow.sdk import BaseNotifier
from headgate.airflow import history as task_history
from headgate.airflow.channels import channels_for_tasks
from headgate.airflow.history import record_run
from headgate.airflow.upkeep import STEPS, upkeep
from headgate.alerts import deliver
from headgate.alerts import listener as alerts_listener
from headgate.errors import ConfigurationError
from headgate.history import listener, open_store
from headgate.history.budget import Budget
from headgate.history.store import Store
from headgate.history.waiting import waiting
from headgate.incidents import Effect, Severity, Told
from headgate.render.notice import subject

from tests.support.history import record, sqlite_at
from tests.support.lineage_server import refused
from tests.support.messages import AT, Receiver, notice, put, receiving
from tests.support.timed import timed

NOTED = "tests.airflow.test_channels.Noted"
PAGER = "tests.airflow.test_channels.Pager"
TEXT = "<!channel> {{ 7 * 7 }} {% raw %}"


class Noted(BaseNotifier):
    """Notes what it is called with. A field has the name of something in the context, as `text` of Slack's notifiers."""

    template_fields = ("text", "blocks")
    called: ClassVar[list[tuple[str, Any]]] = []
    fault: Exception | None = None

    def __init__(self, *, text: str, blocks: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text, self.blocks = text, blocks

    def notify(self, context: Any) -> None:
        if self.fault is not None:
            raise self.fault
        self.called.append((self.text, self.blocks))


class Pager(BaseNotifier):
    """Sends an event as PagerDuty's Events API v2 takes it."""

    template_fields = ("summary", "severity", "action", "dedup_key")

    def __init__(
        self, *, url: str, summary: str, severity: str, action: str = "trigger", dedup_key: str | None = None
    ) -> None:
        super().__init__()
        self.url, self.summary, self.severity, self.action, self.dedup_key = url, summary, severity, action, dedup_key

    def notify(self, context: Any) -> None:
        payload = {"summary": self.summary, "source": "airflow", "severity": self.severity}
        event = {"routing_key": "s3cret", "event_action": self.action, "dedup_key": self.dedup_key, "payload": payload}
        request = urllib.request.Request(self.url, json.dumps(event).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=5).close()


class ServerFailureError(Exception):
    """As of requests and httpx: with the answer of a server, and a URL in its text."""

    def __init__(self, status: int) -> None:
        super().__init__("POST https://hooks.example.com/s3cret")
        self.response = type("Response", (), {"status_code": status})()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(sqlite_at(tmp_path))
    yield made
    made.close()


@pytest.fixture
def option(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setattr(Noted, "called", [])

    def set_option(**options: Any) -> None:
        for name, value in options.items():
            text = value if isinstance(value, str) else json.dumps(value)
            monkeypatch.setenv(f"AIRFLOW__HEADGATE__{name.upper()}", text)

    return set_option


def sent(store: Store) -> Any:
    (queue,) = deliver(
        store, channels_for_tasks(), deadline=time.monotonic() + 20, now=lambda: AT, anyway=True
    ).channels
    return queue


def test_a_notifier_renders_its_templates_and_nothing_of_a_contract(store: Store, option: Any) -> None:
    blocks = [
        {"type": "{{ told }}", "n": "{{ incidents | length }} of {{ dataset }}: {{ incident.statement }}, {{ action }}"}
    ]
    option(channels={"*": {"notifier": NOTED, "text": "{{ subject }}", "blocks": blocks}})
    told = notice(0, statement=TEXT, rules=("a", "b"))
    put(store, told)
    assert sent(store).delivered == 1
    assert Noted.called == [(subject(told), [{"type": "opened", "n": f"2 of orders: {TEXT} (0), trigger"}])]


def test_a_notifier_s_field_does_not_hide_what_is_told(store: Store, option: Any) -> None:
    option(channels={"*": {"notifier": NOTED, "text": "{{ text }}", "each": "incident"}})
    put(store, notice(0, rules=("a", "b")))
    assert sent(store).delivered == 1
    assert len(Noted.called) == 2
    assert all("id is not null (0)" in text for text, _ in Noted.called)


LIFE = [
    (Told.OPENED, "trigger"), (Told.WORSE, "trigger"), (Told.REMINDER, "trigger"), (Told.ACKNOWLEDGED, "acknowledge"),
    (Told.CLOSED, "resolve"), (Told.REOPENED, "trigger"), (Told.CLOSED, "resolve"), (Told.PAST, "resolve"),
]  # fmt: skip


def test_a_pager_has_one_key_for_each_incident_while_it_opens_and_closes(store: Store, option: Any) -> None:
    with receiving(status=202) as receiver:
        fields = ("summary", "severity", "action", "dedup_key")
        target = {name: f"{{{{ {'subject' if name == 'summary' else name} }}}}" for name in fields}
        option(channels={"*": {"notifier": PAGER, "url": receiver.url, **target}})
        put(store, *(notice(number, told, rules=("a", "b")) for number, (told, _) in enumerate(LIFE)))
        assert sent(store).delivered == len(LIFE)
    events = [body for _, _, body in receiver.received]
    keys = [notice(0, rules=("a", "b")).key_of(each) for each in notice(0, rules=("a", "b")).about]
    assert [(each["event_action"], each["dedup_key"]) for each in events] == [
        (action, key) for _, action in LIFE for key in keys
    ]


@pytest.mark.parametrize(
    ("effect", "severity", "said"),
    [(Effect.HELD_BACK, Severity.ERROR, "error"), (Effect.SERVED, Severity.ERROR, "critical"),
     (Effect.LATE, Severity.ERROR, "critical"), (Effect.SERVED, Severity.NEED, "warning")],
)  # fmt: skip
def test_how_bad_it_is(effect: Effect, severity: Severity, said: str, store: Store, option: Any) -> None:
    option(channels={"*": {"notifier": NOTED, "text": "{{ severity }}"}})
    put(store, notice(0, effect=effect, severity=severity))
    sent(store)
    assert Noted.called == [(said, None)]


# the target, what it raises, and what is said
FAULTS = [
    ({"notifier": "tests.airflow.test_channels.Gone"}, None, "'*': the notifier cannot be imported: module 'tests.airflow.test_channels' has no attribute 'Gone'"),
    ({"notifier": "nowhere.Class"}, None, "'*': the notifier cannot be imported: No module named 'nowhere'"),
    ({"notifier": "json.JSONDecoder"}, None, "'*': json.JSONDecoder is not a notifier; expected a subclass of Airflow's BaseNotifier"),
    ({"notifier": NOTED}, None, "'*': Noted.__init__() missing 1 required keyword-only argument: 'text'"),
    ({"notifier": NOTED, "text": "{{ x"}, None, "the notifier of '*': TemplateSyntaxError"),
    ({"notifier": NOTED, "text": ""}, ServerFailureError(503), "the notifier of '*': ServerFailureError, HTTP 503"),
    ({"notifier": NOTED, "text": ""}, ServerFailureError(400), "the notifier of '*': ServerFailureError, HTTP 400"),
    ({"notifier": NOTED, "text": ""}, ValueError("s3cret"), "the notifier of '*': ValueError"),
    ("conn:nowhere", None, "Airflow connection 'nowhere' not found"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "fault", "said"), FAULTS)
def test_what_fails_is_said_without_secrets(
    target: Any, fault: Exception | None, said: str, store: Store, option: Any, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(Noted, "fault", fault)
    option(channels={"*": target})
    put(store, notice(0))
    queue = sent(store)
    assert (queue.error, queue.delivered) == (said, 0)
    assert "s3cret" not in caplog.text + repr(waiting(store))
    monkeypatch.setattr(Noted, "fault", None)
    option(channels={"*": {"notifier": NOTED, "text": ""}})
    assert sent(store).delivered == 1


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A server at which the Airflow connection `hook` leads."""
    with receiving() as receiver:
        port = int(receiver.url.rpartition(":")[2])
        about = {"conn_type": "http", "host": "127.0.0.1", "schema": "http", "port": port, "password": "hooks/s3cret"}
        monkeypatch.setenv("AIRFLOW_CONN_HOOK", json.dumps(about))
        yield receiver


def test_the_webhook_of_a_connection(hook: Receiver, store: Store, option: Any) -> None:
    option(channels={"*": "conn:hook"})
    put(store, notice(0))
    hook.status = 404
    assert sent(store).error == f"the webhook of 'hook' at {hook.url} answered 404"
    hook.status = 200
    assert sent(store).delivered == 1
    ((path, key, body),) = hook.received
    assert (path, body["subject"]) == ("/hooks/s3cret", subject(notice(0)))
    assert key.startswith("headgate-1-")


def test_airflow_s_setting_comes_before_the_environment(option: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_CHANNELS", '{"b": "conn:b"}')
    assert [channel.name for channel in channels_for_tasks().all] == ["b"]
    option(channels={"a": "conn:a"})
    assert [channel.name for channel in channels_for_tasks().all] == ["a"]
    option(channels="{")
    with pytest.raises(ConfigurationError, match=r"^\[headgate\] channels is not a JSON object"):
        channels_for_tasks()


def test_the_upkeep_delivers_what_waits(
    hook: Receiver, store: Store, option: Any, caplog: pytest.LogCaptureFixture
) -> None:

    assert [*STEPS] == ["history", "messages", "lineage"]
    option(store=str(store.engine.url), channels="")
    put(store, *(replace(notice(number), at=datetime.now(UTC)) for number in range(2)))

    def kept() -> tuple[str, list[str]]:
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            said = upkeep()["messages"]
        return said, [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]

    no_channel = "messages: 2 messages wait: no channel is configured (HEADGATE_CHANNELS, [headgate] channels)"
    assert kept() == ("0 messages delivered", [no_channel])
    option(channels={"risk": "conn:hook"})
    assert kept() == (
        "0 messages delivered",
        ["messages: 2 messages wait for the owner of orders: configure a channel for '#shop https://chat.example.com/shop' or "
         "'Shop team' or '*'"],
    )  # fmt: skip
    option(channels={"#shop": ["conn:hook", refused()]})
    said, (warning,) = kept()
    assert (said, len(hook.received)) == ("2 messages delivered, 2 wait", 2)
    assert warning.startswith("messages: messages for '#shop#2' wait: the webhook of '#shop#2' at http://127.0.0.1:")
    option(store="none")
    assert kept() == ("nothing to do: no history is kept", [])


@timed
def test_behind_the_history_of_a_task_messages_are_sent(
    hook: Receiver, store: Store, option: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts_listener, "history_budget", Budget())
    option(store=str(store.engine.url), channels={"*": "conn:hook"})
    put(store, replace(notice(0), at=datetime.now(UTC)))
    assert record_run(lambda: record(0), logging.getLogger(__name__)) is not None
    assert hook.subjects("/hooks/s3cret") == [subject(notice(0))]


@timed
def test_the_time_for_messages_is_of_one_task(
    hook: Receiver, store: Store, option: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of which `dag.test()` runs many in a process, and a task may record several datasets."""
    budget = Budget()
    for module in (alerts_listener, listener, task_history):
        monkeypatch.setattr(module, "history_budget", budget)
    option(store=str(store.engine.url), channels={"*": "conn:hook"})

    def run(number: int, task: str) -> list[str]:
        put(store, replace(notice(number), at=datetime.now(UTC)))
        made = replace(record(number), run_key=task)
        assert record_run(lambda: made, logging.getLogger(__name__)) is not None
        return hook.subjects("/hooks/s3cret")

    assert len(run(0, "shop/publish/1")) == 1
    budget.add(2.0)
    assert len(run(1, "shop/publish/1")) == 1
    assert len(run(2, "shop/check/1")) == 3
