"""The table of row checks, answered by headgate on each place, and by Great Expectations where it can."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.gate import check
from headgate.places.duckdb import Table

from tests.conformance.row_checks import CASES, Case
from tests.support.contracts import dataset_of_case

IDS = [case.name for case in CASES]


def fill(connection: duckdb.DuckDBPyConnection, table: str, columns: Any) -> None:
    names = ['"' + name.replace('"', '""') + '"' for name in columns]
    kinds = [kind for kind, _ in columns.values()]
    connection.execute(f"CREATE TABLE {table} ({', '.join(f'{n} {k}' for n, k in zip(names, kinds))})")
    rows = list(zip(*(values for _, values in columns.values())))
    if rows:
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows)


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("row_checks")


@pytest.fixture
def database(databases: Path, case: Case) -> Path:
    """The case's data on every place; they are only read, so that one copy serves all its tests."""
    folder = databases / str(IDS.index(case.name))
    path = folder / "places.duckdb"
    if path.exists():
        return path
    folder.mkdir()
    with duckdb.connect(str(path)) as connection:
        connection.execute("BEGIN")
        fill(connection, "things", case.columns)
        if case.reference is not None:
            kind = next(iter(case.columns.values()))[0]
            fill(connection, "other", {"v": (kind, case.reference)})
        connection.execute("COMMIT")
        connection.execute(f"COPY things TO '{folder / 'things.parquet'}' (FORMAT parquet)")
    return path


def unexpected(case: Case, data: Any, database: Path) -> int | None:
    report = check(
        dataset_of_case(case),
        data,
        references={"other": Table(str(database), "other")} if case.reference is not None else None,
    )
    result = next(r for r in report.results if r.key == case.key)
    assert result.status in ("passed", "failed"), (result.reason, report.to_json())
    return result.unexpected


@pytest.mark.parametrize("case", CASES, ids=IDS)
class TestEveryPlace:
    def test_duckdb_table(self, case: Case, database: Path) -> None:
        assert unexpected(case, Table(str(database), "things"), database) == case.unexpected

    @pytest.mark.slow
    def test_parquet(self, case: Case, database: Path) -> None:
        assert unexpected(case, database.with_name("things.parquet"), database) == case.unexpected

    @pytest.mark.slow
    def test_pandas(self, case: Case, database: Path) -> None:
        if any(kind == "TIME" for kind, _ in case.columns.values()):
            pytest.skip("pandas has no type for a time of day")
        if "NaN is above" in case.name:
            pytest.skip("a NaN in a float column of pandas is NULL")
        with duckdb.connect(str(database), read_only=True) as connection:
            frame = connection.execute("SELECT * FROM things").df()
        assert unexpected(case, frame, database) == case.unexpected

    @pytest.mark.slow
    def test_arrow_and_polars(self, case: Case, database: Path) -> None:
        import polars

        with duckdb.connect(str(database), read_only=True) as connection:
            table = connection.sql("SELECT * FROM things").to_arrow_table()
        assert unexpected(case, table, database) == case.unexpected
        assert unexpected(case, polars.from_arrow(table), database) == case.unexpected


GX_CASES = [case for case in CASES if case.gx]


@pytest.fixture(scope="session")
def gx_context() -> Any:
    import great_expectations as gx

    return gx.get_context(mode="ephemeral")


@pytest.mark.parametrize("case", GX_CASES, ids=[case.name for case in GX_CASES])
def test_great_expectations_agrees(case: Case, gx_context: Any) -> None:
    import great_expectations as gx
    import pandas as pd
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    assert case.gx is not None
    frame = pd.DataFrame({name: pd.Series(list(values), dtype=object) for name, (_, values) in case.columns.items()})
    kind, arguments = case.gx
    expectation = ExpectationConfiguration(type=kind, kwargs=dict(arguments)).to_domain_obj()
    name = f"{case.name}-{datetime.datetime.now().timestamp()}"
    source = gx_context.data_sources.add_pandas(name)
    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name).get_batch({"dataframe": frame})
    result = batch.validate(expectation)
    assert not result.exception_info.get("raised_exception"), result.exception_info
    assert result.result["unexpected_count"] == case.unexpected
    assert gx.__version__.startswith("1.")


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_row_names_its_oracle_or_its_reading(case: Case) -> None:
    assert case.gx or case.reading
