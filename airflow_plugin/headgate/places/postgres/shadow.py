"""A shadow of PostgreSQL: a schema of its own in production's database, and a role that can write nowhere else."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlglot import exp

from headgate.errors import CallError, HeadgateError
from headgate.places.postgres.address import driver, parameters, shown
from headgate.places.postgres.places import Table
from headgate.places.postgres.rights import writes_of
from headgate.places.postgres.session import Postgres, opened
from headgate.places.shadow import NAMED, PREFIX, new_name
from headgate.sql.quote import ident, text

LABEL = "shadow"
# While a run lives it holds the advisory lock of its schema's name.
_LOCKED = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_LEFT = "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, %s) AND pg_has_role(nspowner, 'MEMBER')"
_ROLES_LEFT = "SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, %s)"

_END = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s AND pid <> pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class Login:
    """A role that can log in, read all data, and write in the schema `schema` alone, and in those that it adds.

    `url` has its password, and `session` is that of who made it.
    """

    role: str
    schema: str
    url: str = field(repr=False)
    session: Postgres = field(repr=False)

    @property
    def parameters(self) -> dict[str, Any]:
        """How libpq connects as the role."""
        return parameters(self.url)

    def add_schema(self, name: str) -> None:
        """Make a further schema, whose name begins with that of the first and `_`; it is dropped with that."""
        assert name.startswith(f"{self.schema}_"), name
        self.session.run(f"CREATE SCHEMA IF NOT EXISTS {ident(name)}")
        self.session.run(f"GRANT USAGE, CREATE ON SCHEMA {ident(name)} TO {ident(self.role)}")

    def place(self, schema: str, table: str) -> Table:
        """Return a table of the database, read as the role."""
        return Table(self.url, table, schema)


@contextlib.contextmanager
def opened_shadow(url: str, now: datetime, role: str | None = None) -> Iterator[PostgresShadow]:
    """Open a shadow in the database of `url`, in which a candidate runs as `role`, by default one that is made.

    Raises:
        CallError: there may be no schema or role, or the role may write something else.
    """
    with opened(url, LABEL, write=True) as connection:
        session = Postgres(connection, url, LABEL)
        with _schema(session, now) as name, _role(session, name, role) as acting:
            session.run(f"GRANT USAGE, CREATE ON SCHEMA {ident(name)} TO {ident(acting)}")
            _refuse_writer(session, acting, name, any_sql=False)
            yield PostgresShadow(name, acting, session)


@contextlib.contextmanager
def opened_login(url: str, now: datetime, login: str | None = None) -> Iterator[Login]:
    """Make a schema, and a role that can log in and read all data, for a program that runs any SQL.

    Args:
        login: the URL of a role that exists, to be used in place of one that is made.

    Raises:
        CallError: as `opened_shadow`; or the role may call a function with the rights of another.
    """
    with opened(url, LABEL, write=True) as connection:
        session = Postgres(connection, url, LABEL)
        with _schema(session, now) as name:
            given = str(parameters(login).get("user") or "") if login else None
            with _role(session, name, given, secrets.token_urlsafe(24) if login is None else None) as made:
                role, _, password = made.partition("\0")
                session.run(f"GRANT USAGE, CREATE ON SCHEMA {ident(name)} TO {ident(role)}")
                _refuse_writer(session, role, name, any_sql=True)
                yield Login(role, name, login or _as_role(url, role, password), session)


@contextlib.contextmanager
def _schema(session: Postgres, now: datetime) -> Iterator[str]:
    _drop_leftovers(session)
    name = new_name(now)
    session.rows(_LOCKED, [name])
    try:
        session.run(f"CREATE SCHEMA {ident(name)}")
    except HeadgateError as error:
        raise CallError(f"{error}; a shadow needs a schema: GRANT CREATE ON DATABASE … TO its user") from None
    try:
        yield name
    finally:
        _drop_schemas(session, name)


@contextlib.contextmanager
def _role(session: Postgres, name: str, given: str | None, password: str | None = None) -> Iterator[str]:
    """Yield the role, and after a NUL its password where it has one."""
    if given is not None:
        if not session.rows("SELECT 1 FROM pg_roles WHERE rolname = %s", [given]):
            raise CallError(f"role '{given}' not found in {shown(session.url)}")
        yield given
        return
    login = f"LOGIN PASSWORD {text(password)} CONNECTION LIMIT 16" if password else "NOLOGIN"
    try:
        session.run(f"CREATE ROLE {ident(name)} {login}")
    except HeadgateError as error:
        way = "give the URL of a role that only reads in HEADGATE_SHADOW_LOGIN" if password else "give --role"
        raise CallError(f"{error}; a shadow needs a role without write: allow CREATEROLE, or {way}") from None
    try:
        if password:
            _let_read(session, name)
        session.run(f"GRANT {ident(name)} TO CURRENT_USER")
        yield f"{name}\0{password}" if password else name
    finally:
        _drop_schemas(session, name)
        _drop_role(session, name)


def _let_read(session: Postgres, name: str) -> None:
    try:
        session.run(f"GRANT pg_read_all_data TO {ident(name)}")
    except HeadgateError as error:
        raise CallError(
            f"{error}; the shadow's role must read production: let its user grant pg_read_all_data, or give the URL of "
            "a role that only reads in HEADGATE_SHADOW_LOGIN"
        ) from None


def _as_role(url: str, role: str, password: str) -> str:
    given = {**parameters(url), "user": role, "password": password}
    made: str = driver().conninfo.make_conninfo("", **given)
    return made


def _refuse_writer(session: Postgres, role: str, schema: str, *, any_sql: bool) -> None:
    writes = writes_of(session.rows, role, schema, any_sql=any_sql)
    if writes:
        first, more = writes[:5], len(writes) - 5
        told = "; ".join(first) + (f"; and {more} more" if more > 0 else "")
        raise CallError(
            f"a candidate must not run as the role {role}, which could change production: it {told}. Revoke that from "
            f"{role}, and from PUBLIC, by which every role has it"
        )


def _drop_leftovers(session: Postgres) -> None:
    """Drop what runs left that were killed: nobody holds the lock of their names."""
    found = [name for (name,) in (*session.rows(_LEFT, [PREFIX]), *session.rows(_ROLES_LEFT, [PREFIX]))]
    for name in dict.fromkeys(match[0] for each in found if (match := NAMED.match(each))):
        ((locked,),) = session.rows(_LOCKED, [name])
        if locked:
            with contextlib.suppress(HeadgateError):  # of another user
                _drop_schemas(session, name)
                _drop_role(session, name)
            session.rows("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _drop_schemas(session: Postgres, name: str) -> None:
    session.run("RESET ROLE")
    schemas = "SELECT nspname::text FROM pg_namespace WHERE nspname = %s OR starts_with(nspname, %s)"
    for (schema,) in session.rows(schemas, [name, f"{name}_"]):
        session.run(f"DROP SCHEMA {ident(schema)} CASCADE")


def _drop_role(session: Postgres, name: str) -> None:
    if session.rows("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]):
        session.rows(_END, [name])
        session.run(f"DROP OWNED BY {ident(name)}")
        session.run(f"DROP ROLE {ident(name)}")


class PostgresShadow:
    """A schema. The candidate's SELECT runs as a role that sees the inputs in this schema and can create tables in
    it."""

    def __init__(self, name: str, role: str, session: Postgres) -> None:
        self.name = name
        self.role = role
        self.session = session

    def take(self, name: str, query: exp.Select, *, copy: bool) -> None:
        # A view reads with the rights of its owner, so that the role needs none in production.
        kind, table = "TABLE" if copy else "VIEW", self._own(f"input_{name}")
        self.session.run(f"CREATE {kind} {table} AS {self.session.sql(query)}")
        self.session.run(f"GRANT SELECT ON {table} TO {ident(self.role)}")

    def input(self, name: str) -> exp.Table:
        return exp.table_(f"input_{name}", db=self.name, quoted=True)

    def keep(self, name: str, query: exp.Select) -> None:
        self.session.run(f"CREATE TABLE {self._own(name)} AS {self.session.sql(query)}")

    def build(self, name: str, query: str) -> None:
        # What is admitted is one SELECT of known functions, so that it cannot take the role off again.
        self.session.run(f"SET ROLE {ident(self.role)}")
        try:
            self.session.run(f"CREATE TABLE {self._own(name)} AS {query}")
        finally:
            self.session.run("RESET ROLE")
        with contextlib.suppress(HeadgateError):
            self.session.run(f"ANALYZE {self._own(name)}")

    def stored(self, name: str) -> Table:
        return Table(self.session.url, name, self.name)

    def close(self) -> None:
        """Keep the session, which drops the schema in the end."""

    def _own(self, name: str) -> str:
        return ident(self.name, name)
