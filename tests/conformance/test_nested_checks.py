"""The table of nested checks, answered on a DuckDB table, a Parquet file and an Arrow table."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from headgate.gate import check, publish
from headgate.places.duckdb import Table

from tests.conformance.nested_checks import CASES, Case
from tests.support.contracts import dataset


@pytest.fixture
def database(tmp_path: Path, case: Case) -> Path:
    path = tmp_path / "places.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE things (id INTEGER, v {case.kind})")
        rows = (f"({number}, {value})" for number, value in enumerate(case.values))
        connection.execute(f"INSERT INTO things VALUES {', '.join(rows)}")
        connection.execute(f"COPY things TO '{tmp_path / 'things.parquet'}' (FORMAT parquet)")
    return path


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
class TestEveryPlace:
    def test_the_count(self, case: Case, database: Path) -> None:
        things = dataset({"name": "id"}, {"name": "v", **case.promise})
        places = [Table(str(database), "things"), database.with_name("things.parquet")]
        if case.kind != "JSON":  # in Arrow a document is but a text
            with duckdb.connect(str(database), read_only=True) as connection:
                places.append(connection.sql("SELECT * FROM things").to_arrow_table())
        for data in places:
            report = check(things, data)
            found = {r.key: r for r in report.results}[case.key]
            assert (found.unexpected, found.reason) == (case.unexpected, ""), data

    def test_the_count_in_json_documents(self, case: Case, database: Path) -> None:
        """The same values as documents: in a column of JSON, and as texts of a CSV file."""
        if not case.kind.startswith(("STRUCT", "MAP")) and not case.kind.endswith("]"):
            pytest.skip("a plain value is no document")
        with duckdb.connect(str(database)) as connection:
            connection.execute("CREATE TABLE documents AS SELECT id, to_json(v) AS v FROM things")
            connection.execute(f"COPY documents TO '{database.with_name('documents.csv')}' (HEADER)")
        things = dataset({"name": "id"}, {"name": "v", **case.promise})
        for data in (Table(str(database), "documents"), database.with_name("documents.csv")):
            found = {r.key: r for r in check(things, data).results}[case.key]
            assert (found.unexpected, found.reason) == (case.unexpected, ""), data

    @pytest.mark.slow
    def test_the_quarantine(self, case: Case, database: Path) -> None:
        """A bad place inside a value sets its whole row aside."""
        settings = {"onBreach": "quarantine", "maxQuarantinePercent": 100}
        things = dataset({"name": "id"}, {"name": "v", **case.promise}, settings=settings)
        outcome = publish(things, database.with_name("things.parquet"), f"{database}#main.target", run_key="r")
        assert (outcome.rows_set_aside, outcome.rows_published) == (case.unexpected, len(case.values) - case.unexpected)
