"""The Airflow connections for the servers that a contract names."""

from __future__ import annotations

import json

from airflow.exceptions import AirflowNotFoundException
from airflow.providers.common.compat.sdk import BaseHook

from headgate.airflow.config import setting
from headgate.contract import Contract
from headgate.errors import ConfigurationError
from headgate.places.platform import ConnectionParts
from headgate.places.registry import connection_url as url_of
from headgate.places.registry import connects


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
            return None
        raise ConfigurationError(f"Airflow connection '{wanted}' not found") from None
    parts = ConnectionParts(
        f"Airflow connection '{connection.conn_id}'",
        connection.host,
        connection.port,
        connection.login,
        connection.password,
        connection.schema,
        connection.extra_dejson,
    )
    return url_of(connection.conn_type, parts)


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
