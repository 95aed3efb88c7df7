"""The schema of a store: made where there is none, brought up to date where it is older."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from headgate.errors import TransientError
from headgate.history.tables import VERSION_TABLE, metadata, writers
from headgate.lazy import lazily

MIGRATIONS = Path(__file__).with_name("migrations")
# The version of `tables`, the newest of the migrations.
HEAD = "0003"
# Any number that no other program takes: processes that open an empty store at once wait for each other.
_LOCK = 0x68656164

_late = lazily(__name__, {"command": "alembic.command", "Config": "alembic.config:Config"})
_version = sa.table(VERSION_TABLE, sa.column("version_num", sa.Text))


class SchemaError(TransientError):
    """The store cannot be written by this version of headgate, as its tables are now."""


def ensure_schema(engine: sa.Engine, migrations: Path = MIGRATIONS, head: str = HEAD) -> None:
    """Create or upgrade the tables, in one transaction; a store of this version is only looked at.

    Raises:
        SchemaError: they were changed by a newer version in a way that this one must not write to, or they are
            incomplete.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be used.
    """
    with engine.begin() as connection:
        if _is_current(connection, head):
            return
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            if _is_current(connection, head):
                return
        config = _late("Config")()
        config.set_main_option("script_location", str(migrations))
        config.set_main_option("path_separator", "os")
        config.attributes.update(connection=connection, version_table=VERSION_TABLE)
        _late("command").upgrade(config, head)
    with engine.connect() as connection:
        _demand_all(connection)


def _is_current(connection: sa.Connection, head: str) -> bool:
    """Return whether the tables are of this version or a newer one. Raises SchemaError."""
    there = {name for name in sa.inspect(connection).get_table_names() if name.startswith("headgate_")}
    own = {table.name for table in metadata.sorted_tables}
    if VERSION_TABLE not in there:
        if there & own:
            raise SchemaError(_incomplete(f"they have no {VERSION_TABLE}"))
        return False
    found: list[str] = list(connection.scalars(sa.select(_version.c.version_num)))
    if not found and not there & own:
        return False
    if len(found) != 1:
        raise SchemaError(_incomplete(f"{VERSION_TABLE} has {len(found)} rows, not one"))
    if found[0] < head:
        return False
    _demand_all(connection)
    if found[0] > head:
        oldest = connection.scalar(sa.select(writers.c.oldest))
        if oldest is None or oldest > head:
            raise SchemaError(
                f"the history has schema {found[0]}, made by a newer headgate; this one writes up to {head}: upgrade it"
            )
    return True


def _demand_all(connection: sa.Connection) -> None:
    """Raise SchemaError where a table or a column is not there."""
    inspector = sa.inspect(connection)
    there = set(inspector.get_table_names())
    for table in metadata.sorted_tables:
        if table.name not in there:
            raise SchemaError(_incomplete(f"{table.name} is not there"))
    columns: dict[Any, Any] = inspector.get_multi_columns(filter_names=[table.name for table in metadata.sorted_tables])
    for (_, name), found in columns.items():
        if lacking := set(metadata.tables[name].columns.keys()) - {column["name"] for column in found}:
            raise SchemaError(_incomplete(f"{name} has no column {sorted(lacking)[0]}"))


def _incomplete(what: str) -> str:
    return f"the tables of the history are incomplete, as by a migration or a copy that was stopped: {what}"
