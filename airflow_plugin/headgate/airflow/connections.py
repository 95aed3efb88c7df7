"""The Airflow connections for the servers that a contract names."""

from __future__ import annotations

import json

from airflow.exceptions import AirflowNotFoundException
from airflow.providers.common.compat.sdk import BaseHook

from headgate.airflow.config import setting
from headgate.contract import Contract
from headgate.errors import ConfigurationError
from headgate.places.registry import conn_types, connects


def connection_url(contract: Contract, server: str | None, conn_id: str | None) -> str | None:
    """Return how to connect to the database of the data, as a URL; None if no connection is needed.

    The connection is `conn_id`, else the one that `[headgate] connections` names for the server, else the one with the
    server's name. If that does not exist, the server's own fields and the environment are used.

    Raises:
        CallError: `conn_id` or `[headgate] connections` names a connection that is not there, or is of another type.
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
    if connection.conn_type not in conn_types():
        raise ConfigurationError(
            f"the Airflow connection '{connection.conn_id}' is of type {connection.conn_type}; "
            f"headgate connects to {', '.join(conn_types())}"
        )
    return str(connection.get_uri())


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
