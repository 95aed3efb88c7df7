"""What follows from what a platform can do, and what the documentation says of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from headgate.checks import Column
from headgate.errors import CallError
from headgate.places import TableState, WriteMode
from headgate.places.capabilities import Capabilities
from headgate.places.duckdb import Table
from headgate.places.duckdb.publisher import DuckDBPublisher
from headgate.places.parquet.publisher import ParquetPublisher
from headgate.places.postgres.publisher import PostgresPublisher
from headgate.places.records import MODES, RUN_KEY, SWAP, Mode
from headgate.places.statements import TargetColumn
from sqlglot import exp

ID = TargetColumn(Column("id", "INTEGER", frozenset({"integer"})))
NEW = TableState()
PLAIN = TableState({"id": ID})
CONSTRAINED = TableState({"id": ID}, keeps=True)
APPENDED = TableState({"id": ID, RUN_KEY: ID})


@pytest.mark.parametrize(
    ("swap", "mode", "state", "swaps"),
    [
        ("always", "replace", NEW, True),
        ("always", "replace", PLAIN, True),
        ("always", "replace", CONSTRAINED, False),
        ("always", "replace", APPENDED, False),
        ("always", "append", PLAIN, False),
        ("always", "upsert", PLAIN, False),
        ("asked", "replace", PLAIN, False),
        ("asked", "swap", PLAIN, True),
        ("asked", "swap", CONSTRAINED, True),
        ("asked", "swap", NEW, False),
        ("never", "replace", PLAIN, False),
        ("never", "swap", PLAIN, False),
    ],
)
def test_when_another_table_takes_the_place_of_the_target(
    swap: str, mode: Mode, state: TableState, swaps: bool
) -> None:
    assert Capabilities(swap=swap).swaps(WriteMode(mode), state) is swaps  # type: ignore[arg-type]


def test_a_part_is_never_swapped() -> None:
    assert not Capabilities(swap="always").swaps(WriteMode(where=exp.true()), PLAIN)


def test_a_mode_that_a_platform_has_not_is_refused() -> None:
    with pytest.raises(CallError, match=r"there is no mode swap there; use replace or append$"):
        Capabilities(modes=("replace", "append")).ensure_mode(Table("x.duckdb", "things", "main"), WriteMode(SWAP))


def test_the_documentation_says_what_each_platform_can() -> None:
    page = (Path(__file__).parents[2] / "docs/publishing.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (DuckDB|PostgreSQL|folders of Parquet files) \| (.*) \|$", page, re.MULTILINE))
    shown = {"DuckDB": DuckDBPublisher, "PostgreSQL": PostgresPublisher, "folders of Parquet files": ParquetPublisher}
    assert rows == {name: _row(session.can) for name, session in shown.items()}


def _row(can: Capabilities) -> str:
    modes = "all" if can.modes == MODES else ", ".join(can.modes)
    swap = {"never": "no", "asked": "with mode `swap`", "always": "where the table has nothing that would be lost"}
    yes = {True: "✔", False: ""}
    return " | ".join([modes, can.commit, swap[can.swap], yes[can.comments], yes[can.grants]])
