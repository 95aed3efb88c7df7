"""DuckDB's memory: little at first, then what is allowed, then the disk; and nothing is left there."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pytest
from headgate import CallError, check
from headgate.places import place_of
from headgate.places.duckdb import memory

from tests.support.contracts import dataset

ROWS = 1_000_000
KEYS = dataset({"name": "k", "logicalType": "string", "unique": True})


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A million keys of 64 characters, in no order; one of them twice."""
    path = tmp_path_factory.mktemp("memory") / "keys.parquet"
    key = "sha256((CASE WHEN i = 7 THEN 8 ELSE i END)::VARCHAR)"
    duckdb.execute(f"COPY (SELECT {key} AS k FROM range({ROWS}) t(i)) TO '{path}'")
    return str(path)


@pytest.mark.parametrize(("little", "most"), [("64MB", "1GB"), ("1MB", "1GB"), ("1MB", "100MB")])
def test_what_does_not_fit_is_spilled(
    keys: str, little: str, most: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_LITTLE", little)
    monkeypatch.setenv(memory.VARIABLE, most)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert {r.key: r.unexpected for r in check(KEYS, keys).failed} == {"k.unique": 2}
    assert list(tmp_path.iterdir()) == []


def test_the_first_limit_is_raised_where_it_is_too_small(keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def limit() -> str:
        return str(session.rows("SELECT current_setting('memory_limit')")[0][0])

    monkeypatch.setattr(memory, "_LITTLE", "1MB")
    with place_of(keys).connect() as session:
        before = limit()
        assert session.rows(f"SELECT count(DISTINCT k) FROM '{keys}'") == [(ROWS - 1,)]
        assert (before, limit()) == ("976.5 KiB", "953.6 MiB")


def test_a_limit_that_is_none(keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.VARIABLE, "plenty")
    with pytest.raises(CallError, match="HEADGATE_MEMORY_LIMIT: 'plenty' is not a valid"):
        check(KEYS, keys)
