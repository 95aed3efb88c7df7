"""A connection that somebody keeps elsewhere, such as Airflow, as a URL that libpq reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from headgate.errors import ConfigurationError
from headgate.places.platform import ConnectionParts
from headgate.places.postgres.address import driver

# What the provider of Airflow reads of an `extra` itself (`ignored_extra_options` of its PostgresHook 7.1, and what is
# a parameter of the hook): nothing of it is the server's.
_OF_THE_HOOK = frozenset(
    [
        "iam",
        "redshift",
        "redshift-serverless",
        "cursor",
        "cluster-identifier",
        "workgroup-name",
        "aws_conn_id",
        "azure_conn_id",
        "sqlalchemy_scheme",
        "sqlalchemy_query",
        "enable_log_db_messages",
    ]
)


def connection_url(parts: ConnectionParts) -> str:
    """Return the URL of a connection, with everything in it that libpq knows.

    Raises:
        CallError: its `extra` has what libpq does not know, or what only the provider's hook can do.
    """
    given = dict(_parameters(parts))
    _ensure_known(parts, given)
    user = quote(given.pop("user", ""), safe="")
    password = f":{quote(given.pop('password'), safe='')}" if given.get("password") else ""
    host = given.get("host", "")
    authority = ""
    if host and not set(host) & set("/,:"):  # a folder of a socket, several hosts, an IPv6 address
        port = f":{given.pop('port')}" if given.get("port") else ""
        authority = quote(given.pop("host"), safe="") + port
    database = quote(given.pop("dbname", ""), safe="")
    # What messages call the connection; libpq takes it for a name of the program, of which headgate gives another.
    given["fallback_application_name"] = parts.name
    login = f"{user}{password}@" if user or password else ""
    return f"postgresql://{login}{authority}/{database}?{urlencode(given, quote_via=quote)}"


def _parameters(parts: ConnectionParts) -> Mapping[str, str]:
    """Return the parameters as the provider's hook gives them to its driver."""
    if parts.extra.get("iam"):
        raise ConfigurationError(
            f"{parts.name}: its extra has 'iam', with which Airflow's own hook fetches a password from the cloud; "
            "headgate does not: give a connection with a password of its own"
        )
    own = {"user": parts.user, "password": parts.password, "host": parts.host, "port": parts.port}
    own["dbname"] = parts.extra.get("database") or parts.database
    more = {
        k: v for k, v in parts.extra.items() if k not in _OF_THE_HOOK | {"database"} and not k.startswith("extra__")
    }
    return {name: _text(parts, name, value) for name, value in (own | more).items() if value not in (None, "")}


def _text(parts: ConnectionParts, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise ConfigurationError(f"{parts.name}: '{name}' of its extra is a JSON {type(value).__name__}; give a text")


def _ensure_known(parts: ConnectionParts, given: Mapping[str, str]) -> None:
    known = {option.keyword.decode() for option in driver().pq.Conninfo.get_defaults()}
    if unknown := [name for name in given if name not in known]:
        raise ConfigurationError(
            f"{parts.name}: its extra has '{unknown[0]}', which is no parameter of a connection to PostgreSQL; known "
            f"are {', '.join(sorted(known - {'user', 'password', 'host', 'port', 'dbname'}))}"
        )
