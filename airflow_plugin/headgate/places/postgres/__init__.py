"""PostgreSQL: tables and views of a database."""

from headgate.places.postgres.places import SCHEMES, Table, server_url, table_of

__all__ = ["SCHEMES", "Table", "server_url", "table_of"]
