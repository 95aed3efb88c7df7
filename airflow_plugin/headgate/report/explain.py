"""How a report came about: what proves each check, by which query, and its share of the cost."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from headgate.render.text import plain
from headgate.report.report import Report, Status

if TYPE_CHECKING:
    from rich.console import RenderableType


def explained(report: Report) -> dict[str, Any]:
    """See Report.explain."""
    total = sum(ran.seconds for ran in report.ran) or 1.0
    share: dict[str, float] = defaultdict(float)
    decider: dict[str, int] = {}
    for number, ran in enumerate(report.ran, 1):
        decider |= dict.fromkeys(ran.decided, number)
        for key in ran.keys:
            share[key] += ran.seconds / total / len(ran.keys)
    executed = (r for r in report.results if r.status is not Status.NOT_EXECUTED)
    return {
        "checks": [
            {"key": r.key, "status": str(r.status), "evidence": r.evidence, "query": decider.get(r.key),
             "share": share.get(r.key, 0.0)}
            for r in executed
        ],
        "queries": [
            {"number": n, "evidence": ran.evidence, "checks": list(ran.keys), "decided": list(ran.decided),
             "seconds": ran.seconds, "share": ran.seconds / total, "sql": ran.sql}
            for n, ran in enumerate(report.ran, 1)
        ],
    }  # fmt: skip


def render(report: Report, *, width: int = 120) -> str:
    """The explanation as a person reads it: a table of checks, a table of queries, then the SQL of each."""
    said = explained(report)
    checks = [(c["key"], c["status"], c["evidence"], c["query"] or "–", f"{c['share']:.1%}") for c in said["checks"]]
    queries = [
        (q["number"], q["evidence"], f"{len(q['decided'])} of {len(q['checks'])}", f"{q['seconds'] * 1000:,.1f}",
         f"{q['share']:.1%}")
        for q in said["queries"]
    ]  # fmt: skip
    tables = _text(
        width,
        _table(("check", "status", "evidence", "query", "cost"), checks),
        _table(("query", "evidence", "decided", "ms", "share"), queries),
    )
    return "\n".join([tables, *(plain(f"{q['number']}  {q['sql']}") for q in said["queries"])])


def _table(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> RenderableType:
    from rich import box
    from rich.table import Table

    table = Table(*names, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(plain(cell) for cell in row))
    return table


def _text(width: int, *parts: RenderableType) -> str:
    import io

    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
