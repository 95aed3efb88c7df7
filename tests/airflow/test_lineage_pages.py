"""What a person sees in Marquez after each thing that can become of data: the events are Airflow's own, the pages those
of the model of Marquez."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

import pytest

from tests.support.contracts import odcs, write
from tests.support.dagtest import DagFolder, DagRun
from tests.support.marquez import DatasetPage, JobPage, Marquez
from tests.support.marquez_page import page

pytestmark = pytest.mark.slow

GOOD = "id,amount\na,1\nb,2\n"
BAD = "id,amount\na,1\nb,700\n"


class House:
    """A DAG that publishes one dataset and checks it, and Marquez."""

    def __init__(self, dags: DagFolder, folder: Path, name: str) -> None:
        self.dags, self.folder, self.name, self.marquez = dags, folder, f"pages_{name}", Marquez()
        self.source = folder / "landing"

    def declare(self, on_breach: Any, version: str = "1.2.0", **options: Any) -> None:
        things = {
            "name": "things",
            "description": "What we sell.",
            "properties": [
                {"name": "id", "logicalType": "string", "required": True},
                {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"maximum": 500}, **options},
            ],
        }
        text = odcs(
            things,
            id="shop",
            version=version,
            team={"name": "Shop team"},
            servers=[{"server": "local", "type": "duckdb", "database": "w.duckdb", "schema": "shop"}],
            settings={"onBreach": on_breach, "maxQuarantinePercent": 60},
        )
        self.contract = write(self.folder, text)

    def run(self, text: str | None, day: int, tasks: str = "publish") -> DagRun:
        """Publish `text` as the day's file, in a folder of the day; None writes no file."""
        if text is not None:
            there = self.source / f"2026-01-{day:02}"
            there.mkdir(parents=True, exist_ok=True)
            (there / "t.csv").write_text(text)
        source = f"{self.source}/{{{{{{{{ ds }}}}}}}}/t.csv".replace("{{{{", "{{").replace("}}}}", "}}")
        publish = f"ContractPublishOperator(task_id='publish', contract={str(self.contract)!r}, source={source!r})"
        check = f"ContractCheckOperator(task_id='check', contract={str(self.contract)!r})"
        contract = repr(str(self.contract))
        release = f"ContractReleaseOperator(task_id='release', of='publish', contract={contract}, by='ann', why='p9')"
        stricter = f"text = open({contract}).read(); open({contract}, 'w').write(text.replace('500', '400'))"
        body = {
            "publish": publish,
            "check": check,
            "both": f"{publish} >> {check}",
            "release": f"{publish} >> {release}",
            "stricter": f"@task\ndef stricter():\n    {stricter}\n{publish} >> stricter() >> {release}",
        }[tasks]
        body = f"from headgate.airflow import ContractReleaseOperator\n{body}"
        run = self.dags.run(self.dags.write(self.name, f"{body}\n"), day=day)
        for event in run.events:
            assert self.marquez.take(json.dumps(event)) == 201, self.marquez.refused
        return run

    @property
    def warehouse(self) -> str:
        return f"duckdb://{self.folder / 'w.duckdb'}"

    @property
    def target(self) -> DatasetPage:
        return self.marquez.dataset(self.warehouse, "w.shop.things")

    @property
    def landing(self) -> DatasetPage:
        return self.marquez.dataset("file", str(self.source / "t.csv"))

    @property
    def quarantine(self) -> DatasetPage:
        return self.marquez.dataset(self.warehouse, "w.shop.things__quarantine")

    def job(self, task: str = "publish") -> JobPage:
        ((namespace, name),) = [key for key in self.marquez.jobs if key[1].endswith(f".{task}")]
        return self.marquez.job(namespace, name)

    def draw(self, task: str = "publish") -> None:
        """Draw the pages of a task and of what it reads and writes, without the folder and the name of this test.

        tests/support/marquez_pictures.py makes the pictures of docs/lineage.md of them.
        """
        (job,) = [key for key in self.marquez.jobs if key[1].endswith(f".{task}")]
        read = [name for name in self.marquez.datasets if (name[1], job[1]) in self.marquez.edges]
        written = sorted(name for name in self.marquez.datasets if (job[1], name[1]) in self.marquez.edges)
        drawn = page(self.marquez, job, [*read, *written])
        assert escape(str(self.target.description)) in drawn
        assert escape(str(self.marquez.job(*job).description)) in drawn
        if folder := os.environ.get("HEADGATE_PICTURES"):
            shown = drawn.replace(str(self.folder), "").replace(self.name, "shop")
            Path(folder, f"{self.name.removeprefix('pages_')}.html").write_text(shown, encoding="utf-8")

    @property
    def edges(self) -> set[tuple[str, str]]:
        """Between what has to do with the data, by the last part of each name."""
        return {
            (one.split("/")[-1].split(".", 1)[-1], to.split("/")[-1].split(".", 1)[-1])
            for one, to in self.marquez.edges
        }


@pytest.fixture
def house(dags: DagFolder, tmp_path: Path, request: Any) -> House:
    return House(dags, tmp_path, request.node.name.removeprefix("test_"))


def quality(page: DatasetPage) -> tuple[int | None, int | None]:
    return page.passing, page.failing


def contract(page: DatasetPage, *names: str) -> list[Any]:
    return [page.facets["headgate_contract"].get(name) for name in names]


BY = "contract shop 1.2.0 (Shop team)"
BROKEN = "amount is at most 500: 1 of 2 rows (50 %)"
PUBLISHED = {("csv", "publish"), ("publish", "shop.things")}


def test_pass(house: House) -> None:
    house.declare(["halt"])
    house.run(GOOD, 1)
    assert house.target.description == f"What we sell. ✔ PUBLISHED 2026-01-01 by {BY}. 2 rows. 7 checks passed."
    assert house.landing.description == f"What we sell. ✔ PASS 2026-01-01 of {BY}. 7 checks passed."
    assert quality(house.target) == quality(house.landing) == (7, 0)
    assert contract(house.target, "contract", "version", "owner", "verdict", "outcome", "rows") == [
        "shop", "1.2.0", "Shop team", "pass", "published", {"audited": 2, "published": 2, "quarantined": 0},
    ]  # fmt: skip
    job = house.job()
    assert job.description
    assert job.description.startswith(f"✔ PASS 2026-01-01 of {BY}: published 2 rows to shop.things.")
    assert house.edges == PUBLISHED
    assert house.marquez.column_edges == {
        (f"{house.source}/t.csv.{column}", f"w.shop.things.{column}") for column in ("id", "amount")
    }
    house.draw()


def test_breach(house: House) -> None:
    house.declare(["halt"])
    house.run(GOOD, 1)
    house.run(BAD, 2)
    assert house.target.description == (
        f"What we sell. ✘ HELD BACK 2026-01-02 by {BY}. {BROKEN}. What was published before is served."
    )
    assert quality(house.target) == (7, 0)  # the version of the day before is still there
    assert house.target.versions == 1
    assert contract(house.target, "outcome") == ["published"]
    assert quality(house.landing) == (6, 1)
    assert ("amount", BROKEN, False) in house.landing.labels
    assert contract(house.landing, "verdict", "outcome", "policy") == ["breach", "halted", "halt (contract)"]
    ((failed,),) = contract(house.landing, "failed")
    assert len(failed.pop("incident")) == 12  # of the target, whose incident it is
    assert failed == {
        "rule": "amount.maximum", "statement": "amount is at most 500", "observed": "1 of 2 rows (50 %)", "severity": "error",
    }  # fmt: skip
    assert house.job().state == "FAIL"
    assert house.edges == PUBLISHED
    house.draw()


def test_quarantine(house: House) -> None:
    house.declare(["quarantine"])
    house.run(BAD, 1)
    assert house.target.description == (
        f"What we sell. ◐ PUBLISHED WITHOUT THE BAD ROWS 2026-01-01 by {BY}. 1 row, 1 in quarantine. {BROKEN}."
    )
    assert quality(house.target) == (7, 0)  # of the second audit
    assert quality(house.landing) == (6, 1)
    assert contract(house.target, "outcome", "rows") == [
        "published_partly", {"audited": 2, "published": 1, "quarantined": 1},
    ]  # fmt: skip
    assert house.quarantine.description == (
        f"Quarantined rows of things, by {BY}. Last 2026-01-01: 1 row; amount.maximum: 1 row."
    )
    assert set(house.quarantine.columns) > {"id", "amount", "headgate_run_key", "headgate_reasons", "headgate_raw"}
    assert contract(house.quarantine, "role") == ["quarantine"]
    assert ("publish", "shop.things__quarantine") in house.edges
    house.draw()


def test_last_known_good(house: House) -> None:
    house.declare(["last_known_good"])
    house.run(GOOD, 1)
    run = house.run(BAD, 2)
    key = contract(house.target, "served")[0]
    assert "2026-01-01" in key
    assert house.target.description == (
        f"What we sell. ‖ STALE SINCE 2026-01-02 00:00 UTC: 2026-01-02 held back by {BY}. {BROKEN}. "
        f"Served is what {key} published."
    )
    assert quality(house.target) == (6, 0)  # the error-level rules, which the last good version passed
    assert contract(house.target, "outcome", "verdict", "staleSince") == [
        "kept_last_good", "breach", "2026-01-02T00:00:00+00:00",
    ]  # fmt: skip
    assert house.target.facets["version"]["datasetVersion"] == key
    assert run.states == {"publish": "success"}
    house.draw()
    house.run(GOOD, 3)
    assert "STALE" not in str(house.target.description)


def test_warn(house: House) -> None:
    house.declare(["warn"])
    house.run(BAD, 1)
    assert house.target.description == (
        f"What we sell. ⚠ PUBLISHED IN SPITE OF A BREACH 2026-01-01 by {BY}. 2 rows. {BROKEN}."
    )
    assert quality(house.target) == (6, 1)
    assert contract(house.target, "verdict", "outcome", "policy") == ["breach", "published", "warn (contract)"]
    house.draw()


def test_failed_before_the_audit(house: House) -> None:
    house.declare(["halt"])
    house.run(GOOD, 1)
    house.run(None, 2)
    assert house.edges == PUBLISHED
    failed = f"What we sell. ✘ FAILED 2026-01-02 before the audit by {BY}."
    assert (house.target.description, house.landing.description) == (failed, failed)
    assert quality(house.target) == (7, 0)
    assert house.target.versions == 1
    assert set(house.target.columns) == {"id", "amount"}
    assert house.job().state == "FAIL"
    house.draw()


def test_check(house: House) -> None:
    house.declare(["halt"])
    house.run(BAD.replace("700", "70"), 1)
    house.declare(["halt"], version="2.0.0", logicalTypeOptions={"maximum": 50})
    house.run(None, 2, tasks="check")
    assert house.target.description == (
        "What we sell. ✘ BREACH 2026-01-02 of contract shop 2.0.0 (Shop team). "
        "amount is at most 50: 1 of 2 rows (50 %)."
    )
    assert quality(house.target) == (6, 1)
    assert contract(house.target, "verdict", "outcome", "policy") == ["breach", None, "halt (contract)"]
    assert str(house.job("check").description).startswith("✘ BREACH 2026-01-02")
    house.draw("check")


def test_release(house: House) -> None:
    """What was released stands on the target, with the rule that it breaks; who approved it stays beside the data."""
    house.declare(["quarantine"])
    run = house.run(BAD, 1, tasks="release")
    assert run.states == {"publish": "success", "release": "success"}
    key = contract(house.landing, "runKey")[0]
    said = f"⚠ RELEASED 2026-01-01 after approval, in spite of {BY}. 1 row that {key} had quarantined. "
    assert house.target.description == f"What we sell. {said}amount is at most 500: 1 of 1 row (100 %)."
    assert house.quarantine.description == (
        f"Quarantined rows of things, by {BY}. {said}amount is at most 500: 1 of 1 row (100 %)."
    )
    assert quality(house.target) == (6, 1)
    assert ("amount", BROKEN, False) in house.target.labels  # of both rows
    assert contract(house.target, "outcome", "verdict", "rows") == [
        "released",
        "breach",
        {"audited": 1, "published": 1},
    ]
    assert {("shop.things__quarantine", "release"), ("release", "shop.things")} <= house.edges
    assert twice(house.target.columns) == twice(house.quarantine.columns) == set()
    assert "p9" not in str(house.marquez.events)
    assert "'ann'" not in str(house.marquez.events)


def test_a_release_of_nothing_leaves_the_target_as_it_is(house: House) -> None:
    house.declare(["quarantine"])
    run = house.run(GOOD, 1, tasks="release")
    assert run.states == {"publish": "success", "release": "skipped"}
    assert quality(house.target) == (7, 0)
    assert house.target.versions == 1
    assert "✔ PUBLISHED" in str(house.target.description)


def test_a_release_that_is_refused(house: House) -> None:
    house.declare(["quarantine"])
    run = house.run(BAD, 1, tasks="stricter")
    assert run.states == {"publish": "success", "stricter": "success", "release": "failed"}
    why = "the rows also break amount.maximum (changed since), which was not accepted."
    assert house.target.description == f"What we sell. ✘ RELEASE REFUSED 2026-01-01 by {BY}. {why}"
    assert (quality(house.target), house.target.versions) == ((7, 0), 1)
    assert {("shop.things__quarantine", "release"), ("release", "shop.things")} <= house.edges


def test_one_dataset_for_the_files_of_all_days(house: House) -> None:
    house.declare(["halt"])
    for day in (1, 2, 3):
        house.run(GOOD, day)
    files = {name for namespace, name in house.marquez.datasets if namespace == "file"}
    assert files == {str(house.source / "t.csv")}
    assert contract(house.landing, "data") == [str(house.source / "2026-01-03" / "t.csv")]
    assert house.landing.facets["subset"]["inputCondition"]["locations"] == contract(house.landing, "data")
    assert twice(house.target.columns) == twice(house.landing.columns) == set()


def test_start_names_what_will_be_read_and_written(house: House) -> None:
    house.declare(["halt"])
    run = house.run(GOOD, 1)
    (start,) = (e for e in run.events if e["eventType"] == "START" and e["job"]["name"].endswith(".publish"))
    names = [one["name"] for one in (*start["inputs"], *start["outputs"])]
    assert names == [str(house.source / "t.csv"), "w.shop.things"]
    facets = start["outputs"][0]["facets"]
    assert facets["documentation"]["description"] == f"What we sell. Guarded by {BY}."
    assert facets["headgate_contract"]["contract"] == "shop"
    assert "schema" not in facets  # the types are not known yet


def twice(columns: Iterable[str]) -> set[str]:
    found = list(columns)
    return {column for column in found if found.count(column) > 1}


def test_a_path_with_a_space_keeps_its_place_in_the_graph(dags: DagFolder, tmp_path: Path) -> None:
    (folder := tmp_path / "a b").mkdir()
    house = House(dags, folder, "space")
    house.declare(["halt"])
    house.run(GOOD, 1)
    assert house.edges == PUBLISHED
    namespace = house.warehouse.replace(" ", "=20")
    assert house.marquez.dataset(namespace, "w.shop.things").passing == 7


def test_every_day_after_another_has_its_own_words(house: House) -> None:
    """Monday's breach is not what is seen on Tuesday."""
    house.declare(["halt"])
    told: list[str] = []
    for day, text in ((1, GOOD), (2, BAD), (3, GOOD)):
        house.run(text, day)
        told.append(str(house.target.description).split(" ")[4])
    assert told == ["PUBLISHED", "HELD", "PUBLISHED"]
