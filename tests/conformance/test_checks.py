"""The kit of check types: every rule on every place, and Great Expectations beside it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from headgate.expectations import EXPECTATIONS

from tests.conformance.checks import runner
from tests.conformance.checks.cases import CASES
from tests.conformance.checks.kit import SAME, UNASKED, Case, Result
from tests.conformance.checks.tables import TABLES
from tests.support.postgres_tables import Database

BY_TABLE: dict[str, list[Case]] = defaultdict(list)
for _case in CASES:
    BY_TABLE[_case.table].append(_case)
NAMES = list(BY_TABLE)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kit") / "kit.duckdb"
    runner.fill(path)
    return path


def alike(found: Result, wanted: Result) -> bool:
    if found.status != wanted.status:
        return False
    if isinstance(wanted.found, int) or wanted.status == "passed":
        return found.found == wanted.found or wanted.found == ""
    return str(wanted.found) in str(found.found)


def wrong(table: str, place: str, found: list[Result]) -> str:
    pairs = zip(BY_TABLE[table], found, strict=True)
    told = [f"{case.name}: {one}, not {case.on(place)}" for case, one in pairs if not alike(one, case.on(place))]
    return "\n".join(told)


@pytest.mark.parametrize("table", NAMES)
class TestOnEveryPlace:
    def test_duckdb(self, table: str, database: Path) -> None:
        there = runner.duckdb_table(database, table), runner.duckdb_table(database, "other")
        assert wrong(table, "duckdb", runner.answers(table, BY_TABLE[table], *there)) == ""

    @pytest.mark.slow
    def test_parquet(self, table: str, database: Path) -> None:
        there = database.with_name(f"{table}.parquet"), database.with_name("other.parquet")
        assert wrong(table, "parquet", runner.answers(table, BY_TABLE[table], *there)) == ""

    @pytest.mark.slow
    def test_frame(self, table: str, database: Path) -> None:
        there = runner.arrow(database, table), runner.arrow(database, "other")
        assert wrong(table, "frame", runner.answers(table, BY_TABLE[table], *there)) == ""

    @pytest.mark.slow
    def test_postgres(self, table: str, schema: Database) -> None:
        for name, columns in ((table, TABLES[table]), ("other", runner.OTHER)):
            schema.fill(name, {n: (column.kind, column.values) for n, column in columns.items()})
        found = runner.answers(table, BY_TABLE[table], schema.url(table), schema.url("other"))
        assert wrong(table, "postgres", found) == ""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("table", NAMES)
def test_great_expectations_beside_it(table: str) -> None:
    """A reading `same` is the oracle's; a difference has a reason, and is one."""
    untold = []
    for case, answer in zip(BY_TABLE[table], runner.gx_answers(table, BY_TABLE[table]), strict=True):
        if _same(case, answer) is not (case.gx == SAME):
            untold.append(f"{case.name}: GX says {answer}, here it is {case.result}; the table says {case.gx}")
    assert "\n".join(untold) == ""


def _same(case: Case, answer: dict[str, Any] | None) -> bool:
    if answer is None or case.result.status not in ("passed", "failed"):
        return False
    counts = isinstance(case.result.found, int)
    return bool(answer["success"]) is (case.result.status == "passed") and (
        not counts or answer.get("unexpected_count") == case.result.found
    )


def test_every_reading_is_told() -> None:
    for case in CASES:
        assert case.gx == SAME or case.gx.startswith(("differs because ", UNASKED)), case.name


def test_every_type_has_cases() -> None:
    assert set(EXPECTATIONS) <= {case.kind for case in CASES}
    assert {case.table for case in CASES} == set(TABLES)
