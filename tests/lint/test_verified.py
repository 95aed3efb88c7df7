"""`verifiedStatements` of ODCS 3.2's context: queries are admitted as sql rules are, and run only by lint --data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate.cli import main
from headgate.rules.verified import verified_queries

from tests.support.contracts import load, odcs, write

SERVERS = [{"server": "w", "type": "duckdb", "database": "w.duckdb", "schema": "main"}]


def document(*answers: str, root: str = "") -> dict[str, Any]:
    statements = [{"question": f"Question {number}?", "answer": answer} for number, answer in enumerate(answers)]
    things = {
        "name": "things",
        "properties": [{"name": "id", "logicalType": "integer"}],
        "context": {"verifiedStatements": [*statements, {"question": "And without an answer?"}]},
    }
    more = {"context": {"verifiedStatements": [{"question": "All?", "answer": root}]}} if root else {}
    return odcs(things, servers=SERVERS, **more)


CASES = [
    ("SELECT count(*) FROM things", ""),
    ("  with t as (select id from things) select max(id) from t", ""),
    ("SELECT id, count(*) FROM main.things GROUP BY id ORDER BY 2 DESC", ""),
    ("DROP TABLE things", None),  # no query: prose to us, and never run
    ("Sum the amounts of things, grouped by year.", None),
    ("SELECT * FROM secrets", "'secrets' is not a dataset of this contract"),
    ("SELECT 1; DROP TABLE things", "2 statements; a verified statement is one SELECT"),
    ("SELECT * FROM read_text('/etc/passwd')", "the table function"),
    ("SELECT random() FROM things", "is not one that a verified statement may call"),
    ("SELECT pg_sleep(100) FROM things", "the function"),
]


@pytest.mark.parametrize(("answer", "problem"), CASES)
def test_what_is_admitted(answer: str, problem: str | None) -> None:
    found = list(verified_queries(load(document(answer))))
    if problem is None:
        assert found == []
    else:
        (query,) = found
        assert (query.dataset is None) == bool(problem) and problem in query.problem


def lint(folder: Path, *options: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(main, ["lint", str(folder / "test.odcs.yaml"), *options])
    return result.exit_code, [line for line in result.output.splitlines() if "verified-statement" in line]


def test_lint_says_what_is_refused_without_any_data(tmp_path: Path) -> None:
    write(tmp_path, document("SELECT count(*) FROM things", "SELECT * FROM secrets"))
    code, (line,) = lint(tmp_path)
    assert code == 0 and "the verified statement is refused: 'secrets' is not a dataset of this contract" in line
    assert lint(tmp_path, "--strict")[0] == 2


def test_lint_data_runs_what_is_admitted(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("CREATE TABLE things AS SELECT 1 AS id UNION ALL SELECT 2")
    write(
        tmp_path,
        document("SELECT id, id AS again FROM things", "SELECT nothing FROM things", root="SELECT 1 FROM things"),
    )
    assert lint(tmp_path) == (0, [])
    code, (line,) = lint(tmp_path, "--data")
    assert code == 0 and "the verified statement does not run" in line and "nothing" in line


def test_lint_data_without_data_says_so(tmp_path: Path) -> None:
    write(tmp_path, document("SELECT id FROM things"))
    _, (line,) = lint(tmp_path, "--data")
    assert "DuckDB database not found" in line


@pytest.mark.parametrize("given", ["w.duckdb", "w.duckdb#main.things"])
def test_data_takes_no_value(tmp_path: Path, given: str) -> None:
    path = write(tmp_path, document("SELECT count(*) FROM things"))
    result = CliRunner().invoke(main, ["lint", str(path), "--data", given])
    assert result.exit_code == 2
    assert result.output == f"{given}: --data takes no value; it runs the queries on the contract's server\n"
