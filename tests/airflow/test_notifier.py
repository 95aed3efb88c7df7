"""ContractNotifier: what a webhook is told, and that one that is away disturbs nobody."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from headgate.airflow.notifier import ContractNotifier
from headgate.airflow.timeout import call_with_timeout

from tests.support.dagtest import DagFolder
from tests.support.shop import BAD, GOOD, Shop


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
BROKEN = ["- id is not null: 1 row", "- amount is at least 0: 1 row"]
# on what, the policy, the data, what is said of the task, and of the promises behind it
MESSAGES = [
    ("on_failure_callback", "halt", BAD, "halted, shop.things is unchanged · verdict breach, policy halt (contract)", BROKEN),
    ("on_warning", "warn", BAD, "published 3 rows to shop.things · verdict breach, policy warn (contract)", BROKEN),
    ("on_warning", "quarantine", BAD, "published 1 row to shop.things, quarantined 2 in shop.things__quarantine · "
     "verdict breach, policy quarantine (contract)", BROKEN),
    ("on_success_callback", "halt", GOOD, "published 2 rows to shop.things · verdict pass, policy halt (contract)", []),
    ("on_warning", "halt", GOOD, None, []),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("on", "policy", "data", "happened", "broken"), MESSAGES)
def test_what_is_said(
    on: str, policy: str, data: str, happened: str | None, broken: list[str], dags: DagFolder, shop: Shop,
    webhook: Webhook,
) -> None:  # fmt: skip
    shop.contract(policy)
    shop.csv.write_text(data)
    body = "from headgate.airflow import ContractNotifier\n" + shop.publish().replace(
        "retries=3", f"retries=3, {on}={NOTIFIED}"
    )
    name = f"notified_{on}_{policy}"
    run = dags.run(dags.write(name, body))
    assert run.states["publish"] == ("failed" if on == "on_failure_callback" else "success")
    if happened is None:
        assert webhook.sent == []
        return
    ((path, text),) = webhook.sent
    assert path == "/hooks/s3cret"
    *said, log = text.splitlines()
    assert said == [
        name,
        f"{name}.publish (manual__2026-01-01T00:00:00+00:00): things of test 1.0.0: {happened}",
        *broken,
        "owner: Shop team · #shop https://example.com/shop",
    ]
    assert re.fullmatch(
        rf"log: http://\S+/dags/{name}/runs/manual__2026-01-01T00%3A00%3A00%2B00%3A00/tasks/publish\S*", log
    )
    assert "9876543210" not in run.log
    assert "s3cret" not in run.log


# the task, and what is said of it
RELEASE = "ContractReleaseOperator(task_id='task', of='publish', contract={contract!r}, by='ann', why='ok', {on})"
OTHERS = [
    ("ContractPublishOperator(task_id='task', contract={contract!r}, source='nay.csv', {on})", "nay.csv: file not found · owner: Shop team · #shop"),
    (f"publish >> {RELEASE}", "released 2 rows into shop.things, approved by ann: ok (of "),
    (f"{RELEASE} >> publish", "of: the task publish has published nothing in this run"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("task", "said"), OTHERS)
def test_what_is_said_of_other_tasks(task: str, said: str, dags: DagFolder, shop: Shop, webhook: Webhook) -> None:
    on = f"on_success_callback={NOTIFIED}, on_failure_callback={NOTIFIED}"
    contract = str(shop.contract("quarantine"))
    shop.csv.write_text(BAD)
    head = "from headgate.airflow import ContractNotifier, ContractReleaseOperator\n"
    name = f"notified_{OTHERS.index((task, said))}"
    dags.run(dags.write(name, head + shop.publish() + task.format(contract=contract, on=on) + "\n"))
    assert [said in text for _, text in webhook.sent] == [True], webhook.sent


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
    assert call_with_timeout(time.sleep, 5, bound_s=0.2) == "not done after 0 s, and not waited for any longer"
    assert time.monotonic() - begun < 4.5
    assert call_with_timeout(int, "x").startswith("ValueError")
    assert call_with_timeout(int, "1") == ""
