"""A report as text that a person can read: on the terminal and in a task's log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from headgate.plural import counted
from headgate.render import levels, past
from headgate.render.console import Column, Page
from headgate.render.findings import concerned, data_of, where
from headgate.report.report import Report, Verdict
from headgate.report.result import Status
from headgate.report.words import detail_words

COLOURS = {"pass": "green", "warn": "yellow", "breach": "red", "unknown": "magenta"}
_FAILED = (
    Column("broken promise", fold=True, ratio=3),
    Column("found", fold=True),
    Column("level", whole=True),
    Column("contract", fold=True),
)


_HOW_TO_SEE = "  values are not shown: --show-examples, or show_examples=True, shows those of unclassified columns"


def render(
    report: Report, *, width: int = 120, colour: bool = False, verbose: bool = False, may_show: bool = True
) -> str:
    """The report as lines of at most `width` characters. `verbose` lists what passed as well; `may_show` is whether the
    reader could have asked for values of the data."""
    page = Page(width, colour=colour)
    executed, declared = report.coverage
    sha, _, changes = (report.contract_commit or "").partition("+")
    commit = f", commit {sha[:10]}{' and what is not committed' if changes else ''}" if sha else ""
    broken = report.verdict is Verdict.UNKNOWN and len(report.broken)
    late = len(report.broken_levels)
    page.line(
        (report.verdict.upper(), f"bold {COLOURS[report.verdict]}"),
        (f", and {counted(broken, 'broken promise')}" if broken else "", "red"),
        (f", {counted(late, 'service level')} broken" if late else "", "yellow"),
        f"  {report.dataset}: {counted(report.rows, 'row')} of {data_of(report)}",
    )
    page.line(
        f"contract {report.contract_id} {report.contract_version}{commit}{' (draft)' if report.draft else ''}, "
        f"{executed} of {counted(declared, 'rule')} executed",
        style="dim",
    )
    if report.stale:
        page.line(report.stale, style="yellow")
    if report.failed:
        page.table(_FAILED, [(r.statement, r.observed, r.severity, where(report, r)) for r in report.failed])
        for result in report.failed:
            if words := past.line(result) or detail_words(result.details):
                page.line(f"  {result.key}: {words}")
        _examples(page, report)
        if reach := concerned(report):
            page.line(reach)
        if may_show and any(r.unexpected for r in report.failed) and not any(r.examples for r in report.failed):
            page.line(_HOW_TO_SEE, style="dim")
    _levels(page, report, verbose=verbose)
    for result in report.not_measured:
        if verbose or not result.excused:
            said = f"{result.status.replace('_', ' ')}: {result.key}: {result.reason}  [{where(report, result)}]"
            page.line(f"  {said}")
    if report.verdict is Verdict.UNKNOWN:
        page.line("  unknown is not pass; a rule that need not be executed: name it in allowNotExecuted", style="dim")
    excused = Counter(r.reason for r in report.not_measured if r.excused and not verbose)
    if excused:
        said = ", ".join(f"{count} × {reason}" if count > 1 else reason for reason, count in excused.items())
        page.line(f"  skipped (not required): {said}", style="dim")
    if verbose:
        for result in report.results:
            if result.status is Status.PASSED:
                words = detail_words(result.details)
                told = f": {'; '.join(filter(None, (result.observed, words)))}" if words else ""
                page.line(f"  passed: {result.statement}{told}  ({result.evidence})")
    return str(page)


def _levels(page: Page, report: Report, *, verbose: bool) -> None:
    """Tell the service levels that are not kept, and by which clock all of them were measured."""
    if not report.levels:
        return
    page.line(f"{levels.counts(report.levels)} {levels.clock_words(report.levels)}", style="dim")
    for level in levels.in_order(report.levels):
        if verbose or level.status in ("broken", "unknown"):
            page.line((f"  {levels.word(level)}", levels.COLOURS[level.status]), f"  {levels.level_line(level)}")
    if (report.broken_levels or report.broken_needs) and not report.failed and (reach := concerned(report)):
        page.line(reach)


def _examples(page: Page, report: Report) -> None:
    shown = dict.fromkeys(f"  {r.statement}: {_row(example)}" for r in report.failed for example in r.examples)
    if shown:
        page.line("examples:")
        for line in shown:
            page.line(line, style="dim")
        page.line()


def _row(example: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name}={value!r}" if isinstance(value, str) else f"{name}={value}" for name, value in example.items()
    )
