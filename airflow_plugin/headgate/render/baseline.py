"""A baseline as a person reads it, when it was written."""

from __future__ import annotations

from headgate.checks.baseline import Bins, PinnedColumn
from headgate.plural import counted
from headgate.render.answers import BaselineAnswer
from headgate.render.console import Page


def render(answer: BaselineAnswer, *, width: int = 120, colour: bool = False) -> str:
    """Return what was pinned, what was not and why, and the rule that compares data with it."""
    page, baseline = Page(width, colour=colour), answer.baseline
    rows = sum(baseline.rows.values())
    by = f" in {counted(len(baseline.rows), 'segment')} by {baseline.segment}" if baseline.segment else ""
    page.line(f"{answer.file}: version {baseline.version}, {counted(rows, 'row')}{by} of {baseline.data}")
    page.table(
        ("column", "bins", "NULL", "NaN, infinite"), [_column(name, each) for name, each in baseline.columns.items()]
    )
    for name, why in baseline.left_out.items():
        page.line(f"  {name} is not pinned: {why}", style="dim")
    page.line(f"The rule, for the quality of {baseline.dataset} in {answer.contract.name}:")
    page.line(f"  - {{type: custom, engine: headgate, implementation: {{drift: {answer.file.name}}}}}")
    return str(page)


def _column(name: str, column: PinnedColumn) -> tuple[str, ...]:
    counts = column.counts.values()
    rows = sum(map(sum, counts))
    beyond = sum(each[0] + each[-2] for each in counts) if column.bins.ordered else 0
    shares = (f"{100 * found / rows:.3g} %" if rows else "-" for found in (sum(each[-1] for each in counts), beyond))
    return name, _bins(column.bins), *shares


def _bins(bins: Bins) -> str:
    if not bins.ordered:
        return f"{counted(len(bins.values), 'value')}"
    return f"{len(bins.edges) + 1} from {bins.low:.6g} to {bins.high:.6g}"
