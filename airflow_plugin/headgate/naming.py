"""The names of places, by the naming rules of OpenLineage (its specification, "Naming")."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

# Schemes of asset URIs that Airflow knows; it leaves any other alone only with "x-" before it.
_AIRFLOW_SCHEMES = frozenset({"file", "postgres", "s3"})


@dataclass(frozen=True, slots=True)
class PlaceName:
    """What lineage, history and other tools call a place: a namespace, and a name that is unique in it.

    `segments` are the parts of the name in Airflow's asset URIs, from the outside in; empty where that is the name.
    """

    namespace: str
    name: str
    segments: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.namespace} {self.name}"

    @property
    def asset_uri(self) -> str:
        """The URI of the Airflow asset: postgres://host:port/database/schema/table, file:///path, s3://bucket/path,
        x-duckdb:///path/of/file.duckdb/schema/table."""
        scheme, _, authority = self.namespace.partition("://")
        known = scheme if scheme in _AIRFLOW_SCHEMES else f"x-{scheme}"
        if self.segments:
            return "/".join((f"{known}://{quote(authority, safe='/:[]')}", *(quote(s, safe="") for s in self.segments)))
        return f"{known}://{authority}/{quote(self.name)}" if authority else f"{known}://{quote(self.name)}"


def postgres_table(host: str, port: int | str, database: str, schema: str, table: str) -> PlaceName:
    """Return the name of a table of a PostgreSQL server."""
    return PlaceName(f"postgres://{host}:{port}", f"{database}.{schema}.{table}", (database, schema, table))


def duckdb_table(database: str, schema: str, table: str) -> PlaceName:
    """Return the name of a table of a DuckDB file; OpenLineage has no rule of its own for it."""
    path = Path(database).resolve()
    return PlaceName(f"duckdb://{path}", f"{path.stem}.{schema}.{table}", (schema, table))


def files(path: str) -> PlaceName:
    """Return the name of files: a path of this machine, or an object store's scheme://bucket/key."""
    if "://" not in path:
        return PlaceName("file", str(Path(path).absolute()))
    scheme, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    return PlaceName(f"{scheme}://{bucket}", key)
