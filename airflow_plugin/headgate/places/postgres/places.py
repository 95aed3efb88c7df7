"""What PostgreSQL reads: the tables and views of one database."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from headgate.errors import CallError
from headgate.naming import PlaceName, postgres_table
from headgate.places.platform import Server
from headgate.places.postgres.address import address
from headgate.places.registry import open_place
from headgate.places.statements import Statements

# libpq's, and with a driver (postgresql+psycopg2://) SQLAlchemy's.
SCHEMES = re.compile(r"postgres(ql)?(\+\w+)?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of a PostgreSQL database. `url` may contain a password and is never shown."""

    url: str = field(repr=False)
    name: str
    schema: str = "public"

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def lineage(self) -> PlaceName:
        return postgres_table(*address(self.url), self.schema, self.name)

    def beside(self, name: str) -> Table:
        """Return the table `name`, or schema.name, in the same database."""
        schema, _, table = name.rpartition(".")
        return replace(self, name=table, schema=schema or self.schema)

    @property
    def quarantine(self) -> Table:
        """The table beside this one that holds the quarantined rows."""
        return replace(self, name=f"{self.name}__quarantine")

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Statements]:
        return open_place(self, write=write, label=label)


def server_url(server: Server) -> str:
    """Return the URL of a contract's server, which has no credentials."""
    host, port, database = (str(server.fields.get(name) or "") for name in ("host", "port", "database"))
    address = f"[{host}]" if ":" in host else quote(host, safe=",")
    return f"postgresql://{address}{f':{port}' if port else ''}/{quote(database, safe='')}"


def table_of(text: str) -> Table:
    """Return the table that postgresql://…#schema.table names. Raises CallError, which does not repeat the URL."""
    url, _, table = text.rpartition("#")
    schema, _, name = table.rpartition(".")
    if not url or not name or "." in schema or set("@/:?") & set(table):
        raise CallError("a PostgreSQL URL ends with the table: postgresql://user@host/database#schema.table")
    return Table(SCHEMES.sub("postgresql://", url, count=1), name, schema or "public")
