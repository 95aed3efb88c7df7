"""How a report came about, as a person reads it."""

from __future__ import annotations

from headgate.render.console import table
from headgate.render.escaping import plain
from headgate.report import Report


def render(report: Report, *, width: int = 120) -> str:
    """Return a table of checks, a table of queries, then the SQL of each query."""
    said = report.explain()
    checks = [
        (c["key"], c["status"], c["evidence"], str(c["query"] or "–"), f"{c['share']:.1%}") for c in said["checks"]
    ]
    queries = [
        (str(q["number"]), q["evidence"], f"{len(q['decided'])} of {len(q['checks'])}", f"{q['seconds'] * 1000:,.1f}",
         f"{q['share']:.1%}")
        for q in said["queries"]
    ]  # fmt: skip
    tables = (
        table(("check", "status", "evidence", "query", "cost"), checks, width),
        table(("query", "evidence", "decided", "ms", "share"), queries, width),
    )
    return "\n".join([*tables, *(plain(f"{q['number']}  {q['sql']}") for q in said["queries"])])
