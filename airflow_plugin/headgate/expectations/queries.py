"""Expectations that are queries: admitted as `sql` rules are."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from headgate.checks import NONE, Comparison
from headgate.errors import UnsupportedError
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.expectation import Expectation
from headgate.sql.admit import Query, admit


def _admitted(e: Arguments, text: str) -> Query:
    try:
        return admit(text, e.schema.dialect, e.schema.tables, e.schema.raw["name"], e.prop.column if e.prop else None)
    except ValueError as error:
        raise UnsupportedError(f"the query is refused: {error}") from None


def _said(e: Arguments, tree: exp.Query, reads: tuple[str, ...], expect: Comparison) -> Said:
    return Said("sql", (), {"query": tree, "reads": reads}, expect, classified=e.schema.hides(reads))


def _count(query: exp.Query, name: str) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(query.subquery(name))


def _no_rows(e: Arguments) -> Said:
    query = _admitted(e, e.text("unexpected_rows_query"))
    return _said(e, _count(query.tree, "unexpected"), query.reads, NONE)


def _as_another(e: Arguments) -> Said:
    """Rows that both queries give, among those of the longer result; GX looks at 200 rows, here all are."""
    there = e.text("comparison_data_source_name")
    servers = [str(server.get("server")) for server in e.schema.root.get("servers") or []]
    if there not in servers:
        raise UnsupportedError(f"the data source '{there[:80]}' is not a server of this contract")
    share = e.share()
    one, other = (_admitted(e, e.text(name)) for name in ("base_query", "comparison_query"))
    both = exp.Intersect(this=one.tree.copy(), expression=other.tree.copy(), distinct=False)
    sizes = [_count(query.tree, name).subquery() for query, name in ((one, "base"), (other, "comparison"))]
    most = exp.func("GREATEST", *sizes)
    found = _count(both, "alike").subquery()
    reads = tuple(dict.fromkeys((*one.reads, *other.reads)))
    if share is None:
        return _said(e, exp.select(exp.Sub(this=most, expression=found)), reads, NONE)
    some = exp.func("NULLIF", exp.cast(most, "DOUBLE"), exp.Literal.number(0))
    part = exp.func("COALESCE", exp.Div(this=exp.cast(found, "DOUBLE"), expression=some), exp.Literal.number(1))
    return _said(e, exp.select(part), reads, Comparison(">=", share.bounds))


EXPECTATIONS: Mapping[str, Expectation] = {
    "expect_query_results_to_match_comparison": Expectation(_as_another),
    "unexpected_rows_expectation": Expectation(_no_rows),
}
