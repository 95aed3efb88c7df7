"""`headgate lineage flush` and `status`, and the client that commands send their own events by."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from headgate.cli import main
from headgate.errors import ConfigurationError
from headgate.lineage import client
from headgate.lineage.transport import NAME

from tests.support.lineage_events import event
from tests.support.lineage_server import Server, refused, serving


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = dict(os.environ)  # the client adds variables of its own for OPENLINEAGE_URL
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    monkeypatch.delenv("AIRFLOW__OPENLINEAGE__TRANSPORT", raising=False)
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "spool"
    os.environ.clear()
    os.environ.update(before)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["lineage", *arguments])
    return result.exit_code, result.output


def fill(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT", json.dumps({"type": "http", "url": server.url}))
    sender = client()
    assert sender is not None
    for seconds, job in enumerate(("load", "load", "check")):
        sender.emit(event(job, seconds))


def test_status_and_flush(monkeypatch: pytest.MonkeyPatch, spool: Path) -> None:
    with serving(status=503) as server:
        fill(server, monkeypatch)
        to = f"{server.url}/api/v1/lineage"
        code, text = run("status")
        lines = text.splitlines()
        assert code == 0
        assert lines[:3] == [
            f"{to}: 3 events wait, the oldest since 2026-03-02T00:00:00+00:00",
            "       2  tests load",
            "       1  tests check",
        ]
        assert re.fullmatch(rf"  not tried before \S+: {to} answered 503", lines[3])
        assert run("flush") == (3, f"{to}: 0 events delivered\n  3 events wait: {to} answered 503\n")
        server.status = 201
        code, text = run("flush", "--format", "json", "--spool", str(spool))
        assert (code, json.loads(text)) == (
            0,
            [{"destination": to, "delivered": 3, "refused": 0, "waiting": 0, "error": None}],
        )
        assert [e["job"]["name"] for e in server.events] == ["load", "load", "check"]
        assert run("status") == (0, f"{to}: nothing waits\n")


def test_status_tells_what_was_refused_and_dropped(monkeypatch: pytest.MonkeyPatch, spool: Path) -> None:
    with serving(status=422) as server:
        fill(server, monkeypatch)
        to = f"{server.url}/api/v1/lineage"
        (folder,) = (spool / "lineage").iterdir()
        (folder / "dropped.json").write_text('{"entries": 1200}')
        assert run("status")[1].splitlines() == [
            f"{to}: nothing waits",
            f"  3 events refused, the last: {to} answered 422",
            "  1,200 events dropped because the spool was full",
            f"  in {folder}",
        ]
        (told,) = json.loads(run("status", "--format", "json")[1])
        assert (told["waiting"], told["refused"], told["dropped"], told["oldest"]) == (0, 3, 1200, None)


def test_nothing_waits_where_nothing_ever_did(spool: Path) -> None:
    assert run("status") == (0, f"nothing waits in {spool}\n")


def test_a_flush_without_a_transport_is_a_wrong_call(monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = run("flush")
    assert (code, text.partition(";")[0]) == (2, "no OpenLineage transport is configured")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT", '{"type": "console"}')
    assert run("flush") == (2, f"the OpenLineage transport 'console' has no spool; wrap it in {NAME}\n")


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({}, None),
        ({"OPENLINEAGE_DISABLED": "true", "OPENLINEAGE_URL": "http://x"}, None),
        ({"OPENLINEAGE_URL": "http://x"}, "headgate_spool"),
        ({"OPENLINEAGE__TRANSPORT": '{"type": "http", "url": "http://x"}'}, "headgate_spool"),
        ({"OPENLINEAGE__TRANSPORT__TYPE": "http", "OPENLINEAGE__TRANSPORT__URL": "http://x"}, "headgate_spool"),
        ({"OPENLINEAGE__TRANSPORT": '{"type": "async_http", "url": "http://x"}'}, "headgate_spool"),
        ({"OPENLINEAGE__TRANSPORT": f'{{"type": "{NAME}", "transport": {{"type": "console"}}}}'}, "headgate_spool"),
        ({"OPENLINEAGE__TRANSPORT": '{"type": "file", "log_file_path": "x"}'}, "file"),
        ({"OPENLINEAGE__TRANSPORT": '{"type": "console"}'}, "console"),
        ({"AIRFLOW__OPENLINEAGE__TRANSPORT": '{"type": "http", "url": "http://x"}'}, "headgate_spool"),
        (
            {
                "OPENLINEAGE__TRANSPORT": '{"type": "console"}',
                "AIRFLOW__OPENLINEAGE__TRANSPORT": '{"type": "http", "url": "http://x"}',
            },
            "console",
        ),
    ],
)
def test_the_client(variables: dict[str, str], kind: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = client()
    assert (found.transport.kind if found else None) == kind


def test_the_client_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "openlineage.yml").write_text("transport: {type: http, url: 'http://x'}")
    found = client()
    assert found is not None
    assert found.transport.kind == "headgate_spool"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("AIRFLOW__OPENLINEAGE__TRANSPORT", "{", "AIRFLOW__OPENLINEAGE__TRANSPORT is not JSON"),
        ("AIRFLOW__OPENLINEAGE__TRANSPORT", "{}", "AIRFLOW__OPENLINEAGE__TRANSPORT names no transport"),
        ("OPENLINEAGE__TRANSPORT", '{"type": "htpp"}', "the OpenLineage transport 'htpp' cannot be made"),
    ],
)
def test_a_wrong_transport_is_told(variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=said):
        client()


def test_a_command_sends_its_events_also_where_the_server_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", refused())
    sender = client()
    assert sender is not None
    sender.emit(event("job"))
    assert "1 event waits" in run("status")[1]
