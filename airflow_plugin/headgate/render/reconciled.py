"""How two datasets agree, as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headgate.plural import counted
from headgate.render.answers import ReconcileAnswer, ReconcileResult
from headgate.render.console import Page
from headgate.render.report import COLOURS
from headgate.report.words import difference_words

_STATUS_COLOURS = {"passed": "green", "failed": "red"}


def render(answer: ReconcileAnswer, *, width: int = 120, colour: bool = False) -> str:
    """Return each comparison: what was found, some differences, and with `explain` the steps and what they moved."""
    page = Page(width, colour=colour)
    for result in answer.results:
        _result(page, result, explain=answer.explain)
    page.line((f"verdict {answer.verdict}", f"bold {COLOURS[answer.verdict]}"))
    return str(page)


def to_dict(result: ReconcileResult) -> dict[str, Any]:
    """Return one comparison as JSON-ready values."""
    return {
        "statement": result.statement,
        "status": result.status,
        "observed": result.observed,
        "reason": result.reason or None,
        "reconciled": dict(result.found),
        "examples": [{name: _plain(value) for name, value in row.items()} for row in result.examples],
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _result(page: Page, result: ReconcileResult, *, explain: bool) -> None:
    page.line(
        (result.status.replace("_", " ").upper(), _STATUS_COLOURS.get(result.status, "magenta")),
        f"  {result.statement}",
    )
    found = result.found
    if result.reason:
        page.line(f"  {result.reason}")
    if result.observed:
        told = f"{result.observed} differ" if found.get("compared") else result.observed
        late = f", {counted(found['late'], 'row')} not settled yet" if found.get("late") else ""
        page.line(f"  {told}{late}")
    if words := difference_words(found):
        page.line(f"  {words}")
    if result.examples:
        page.line("examples:")
        for row in result.examples:
            page.line(f"  {', '.join(f'{name}={value}' for name, value in row.items())}", style="dim")
    if explain:
        page.table(
            ("step", "found", "rows moved", "checksums moved", "MB", "seconds"),
            [_step(step) for step in found.get("steps", ())],
        )


def _step(step: Mapping[str, Any]) -> tuple[str, ...]:
    megabytes = f"{step['bytes'] / 1e6:,.1f}" if step["bytes"] else "0"
    return (
        step["name"],
        step["found"],
        f"{step['rows']:,}",
        f"{step['checksums']:,}",
        megabytes,
        f"{step['seconds']:.2f}",
    )
