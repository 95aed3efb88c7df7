"""Incidents of tasks in real Airflow: opened by the task that finds the breach, told to a webhook, closed by the run
in which the promise holds again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from headgate import Contract
from headgate.airflow.upkeep import upkeep
from headgate.alerts import listener as alerts_listener
from headgate.gate import publish
from headgate.history import incident_detail, list_incidents, listener, open_store
from headgate.history.budget import Budget
from headgate.incidents import Effect
from headgate.report import Run

from tests.airflow.test_watch import FRESH, contract, put, ran
from tests.support.contracts import odcs, setting, write
from tests.support.dagtest import DagFolder
from tests.support.history import sqlite_at
from tests.support.messages import Receiver, receiving
from tests.support.shop import BAD, GOOD, Shop
from tests.support.timed import timed

pytestmark = [pytest.mark.slow, timed]  # messages have what is left of two seconds
SEEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Receiver]:
    """A store, a spool and a webhook of the test's own."""
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("AIRFLOW__HEADGATE__STORE", sqlite_at(tmp_path))
    for module in (listener, alerts_listener):
        monkeypatch.setattr(module, "history_budget", Budget())
    with receiving() as receiver:
        monkeypatch.setenv(
            "AIRFLOW__HEADGATE__CHANNELS", json.dumps({"#shop": receiver.url, "*": f"{receiver.url}/all"})
        )
        yield receiver


def summary(receiver: Receiver, path: str = "/") -> list[tuple[str, str]]:
    return [(body["told"], body["incidents"][0]["effect"]) for at, _, body in receiver.received if at == path]


def test_a_publish_that_breaks_and_its_clear(dags: DagFolder, shop: Shop, told: Receiver, tmp_path: Path) -> None:
    shop.contract()
    path = dags.write("incident_publish", shop.publish())
    dags.run(path, day=1)
    assert told.received == []
    shop.csv.write_text(BAD)
    broke = dags.run(path, day=2)
    assert summary(told) == [("opened", "held_back")]
    _, _, body = told.received[0]
    # What somebody needs who gets this alone: the promise, since when, who, and what readers have.
    for part in ("amount is at least 0", "Shop team", "2026-01-01", "Since", "May I use the data now? Yes"):
        assert part in body["text"]
    assert body["link"].startswith("http")
    # Lineage names the same incidents.
    facets = [
        output["facets"]["headgate_contract"]
        for event in broke.events
        for output in event["outputs"]
        if event["eventType"] in ("COMPLETE", "FAIL") and "headgate_contract" in output.get("facets", {})
    ]
    keys = {failed["incident"] for facet in facets for failed in facet.get("failed", ())}
    assert keys == {each["key"] for each in body["incidents"]}
    store = open_store(sqlite_at(tmp_path))
    assert {each.key for each in list_incidents(store, SEEN)} == keys
    # The source is repaired, and the task cleared.
    shop.csv.write_text(GOOD)
    dags.run(path, day=2)
    assert summary(told) == [("opened", "held_back"), ("closed", "held_back")]
    assert list_incidents(store, SEEN) == ()
    store.close()


def test_mapped_checks_do_not_close_each_other(dags: DagFolder, shop: Shop, told: Receiver, tmp_path: Path) -> None:
    shop.contract()
    publish(Contract.load(shop.folder / "things.odcs.yaml")["things"], shop.csv, run=Run("first"))
    for name, rows in (("a", GOOD), ("b", BAD), ("c", GOOD)):
        (shop.folder / f"{name}.csv").write_text(rows)
    body = (
        f"ContractCheckOperator.partial(task_id='check', contract={str(shop.folder / 'things.odcs.yaml')!r})"
        f".expand(data=[{str(shop.folder)!r} + f'/{{name}}.csv' for name in 'abc'])\n"
    )
    path = dags.write("incident_mapped", body)
    run = dags.run(path)
    assert [run.states[f"check[{number}]"] for number in range(3)] == ["success", "failed", "success"]
    store = open_store(sqlite_at(tmp_path))
    found = list_incidents(store, SEEN)
    assert {(each.incident.effect, each.incident.slots[0].part) for each in found} == {(Effect.HELD_BACK, "map 1")}
    assert summary(told) == [("opened", "held_back")]
    store.close()


def test_a_run_that_never_came(dags: DagFolder, told: Receiver, tmp_path: Path) -> None:
    """No run of the pipeline says it: the watch does, tells owner and reader, and measures how well that went."""
    needs = [{"name": "BI", "needs": [{"property": "freshness", "value": 2, "unit": "h", "element": "at"}]}]
    repair = {"property": "timeToRepair", "value": 1, "unit": "d"}
    file = contract(tmp_path, "late", FRESH, repair, consumers=needs)
    put(file, 6)
    ran(dags, "incident_watch", file.parent)
    opened = [(body["recipient"], body["told"]) for _, _, body in told.received]
    assert opened == [("owner", "opened"), ("consumer:BI", "opened")]
    put(file, 0)
    again = ran(dags, "incident_watch", file.parent)
    closed = [(body["recipient"], body["told"]) for _, _, body in told.received][2:]
    assert sorted(closed) == [("consumer:BI", "closed"), ("owner", "closed")]
    levels = {level["name"]: level["status"] for level in again.summaries["watch[0]"]["levels"]}
    assert levels.get("timeToRepair", "kept") == "kept"
    store = open_store(sqlite_at(tmp_path))
    (detail,) = (incident_detail(store, str(each.number), SEEN) for each in list_incidents(store, SEEN, closed=True)
                 if not each.incident.broken.consumer)  # fmt: skip
    assert detail is not None
    # It was due two hours before it was found.
    due = detail.line.incident.broken.due
    assert due is not None
    assert timedelta(hours=2) <= detail.line.incident.opened - due < timedelta(hours=2, minutes=5)
    store.close()


def test_a_channel_that_was_down_is_told_by_the_upkeep(dags: DagFolder, shop: Shop, told: Receiver) -> None:
    shop.contract()
    path = dags.write("incident_down", shop.publish())
    told.status = 503
    shop.csv.write_text(BAD)
    run = dags.run(path, day=2)
    assert run.states["publish"] == "failed"
    assert told.received == []
    told.status = 200
    assert upkeep()["messages"].startswith("1 messages delivered")
    assert summary(told) == [("opened", "held_back")]


def test_published_under_warn_the_readers_of_the_column_are_told(
    dags: DagFolder, told: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = {name: f"{told.url}/{name}" for name in ("churn", "mail")} | {"*": f"{told.url}/all"}
    monkeypatch.setenv("AIRFLOW__HEADGATE__CHANNELS", json.dumps(channels))
    shop = Shop(tmp_path)
    things: dict[str, Any] = {
        "name": "things",
        "properties": [
            {"name": "id", "logicalType": "string"},
            {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
        ],
        "customProperties": [
            setting("consumers", [{"name": "churn", "reads": ["amount"]}, {"name": "mail", "reads": ["id"]}])
        ],
    }
    servers = [{"server": "local", "type": "duckdb", "database": "w.duckdb", "schema": "shop"}]
    document = odcs(things, team={"name": "Shop team"}, servers=servers, settings={"onBreach": "warn"})
    write(shop.folder, document, "things.odcs.yaml")
    shop.csv.write_text("id,amount\na,1\nb,-9\n")
    dags.run(dags.write("incident_warn", shop.publish()), day=1)
    found = sorted((at, body["recipient"]) for at, _, body in told.received)
    assert found == [("/all", "owner"), ("/churn", "consumer:churn")]
