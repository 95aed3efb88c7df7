from __future__ import annotations

from pathlib import Path

import pytest
from warehouse import PostgresWarehouse, Warehouse


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The tests of a module run on its PLATFORMS; without them, on DuckDB."""
    if "warehouse" in metafunc.fixturenames:
        metafunc.parametrize("warehouse", getattr(metafunc.module, "PLATFORMS", ("duckdb",)), indirect=True)


@pytest.fixture
def warehouse(tmp_path: Path, request: pytest.FixtureRequest) -> Warehouse:
    if request.param == "postgres":
        return PostgresWarehouse(tmp_path, request.getfixturevalue("postgres"))
    return Warehouse(tmp_path)
