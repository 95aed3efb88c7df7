"""The names of places, by the naming rules of OpenLineage (its specification, "Naming")."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

# Schemes of asset URIs that Airflow knows; it leaves any other alone only with "x-" before it.
_AIRFLOW_SCHEMES = frozenset({"file", "postgres", "s3"})


# A namespace with any other character is accepted by Marquez, and breaks its list of namespaces for good.
_UNSAFE = re.compile(r"[^a-zA-Z:;=/0-9_\-.@+]")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PlaceName:
    """What lineage, history and other tools call a place: a namespace, and a name that is unique in it.

    `segments` are the parts of the name in Airflow's asset URIs, from the outside in; empty where that is the name.
    `also` are other names of the same place, as a tool spells it that does not follow symbolic links, for example.
    """

    namespace: str
    name: str
    segments: tuple[str, ...] = field(default=(), compare=False, repr=False)
    also: tuple[PlaceName, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.namespace} {self.name}"

    @property
    def safe(self) -> PlaceName:
        """The name in events: each character of the namespace that Marquez cannot take is written as `=20` is for a
        space, its bytes in UTF-8."""
        namespace = _UNSAFE.sub(lambda found: "".join(f"={byte:02X}" for byte in found[0].encode()), self.namespace)
        return self if namespace == self.namespace else replace(self, namespace=namespace)

    @property
    def source_uri(self) -> str:
        """The URI of what holds the place: a server, a database file, a bucket, the files of a machine."""
        return self.namespace if "://" in self.namespace else f"{self.namespace}:///"

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
    """Return the name of a table of a PostgreSQL server. Airflow's provider writes the host in small letters, dbt-ol as
    the profile does: that of Airflow is another name of the place."""

    def name(host: str, also: tuple[PlaceName, ...] = ()) -> PlaceName:
        segments = (database, schema, table)
        return PlaceName(f"postgres://{host}:{port}", f"{database}.{schema}.{table}", segments, also)

    return name(host, () if host == host.lower() else (name(host.lower()),))


def duckdb_table(database: str, schema: str, table: str) -> PlaceName:
    """Return the name of a table of a DuckDB file; OpenLineage has no rule of its own for it."""
    path, spelled = Path(database).resolve(), Path(database).absolute()
    other = () if spelled == path else (_duckdb(spelled, schema, table),)
    return replace(_duckdb(path, schema, table), also=other)


def _duckdb(path: Path, schema: str, table: str) -> PlaceName:
    # DuckDB calls the database what is before the first dot.
    database = path.name.lstrip(".").partition(".")[0]
    return PlaceName(f"duckdb://{path}", f"{database}.{schema}.{table}", (schema, table))


def files(path: str) -> PlaceName:
    """Return the name of files: a path of this machine, or an object store's scheme://bucket/key.

    In Airflow an asset of the file is called as its URI is, %20 for a space: that is another name of the place.
    """
    if path.startswith("file://"):
        path = unquote(urlsplit(path).path)
    if "://" not in path:
        # No link is followed: other tools call a file of a mount by its path there.
        name = os.path.abspath(path)  # noqa: PTH100
        return PlaceName("file", name, also=() if quote(name) == name else (PlaceName("file", quote(name)),))
    scheme, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    return PlaceName(f"{scheme}://{bucket}", key)


def without_templates(path: str) -> str | None:
    """Return a path that is a template without what differs from run to run, so that all runs have one name; None of a
    path that begins with a template, which may be anything.

    A folder with a template in it goes: landing/{{ ds }}/x.csv is landing/x.csv. In the name of the file the template
    goes, with the mark that divides it from the rest: x_{{ ds_nodash }}.csv is x.csv, and {{ ds }}.csv is *.csv. Of a
    partition, day={{ ds }}, nothing is left. So do OpenLineage's own integrations with dates at the end of paths
    ("dataset name trimming").
    """
    root, scheme, rest = _TEMPLATE.sub("\0", path).rpartition("://")
    first, *parts = rest.split("/")
    if "\0" in root or ("\0" in first and (scheme or parts)):
        return None
    *folders, file = parts or [""]
    if not parts:
        first, file = "", first
    if re.fullmatch(r"[^.=]+=\0+", file):  # a partition
        file = ""
    stem, dot, suffix = file.partition(".")
    stem = re.sub(r"[-_=]*\0+[-_=]*$|^\0+[-_=]*|[-_=]?\0+", "", stem) or ("*" if "\0" in stem and dot else "")
    kept = [first] * bool(parts) + [folder for folder in folders if "\0" not in folder]
    file = f"{stem}{dot}{suffix.replace(chr(0), '*')}"
    return root + scheme + "/".join([*kept, file] if file else kept) or None
