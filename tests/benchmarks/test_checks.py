"""The benchmark measures what it says: the data are as described, every variant runs, README and page agree."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from headgate import check

from benchmarks.checks import __main__ as benchmark
from benchmarks.checks import contract, page
from benchmarks.checks.data import KEYS, Folder, Variant, select
from benchmarks.checks.odcs import document
from benchmarks.checks.thirty import BROKEN, COLUMNS, THIRTY, Check, distinct, provable, without_patterns

ROWS = 1000
CLEAN, BAD, RUINED = Variant(ROWS), Variant(ROWS, bad=True), Variant(ROWS, ruined=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("bench") / "data")


def rows(query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def test_thirty() -> None:
    assert len(THIRTY) == len({check.name for check in THIRTY}) == 30
    assert len(without_patterns()) == 28
    assert len(COLUMNS) == 12
    assert len(rows(f"DESCRIBE {select(CLEAN)}")) == 13


@pytest.mark.parametrize("make", [distinct, provable])
def test_numbered_checks_differ(make: object) -> None:
    checks = make(300)
    assert len({json.dumps([check.kind, check.columns, check.arguments]) for check in checks}) == 300
    assert checks[:30] == make(30)


def test_bad_rows_are_where_they_are_said() -> None:
    names = [name for name, *_ in rows(f"DESCRIBE {select(CLEAN)}")]
    pairs = zip(rows(select(CLEAN)), rows(select(BAD)))
    differing = [(good[0], name) for good, bad in pairs for name, a, b in zip(names, good, bad) if a != b]
    assert differing == [(7, "email"), (207, "quantity"), (407, "status"), (607, "email"), (807, "quantity")]


@pytest.mark.parametrize("state", [CLEAN, BAD])
def test_shuffled_is_a_permutation(state: Variant) -> None:
    ordered, shuffled = rows(select(state)), rows(select(replace(state, keys="shuffled")))
    assert ordered != shuffled
    assert sorted(ordered, key=lambda row: row[0]) == ordered == sorted(shuffled, key=lambda row: row[0])


def test_sparse_keys_differ_and_nothing_else_does() -> None:
    sparse = rows(select(replace(CLEAN, keys="sparse")))
    assert [row[1:] for row in sparse] == [row[1:] for row in rows(select(CLEAN))]
    keys = [row[0] for row in sparse]
    assert len(set(keys)) == ROWS
    assert keys != sorted(keys)
    assert max(keys) > 2**62


_ALL = frozenset(one.name for one in THIRTY if one.kind not in ("type", "row_count"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "failed"),
    [*((Variant(ROWS, keys=keys), frozenset()) for keys in KEYS),
     *((Variant(ROWS, bad=True, keys=keys), BROKEN) for keys in KEYS),
     (RUINED, _ALL),
     (replace(RUINED, keys="shuffled"), _ALL)],
    ids=lambda value: str(value) if isinstance(value, Variant) else f"{len(value)} fail",
)  # fmt: skip
def test_what_headgate_finds(variant: Variant, failed: frozenset[str], data: Folder, tmp_path: Path) -> None:
    data.make(variant)
    orders = contract.load(tmp_path / "orders.odcs.yaml")
    references = {"customers": str(data.customers(variant))}
    assert contract.failed(check(orders, f"{data.duckdb(variant)}#main.orders")) == failed
    assert contract.failed(check(orders, data.parquet(variant), references=references)) == failed


def test_a_check_without_an_answer_is_no_pass(data: Folder, tmp_path: Path) -> None:
    data.make(CLEAN)
    report = check(contract.load(tmp_path / "orders.odcs.yaml"), f"{data.duckdb(CLEAN)}#main.orders")
    with pytest.raises(ValueError, match="unheard: no result"):
        contract.failed(report, [Check("unheard", "not_null", ("note",))])


def test_every_check_is_in_the_contract() -> None:
    text = json.dumps(document())
    assert all(f'"{one.name}"' in text for one in THIRTY if len(one.columns) != 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "lines"), [("duckdb", 12), ("postgres", 4), ("growth", 2), ("startup", 4), ("memory", 6)]
)
def test_every_part_runs(
    part: str, lines: int, data: Folder, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    if part == "postgres":
        request.getfixturevalue("postgres")  # skips where there is none
    given = ["--only", part, "--rows", str(ROWS), "--rounds", "1", "--folder", str(data.path.parent)]
    assert benchmark.main(given) == 0
    table = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert len(table) == 2 + lines


def test_readme_shows_the_page() -> None:
    readme = page.README.read_text()
    assert readme == page.with_headline(readme, page.PAGE.read_text())
