"""Where dbt builds a candidate: a DuckDB file beside copies of what it reads, or a schema of PostgreSQL by a role that
can write nowhere else."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlglot import exp

from headgate.compare.shadow.found import Input
from headgate.compare.shadow.inputs import Source, read_inputs, selected
from headgate.compare.shadow.settings import Settings
from headgate.dbt.shadow_nodes import Built, Parent, table_of
from headgate.errors import CallError, HeadgateError
from headgate.places import Place
from headgate.places.duckdb.connection import opened
from headgate.places.duckdb.places import Table
from headgate.places.duckdb.session import DuckDB
from headgate.places.duckdb.shadow import shadow_folder
from headgate.places.shadow import ShadowLogin, login_beside
from headgate.sql.quote import ident, text

# DuckDB is confined before dbt's first statement: SQL can open, read and write files of the data folder alone. Before
# 1.5 it writes profiles and secrets wherever a setting says, so that there no setting can be changed.
_PLUGIN = """
import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin


class Plugin(BasePlugin):
    def configure_connection(self, conn):
        conn.execute("SET allowed_directories = [{folder}]")
        conn.execute("SET enable_external_access = false")
        if tuple(map(int, duckdb.__version__.split(".")[:2])) < (1, 5):
            conn.execute("SET lock_configuration = true")
"""


class DbtHome(Protocol):
    """Where dbt builds. `folder` is the run's own, `environment` what dbt's process needs to connect."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def name(self) -> str:
        """What messages call it: the schema that dbt builds in."""

    @property
    def data(self) -> Path:
        """The folder that the candidate's SQL may read and write."""

    def profile(self) -> dict[str, Any]:
        """Return the target of dbt's profile."""

    def inside(self, raw: Mapping[str, Any]) -> bool:
        """Return whether a node is built in the shadow."""

    def place(self, raw: Mapping[str, Any]) -> Place:
        """Return the table of a node of production's manifest. Raises CallError if it is out of reach."""

    def prepare(self, built: Iterable[Built], sources: Mapping[str, tuple[Parent, Source]]) -> tuple[Input, ...]:
        """Make ready what dbt reads and the schemas that it builds in; return what it reads."""

    def own(self, built: Built, hidden: frozenset[str], key: str | None) -> Place:
        """Return where production's rows are, or those of the sample by its `key` with columns `hidden`."""

    def finish(self, built: Iterable[Built]) -> None:
        """Close what is open, after dbt."""

    def made(self, built: Built) -> Place:
        """Return where the candidate's rows are."""


@contextlib.contextmanager
def home_beside(production: Place, settings: Settings, login: str | None) -> Iterator[DbtHome]:
    """Return the home of a shadow beside production's database, which is dropped in the end.

    Args:
        login: of PostgreSQL, the URL of a role that only reads, by which dbt connects; by default one is made.

    Raises:
        CallError: there is none beside such data, or the role could write something else.
    """
    with shadow_folder(settings.now) as folder:
        (folder / "data").mkdir()
        if isinstance(production, Table):
            yield DuckDBHome(folder, production, settings)
            return
        if settings.sample or settings.masking:
            raise CallError(
                "a sample or masks need copies of what dbt reads under the names of production, for which PostgreSQL "
                "has no place beside it: leave --sample out, or give the SQL of the model as --sql"
            )
        with login_beside(production, settings.now, login) as made:
            yield PostgresHome(folder, made)


def is_schema_of(schema: str, name: str) -> bool:
    """Return whether a schema is the shadow's own: as dbt's generate_schema_name makes them."""
    return schema == name or schema.startswith(f"{name}_")


@dataclass
class DuckDBHome:
    """A database file that is called as production's and has copies of what dbt reads, and the schema that dbt builds
    in: production's own file is out of its reach."""

    folder: Path
    production: Table
    settings: Settings
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def _database(self) -> Path:
        return self.data / f"{self._alias}.duckdb"

    @property
    def _alias(self) -> str:
        """What DuckDB calls production's database, and dbt the relations in it."""
        return Path(self.production.database).name.lstrip(".").partition(".")[0]

    def profile(self) -> dict[str, Any]:
        plugins = self.folder / "plugins"
        plugins.mkdir()
        folder = text(f"{self.data}/").replace('"', '\\"')
        (plugins / "headgate_confined.py").write_text(_PLUGIN.format(folder=folder), encoding="utf-8")
        self.environment = {"PYTHONPATH": str(plugins)}
        confined = [{"module": "headgate_confined"}]
        return {"type": "duckdb", "path": str(self._database), "schema": self.name, "threads": 1, "plugins": confined}

    def inside(self, raw: Mapping[str, Any]) -> bool:
        return str(raw.get("database")) == self._alias and is_schema_of(str(raw.get("schema")), self.name)

    def place(self, raw: Mapping[str, Any]) -> Table:
        database = str(raw.get("database") or self._alias)
        if database != self._alias:
            raise CallError(
                f"{raw.get('relation_name') or table_of(raw)} is in the database {database}; a shadow reads one "
                f"database of production, which is {self._alias}"
            )
        return Table(self.production.database, table_of(raw), str(raw["schema"]))

    def prepare(self, built: Iterable[Built], sources: Mapping[str, tuple[Parent, Source]]) -> tuple[Input, ...]:
        inputs = []
        with opened(str(self._database), write=True) as connection:
            session = DuckDB(connection, str(self._database))
            given = {name: source for name, (_, source) in sources.items()}
            relations = read_inputs(session, given)
            for found, query in selected(relations, given, self.settings, session.dialect):
                parent = sources[found.name][0]
                there = parent.raw if parent.is_source else parent.own  # where dbt looks for it
                session.rows(f"CREATE SCHEMA IF NOT EXISTS {ident(str(there['schema']))}")
                session.rows(f"CREATE TABLE {ident(str(there['schema']), table_of(there))} AS {session.sql(query)}")
                inputs.append(found)
        return tuple(inputs)

    def own(self, built: Built, hidden: frozenset[str], key: str | None) -> Place:
        assert built.own is not None
        place = self.place(built.own)
        if not (hidden or (self.settings.sample and key)):
            return place
        file = self.folder / "own.duckdb"
        with opened(str(file), write=True) as connection:
            session = DuckDB(connection, str(file))
            relation = session.read(place)
            masks = self.settings.masking
            listed: list[exp.Expr] = [exp.column(c.name, quoted=True) for c in relation.columns]
            columns = masks.columns(relation.columns, hidden, session.dialect) if masks else listed
            query = exp.select(*columns).from_(relation.as_data)
            if self.settings.sample and key:
                query = query.where(self.settings.sample.kept(key, session.dialect))
            session.rows(f"CREATE TABLE {ident(built.id)} AS {session.sql(query)}")
        return Table(str(file), built.id)

    def finish(self, built: Iterable[Built]) -> None:
        """Copy what dbt built out of its reach. A view of its making is run as confined as dbt was."""
        with opened(str(self.folder / "made.duckdb"), write=True) as connection:
            session = DuckDB(connection, str(self.folder / "made.duckdb"))
            session.rows(f"ATTACH {text(str(self._database))} AS {ident(self._alias)} (READ_ONLY)")
            session.confine()
            for each in built:
                relation = ident(self._alias, str(each.raw["schema"]), each.table)
                with contextlib.suppress(HeadgateError):  # of one that is not there dbt says why
                    session.rows(f"CREATE TABLE {ident(each.id)} AS FROM {relation}")
        shutil.rmtree(self.data, ignore_errors=True)

    def made(self, built: Built) -> Place:
        return Table(str(self.folder / "made.duckdb"), built.id)


class PostgresHome:
    """A schema in production's database. dbt connects as a role that reads everything and writes in it alone, and what
    it made is read as that role too: a view runs its functions with the rights of who reads it."""

    def __init__(self, folder: Path, login: ShadowLogin) -> None:
        self.folder = folder
        self._login = login
        self.environment: Mapping[str, str] = {
            "DBT_ENV_SECRET_HEADGATE_SHADOW": str(login.parameters.get("password") or "")
        }

    @property
    def name(self) -> str:
        return self._login.schema

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def profile(self) -> dict[str, Any]:
        given = {k: v for k, v in self._login.parameters.items() if k in ("host", "sslmode", "sslrootcert", "hostaddr")}
        return {
            "type": "postgres",
            "host": "localhost",
            **given,
            "port": int(self._login.parameters.get("port") or 5432),
            "user": self._login.role,
            "password": "{{ env_var('DBT_ENV_SECRET_HEADGATE_SHADOW') }}",
            "dbname": self._login.parameters.get("dbname") or "postgres",
            "schema": self.name,
            "threads": 1,
        }

    def inside(self, raw: Mapping[str, Any]) -> bool:
        return is_schema_of(str(raw.get("schema")), self.name)

    def prepare(self, built: Iterable[Built], sources: Mapping[str, tuple[Parent, Source]]) -> tuple[Input, ...]:
        for schema in dict.fromkeys(str(each.raw["schema"]) for each in built):
            if schema != self.name:
                self._login.add_schema(schema)
        return tuple(Input(name, str(source.place)) for name, (_, source) in sources.items())

    def place(self, raw: Mapping[str, Any]) -> Place:
        """Return the table of a node, read as the shadow's role."""
        return self._login.place(str(raw["schema"]), table_of(raw))

    def own(self, built: Built, hidden: frozenset[str], key: str | None) -> Place:
        assert built.own is not None
        return self.place(built.own)

    def finish(self, built: Iterable[Built]) -> None:
        """What dbt built stays where it is."""

    def made(self, built: Built) -> Place:
        return self.place(built.raw)
