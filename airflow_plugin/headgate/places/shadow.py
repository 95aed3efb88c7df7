"""A place of a shadow run's own, beside production's data: made for the run, and dropped with it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from sqlglot import exp

from headgate.errors import CallError
from headgate.places.place import Place, Session, Stored
from headgate.places.platform import Platform
from headgate.places.registry import built_in, platforms

# What every schema, role and folder of a shadow run is called, with the time at which it began.
PREFIX = "headgate_shadow_"
NAMED = re.compile(rf"{PREFIX}\d{{14}}_[0-9a-f]{{6}}")


class ShadowSchema(Protocol):
    """Where a candidate's SQL runs: it reads what `take` has put there, and can write nowhere else.

    `name` is the name of the schema or the database, `session` reads production, and what is there.
    """

    name: str
    session: Session

    def take(self, name: str, query: exp.Select, *, copy: bool) -> None:
        """Let the candidate read the rows of a query of `session` as the table `name`: those of now with `copy`, else
        those of when it reads them. None can be taken after the first `build`."""

    def input(self, name: str) -> exp.Table:
        """Return the table that `take` has made of `name`."""

    def keep(self, name: str, query: exp.Select) -> None:
        """Keep the rows of a query of `session`, such as a sample of what production made, as the table `name`."""

    def build(self, name: str, query: str) -> None:
        """Make the table `name` of the one SELECT that `query` is, without a right to write anything else. Raises
        QueryError."""

    def stored(self, name: str) -> Stored:
        """Return the place of a table that `keep` or `build` has made. It can be read once the session is closed."""

    def close(self) -> None:
        """Close the session, after which what is stored can be read. Nothing is dropped."""


class ShadowLogin(Protocol):
    """A role that reads everything and writes in its own schemas alone: `schema`, and those that `add_schema` makes,
    whose names begin with that. `parameters` are how the platform's own client connects as it."""

    @property
    def role(self) -> str: ...

    @property
    def schema(self) -> str: ...

    @property
    def parameters(self) -> Mapping[str, Any]: ...

    def add_schema(self, name: str) -> None: ...

    def place(self, schema: str, table: str) -> Stored:
        """Return a table of the database, read as the role."""


def new_name(now: datetime) -> str:
    """Return the name of a new run's schema."""
    return f"{PREFIX}{now:%Y%m%d%H%M%S}_{secrets.token_hex(3)}"


def shadow_beside(place: Place, now: datetime, *, role: str | None = None) -> AbstractContextManager[ShadowSchema]:
    """Return the shadow beside a place of production: a context manager that drops it in the end.

    Args:
        role: of PostgreSQL, the role by which the candidate runs; by default one is made, and dropped.

    Raises:
        CallError: the place's platform has none, or the role may write something else.
    """
    platform = _platform_of(place)
    if platform is None or platform.shadow is None:
        raise CallError(
            f"{place}: a shadow cannot be made beside such data; give tables of DuckDB or PostgreSQL, or files"
        )
    return platform.shadow(place, now, role)


def login_beside(place: Place, now: datetime, login: str | None) -> AbstractContextManager[ShadowLogin]:
    """Return a role in the database of a place, for a program that runs any SQL: a context manager that drops it, with
    its schemas.

    Args:
        login: the URL of a role that exists, in place of one that is made.

    Raises:
        CallError: the place's platform has no roles, or the role could write something else.
    """
    platform = _platform_of(place)
    if platform is None or platform.shadow_login is None:
        raise CallError(f"{place}: roles cannot be made beside such data; give a table of DuckDB or PostgreSQL")
    return platform.shadow_login(place, now, login)


def _platform_of(place: Place) -> Platform | None:
    known = (*built_in().values(), *platforms().values())
    return next((platform for platform in known if isinstance(place, platform.places)), None)
