"""`headgate status`: what it prints, and the codes that it exits with."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from headgate.cli import main

from tests.fitness.test_status import contracts
from tests.support.contracts import odcs, write


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    contracts(tmp_path)
    monkeypatch.setenv("HEADGATE_CONTRACTS", str(tmp_path))
    return tmp_path


def publish(folder: Path, name: str, row: str, key: str, *options: str) -> None:
    data = folder / "data.csv"
    data.write_text(f"id,v\n{row}\n", encoding="utf-8")
    run("publish", str(folder / f"{name}.odcs.yaml"), str(data), "--run-key", key, *options)


def test_the_answer_decides_the_exit_code(folder: Path) -> None:
    assert run("status", "orders")[0] == 3
    publish(folder, "orders", "1,5", "good")
    assert run("status", "orders")[0] == 0
    publish(folder, "orders", "1,99", "bad")  # last known good
    code, said = run("status", str(folder / "orders.odcs.yaml"))
    assert (code, said.splitlines()[:2][0]) == (0, "orders at shop.orders: may it be used now? yes, but")
    publish(folder, "orders", "1,99", "worse", "--on-breach", "warn")
    assert run("status", "orders.odcs.yaml", "--contracts", str(folder))[0] == 2  # a file that is not here
    code, said = run("status", "orders")
    assert code == 1 and "no: worse breaks its contract, and was published" in said
    code, said = run("status", "orders-contract.orders", "--format", "json", "--consumer", "team features")
    found = json.loads(said)
    assert (code, found["fitness"], found["place"], found["consumer"]) == (1, "no", "shop.orders", "team features")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("order",), "no contract has a dataset 'order'; did you mean 'orders'?"),
        (("orders", "--consumer", "nobody"), "'nobody' is not a consumer of orders"),
        (("orders", "--server", "x"), "no server 'x'"),
        (("orders", "nowhere.csv"), "not found"),
    ],
)
def test_a_wrong_call_is_said(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    code, said = run("status", *arguments)
    assert code in (2, 3) and message in said


def test_save_makes_the_view_and_a_publish_keeps_it_true(folder: Path) -> None:
    publish(folder, "orders", "1,5", "good")
    assert run("status", "orders", "--save")[0] == 0
    publish(folder, "orders", "1,99", "bad")
    with duckdb.connect(str(folder / "w.duckdb")) as connection:
        assert connection.execute("SELECT fitness FROM headgate.fitness").fetchall() == [("degraded",)]


def test_what_a_contract_says_does_not_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "evil.odcs.yaml"
    path.write_text(
        'apiVersion: v3.2.0\nkind: DataContract\nid: e\nversion: "1"\nstatus: "draft\\e[2J"\n'
        'team: {name: "x\\e[2J"}\nservers: [{server: w, type: duckdb, database: w.duckdb}]\nschema: [{name: t}]\n',
        encoding="utf-8",
    )
    code, said = run("status", str(path))
    assert code == 3 and "\x1b" not in said


def test_a_name_that_is_too_long_for_a_file_is_an_unknown_name(folder: Path) -> None:
    code, said = run("status", "x" * 300)
    assert code == 2 and "no contract has a dataset 'xxx" in said


def test_contracts_with_the_same_id_are_told_apart_by_their_files(folder: Path) -> None:
    (folder / "copy.odcs.yaml").write_bytes((folder / "orders.odcs.yaml").read_bytes())
    code, said = run("status", "orders")
    first, other = (f"{folder / name}.odcs.yaml#orders" for name in ("copy", "orders"))
    assert code == 2 and f"'orders' is in contracts that have the same id; choose one of {first}, {other}" in said


def test_a_contract_without_datasets_is_said(folder: Path) -> None:
    path = write(folder, odcs(id="empty"), "empty.odcs.yaml")
    code, said = run("status", str(path))
    assert code == 2 and "has no dataset: its `schema` is empty; add one" in said
