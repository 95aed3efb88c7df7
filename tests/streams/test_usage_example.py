"""dags/usage: a service that takes events through a gate, its outbox, and the table under the same contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pytest
from fastapi.testclient import TestClient
from headgate import Contract, check
from headgate.streams import EventGate

from dags.usage import service

CONTRACTS = Path(service.__file__).parent / "contracts"
GOOD = {
    "event_id": str(UUID(int=1)),
    "customer_id": "C-1",
    "metric": "api_calls",
    "quantity": 12.5,
    "plan": "pro",
    "used_at": "2026-03-02T10:00:00Z",
}
BAD: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"metric": "api-calls"}, ("metric.enum",)),
    ({"quantity": -1}, ("quantity.minimum",)),
    ({"quantity": 0.1234}, ("quantity.logicalType",)),
    ({"quantity": "12"}, ("quantity.logicalType",)),
    ({"used_at": "2026-03-02T10:00:00"}, ("used_at.logicalType",)),
    ({"customer_id": None, "plan": "gold"}, ("customer_id.required", "plan.enum")),
    ({"qty": 1}, ("extraColumns",)),
]


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(service, "DATABASE", str(tmp_path / "service.duckdb"))
    with TestClient(service.app) as client:
        yield client


def rows(query: str) -> list[Any]:
    with duckdb.connect(service.DATABASE) as connection:
        return connection.execute(query).fetchall()


def test_what_keeps_its_contract_is_counted_and_in_the_outbox(client: TestClient) -> None:
    for number in (1, 2):
        answer = client.post("/usage", json={**GOOD, "event_id": str(UUID(int=number))})
        assert (answer.status_code, answer.json()) == (202, {"event_id": str(UUID(int=number))})
    assert rows("SELECT customer_id, quantity::DOUBLE FROM totals") == [("C-1", 25.0)]
    outbox = Contract.load(CONTRACTS / "outbox.odcs.yaml")["outbox"]
    report = check(outbox, f"{service.DATABASE}#main.outbox")
    assert (report.verdict, report.rows) == ("pass", 2)


def test_requests_at_once(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as threads:
        events = [{**GOOD, "event_id": str(UUID(int=number))} for number in range(24)]
        answers = list(threads.map(lambda event: client.post("/usage", json=event).status_code, events))
    assert answers == [202] * 24
    assert rows("SELECT quantity::DOUBLE FROM totals") == [(24 * 12.5,)]


@pytest.mark.parametrize(("changed", "reasons"), BAD, ids=[" ".join(reasons) for _, reasons in BAD])
def test_what_breaks_it_goes_nowhere(client: TestClient, changed: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert client.post("/usage", json=GOOD).status_code == 202
    answer = client.post("/usage", json={**GOOD, **changed})
    assert (answer.status_code, answer.json()["detail"]["reasons"]) == (422, list(reasons))
    assert (len(rows("FROM outbox")), rows("SELECT quantity::DOUBLE FROM totals")) == (1, [(12.5,)])


def test_the_outbox_shows_what_was_written_past_the_service(client: TestClient) -> None:
    assert client.post("/usage", json=GOOD).status_code == 202
    payloads = ['{"event_id": "x"}', '{"event_id": "00000000-0000-0000-0000-000000000009", "customer_id": "C-1"}']
    with duckdb.connect(service.DATABASE) as connection:
        connection.executemany(service.SEND, [["usage", "C-1", payload] for payload in payloads])
    report = check(Contract.load(CONTRACTS / "outbox.odcs.yaml")["outbox"], f"{service.DATABASE}#main.outbox")
    failed = {result.key: result.unexpected for result in report.results if result.status == "failed"}
    assert failed == {
        "payload.event_id.format": 1,
        "payload.customer_id.required": 1,
        "payload.metric.required": 2,
        "payload.quantity.required": 2,
        "payload.used_at.required": 2,
    }


def test_the_table_is_under_the_same_contract(tmp_path: Path) -> None:
    """What an event decided, the table decides alike; that an id is new, the table alone."""
    usage = Contract.load(CONTRACTS / "usage.odcs.yaml")["usage"]
    gate = EventGate(usage)
    events = [GOOD, GOOD, {**GOOD, "event_id": str(UUID(int=2)), "metric": "calls"}]
    path = tmp_path / "usage.jsonl"
    path.write_text("\n".join(map(json.dumps, events)))
    failed = {result.key: result.unexpected for result in check(usage, path).results if result.status == "failed"}
    assert failed == {"metric.enum": 1, "primaryKey": 2}
    assert [gate.check(event) for event in events] == [(), (), ("metric.enum",)]
    assert [each.check.key for each in gate.elsewhere] == ["primaryKey"]


def test_both_contracts_promise_the_same_of_an_event() -> None:
    usage = Contract.load(CONTRACTS / "usage.odcs.yaml")["usage"]
    outbox = Contract.load(CONTRACTS / "outbox.odcs.yaml")["outbox"]
    of_usage = {check.key: (check.type, dict(check.args)) for check in usage.checks if check.columns}
    inside = "payload."
    of_payload = {
        check.key.removeprefix(inside): (check.type, dict(check.args)) for check in outbox.checks if check.within
    }
    # A document has neither columns nor physical types; the zone is asked where the event is made.
    differ = {"event_id.primaryKey", "event_id.required", "primaryKey", "quantity.physicalType", "used_at.logicalType"}
    differ |= {"used_at.timezone"}
    assert {key for key in of_usage.keys() | of_payload.keys() if of_usage.get(key) != of_payload.get(key)} == differ
