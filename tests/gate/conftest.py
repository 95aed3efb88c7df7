from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.warehouse import WAREHOUSES, PostgresWarehouse, Warehouse


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that publishes runs on every place that its module names in PLACES, on DuckDB if it names none."""
    named = [name for mark in metafunc.definition.iter_markers("parametrize") for name in mark.args[0]]
    if "warehouse" in metafunc.fixturenames and "warehouse" not in named:
        places = getattr(metafunc.function, "places", None) or getattr(metafunc.module, "PLACES", ("duckdb",))
        # `make test-fast` has DuckDB alone.
        slow = {"postgres": pytest.mark.slow, "parquet": pytest.mark.slow}
        marked = [pytest.param(name, marks=slow.get(name, ())) for name in places]
        metafunc.parametrize("warehouse", marked, indirect=True)


@pytest.fixture
def warehouse(tmp_path: Path, request: Any) -> Warehouse:
    if request.param == "postgres":
        return PostgresWarehouse(tmp_path, request.getfixturevalue("postgres"))
    return WAREHOUSES[request.param](tmp_path)
