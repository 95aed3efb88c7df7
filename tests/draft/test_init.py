"""headgate init: what it writes, and that it overwrites nothing unasked."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result
from headgate.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{i},user{i}@x.org,{'paid' if i % 2 else 'open'}\n" for i in range(60))
    (tmp_path / "Shop orders.csv").write_text(f"id,email,status\n{rows}")
    return tmp_path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_draft_can_be_checked_at_once(folder: Path) -> None:
    result = run("init", "Shop orders.csv")
    assert result.exit_code == 0
    assert result.output.splitlines()[:2] == [
        "shop-orders.odcs.yaml: drafted from 60 rows, 3 columns",
        "without values of email, which look personal",
    ]
    assert run("lint", "shop-orders.odcs.yaml").exit_code == 0
    checked = run("check", "shop-orders.odcs.yaml", "Shop orders.csv")
    assert (checked.exit_code, checked.output.startswith("PASS")) == (0, True)
    text = (folder / "shop-orders.odcs.yaml").read_text()
    assert "@x.org" not in text
    assert text.count("TODO") == 8
    (folder / "shop-orders.odcs.yaml").write_text(text.replace("# servers:", "servers:"))
    assert run("publish", "shop-orders.odcs.yaml", "Shop orders.csv", "--run-key", "first").exit_code == 0


def test_nothing_is_overwritten_unasked(folder: Path) -> None:
    (folder / "mine.yaml").write_text("mine")
    for arguments in (("-o", "mine.yaml"), ("--output", "mine.yaml", "--format", "json")):
        result = run("init", "Shop orders.csv", *arguments)
        assert (result.exit_code, "mine.yaml already exists" in result.output) == (2, True)
    assert (folder / "mine.yaml").read_text() == "mine"
    assert run("init", "Shop orders.csv", "-o", "mine.yaml", "--force").exit_code == 0
    assert run("init", "Shop orders.csv").exit_code == 0
    assert run("init", "Shop orders.csv").exit_code == 2


def test_a_table_is_checked_where_the_draft_says_it_is(folder: Path) -> None:
    (folder / "contracts").mkdir()
    with duckdb.connect("w.duckdb") as connection:
        connection.execute("CREATE SCHEMA shop; CREATE TABLE shop.orders AS SELECT range AS id FROM range(30)")
    answer = run("init", "w.duckdb#shop.orders", "-o", "contracts/o.yaml", "--name", "sales", "--format", "json")
    assert json.loads(answer.output) == {
        "file": "contracts/o.yaml", "dataset": "sales", "rows": 30, "confidential": [],
    }  # fmt: skip
    checked = run("check", "contracts/o.yaml#sales")
    assert (checked.exit_code, "PASS  sales: 30 rows of shop.orders" in checked.output) == (0, True)


def test_on_the_terminal(folder: Path) -> None:
    assert run("init", "Shop orders.csv", "-o", "-").output.startswith('# Drafted by `headgate init` from "Shop orders')
    assert sorted(p.name for p in folder.iterdir()) == ["Shop orders.csv"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing.csv",), "nothing.csv: file not found"),
        (("orders.txt",), "is not data that headgate can read"),
        (("nothing.duckdb#t",), "DuckDB database not found"),
        (("Shop orders.csv", "-o", "no/such/folder.yaml"), "the contract cannot be written"),
    ],
)
def test_wrong_calls(arguments: tuple[str, ...], said: str, folder: Path) -> None:
    result = run("init", *arguments)
    assert (result.exit_code, said in result.output) == (2, True), result.output
