"""The tables of two versions of headgate side by side, and what nobody must write to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from headgate.errors import MissingExtraError, TransientError
from headgate.history import home, migration, open_store, opening, runs
from headgate.history.store import Store

from tests.support.history import contents, record

# What a later version might add.
ADDED = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"


def upgrade():
    op.add_column("headgate_report", sa.Column("seconds", sa.Float))
    op.create_table("headgate_seconds", sa.Column("id", sa.Integer, primary_key=True))
"""
# What it must not do without saying that older versions may no longer write.
CHANGED = """
from alembic import op

revision, down_revision = "0005", "0004"


def upgrade():
    op.execute("UPDATE headgate_writers SET oldest = '0005'")
"""


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The migrations of later versions: of 0004, which adds, and of 0005, which changes."""
    folder = tmp_path / "migrations"
    shutil.copytree(migration.MIGRATIONS, folder)
    (folder / "versions" / "v0004_seconds.py").write_text(ADDED)
    (folder / "versions" / "v0005_changed.py").write_text(CHANGED)
    return folder


def version(store: Store) -> list[str]:
    with store.reading() as connection:
        return [row[0] for row in connection.execute(sa.text("SELECT version_num FROM headgate_version"))]


def execute(store: Store, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def test_an_older_store_is_upgraded_and_its_runs_stay(store: Store, newer: Path) -> None:
    store.record(record(1))
    before = contents(store)
    migration.ensure_schema(store.engine, newer, "0004")
    assert version(store) == ["0004"]
    assert contents(store) == before


def test_two_versions_write_side_by_side(url: str, store: Store, newer: Path) -> None:
    migration.ensure_schema(store.engine, newer, "0004")
    old = open_store(url)  # the code of 0003, which upgrades nothing
    for day in range(4):
        old.record(record(day))
        execute(store, f"UPDATE headgate_report SET seconds = 1 WHERE run_key = 'day-{day}'")
    old.record(record(1, at=9))
    assert [len(runs(store, each.id)) for each in home(store)] == [4]
    assert version(store) == ["0004"]
    with store.reading() as connection:
        assert connection.scalar(sa.text("SELECT sum(seconds) FROM headgate_report")) == 4
    old.close()


def test_a_store_that_is_too_new_is_left_alone(url: str, store: Store, newer: Path) -> None:
    migration.ensure_schema(store.engine, newer, "0005")
    with pytest.raises(TransientError, match=r"has schema 0005.*this one writes up to 0003: upgrade it"):
        open_store(url)


BROKEN = {
    "no version": ["DROP TABLE headgate_version"],
    "no row": ["DELETE FROM headgate_version"],
    "a table is missing": ["DROP TABLE headgate_standing"],
    "a column is missing": ["ALTER TABLE headgate_report DROP COLUMN policy"],
    "newer, and a table is missing": ["UPDATE headgate_version SET version_num = '0007'", "DROP TABLE headgate_level"],
}


@pytest.mark.parametrize("statements", BROKEN.values(), ids=BROKEN)
def test_half_a_migration_is_said_in_one_line(statements: list[str], url: str, store: Store) -> None:
    execute(store, *statements)
    with pytest.raises(TransientError, match="tables of the history are incomplete") as refused:
        open_store(url)
    assert "\n" not in str(refused.value)


def test_a_migration_that_fails_leaves_nothing(url: str, newer: Path, store: Store) -> None:
    store.record(record(1))
    before = contents(store)
    (newer / "versions" / "v0004_seconds.py").write_text(ADDED + "    raise RuntimeError('no')\n")
    with pytest.raises(RuntimeError):
        migration.ensure_schema(store.engine, newer, "0004")
    assert version(store) == ["0003"]
    again = open_store(url)
    assert contents(again) == before
    again.record(replace(record(2), rows=3))
    again.close()


OPEN = """
import sys
from headgate.history import open_store
from tests.support.history import record
open_store(sys.argv[1]).record(record(int(sys.argv[2])))
"""


@pytest.mark.slow
def test_an_empty_store_that_many_open_at_once(url: str) -> None:
    root = Path(__file__).parents[2]
    children = [subprocess.Popen([sys.executable, "-c", OPEN, url, str(n)], cwd=root) for n in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    store = open_store(url)
    (each,) = home(store)
    assert len(runs(store, each.id)) == 3
    store.close()


def test_the_tables_are_those_of_the_migrations(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext
    from headgate.history.tables import VERSION_TABLE, metadata

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize(("found", "said"), [("1.4.54", r"sqlalchemy >= 2 \(there is 1.4.54\)"), (None, "alembic is")])
def test_what_is_not_installed_is_said(found: str | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if found:
        monkeypatch.setattr(opening, "_late", lambda name: lambda package: found)
    else:
        monkeypatch.setattr(opening, "find_spec", lambda name: None if name == "alembic" else name)
    with pytest.raises(MissingExtraError, match=said):
        open_store("sqlite:////nowhere/history.db")
