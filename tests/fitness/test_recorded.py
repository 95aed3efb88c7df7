"""What history adds to an answer: checks, runs that were held back, and which rules they broke."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from headgate import Dataset, Fitness, Run, check, history, publish, status
from headgate.fitness.catalogue import Catalogue
from headgate.gate import policy_for
from headgate.history import RunRecord
from headgate.places import place_of

from tests.fitness.test_status import kinds, things
from tests.support.levels import level

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class World:
    """A DuckDB file, a history, and what publishes and checks leave in both."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.target = folder, f"{folder / 'w.duckdb'}#shop.things"

    def publish(self, dataset: Dataset, *rows: str, key: str) -> None:
        data = self.folder / "data.csv"
        data.write_text("\n".join(("id,v", *rows)) + "\n", encoding="utf-8")
        history.told(RunRecord.of_publish(publish(dataset, data, self.target, run=Run(key))))

    def check(self, dataset: Dataset, where: str | None = None) -> None:
        report = check(dataset, self.target, where=where)
        history.told(RunRecord.of_check(report, str(policy_for(dataset, report)), part=where is not None))

    def change(self, statement: str) -> None:
        """Somebody else writes into the table."""
        with place_of(self.target).connect(write=True) as session:
            session.run(statement)  # type: ignore[attr-defined]

    def status(self, dataset: Dataset, **more: Any) -> Fitness:
        return status(dataset, place_of(self.target, new=True), contracts=Catalogue(()), **more)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("HEADGATE_STORE", f"sqlite:///{tmp_path / 'history.db'}")
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    return World(tmp_path)


def test_a_run_that_was_halted_is_told_with_the_rule_that_it_broke(world: World) -> None:
    dataset = things()
    world.publish(dataset, "1,5", key="good")
    assert kinds(world.status(dataset)) == "yes"
    world.publish(dataset, "1,99", key="bad")
    found = world.status(dataset)
    assert (kinds(found), found.reasons[0].text) == ("degraded held_back", "bad was held back, it breaks v.maximum")
    world.publish(dataset, "1,6", key="bad")  # repaired, and run again
    assert kinds(world.status(dataset)) == "yes"


def test_a_first_run_that_was_halted(world: World) -> None:
    world.publish(things(), "1,99", key="bad")
    found = world.status(things())
    assert (kinds(found), found.reasons[0].text) == (
        "unknown never_recorded",
        "nothing was published: bad was held back",
    )


def test_a_later_check_finds_what_somebody_else_wrote_and_that_it_was_repaired(world: World) -> None:
    dataset = things()
    world.publish(dataset, "1,5", key="good")
    world.change("UPDATE shop.things SET v = 99")
    world.check(dataset)
    found = world.status(dataset)
    assert (kinds(found), found.reasons[0].text, found.verdict) == (
        "no broken",
        "a check found that it breaks v.maximum",
        "breach",
    )
    world.change("UPDATE shop.things SET v = 9")
    world.check(dataset)
    assert kinds(world.status(dataset)) == "yes"


def test_a_check_of_some_rows_can_find_a_breach_and_proves_nothing_of_the_others(world: World) -> None:
    dataset = things("warn")
    world.publish(dataset, "1,5", "2,99", key="bad")
    world.check(dataset, where="id = 1")
    assert kinds(world.status(dataset)) == "no broken"
    world.publish(dataset, "1,5", "2,6", key="good")
    world.change("UPDATE shop.things SET v = 99 WHERE id = 2")
    world.check(dataset, where="id = 1")
    assert kinds(world.status(dataset)) == "yes"  # nobody has looked
    world.check(dataset, where="id = 2")
    assert kinds(world.status(dataset)) == "no broken"


def test_a_check_that_could_not_measure_makes_it_unknown(world: World) -> None:
    dataset = things()
    world.publish(dataset, "1,5", key="good")
    world.change("ALTER TABLE shop.things RENAME COLUMN v TO w")
    world.check(dataset)
    assert str(world.status(dataset).answer) in ("no", "unknown")


def test_published_under_warn_names_the_rule(world: World) -> None:
    dataset = things("warn")
    world.publish(dataset, "1,99", key="bad")
    assert world.status(dataset).reasons[0].text == "bad breaks v.maximum, and was published"


@pytest.mark.parametrize("store", ["postgresql://nobody@127.0.0.1:1/none", "oracle://somewhere/else"])
def test_a_history_that_cannot_be_read_is_unknown(world: World, monkeypatch: pytest.MonkeyPatch, store: str) -> None:
    dataset = things()
    world.publish(dataset, "1,5", key="good")
    monkeypatch.setenv("HEADGATE_STORE", store)
    if store.startswith("oracle"):
        from headgate.errors import ConfigurationError

        with pytest.raises(ConfigurationError):
            world.status(dataset)
    else:
        assert kinds(world.status(dataset)) == "unknown unreadable"


def test_runs_that_wait_in_the_spool_make_it_unknown_until_they_are_delivered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store was down when a run was halted: the answer must not be a yes that does not know of it."""
    dataset, store = things(), f"sqlite:///{world.folder / 'history.db'}"
    world.publish(dataset, "1,5", key="good")
    monkeypatch.setenv("HEADGATE_STORE", f"sqlite:///{world.folder}")  # a folder is no database
    world.publish(dataset, "1,99", key="bad")
    assert kinds(world.status(dataset)) == "unknown unreadable"
    monkeypatch.setenv("HEADGATE_STORE", store)
    assert kinds(world.status(dataset)) == "degraded held_back"


def test_the_answer_is_of_this_place_alone(world: World, tmp_path: Path) -> None:
    dataset = things()
    world.publish(dataset, "1,5", key="good")
    other = World(tmp_path / "other")
    other.folder.mkdir()
    other.publish(dataset, "1,99", key="bad")
    assert kinds(world.status(dataset)) == "yes"
    later = datetime.now(UTC) + timedelta(days=400)
    assert kinds(world.status(dataset, now=later)) == "yes"


def test_the_error_rate_comes_from_what_checks_and_publishes_found(world: World) -> None:
    from headgate.fitness.recorded import recorded_here
    from headgate.levels import Clock, Status, measured, observe

    dataset = things("quarantine", levels=[level("errorRate", 10, "percent")])
    world.publish(dataset, *(f"{number},{99 if number == 1 else 5}" for number in range(1, 21)), key="first")
    recorded, place = recorded_here(), place_of(world.target)
    assert recorded is not None
    for expected, words in ((Status.KEPT, "1 of 20 rows"), (Status.BROKEN, "5 of 22 rows")):
        clock = Clock(datetime.now(UTC))
        facts = observe(dataset, place, clock=clock, known=recorded.known(dataset, place.lineage, clock))
        (result,) = measured(dataset, facts, clock)
        assert (result.status, result.reason) == (expected, words)
        world.publish(dataset, "1,99", "2,99", "3,99", "4,99", "5,5", "6,5", "7,5", "8,5", key="first")
        world.publish(dataset, *(f"{number},{99 if number == 1 else 5}" for number in range(1, 15)), key="second")


def test_a_rerun_of_the_key_is_judged_anew(world: World) -> None:
    """Bad over good, and good over bad: the times of the first publication do not hide what came after."""
    warns, halts = things("warn"), things()
    world.publish(warns, "1,5", key="day")
    world.check(warns)
    world.publish(warns, "1,99", key="day")
    assert kinds(world.status(warns)) == "no broken"
    world.publish(halts, "1,5", key="day")
    world.change("UPDATE shop.things SET v = 99")
    world.check(halts)
    assert kinds(world.status(halts)) == "no broken"
    world.publish(halts, "1,5", key="day")
    assert kinds(world.status(halts)) == "yes"


def test_the_last_check_by_the_clock_counts_whatever_interval_it_is_about(world: World) -> None:
    dataset = things()
    world.publish(dataset, "1,5", key="good")
    for day, statement in ((2, "SELECT 1"), (1, "UPDATE shop.things SET v = 99")):
        world.change(statement)
        end = datetime(2026, 3, day, tzinfo=UTC)
        report = check(dataset, world.target, run=Run(f"day-{day}", (end - timedelta(days=1), end), end))
        history.told(RunRecord.of_check(report, "halt"))
    assert kinds(world.status(dataset)) == "no broken"


def test_a_history_that_is_lost_is_unknown(world: World) -> None:
    dataset = things()
    world.publish(dataset, "1,5", key="good")
    world.change("UPDATE shop.things SET v = 99")
    world.check(dataset)
    file = world.folder / "history.db"
    file.write_bytes(b"")
    assert kinds(world.status(dataset)) == "unknown unreadable"
    file.unlink()
    assert kinds(world.status(dataset)) == "unknown unreadable"
    assert not file.exists()


def test_a_spool_that_cannot_be_read_is_unknown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = things()
    world.publish(dataset, "1,5", key="good")
    (world.folder / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("HEADGATE_SPOOL", str(world.folder / "file"))
    assert str(world.status(dataset).answer) in ("yes", "unknown")
