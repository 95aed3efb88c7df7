"""A sample of whole keys: the same ones in every table, in every run with the same salt, and on every engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from headgate.checks import Column
from headgate.errors import CallError
from headgate.places import Relation

# A share of the keys is counted in so many parts.
PARTS = 10_000
# A key is taken if the first 32 bits of the MD5 of salt and key, modulo PARTS, are below the share.
_KEPT = {
    "duckdb": "CAST('0x' || SUBSTRING(MD5({salt} || CAST({key} AS TEXT)), 1, 8) AS BIGINT) % {parts} < {share}",
    "postgres": "CAST(CAST('x' || SUBSTRING(MD5({salt} || CAST({key} AS TEXT)), 1, 8) AS BIT(32)) AS BIGINT) % "
    "CAST({parts} AS BIGINT) < {share}",
}
# Of these, every engine writes the same text.
_KEYS = frozenset({"integer", "string", "date"})


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key: `table.column` refers to `to.to_column`."""

    table: str
    column: str
    to: str
    to_column: str

    @classmethod
    def of(cls, text: str) -> Link:
        """Read `orders.customer_id=customers.id`. Raises CallError."""
        left, _, right = text.partition("=")
        (table, dot, column), (to, other_dot, to_column) = left.rpartition("."), right.rpartition(".")
        if not (table and dot and column and to and other_dot and to_column):
            raise CallError(f"link '{text}': write it as orders.customer_id=customers.id")
        return cls(table, column, to, to_column)


@dataclass(frozen=True, slots=True)
class Sample:
    """`share` of PARTS of the keys of the table `root`, and what of other tables belongs to them by `links`."""

    root: str
    key: str
    share: int
    salt: str = "1"
    links: tuple[Link, ...] = ()

    @classmethod
    def of(cls, share: str, by: str, salt: str, links: Iterable[Link]) -> Sample:
        """Read `1%` of `customers.customer_id`. Raises CallError."""
        root, dot, key = by.rpartition(".")
        if not (root and dot and key):
            raise CallError(f"sample by '{by}': write it as TABLE.COLUMN, the key of which a share is taken")
        try:
            parts = round(float(share.strip().rstrip("%")) * PARTS / 100)
        except ValueError:
            parts = -1
        if not share.strip().endswith("%") or not 0 < parts <= PARTS:
            raise CallError(f"sample '{share}': give a share of the keys from 0.01% to 100%")
        return cls(root, key, parts, salt, tuple(links))

    def __str__(self) -> str:
        return f"{self.share * 100 / PARTS:g}% by {self.root}.{self.key}, salt {self.salt}"

    def kept(self, column: str, dialect: str) -> exp.Expr:
        """Return the condition that the key in `column` is in the sample; NULL is in none."""
        key = exp.column(column, quoted=True).sql(dialect)
        salt = exp.Literal.string(f"headgate:shadow:{self.salt}:").sql(dialect)
        text = _KEPT[dialect].format(salt=salt, key=key, parts=PARTS, share=self.share)
        return sqlglot.parse_one(text, dialect=dialect)

    def conditions(self, tables: Mapping[str, Relation], dialect: str) -> dict[str, exp.Expr]:
        """Return which rows of each table are in the sample; a table without a path to the root is not among them, and
        goes whole.

        Raises:
            CallError: the root or a column of a link is missing, or the key's texts are not the same everywhere.
        """
        if self.root not in tables:
            raise CallError(f"sample by {self.root}: no such input; they are {', '.join(tables) or 'none'}")
        ensure_key(self.root, self.key, tables[self.root])
        found = {self.root: self.kept(self.key, dialect)}
        reached = [self.root]
        while reached:
            to = reached.pop(0)
            for link in self.links:
                if link.to == to and link.table in tables and link.table not in found:
                    found[link.table] = self._linked(link, tables, found[to], dialect)
                    reached.append(link.table)
        return found

    def _linked(self, link: Link, tables: Mapping[str, Relation], there: exp.Expr, dialect: str) -> exp.Expr:
        for name, column in ((link.table, link.column), (link.to, link.to_column)):
            _column(name, column, tables[name])
        if (link.to, link.to_column) == (self.root, self.key):
            # The key itself: rows whose key the root lacks are in the sample as well, here as in what is compared.
            ensure_key(link.table, link.column, tables[link.table])
            return self.kept(link.column, dialect)
        keys = exp.select(exp.column(link.to_column, quoted=True)).from_(tables[link.to].as_data).where(there.copy())
        return exp.column(link.column, quoted=True).isin(query=keys)


def _column(table: str, name: str, relation: Relation) -> Column:
    if name not in relation.by_name:
        raise CallError(f"{table} has no column '{name}'; it has {', '.join(relation.by_name)}")
    return relation.by_name[name]


def ensure_key(table: str, name: str, relation: Relation) -> None:
    """Raise CallError if a column is missing, or of a type whose text is not the same on every engine."""
    column = _column(table, name, relation)
    if not column.logical & _KEYS:
        raise CallError(f"sample by {table}.{name}: it is of type {column.type}; a key is an integer, a text or a date")
