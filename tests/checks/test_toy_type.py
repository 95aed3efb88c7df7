"""A check type is declared once: an entry of the catalogue is known everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate import check
from headgate.cli import main
from headgate.dbt import generate

from tests.support import checks_page, toy_type
from tests.support.contracts import dataset, odcs, write


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    toy_type.register(monkeypatch)


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "toy.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE things (v VARCHAR)")
        connection.executemany("INSERT INTO things VALUES (?)", [[row] for row in toy_type.ROWS])
    return f"{path}#things"


def found(data: str) -> dict[str, Any]:
    report = check(dataset(toy_type.promise()), data)
    return {result.key: result.unexpected for result in report.results if result.type == toy_type.NAME}


def test_it_is_measured_on_duckdb(database: str) -> None:
    assert found(database) == toy_type.UNEXPECTED


@pytest.mark.slow
def test_it_is_measured_on_postgres(schema: Any) -> None:
    schema.fill("things", {"v": ("VARCHAR", list(toy_type.ROWS))})
    assert found(schema.url("things")) == toy_type.UNEXPECTED


def test_explain_shows_it(database: str, tmp_path: Path) -> None:
    contract = write(tmp_path, odcs({"name": "things", "properties": [toy_type.promise()]}))
    shown = CliRunner().invoke(main, ["check", str(contract), database, "--explain"]).output
    assert "the length of v is even" in shown
    assert "LENGTH(" in shown


def test_the_page_of_check_types_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_page, "_ODCS", (*checks_page._ODCS, toy_type.promise("text")))
    (row,) = [line for line in checks_page.table().splitlines() if line.startswith(f"| `{toy_type.NAME}` ")]
    assert row == "| `even_length` | the length of text is even | ODCS | distinct values, count | DuckDB, PostgreSQL |"


def test_a_macro_of_it_is_generated() -> None:
    made = {path.name: text for path, text in generate.files().items()}
    assert f'"{toy_type.NAME}"' in made["check_types.sql"]
    assert f'"{toy_type.NAME}"' in made["macros.py"]
    text = " ".join(made[f"{toy_type.NAME}.sql"].split())
    assert f"{{% macro unexpected_{toy_type.NAME}(check, columns) -%}}" in text
    duck, postgres = (text.split(f"{name}__")[1] for name in ("duckdb", "postgres"))
    assert "{%- set odd = check.get('args', {}).get('odd') -%}" in duck
    assert "LENGTH(CAST({{ column }} AS TEXT)) % 2" in duck
    assert "CAST(LENGTH(CAST({{ column }} AS TEXT)) AS DECIMAL) % 2" in postgres
