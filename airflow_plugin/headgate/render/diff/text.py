"""Changes as text that a person can read on the terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from headgate.changes.change import Change, Diff, Level
from headgate.render.diff import words
from headgate.render.text import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_COLOURS = {Level.BREAK: "red", Level.RISK: "yellow", Level.SAFE: "green", Level.DOC: "dim", Level.NONE: "dim"}


def text(diffs: Sequence[Diff], *, strict: bool = False, width: int = 120, colour: bool = False) -> str:
    """All contracts that changed, one after the other, and the verdict; lines of at most `width` characters."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colour, color_system="standard" if colour else None,
                      highlight=False, markup=False, emoji=False, soft_wrap=False)  # fmt: skip
    for diff in diffs:
        _say(console, diff)
    console.print(plain(words.verdict(diffs, strict)))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _say(console: Console, diff: Diff) -> None:
    from rich.text import Text

    head = Text(str(diff.level) if diff.level else "same", style=f"bold {_COLOURS[diff.level]}")
    head.append(plain(f"  {diff.contract} {words.versions(diff)}  {diff.file}"), style="default")
    console.print(head)
    if diff.wrong:
        console.print(plain(f"{diff.file}:{diff.version_line}: {diff.wrong}"), style="red")
    if diff.changes:
        console.print(_table(diff))
    for note in diff.notes:
        console.print(plain(f"  {note}"), style="dim")
    for change in diff.changes:
        if change.level >= Level.RISK:
            _explain(console, change)
    concerned = dict.fromkeys(
        person for change in diff.changes if change.level >= Level.RISK for person in change.concerned
    )
    if concerned:
        console.print(plain(" · ".join(f"{p.part}: {p}" for p in concerned)))
    console.print()


def _table(diff: Diff) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for name, options in (
        ("level", {"no_wrap": True}),
        ("C", {"no_wrap": True}),
        ("P", {"no_wrap": True}),
        ("bump", {"no_wrap": True}),
        ("rule", {"overflow": "fold"}),
        ("change", {"ratio": 3, "overflow": "fold"}),
        ("line", {"no_wrap": True}),
    ):
        table.add_column(name, **options)
    for change in diff.changes:
        said = f"{change.path}: {words.values(change)}" if words.values(change) else change.path
        table.add_row(
            Text(str(change.level), style=_COLOURS[change.level]),
            str(change.consumers),
            str(change.producers),
            str(change.bump),
            change.rule,
            plain(said),
            str(change.line),
        )
    return table


def _explain(console: Console, change: Change) -> None:
    console.print(plain(f"{change.file}:{change.line}: {change.level} {change.rule} {change.path}"))
    console.print(plain(" ".join(filter(None, (" ", change.reason, change.evidence)))))
    done = " ".join(filter(None, (change.todo, f"[{' '.join(words.state(change)).strip()}]")))
    console.print(plain(f"  {done}"), style="dim")
