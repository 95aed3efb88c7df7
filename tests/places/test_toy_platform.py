"""One more platform, registered from a test: it answers what it can, refuses the rest, and publishes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.gate import check, drop, publish, quarantined, release
from headgate.places import place_of, registry
from headgate.publishing import commit
from headgate.sql.quote import ident

from tests.conformance.row_checks import CASES, Case
from tests.support import sqlite_platform
from tests.support.contracts import dataset, dataset_of_case
from tests.support.sqlite_platform import PLATFORM, Sqlite, SqliteTable


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(registry.platforms())
    monkeypatch.setattr(registry, "platforms", lambda: {**known, "sqlite": PLATFORM})


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "toy.sqlite")


def test_it_takes_less_than_the_two_hundred_lines_that_it_may() -> None:
    lines = Path(str(sqlite_platform.__file__)).read_text(encoding="utf-8").splitlines()
    assert sum(bool(line.strip()) and not line.strip().startswith(("#", '"""')) for line in lines) <= 200


def test_lists_and_messages_know_it() -> None:
    assert "FILE.sqlite#table" in registry.examples()
    assert place_of("a.sqlite#things") == SqliteTable("a.sqlite", "things")


def holds(case: Case) -> bool:
    """SQLite has no NaN, no decimals, no integers beyond 64 bits, no moments, lists or objects."""
    tables = [*case.columns.values()] + (
        [(next(iter(case.columns.values()))[0], case.reference)] if case.reference else []
    )
    values = [value for _, values in tables for value in values]
    return all(kind in ("BIGINT", "INTEGER", "DOUBLE", "VARCHAR", "BOOLEAN") for kind, _ in tables) and not any(
        isinstance(v, float) and not math.isfinite(v) for v in values
    )


def fill(session: Sqlite, table: str, columns: dict[str, Any]) -> None:
    listed = ", ".join(f"{ident(n)} {kind}" for n, (kind, _) in columns.items())
    session.run(f'CREATE TABLE "{table}" ({listed})')
    rows = list(zip(*(values for _, values in columns.values()), strict=True))
    session.connection.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(columns))})', rows)


def answers(database: str) -> Iterator[tuple[str, str, int | None, int | None]]:
    for number, case in enumerate(CASES):
        if not holds(case):
            continue
        things, other = (SqliteTable(f"{database}{number}", name) for name in ("things", "other"))
        with things.connect(write=True) as session:
            assert isinstance(session, Sqlite)
            fill(session, "things", dict(case.columns))
            if case.reference is not None:
                fill(session, "other", {"v": (next(iter(case.columns.values()))[0], case.reference)})
        references = {"other": other} if case.reference is not None else None
        report = check(dataset_of_case(case), things, references=references)
        result = next(r for r in report.results if r.key == case.key)
        yield case.name, result.reason, result.unexpected, case.unexpected


def test_the_table_of_row_checks(database: str) -> None:
    """What it answers is right, and what it does not answer has a reason."""
    found = list(answers(database))
    assert [answer for answer in found if not answer[1] and answer[2] != answer[3]] == []
    assert len([answer for answer in found if not answer[1]]) >= 60


def test_what_it_cannot_say_is_refused_with_its_reason(database: str) -> None:
    """A day is a text in SQLite, and a text is no day."""
    rule = {"type": "custom", "engine": "greatExpectations", "implementation": {
        "type": "expect_column_value_z_scores_to_be_less_than", "kwargs": {"column": "v", "threshold": 3}}}  # fmt: skip
    put(database, "a,1", key="one")
    things = dataset({"name": "v", "logicalType": "number", "quality": [rule]})
    (result,) = check(things, f"{database}#things").unknown
    assert "SQLite was not shown to answer" in result.reason


THINGS = dataset(
    {"name": "id", "logicalType": "string", "required": True},
    {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
    settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
)


def put(database: str, *rows: str, key: str, **options: Any) -> Any:
    source = Path(database).with_suffix(".csv")
    source.write_text("\n".join(("id,v", *rows)) + "\n", encoding="utf-8")
    return publish(THINGS, source, f"{database}#things", run_key=key, **options)


def served(database: str) -> list[tuple[Any, ...]]:
    with SqliteTable(database, "things").connect() as session:
        return sorted(session.rows("SELECT id, v FROM things"))


def test_it_is_published_into(database: str) -> None:
    assert str(put(database, "a,1", "b,2", key="one").status) == "published"
    outcome = put(database, "a,5", "c,-3", "d,x", key="two")
    assert (str(outcome.status), served(database)) == ("published_partly", [("a", 5)])
    (batch,) = quarantined(THINGS, f"{database}#things")
    assert dict(batch.reasons) == {"v.minimum": 1, "v.logicalType": 1}
    done = release(THINGS, f"{database}#things", run_key="two", accepted=batch.fingerprint, by="olga", why="seen")
    assert (done.rows, served(database)) == (2, [("a", 5), ("c", -3), ("d", None)])
    put(database, "e,-1", "f,1", key="three", mode="append")
    assert drop(THINGS, f"{database}#things", before=datetime(2100, 1, 1, tzinfo=UTC)) == 1
    assert len(served(database)) == 4


def test_what_fails_in_the_middle_leaves_the_old_version(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(database, "a,1", key="one")

    def fail(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commit, "write_record", fail)
    with pytest.raises(KeyboardInterrupt):
        put(database, "b,2", key="two")
    assert served(database) == [("a", 1)]


def test_its_rows_reach_another_platform(database: str, tmp_path: Path) -> None:
    put(database, "a,1", "b,2", key="one")
    publish(THINGS, f"{database}#things", f"{tmp_path}/w.duckdb#shop.things", run_key="k")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        assert sorted(connection.execute("SELECT id, v FROM shop.things").fetchall()) == [("a", 1), ("b", 2)]
