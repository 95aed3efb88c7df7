"""`headgate.fitness`, the view beside the data: what who reads SQL is told, and when it changes by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from headgate import Dataset, Run, check, history, publish, status
from headgate.errors import DataNotFoundError, TargetRefusedError
from headgate.fitness import view
from headgate.fitness.catalogue import Catalogue
from headgate.places import place_of

from tests.fitness.test_status import things
from tests.support.contracts import load, odcs
from tests.support.levels import level
from tests.support.warehouse import Warehouse, on

PLACES = ("duckdb", "postgres")
CONSUMERS = [{"name": "score", "needs": [{"property": "freshness", "value": 1, "unit": "h"}]}]


def save(warehouse: Warehouse, dataset: Dataset, *consumers: str, now: datetime | None = None) -> None:
    place = place_of(warehouse.target, new=True)
    names = consumers or ("",)
    view.save(
        place, lambda: [status(dataset, place, consumer=name, contracts=Catalogue(()), now=now) for name in names]
    )


def seen(warehouse: Warehouse) -> dict[str, tuple[str, str]]:
    found = warehouse.query("SELECT consumer, fitness, reasons FROM headgate.fitness")
    return {consumer: (fitness, reasons) for consumer, fitness, reasons in found}


def fresh(warehouse: Warehouse, hours: float, *policy: str) -> Dataset:
    """A dataset that promises a freshness of a day; its newest data ended so many hours ago."""
    dataset = things(*policy, levels=[level("freshness", 24, "h")], consumers=CONSUMERS)
    end = datetime.now(UTC) - timedelta(hours=hours)
    run = Run("run", (end - timedelta(hours=1), end), end)
    publish(dataset, warehouse.source("1,5"), warehouse.target, run=run)
    return dataset


def test_the_answer_can_be_read_by_sql(warehouse: Warehouse) -> None:
    save(warehouse, fresh(warehouse, 2), "", "score")
    assert seen(warehouse)[""] == ("yes", "")
    assert seen(warehouse)["score"][0] == "no"
    ((owner, target, dataset),) = warehouse.query(
        "SELECT owner, target, dataset FROM headgate.fitness WHERE consumer = ''"
    )
    assert (owner, target, dataset) == ("", "shop.things", "things")


@pytest.mark.slow
def test_the_clock_alone_turns_it_to_no(warehouse: Warehouse) -> None:
    """No run, no check, no command: only time passes."""
    save(warehouse, fresh(warehouse, 24 - 4 / 3600))
    assert seen(warehouse)[""] == ("yes", "")
    deadline = time.monotonic() + 30
    while seen(warehouse)[""][0] == "yes" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert seen(warehouse)[""] == ("no", "the promised freshness has passed")
    assert warehouse.query("SELECT fitness FROM headgate.fitness_answers") == [("yes",)]


def test_what_is_published_after_the_answer_makes_it_unknown_until_it_is_asked_again(warehouse: Warehouse) -> None:
    dataset = fresh(warehouse, 2, "last_known_good")
    save(warehouse, dataset)
    warehouse.publish(dataset, "1,99", key="next", now=datetime.now(UTC))
    assert seen(warehouse)[""] == ("unknown", "something was published since this answer")
    save(warehouse, dataset)
    answer, reasons = seen(warehouse)[""]
    assert answer == "degraded" and "next was held back" in reasons


def test_a_publish_between_the_question_and_the_saving_is_not_overlooked(warehouse: Warehouse) -> None:
    dataset = fresh(warehouse, 2)
    place = place_of(warehouse.target, new=True)

    def ask() -> list[object]:
        found = status(dataset, place, contracts=Catalogue(()))
        warehouse.publish(dataset, "1,6", key="meanwhile", now=datetime.now(UTC))
        return [found]

    view.save(place, ask)  # type: ignore[arg-type]
    assert seen(warehouse)[""][0] == "unknown"


@on("duckdb")
def test_a_database_that_is_not_there_is_not_made(warehouse: Warehouse) -> None:
    with pytest.raises(DataNotFoundError):
        save(warehouse, things())
    assert not warehouse.path.exists()


def test_a_rerun_of_the_same_run_makes_it_unknown(warehouse: Warehouse) -> None:
    dataset = fresh(warehouse, 2)
    save(warehouse, dataset)
    fresh(warehouse, 2)
    assert seen(warehouse)[""][0] == "unknown"


def test_the_first_answer_about_a_table_that_is_only_checked_holds(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADGATE_STORE", f"sqlite:///{tmp_path / 'history.db'}")
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    warehouse.change("CREATE SCHEMA IF NOT EXISTS shop")
    warehouse.change("CREATE TABLE shop.things AS SELECT 1 AS id, 5 AS v")
    report = check(things(), warehouse.target)
    history.told(history.RunRecord.of_check(report, "halt"))
    save(warehouse, things())
    assert seen(warehouse)[""] == ("yes", "")


def test_an_answer_of_a_moment_is_unknown_in_the_view(warehouse: Warehouse) -> None:
    """The newest value of a classified column must not be told by the time at which it becomes too old."""
    secret = {"name": "secret", "logicalType": "timestamp", "classification": "restricted"}
    thing = {"name": "things", "properties": [secret]}
    dataset = load(odcs(thing, slaProperties=[level("freshness", 24, "h", "secret")]))["things"]
    source = warehouse.csv
    source.write_text(f"secret\n{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%d %H:%M:%S}\n", encoding="utf-8")
    publish(dataset, source, warehouse.target, run=Run("run"))
    save(warehouse, dataset)
    answer, reasons = seen(warehouse)[""]
    assert answer == "unknown" and "classified" in reasons


def test_an_answer_is_saved_once_for_each_consumer(warehouse: Warehouse) -> None:
    dataset = fresh(warehouse, 2)
    for _ in range(2):
        save(warehouse, dataset, "", "score")
    assert view.saved_consumers(place_of(warehouse.target)) == ["", "score"]
    assert len(warehouse.query("SELECT 1 FROM headgate.fitness_answers")) == 2


@on("parquet")
def test_a_folder_has_no_view(warehouse: Warehouse) -> None:
    dataset = fresh(warehouse, 2)
    with pytest.raises(TargetRefusedError, match="is not a table of a database"):
        save(warehouse, dataset)
