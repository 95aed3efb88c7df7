"""Attacks through every field of a contract, on DuckDB: a check, a publish, a lint, and every text that is printed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate import Contract, check, publish
from headgate.cli import main
from headgate.errors import CallError, ContractError
from headgate.places.duckdb import Table
from headgate.render import formats_of
from headgate.render.answers import CheckAnswer, LintAnswer

from tests.conformance.attack_checks import ATTACKS, REFUSED, Attack
from tests.support.contracts import odcs, write

pytestmark = pytest.mark.slow

SECRET = "the-secret-of-the-host"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(inner, names) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [filled(inner, names) for inner in value]
    if isinstance(value, str):
        for name, path in names.items():
            value = value.replace(f"{{{name}}}", path)
    return value


def document_of(attack: Attack, names: dict[str, str]) -> dict[str, Any]:
    prop = {"name": "v"} | filled(dict(attack.prop), names)
    thing = {"name": "things", "properties": [{"name": "id"}, prop], **filled(dict(attack.thing), names)}
    if attack.query:
        thing["quality"] = [{"id": "attack", "type": "sql", "query": filled(attack.query, names), "mustBe": 0}]
    return odcs(thing, **filled(dict(attack.root), names))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEADGATE_VAR_SECRET", SECRET)
    monkeypatch.setenv("HOME", SECRET)
    (tmp_path / "secret.txt").write_text(SECRET)
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("CREATE TABLE untouched AS SELECT 1 AS v")
        connection.execute("CREATE TABLE things AS SELECT 'a' AS id, 'b' AS v")
    return tmp_path


def harm(place: Path) -> list[str]:
    """What an attack has done, beside what a publish does."""
    with duckdb.connect(str(place / "w.duckdb"), read_only=True) as connection:
        tables = {
            f"{s}.{t}" for s, t in connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        }
        kept = connection.execute("SELECT * FROM main.untouched").fetchall() if "main.untouched" in tables else None
    made = {file.name for file in place.iterdir()} - {"secret.txt", "w.duckdb", "c.odcs.yaml"}
    own = {"main.untouched", "main.things", "main.target", "headgate.runs"}
    strange = [t for t in tables - own if not t.startswith(("main.target__quarantine", "headgate."))]
    return [*(["untouched"] if kept != [(1,)] else []), *strange, *made]


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_on_duckdb(attack: Attack, place: Path) -> None:
    names = {"secret": str(place / "secret.txt"), "written": str(place / "written")}
    path = write(place, document_of(attack, names), "c.odcs.yaml")
    said = []
    try:
        contract = Contract.load(path)
    except ContractError as refused:
        assert attack.outcome == REFUSED
        said.append(str(refused))
    else:
        dataset = next(iter(contract))
        if attack.outcome == REFUSED:  # the rule is listed, and what it says is not done
            assert [r for r in dataset.unchecked if not r.excused] or any(s.unset for s in contract.servers)
        data = Table(str(place / "w.duckdb"), "things")
        report = check(dataset, data, show_examples=True)
        said += [str(report), report.to_json()]
        try:
            outcome = publish(dataset, data, f"{place / 'w.duckdb'}#main.target", run_key="r", on_breach="warn")
            said += [str(outcome), json.dumps(outcome.to_dict())]
        except CallError as error:
            said.append(str(error))
    for form in formats_of(LintAnswer):
        result = CliRunner().invoke(
            main, ["lint", str(path), "--format", form, *(["--rules"] if form == "text" else [])]
        )
        assert result.exit_code in ((0, 2) if attack.outcome == REFUSED else (0,)), result.output
        assert not CONTROL.search(result.output), result.output
        said.append(result.output)
    for form in formats_of(CheckAnswer):
        result = CliRunner().invoke(
            main, ["check", str(path), str(place / "w.duckdb") + "#main.things", "--format", form]
        )
        assert not CONTROL.search(result.output), result.output
        said.append(result.output)
    assert harm(place) == []
    assert SECRET not in "".join(said)


def test_there_are_enough() -> None:
    assert len(ATTACKS) >= 60
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
