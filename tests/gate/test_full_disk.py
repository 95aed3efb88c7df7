"""A disk that runs full in the middle of a publish: the old version stays, and the rerun, with room, ends right."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from headgate.errors import TransientError
from headgate.gate import publish

from tests.support.contracts import dataset

pytestmark = pytest.mark.slow
THINGS = dataset(
    {"name": "id", "logicalType": "integer"},
    {"name": "c", "logicalType": "string"},
    settings={"extraColumns": "ignore"},
)
SMALL, LARGE = 10_000, 1_500_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A filesystem of 16 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a filesystem cannot be mounted here")
    for above in (folder, *tmp_path.parents[:3], tmp_path):  # so that another user comes in
        above.chmod(0o755)
    folder.chmod(0o777)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def grow(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=512m", str(disk)], check=True)


def rows(n: int) -> Any:
    return duckdb.sql(f"SELECT range AS id, md5(range::VARCHAR) AS c FROM range({n})").df()


def served(target: str) -> int:
    url, _, table = target.rpartition("#")
    if target.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            found: Any = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    else:
        with duckdb.connect(url, read_only=True) as connection:
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0])


def fill_and_publish(target: str, count: Any, disk: Path) -> None:
    publish(THINGS, rows(SMALL), target, run_key="first")
    with pytest.raises(TransientError, match=r"(?i)space|full|disk"):
        publish(THINGS, rows(LARGE), target, run_key="second")
    assert count() == SMALL
    grow(disk)
    assert publish(THINGS, rows(LARGE), target, run_key="second").rows_published == LARGE
    assert count() == LARGE


def test_duckdb(disk: Path) -> None:
    target = f"{disk}/w.duckdb#shop.things"
    fill_and_publish(target, lambda: served(target), disk)
    with duckdb.connect(f"{disk}/w.duckdb") as connection:
        left = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE '__headgate%'").fetchone()
    assert left == (0,)


def test_parquet(disk: Path) -> None:
    from headgate.places.parquet import Folder
    from headgate.places.parquet.store import store_of

    def count() -> int:
        with Folder(f"{disk}/things").connect() as session:
            return int(session.rows(f"SELECT count(*) FROM {session.content(Folder(f'{disk}/things'))}")[0][0])

    fill_and_publish(f"{disk}/things/", count, disk)
    assert len(store_of(f"{disk}/things").versions()) == 2


def test_postgres(disk: Path, postgres: str) -> None:
    """The target's own tablespace is full."""
    url = f"postgresql://headgate@/postgres?host={postgres}"
    place = disk / "space"
    place.mkdir()
    shutil.chown(place, Path(postgres).stat().st_uid)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS disk CASCADE; CREATE SCHEMA disk")
        connection.execute(f"CREATE TABLESPACE little LOCATION '{place}'".encode())
        connection.execute("CREATE TABLE disk.things (id bigint, c text) TABLESPACE little")
    try:
        target = f"{url}#disk.things"
        fill_and_publish(target, lambda: served(target), disk)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA disk CASCADE")
            connection.execute("DROP TABLESPACE little")
