"""`headgate.status` on real places: what publishes leave there is what it answers from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from headgate import Dataset, Fitness, Run, publish, status
from headgate.errors import CallError
from headgate.fitness.catalogue import Catalogue
from headgate.gate import release
from headgate.places import place_of

from tests.support.contracts import load, odcs, setting, write
from tests.support.levels import level
from tests.support.warehouse import Warehouse, on, on_tables

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLACES = ("duckdb", "postgres", "parquet")


def things(*on_breach: str, status: str = "active", levels: Any = (), **settings: Any) -> Dataset:
    own = [setting("onBreach", list(on_breach) or "halt"), setting("maxQuarantinePercent", 60)]
    thing = {
        "name": "things",
        "properties": [
            {"name": "id", "logicalType": "integer", "required": True},
            {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"maximum": 10}},
        ],
        "customProperties": [*own, *(setting(name, value) for name, value in settings.items())],
    }
    return load(odcs(thing, status=status, slaProperties=list(levels)))["things"]


def asked(warehouse: Warehouse, dataset: Dataset, **more: Any) -> Fitness:
    return status(dataset, place_of(warehouse.target, new=True), contracts=Catalogue(()), **{"now": NOW} | more)


def kinds(found: Fitness) -> str:
    return " ".join([str(found.answer), *(reason.kind for reason in found.reasons)])


CASES = [
    # on_breach, status, what two runs publish, the answer.
    ("halt", "active", [["1,5"], ["1,6"]], "yes"),
    ("halt", "active", [["1,5"], ["1,99"]], "yes"),  # without history a halted run leaves no trace
    ("halt", "active", [["1,99"]], "unknown never_recorded"),
    ("halt", "active", [], "unknown never_recorded"),
    ("last_known_good", "active", [["1,5"], ["1,99"]], "degraded held_back"),
    ("last_known_good", "active", [["1,5"], ["1,99"], ["1,6"]], "yes"),
    ("quarantine", "active", [["1,5", "2,99"]], "degraded quarantine"),
    ("warn", "active", [["1,99"]], "no broken"),
    ("warn", "active", [["1,99"], ["1,5"]], "yes"),
    ("halt", "draft", [["1,99"]], "no broken draft"),
    ("halt", "draft", [["1,5"]], "degraded draft"),
]


@pytest.mark.parametrize(("policy", "state", "runs", "answer"), CASES)
def test_what_publishes_leave(warehouse: Warehouse, policy: str, state: str, runs: Any, answer: str) -> None:
    dataset = things(policy, status=state)
    for number, rows in enumerate(runs):
        warehouse.publish(dataset, *rows, key=f"run-{number}", now=NOW)
    assert kinds(asked(warehouse, dataset)) == answer


def test_the_clock_alone_ends_a_yes(warehouse: Warehouse) -> None:
    dataset, now = things(levels=[level("freshness", 24, "h")]), datetime.now(UTC)
    end = now - timedelta(hours=12)
    publish(dataset, warehouse.source("1,5"), warehouse.target, run=Run("day", (end - timedelta(days=1), end), end))
    now = datetime.now(UTC)
    fresh = asked(warehouse, dataset, now=now)
    assert (kinds(fresh), fresh.valid_until, fresh.age) == ("yes", end + timedelta(days=1), now - end)
    assert kinds(asked(warehouse, dataset, now=end + timedelta(days=1, seconds=1))) == "no late"


@on_tables
def test_a_release_against_a_rule_is_told(warehouse: Warehouse) -> None:
    dataset = things("quarantine")
    outcome = warehouse.publish(dataset, "1,5", "2,99", now=NOW)
    assert outcome.aside is not None
    release(dataset, warehouse.target, run_key="run-1", accepted=outcome.aside.fingerprint, by="olga", why="agreed")
    assert kinds(asked(warehouse, dataset, now=datetime.now(UTC))) == "degraded released"


@on("duckdb")
def test_a_locked_database_is_unknown_and_no_error(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = things()
    warehouse.publish(dataset, "1,5", now=NOW)
    warehouse.path.write_bytes(b"this is no database")
    found = asked(warehouse, dataset)
    assert kinds(found).split()[:2] == ["unknown", "unreadable"]


@pytest.mark.parametrize("levels", [[], [level("freshness", 24, "h")]], ids=["no levels", "a freshness"])
@on_tables
def test_a_table_that_somebody_dropped_is_unknown(warehouse: Warehouse, levels: Any) -> None:
    dataset = things(levels=levels)
    warehouse.publish(dataset, "1,5", now=NOW)
    warehouse.change("DROP TABLE shop.things")
    assert asked(warehouse, dataset).answer == "unknown"


@on("postgres")
def test_a_server_that_is_away_is_unknown(warehouse: Warehouse) -> None:
    dataset = things()
    found = status(dataset, "postgresql://headgate@127.0.0.1:1/shop#shop.things", contracts=Catalogue(()), now=NOW)
    assert kinds(found).split()[:2] == ["unknown", "unreadable"]


def contracts(folder: Path) -> Catalogue:
    """Orders, of which features are made, of which scores are made; each in a contract of its own."""
    server = {"server": "w", "type": "duckdb", "database": "w.duckdb", "schema": "shop"}
    chain = {"orders": "features", "features": "scores", "scores": ""}
    for name, made in chain.items():
        own = [setting("consumers", [{"name": f"team {made or 'sales'}", **({"dataset": made} if made else {})}])]
        own.append(setting("onBreach", "last_known_good"))
        properties = [{"name": "id"}, {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"maximum": 10}}]
        thing = {"name": name, "properties": properties, "customProperties": own}
        write(folder, odcs(thing, id=f"{name}-contract", servers=[server]), f"{name}.odcs.yaml")
    return Catalogue.below(folder)


def test_trouble_upstream_is_told_through_every_step(tmp_path: Path) -> None:
    known, data = contracts(tmp_path), tmp_path / "data.csv"
    for number, orders in enumerate(("1,5", "1,99")):
        for name in ("orders", "features", "scores"):
            data.write_text(f"id,v\n{orders if name == 'orders' else '1,5'}\n", encoding="utf-8")
            publish(known.find(name), data, run=Run(f"run-{number}", now=NOW))
    found = status("scores", contracts=known, now=NOW)
    assert kinds(found) == "degraded upstream"
    assert found.upstream[0].dataset == "orders" and "v.maximum" in found.upstream[0].what
    assert kinds(status("orders", contracts=known, now=NOW)) == "degraded held_back"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("score", "no contract has a dataset 'score'; did you mean 'scores'?"),
        ("../../etc/passwd", "no contract has a dataset '../../etc/passwd'"),
        ("orders", "'orders' is a dataset of several contracts; choose one of orders-contract.orders, other.orders"),
    ],
)
def test_names_that_no_dataset_or_several_have(tmp_path: Path, name: str, message: str) -> None:
    contracts(tmp_path)
    write(tmp_path, odcs({"name": "orders", "properties": [{"name": "id"}]}, id="other"), "zz.odcs.yaml")
    with pytest.raises(CallError) as error:
        Catalogue.below(tmp_path).find(name)
    assert str(error.value) == message


def test_a_contract_that_cannot_be_read_takes_no_other_with_it(tmp_path: Path) -> None:
    contracts(tmp_path)
    (tmp_path / "bad.odcs.yaml").write_text("kind: DataContract\nschema: [", encoding="utf-8")
    known = Catalogue.below(tmp_path)
    assert known.find("orders").contract.id == "orders-contract"
    assert [path.name for path, _ in known.faulty] == ["bad.odcs.yaml"]


def test_a_name_without_contracts_says_how_to_give_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADGATE_CONTRACTS", raising=False)
    with pytest.raises(CallError) as error:
        status("orders")
    assert "--contracts FOLDER, or set HEADGATE_CONTRACTS" in str(error.value)


def test_contracts_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contracts(tmp_path)
    monkeypatch.setenv("HEADGATE_CONTRACTS", str(tmp_path))
    assert kinds(status("orders")) == "unknown never_recorded"
