"""The parts of a PostgreSQL URL."""

from __future__ import annotations

import re
from typing import Any

from headgate.errors import CallError, MissingExtraError

CONNECT_TIMEOUT_S = 30
# What of a URL is shown, and how it looks: a part of a password that was not written as %XX must not pass for it.
_SHOWN = {"host": re.compile(r"[^@#?]*"), "port": re.compile(r"[0-9,]*"), "dbname": re.compile(r"[^@#?:/]*")}


def driver() -> Any:
    """Return psycopg. Raises MissingExtraError if it is not installed."""
    try:
        import psycopg.conninfo
    except ImportError:
        raise MissingExtraError("psycopg", "postgres") from None
    return psycopg


def parameters(url: str) -> dict[str, Any]:
    """Return the connection parameters in a URL. Raises CallError, which does not repeat them: they may include a
    password."""
    psycopg = driver()
    try:
        found = dict(psycopg.conninfo.conninfo_to_dict(url))
    except psycopg.Error:
        found = {"host": "@"}
    parts = (str(found.get(name) or "") for name in _SHOWN)
    if not all(shape.fullmatch(part) for part, shape in zip(parts, _SHOWN.values(), strict=True)):
        raise CallError(
            "this is not a PostgreSQL URL; expected postgresql://user:password@host:port/database#schema.table, "
            "with other characters than letters and digits in a password as %XX"
        )
    return found


def waiting(url: str) -> dict[str, Any]:
    return {} if "connect_timeout" in parameters(url) else {"connect_timeout": CONNECT_TIMEOUT_S}


def address(url: str) -> tuple[str, str, str]:
    """Return host, port and database, as far as the URL names them."""
    given = parameters(url)
    port = str(given.get("port") or "").strip(",")  # of several hosts without ports: ","
    return given.get("host") or "localhost", port or "5432", given.get("dbname") or "postgres"


def shown(url: str) -> str:
    """Return what messages call the database; see `connection.connection_url` for the connection's name."""
    host, port, database = address(url)
    named = parameters(url).get("fallback_application_name")
    return f"PostgreSQL {host}:{port}/{database}" + (f" ({named})" if named else "")
