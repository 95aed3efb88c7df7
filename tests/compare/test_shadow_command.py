"""headgate shadow: what it says, and what it exits with."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate.cli import main

from tests.support.contracts import odcs, write

ORDERS = {
    "name": "orders",
    "properties": [{"name": "id", "logicalType": "integer"}, {"name": "email", "classification": "restricted"}],
}
BILLED: dict[str, Any] = {
    "name": "billed",
    "properties": [
        {"name": "id", "logicalType": "integer", "primaryKey": True},
        {"name": "email", "classification": "restricted"},
        {"name": "state"},
        {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"maximum": 100}},
    ],
}
ABOUT: dict[str, Any] = {
    "servers": [{"server": "local", "type": "duckdb", "database": "shop.duckdb", "schema": "main"}],
    "settings": {"consumers": [{"name": "finance", "contact": "#finance"}]},
}
SELECT = "SELECT id, email, {state} AS state, {amount} AS amount FROM orders"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with duckdb.connect("shop.duckdb") as made:
        made.execute(
            "CREATE TABLE orders AS SELECT i AS id, 'c' || i || '@example.org' AS email, CAST(i AS DECIMAL(12, 2)) AS amount FROM range(100) t (i)"
        )
        made.execute(
            "CREATE TABLE billed AS SELECT id, email, CASE WHEN id < 90 THEN 'paid' ELSE 'open' END AS state, amount FROM orders"
        )
    write(tmp_path, odcs(ORDERS, BILLED, **ABOUT), "shop.odcs.yaml")
    (tmp_path / "same.sql").write_text(
        SELECT.format(state="CASE WHEN id < 90 THEN 'paid' ELSE 'open' END", amount="amount") + ";\n"
    )
    (tmp_path / "renamed.sql").write_text((tmp_path / "same.sql").read_text().replace("FROM orders", "FROM o"))
    (tmp_path / "cents.sql").write_text(
        SELECT.format(state="CASE WHEN id < 90 THEN 'paid' ELSE 'late' END", amount="amount * 100")
    )
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["shadow", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_equal() -> None:
    code, said = run("shop.odcs.yaml#billed", "--sql", "same.sql")
    assert code == 0, said
    assert said.startswith("PASS: SQL of same.sql · test 1.0.0")
    assert "rows by id: 100 equal, 0 changed, 0 only before, 0 only after (100 before, 100 after)" in said
    assert "again: headgate shadow 'shop.odcs.yaml#billed' --sql same.sql" in said


def test_the_comment_of_a_pull_request(folder: Path) -> None:
    code, said = run("shop.odcs.yaml#billed", "--sql", "cents.sql", "--format", "markdown")
    assert code == 1, said
    for part in ("🔴 Shadow BREACH", "inputs", "1 of 1 output compared", "sum 4950.00 before, 495000.00 after", "amount moved most",
                 "1 value lost; 1 value new", "breaks &#40;error&#41;", "shop.odcs.yaml&#58;", "read by", "finance", "Again"):  # fmt: skip
        assert part in said, (part, said)
    assert len([line for line in said.splitlines() if line]) <= 20
    assert "late" not in said and "example.org" not in said
    assert [path.name for path in folder.iterdir() if path.name.startswith("headgate_shadow")] == []


def test_values_are_shown_where_that_is_asked_for() -> None:
    _, said = run("shop.odcs.yaml#billed", "--sql", "cents.sql", "--show-examples")
    assert "1 value lost: open; 1 value new: late" in said
    assert "example.org" not in said


def test_json_and_annotations() -> None:
    code, said = run("shop.odcs.yaml#billed", "--sql", "cents.sql", "--format", "json")
    found = json.loads(said)
    (output,) = found["outputs"]
    assert (code, found["verdict"], output["rows"]["changed"], output["broken"][0]["key"]) == (
        1,
        "breach",
        99,
        "amount.maximum",
    )
    amount = next(column for column in output["columns"] if column["name"] == "amount")
    assert (amount["median_ratio"], amount["sums"]) == (100.0, ["4950.00", "495000.00"])
    _, said = run("shop.odcs.yaml#billed", "--sql", "cents.sql", "--format", "github")
    assert said.count("::error file=") == 2


def test_a_tolerance_and_columns_that_are_left_out() -> None:
    assert (
        run("shop.odcs.yaml#billed", "--sql", "cents.sql", "--except", "amount", "--except", "state")[0] == 1
    )  # a promise breaks
    assert run("shop.odcs.yaml#billed", "--sql", "same.sql", "--allow", "3", "--relative", "0.01")[0] == 0


def test_a_sample_is_masked_and_repeated_by_its_command() -> None:
    code, said = run(
        "shop.odcs.yaml#billed",
        "--sql",
        "same.sql",
        "--sample",
        "50%",
        "--by",
        "orders.id",
        "--salt",
        "7",
        "--link",
        "billed.id=orders.id",
    )
    assert code == 0, said
    assert "50% by orders.id, salt 7" in said and "masked: orders.email" in said and "not compared: email" in said
    assert "--sample 50% --by orders.id --salt 7 --link billed.id=orders.id" in said


def test_an_input_is_masked_by_whatever_name() -> None:
    code, said = run(
        "shop.odcs.yaml#billed",
        "--sql",
        "renamed.sql",
        "--input",
        "o=shop.duckdb#main.orders",
        *("--sample", "50%", "--by", "o.id", "--link", "billed.id=o.id"),
    )
    assert (code, "masked: o.email" in said) == (0, True), said


def test_a_column_that_is_masked_too_is_not_compared() -> None:
    code, said = run("shop.odcs.yaml#billed", "--sql", "same.sql", "--mask", "orders.amount")
    assert (code, "not compared: amount, email" in said) == (0, True), said


def test_the_next_version_of_the_contract(folder: Path) -> None:
    stricter = json.loads(json.dumps(BILLED))
    stricter["properties"][3]["logicalTypeOptions"]["maximum"] = 50
    write(
        folder,
        odcs(ORDERS, stricter, {"name": "more", "properties": [{"name": "id"}]}, **ABOUT, version="2.0.0"),
        "next.odcs.yaml",
    )
    code, said = run("shop.odcs.yaml", "--next", "next.odcs.yaml")
    assert code == 1, said
    assert said.startswith("BREACH: contract test 2.0.0")
    assert "breaks (error): amount" in said and "next.odcs.yaml:" in said
    assert run("shop.odcs.yaml", "--next", "shop.odcs.yaml")[0] == 0


WRONG = {
    "no candidate": (["shop.odcs.yaml#billed"], "give one candidate"),
    "two": (["shop.odcs.yaml#billed", "--sql", "same.sql", "--next", "x"], "give one candidate"),
    "no file": (["shop.odcs.yaml#billed", "--sql", "none.sql"], "none.sql: file not found"),
    "half a sample": (["shop.odcs.yaml#billed", "--sql", "same.sql", "--sample", "1%"], "go together"),
    "no state": (["shop.odcs.yaml", "--dbt", "."], "--dbt needs --state"),
    "an input": (["shop.odcs.yaml#billed", "--sql", "same.sql", "--input", "x"], "NAME=DATA"),
    "a role": (["shop.odcs.yaml#billed", "--sql", "same.sql", "--role", "x"], "DuckDB has no roles"),
    "a mask": (["shop.odcs.yaml#billed", "--sql", "same.sql", "--mask", "orders.none"], "no input has that column"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_call(case: str) -> None:
    arguments, said = WRONG[case]
    code, output = run(*arguments)
    assert (code, said in output) == (2, True), output


def test_no_password_is_in_the_command() -> None:
    _, said = run(
        "shop.odcs.yaml#billed", "--sql", "same.sql", "--input", "other=postgresql://u:secret@127.0.0.1:1/d#s.t"
    )
    assert "secret" not in said


SLOW = "def forever(inputs):\n    import time\n    open('started', 'w').close()\n    time.sleep(60)\n"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(folder: Path, number: signal.Signals) -> None:
    (folder / "slow.py").write_text(SLOW)
    command = [
        sys.executable,
        "-c",
        "from headgate.cli import main; main()",
        "shadow",
        "shop.odcs.yaml#billed",
        "--callable",
        "slow:forever",
        "--input",
        "orders=shop.duckdb#main.orders",
    ]
    with subprocess.Popen(
        command, env={"PATH": "/usr/bin:/bin", "TMPDIR": str(folder), "HEADGATE_STORE": "none"}, cwd=folder
    ) as running:
        deadline = time.monotonic() + 60
        while not list(folder.glob("headgate_shadow_*/work/started")) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert list(folder.glob("headgate_shadow_*/work/started"))
        running.send_signal(number)
        code = running.wait(30)
    assert code == 128 + number
    assert list(folder.glob("headgate_shadow_*")) == []
