"""PostgreSQL: tables and views of a database."""

from headgate.places.postgres.places import SCHEMES, Table, table_of

__all__ = ["SCHEMES", "Table", "table_of"]
