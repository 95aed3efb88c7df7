"""PostgreSQL's errors as headgate's, without passwords and without values of the data."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg

from headgate.errors import CallError, HeadgateError, QueryError, TargetRefusedError, TransientError

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

# Classes and codes of PostgreSQL's errors (its manual, appendix A) where the same call may succeed later: connection
# lost, resources, rollbacks by conflict, server shut down or starting, lock not available.
_TRANSIENT = ("08", "40", "53", "57P", "55P03", "58", "25P03", "25P04")
_CANCELLED = "57014"
# What a table's own constraints refuse.
_REFUSED = "23"
_NOT_ALLOWED = "42501"
# What is wrong with the words of a query is found before a value is looked at.
_WORDS = "42"
_WRONG_CALL = re.compile(
    "authentication failed|no password supplied|does not exist|no pg_hba|not permitted to log in"
    "|could not translate host|Name or service not known|permission denied for database|does not support SSL"
    "|invalid (port|connection option|integer|value|command-line argument|\\w+ value)"
    "|bad value for |unrecognized configuration parameter"
    "|certificate file|private key file|certificate verify failed|root certificate"
)


@contextlib.contextmanager
def postgres_errors(what: str, *, seconds: float, patient: bool) -> Iterator[None]:
    """Turn errors of a query into headgate's. A query that takes longer than `seconds` may be retried if `patient`;
    otherwise the query is at fault."""
    try:
        yield
    except psycopg.Error as error:
        raise _ours(error, what, seconds, patient) from None


def _ours(error: Exception, what: str, seconds: float, patient: bool) -> HeadgateError:
    code = getattr(error, "sqlstate", None) or ""
    said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    if code == _CANCELLED:
        text = f"{what}: the query took longer than {seconds:.0f} s"
        return TransientError(text) if patient else QueryError(text)
    if code.startswith(_TRANSIENT):
        return TransientError(f"{what}: {said or type(error).__name__}")
    if not code and isinstance(error, psycopg.OperationalError):
        return TransientError(f"{what}: the connection was lost")
    if code.startswith(_REFUSED) and isinstance(error, psycopg.Error):
        return _violated(error.diag)
    if code == _NOT_ALLOWED and said:
        return QueryError(f"{what}: {said}{_grant(said)}")
    if code.startswith(_WORDS) and said:
        return QueryError(said)
    return QueryError(f"{what}: {type(error).__name__}")


def _grant(said: str) -> str:
    """Return the statement that allows what is not permitted, where the message names it."""
    found = re.search(r"permission denied for (schema|table|view|materialized view) (.*)", said)
    if found is None:
        return ""
    what = "USAGE ON SCHEMA" if found[1] == "schema" else "SELECT ON TABLE"
    return f"; what reading needs: GRANT {what} {found[2]} TO its user"


def _violated(diag: Diagnostic) -> CallError:
    by = f"constraint {diag.constraint_name}" if diag.constraint_name else f"column {diag.column_name}"
    return TargetRefusedError(
        f"{diag.schema_name}.{diag.table_name}: its {by} refuses rows, or the loss of rows; let the contract promise "
        "the same, so that its policy decides about such rows, or change the table"
    )


def refused(error: Exception, what: str, secret: str | None) -> HeadgateError:
    """Return why there is no connection. A wrong address or name is an error of the call, everything else is
    transient."""
    text = " ".join(str(error).split())
    if secret:
        text = text.replace(secret, "***")
    return (CallError if _WRONG_CALL.search(text) else TransientError)(f"{what}: {text}")
