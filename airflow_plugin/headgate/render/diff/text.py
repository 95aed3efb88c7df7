"""Changes as text that a person can read on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from headgate.changes.change import Change, Diff, Level
from headgate.render.console import Cell, Column, Page
from headgate.render.diff import words

_COLOURS = {Level.BREAK: "red", Level.RISK: "yellow", Level.SAFE: "green", Level.DOC: "dim", Level.NONE: "dim"}
_COLUMNS = (
    Column("level", whole=True),
    Column("C", whole=True),
    Column("P", whole=True),
    Column("bump", whole=True),
    Column("rule", fold=True),
    Column("change", fold=True, ratio=3),
    Column("line", whole=True),
)


def text(diffs: Sequence[Diff], *, strict: bool = False, width: int = 120, colour: bool = False) -> str:
    """All contracts that changed, one after the other, and the verdict; lines of at most `width` characters."""
    page = Page(width, colour=colour)
    for diff in diffs:
        _say(page, diff)
    page.line(words.verdict(diffs, strict))
    return str(page)


def _say(page: Page, diff: Diff) -> None:
    level = str(diff.level) if diff.level else "same"
    page.line((level, f"bold {_COLOURS[diff.level]}"), f"  {diff.contract} {words.versions(diff)}  {diff.file}")
    if diff.wrong:
        page.line(f"{diff.file}:{diff.version_line}: {diff.wrong}", style="red")
    if diff.changes:
        page.table(_COLUMNS, [_row(change) for change in diff.changes])
    for note in diff.notes:
        page.line(f"  {note}", style="dim")
    grave = [change for change in diff.changes if change.level >= Level.RISK]
    for change in grave:
        _explain(page, change)
    if concerned := dict.fromkeys(person for change in grave for person in change.concerned):
        page.line(" · ".join(f"{p.part}: {p}" for p in concerned))
    page.line()


def _row(change: Change) -> tuple[Cell, ...]:
    said = f"{change.path}: {words.values(change)}" if words.values(change) else change.path
    return (
        (str(change.level), _COLOURS[change.level]),
        str(change.consumers),
        str(change.producers),
        str(change.bump),
        change.rule,
        said,
        str(change.line),
    )


def _explain(page: Page, change: Change) -> None:
    page.line(f"{change.file}:{change.line}: {change.level} {change.rule} {change.path}")
    page.line(" ".join(filter(None, (" ", change.reason, change.evidence))))
    done = " ".join(filter(None, (change.todo, f"[{' '.join(words.state(change)).strip()}]")))
    page.line(f"  {done}", style="dim")
