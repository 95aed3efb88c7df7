"""A platform as headgate knows it: one value per package of `places` or per entry point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from headgate.places.place import Place


class Server(Protocol):
    """A server of a contract, as ODCS describes it."""

    @property
    def name(self) -> str: ...

    @property
    def type(self) -> str: ...

    @property
    def fields(self) -> Mapping[str, Any]: ...

    @property
    def unset(self) -> tuple[str, ...]: ...

    @property
    def settings(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ConnectionParts:
    """A connection that is kept outside of headgate, such as Airflow's. `name` is what messages call it; `extra` holds
    what has no field of its own. It may contain a password and is never shown."""

    name: str
    host: str | None = None
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Platform:
    """What headgate must know of a platform before it opens one; nothing heavy is imported for it.

    Attributes:
        name: the name in messages.
        examples: how data on it is written, for help and messages: `FILE.duckdb#schema.table`.
        places: the classes of its places.
        open: `open(place, write, label)` opens one of them; see `Place.connect`.
        parse: `parse(text, folder, new)` returns the place that a text means; None if it belongs to another platform.
            A relative path is relative to `folder`. With `new`, the place may not exist yet: it will be published to.
        server_types: ODCS's types of servers that `from_server` reads.
        from_server: `from_server(server, name, folder, url)` returns the dataset `name` on a server. `folder` is the
            contract's own; `url` says how to connect, by default as the server's fields do. Raises CallError.
        server_lacks: why a dataset on a server of such a type cannot be reached all the same; None if it can.
        holds: returns the place of an object of Python, such as a DataFrame; None if it belongs to another platform.
        as_read: returns how a place of this platform is read by who only checks it.
        server_of: returns the ODCS server that a drafted contract gives a place, relative to the contract's folder;
            None if the place belongs to another platform.
        conn_types: the types of Airflow connections that `connection_url` knows.
        connection_url: `connection_url(parts)` returns the URL, as `from_server` takes it, of such a connection. Raises
            CallError.
        extra: what of headgate has to be installed for it.
        workbench: opens a session in memory that takes rows of any platform and compares them; None if it has none.
        shadow: `shadow(place, now, role)` opens a place for a shadow run (`places.shadow.ShadowSchema`) beside one of
            its places; None if there is none.
        shadow_login: `shadow_login(place, now, login)` makes a role for a program that runs any SQL
            (`places.shadow.ShadowLogin`); None if it has no roles.
    """

    name: str
    examples: tuple[str, ...]
    places: tuple[type, ...]
    open: Callable[[Any, bool, str], AbstractContextManager[Any]]
    parse: Callable[[str, Path | None, bool], Place | None]
    server_types: tuple[str, ...] = ()
    from_server: Callable[[Server, str, Path, str | None], Place] | None = None
    server_lacks: Callable[[Server], str | None] = lambda server: None
    holds: Callable[[Any], Place | None] = lambda data: None
    as_read: Callable[[Place], Place] = lambda place: place
    server_of: Callable[[Place, Path], Mapping[str, object] | None] = lambda place, folder: None
    conn_types: tuple[str, ...] = ()
    connection_url: Callable[[ConnectionParts], str] | None = None
    extra: str = ""
    workbench: Callable[[], AbstractContextManager[Any]] | None = None
    shadow: Callable[[Any, datetime, str | None], AbstractContextManager[Any]] | None = None
    shadow_login: Callable[[Any, datetime, str | None], AbstractContextManager[Any]] | None = None


def split_table(name: str) -> tuple[str, str]:
    """Return (schema, table) of `schema.table`, or ("", table) of a table name alone. Raises ValueError."""
    if name.count(".") > 1 or not name.strip("."):
        raise ValueError(f"'{name}' is not a table name; write schema.table, or a table alone")
    schema, _, table = name.rpartition(".")
    return schema, table


def under(folder: Path | None, path: str) -> str:
    """Return `path`; a relative one is relative to `folder`."""
    if folder is None or "://" in path or Path(path).is_absolute():
        return path
    return str((folder / path).resolve())
