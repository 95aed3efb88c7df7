"""ContractNotifier: what a webhook is told, and that one that is away disturbs nobody."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from dagtest import DagFolder
from headgate.airflow.bounded import called
from headgate.airflow.notifier import ContractNotifier
from shop import BAD, GOOD, Shop


class Webhook:
    """An HTTP server that keeps what it was sent, and answers with `status`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.status = 200
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                webhook.sent.append((self.path, body["text"]))
                self.send_response(webhook.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    made = Webhook()
    uri = {"conn_type": "http", "host": "127.0.0.1", "schema": "http", "port": made.port, "password": "hooks/s3cret"}
    monkeypatch.setenv("AIRFLOW_CONN_HOOK", json.dumps(uri))
    yield made
    made.server.shutdown()
    made.server.server_close()


NOTIFIED = "ContractNotifier(conn_id='hook', text='{{ dag.dag_id }}')"
# on what, the policy, the data, the message behind its first line
MESSAGES = [
    ("on_failure_callback", "halt", BAD, ["- id is not null: 1 row", "- amount is at least 0: 1 row"]),
    ("on_warning", "warn", BAD, ["- id is not null: 1 row", "- amount is at least 0: 1 row"]),
    ("on_success_callback", "halt", GOOD, []),
    ("on_warning", "halt", GOOD, None),
]


@pytest.mark.slow
@pytest.mark.parametrize(("on", "policy", "data", "broken"), MESSAGES)
def test_what_is_said(
    on: str, policy: str, data: str, broken: list[str] | None, dags: DagFolder, shop: Shop, webhook: Webhook
) -> None:
    shop.contract(policy)
    shop.csv.write_text(data)
    body = "from headgate.airflow import ContractNotifier\n" + shop.publish().replace(
        "retries=3", f"retries=3, {on}={NOTIFIED}"
    )
    name = f"notified_{on}_{policy}"
    run = dags.run(dags.write(name, body))
    outcome = "halted" if policy == "halt" and data == BAD else "published"
    assert run.states["publish"] == ("failed" if outcome == "halted" else "success")
    if broken is None:
        assert webhook.sent == []
        return
    ((path, text),) = webhook.sent
    assert path == "/hooks/s3cret"
    assert text.splitlines() == [
        name,
        f"{name}.publish (manual__2026-01-01T00:00:00+00:00): things of test 1.0.0: {outcome}",
        *broken,
        "owner: Shop team · #shop (https://example.com/shop)",
    ]
    assert "98765" not in run.log
    assert "s3cret" not in run.log


def test_without_a_contract_it_says_what_there_is(webhook: Webhook) -> None:
    """As a deadline calls it, in the triggerer: the context has a DAG run, and no task."""
    context = {"dag_run": SimpleNamespace(dag_id="d", run_id="r"), "deadline": {}}
    notifier = ContractNotifier(conn_id="hook", text="late")
    asyncio.run(notifier.async_notify(context))
    assert webhook.sent == [("/hooks/s3cret", "late\nd (r): no contract was checked")]


def test_a_webhook_that_is_away_disturbs_nobody(webhook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    context = {"dag_run": SimpleNamespace(dag_id="d", run_id="r"), "exception": ValueError("secret of the data")}
    webhook.status = 500
    ContractNotifier(conn_id="hook")(context)
    webhook.server.shutdown()
    webhook.server.server_close()
    ContractNotifier(conn_id="hook")(context)
    ContractNotifier(conn_id="nay")(context)
    assert webhook.sent == [("/hooks/s3cret", "d (r): ValueError")]


def test_what_is_called_has_so_much_time_and_no_more() -> None:
    begun = time.monotonic()
    assert called(time.sleep, 5, bound_s=0.2) == "not done after 0 s, and not waited for any longer"
    assert time.monotonic() - begun < 2
    assert called(int, "x").startswith("ValueError")
    assert called(int, "1") == ""
