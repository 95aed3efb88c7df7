"""The Airflow connections for the servers that a contract names."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from airflow.exceptions import AirflowNotFoundException
from airflow.providers.common.compat.sdk import BaseHook

from headgate.airflow.config import setting
from headgate.contract import Contract, Server
from headgate.errors import ConfigurationError
from headgate.places.platform import ConnectionParts
from headgate.places.registry import connection_url as url_of
from headgate.places.registry import connects

_LOG = logging.getLogger("airflow.task")


def connection_url(contract: Contract, server: str | None, conn_id: str | None) -> str | None:
    """Return how to connect to the database of the data, as a URL; None if no connection is needed.

    The connection is `conn_id`, else the one that `[headgate] connections` names for the server, else the one with the
    server's name. If that does not exist, the server's own fields and the environment are used.

    Raises:
        CallError: `conn_id` or `[headgate] connections` names a connection that is not there, is of another type, or
            has an `extra` that headgate cannot use.
    """
    chosen = [s for s in contract.servers if s.name == server] if server else list(contract.servers)
    named = chosen[0].name if len(chosen) == 1 and connects(chosen[0]) else None
    wanted = conn_id or (_configured().get(named) if named else None)
    if wanted is None and named is None:
        return None
    try:
        connection = BaseHook.get_connection(wanted or str(named))
    except AirflowNotFoundException:
        if wanted is None:
            _LOG.info(
                "no Airflow connection '%s': the server's own fields and the environment say how to connect", named
            )
            return None
        raise ConfigurationError(f"Airflow connection '{wanted}' not found") from None
    parts = _parts(connection)
    if len(chosen) == 1:
        _tell_of_difference(chosen[0], parts)
    return url_of(connection.conn_type, parts)


def url_of_connection(conn_id: str, find: Callable[[str], Any] = BaseHook.get_connection) -> str:
    """Return how to connect to the database of an Airflow connection: of PostgreSQL, or a file of SQLite.

    Args:
        find: finds the connection; by default as a task does.

    Raises:
        CallError: it does not exist, is of another type, or has an `extra` that headgate cannot use.
    """
    try:
        connection = find(conn_id)
    except AirflowNotFoundException:
        raise ConfigurationError(f"Airflow connection '{conn_id}' not found") from None
    if connection.conn_type == "sqlite":
        return f"sqlite:///{connection.host}"
    return url_of(connection.conn_type, _parts(connection))


def _parts(connection: Any) -> ConnectionParts:
    return ConnectionParts(
        f"Airflow connection '{connection.conn_id}'",
        connection.host,
        connection.port,
        connection.login,
        connection.password,
        connection.schema,
        connection.extra_dejson,
    )


def _tell_of_difference(server: Server, parts: ConnectionParts) -> None:
    """Log where a connection leads elsewhere than the contract's server: the connection is followed."""
    used = {"host": parts.host, "port": parts.port, "database": parts.extra.get("database") or parts.database}
    said = {name: server.fields.get(name) for name in used}
    differ = [name for name, value in used.items() if value and said[name] and str(value) != str(said[name])]
    if differ:
        told = ", ".join(f"{name} {used[name]} where it says {said[name]}" for name in differ)
        level = logging.WARNING if "database" in differ else logging.INFO
        _LOG.log(level, "%s is followed, not server '%s' of the contract: %s", parts.name, server.name, told)


def _configured() -> dict[str, str]:
    """Return `[headgate] connections`: the connection of each server."""
    text = setting("connections") or "{}"
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ConfigurationError('[headgate] connections is not a JSON object {"server": "conn_id"}')
    return found
