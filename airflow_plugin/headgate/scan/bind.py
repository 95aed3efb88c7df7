"""Expressions of the catalogue, brought onto the relation that is under check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from headgate.checks import REFERENCE, SELF, Check, Column
from headgate.checks.catalogue import unexpected
from headgate.places import Relation
from headgate.scan.numbers import with_exact_numbers


@dataclass(frozen=True, slots=True)
class Binding:
    """A relation, and the relations of the datasets that its checks refer to."""

    relation: Relation
    references: Mapping[str, exp.Expr]

    def condition(self, check: Check) -> exp.Expr:
        """TRUE for a row of the relation that is unexpected."""
        return self.bound(unexpected(check, document=self.in_document(check)), check)

    def in_document(self, check: Check) -> bool:
        """Whether `check` looks into documents, whose types are those of each value."""
        columns = self.relation.by_name
        return bool(check.within) and check.columns[0] in columns and columns[check.columns[0]].document

    def bound(self, expression: exp.Expr, check: Check) -> exp.Expr:
        """A referenced dataset becomes its relation, and a moment in a column without time zone is that of the zone
        which the contract names. Numbers are those that the columns can hold."""
        columns = self.relation.by_name
        expression = with_exact_numbers(expression, columns)
        zone = check.args.get("zone")
        local = {name for name in check.columns if zone and not columns[name].zoned}
        # Literals are moments of UTC, and so are columns that have no zone; not every type compares with one that has.
        naive = not local and any(_naive(columns[name]) for name in check.names)
        if not local and not naive and not any(t.db == REFERENCE for t in expression.find_all(exp.Table)):
            return expression
        expression = expression.copy()
        for table in list(expression.find_all(exp.Table)):
            if table.db == REFERENCE:
                table.replace(self._referenced(table))
        if not local and not naive:
            return expression

        def resolved(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column) and node.name in local and not isinstance(node.parent, exp.AtTimeZone):
                return exp.AtTimeZone(this=node.copy(), zone=exp.Literal.string(zone))
            moment = isinstance(node, exp.Cast) and node.is_type("timestamptz")
            if naive and moment and isinstance(node.this, exp.Literal):
                return exp.cast(node.this.copy(), "TIMESTAMP")
            return node

        return expression.transform(resolved)

    def _referenced(self, table: exp.Table) -> exp.Expr:
        source = (self.relation.source if table.name == SELF else self.references[table.name]).copy()
        if table.alias:
            source = exp.alias_(source, table.alias, table=True, quoted=True)
        if joined := {name: table.args[name] for name in ("joins", "laterals") if table.args.get(name)}:
            source = source if isinstance(source, exp.Table | exp.Subquery) else exp.Table(this=source)
            for name, parts in joined.items():
                source.set(name, parts)
        return source


def _naive(column: Column) -> bool:
    return "timestamp" in column.logical and not column.nothing and (not column.zoned or column.type.endswith("_NS"))
