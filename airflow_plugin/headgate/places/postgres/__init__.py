"""PostgreSQL: tables and views of a database."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from headgate.errors import CallError, MissingExtraError
from headgate.lazy import lazily
from headgate.places.place import Place, Session
from headgate.places.platform import Platform, Server, split_table
from headgate.places.postgres.address import address, parameters
from headgate.places.postgres.connection import connection_url
from headgate.places.postgres.places import SCHEMES, Table, server_url, table_of

if TYPE_CHECKING:
    from headgate.places.postgres.shadow import Login, PostgresShadow

__all__ = ["PLATFORM", "Table", "server_url", "table_of"]

# They import psycopg, which belongs to an extra.
_imported = lazily(
    __name__,
    {
        "opened_login": "headgate.places.postgres.shadow:opened_login",
        "opened_place": "headgate.places.postgres.publisher:opened_place",
        "opened_shadow": "headgate.places.postgres.shadow:opened_shadow",
    },
)


def _late(name: str) -> Any:
    try:
        return _imported(name)
    except ImportError:
        raise MissingExtraError("psycopg", "postgres") from None


def _parse(text: str, folder: Path | None, new: bool) -> Place | None:
    return table_of(text) if SCHEMES.match(text) else None


def _from_server(server: Server, name: str, folder: Path, url: str | None) -> Place:
    try:
        schema, table = split_table(name)
    except ValueError as error:
        raise CallError(str(error)) from None
    at = _with_database(url, server) if url else server_url(server)
    return Table(at, table, schema or str(server.fields.get("schema") or "public"))


def _with_database(url: str, server: Server) -> str:
    """Return a connection's URL, with the server's database if it names none."""
    database = str(server.fields.get("database") or "")
    if not database or parameters(url).get("dbname"):
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'dbname': database})}"


def _server_of(place: Place, folder: Path) -> Mapping[str, object] | None:
    if not isinstance(place, Table):
        return None
    host, port, database = address(place.url)
    if "$" in f"{host}{database}{place.schema}" or not port.isdecimal():  # a variable of the contract; several hosts
        return {}
    server = {"server": "postgres", "type": "postgres", "host": host, "port": int(port), "database": database}
    return {**server, "schema": place.schema}


def _open(place: Table, write: bool, label: str) -> AbstractContextManager[Session]:
    opened: AbstractContextManager[Session] = _late("opened_place")(place, write, label)
    return opened


def _shadow(place: Table, now: datetime, role: str | None) -> AbstractContextManager[PostgresShadow]:
    opened: AbstractContextManager[PostgresShadow] = _late("opened_shadow")(place.url, now, role)
    return opened


def _shadow_login(place: Table, now: datetime, login: str | None) -> AbstractContextManager[Login]:
    opened: AbstractContextManager[Login] = _late("opened_login")(place.url, now, login)
    return opened


PLATFORM = Platform(
    name="postgres",
    examples=("postgresql://…#schema.table",),
    places=(Table,),
    open=_open,
    parse=_parse,
    server_types=("postgresql", "postgres"),
    from_server=_from_server,
    server_of=_server_of,
    conn_types=("postgres", "postgresql"),
    connection_url=connection_url,
    extra="postgres",
    shadow=_shadow,
    shadow_login=_shadow_login,
)
