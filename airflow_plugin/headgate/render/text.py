"""A report as text that a person can read: on the terminal and in a task's log."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from headgate.report.report import Report, Verdict
from headgate.report.result import CheckResult, Status

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_COLOURS = {"pass": "green", "warn": "yellow", "breach": "red", "unknown": "magenta"}


def plain(text: object) -> str:
    """Without control characters: neither a contract nor data may steer a terminal."""
    return _CONTROL.sub("·", str(text))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], width: int) -> str:
    """Rows of texts under the names of their columns, in lines of at most `width` characters."""
    from rich import box
    from rich.table import Table

    out = io.StringIO()
    drawn = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        drawn.add_row(*(plain(cell) for cell in row))
    _console(out, width).print(drawn)
    return out.getvalue().rstrip()


def _console(out: io.StringIO, width: int, *, colour: bool = False) -> Console:
    from rich.console import Console

    return Console(file=out, width=width, force_terminal=colour, color_system="standard" if colour else None,
                   highlight=False, markup=False, emoji=False, soft_wrap=False)  # fmt: skip


def render(report: Report, *, width: int = 120, colour: bool = False, verbose: bool = False) -> str:
    """The report as lines of at most `width` characters. `verbose` lists what passed as well."""
    from rich.text import Text

    out = io.StringIO()
    console = _console(out, width, colour=colour)
    executed, declared = report.coverage
    sha, _, changes = (report.contract_commit or "").partition("+")
    commit = f", commit {sha[:10]}{' and what is not committed' if changes else ''}" if sha else ""
    head = Text(f"{report.verdict.upper()}", style=f"bold {_COLOURS[report.verdict]}")
    if report.verdict is Verdict.UNKNOWN and (broken := report.broken):
        head.append(f", and {len(broken)} broken promise{'s' * (len(broken) > 1)}", style="red")
    place, where, condition = report.data.partition(" where ")
    data = f"{place.rpartition('/')[2]}{where}{condition}"
    head.append(plain(f"  {report.dataset}: {report.rows:,} rows of {data}"), style="default")
    console.print(head)
    console.print(
        plain(f"contract {report.contract_id} {report.contract_version}{commit}{' (draft)' if report.draft else ''}, ")
        + f"{executed} of {declared} rules executed",
        style="dim",
    )
    if report.stale:
        console.print(plain(report.stale), style="yellow")
    if report.failed:
        console.print(_failed(report))
        _print_examples(console, report)
        reach = " · ".join(filter(None, (report.owner and f"owner: {report.owner}", *report.support)))
        if reach:
            console.print(plain(reach))
    missing = [r for r in report.not_measured if verbose or not r.excused]
    for result in missing:
        said = f"{result.status.replace('_', ' ')}: {result.key}: {result.reason}  [{_where(report, result)}]"
        console.print(plain(f"  {said}"))
    if report.verdict is Verdict.UNKNOWN:
        console.print(
            "  unknown is not pass; a rule that need not be executed: name it in allowNotExecuted", style="dim"
        )
    excused = Counter(r.reason for r in report.not_measured if r.excused and not verbose)
    if excused:
        said = ", ".join(f"{count} × {reason}" if count > 1 else reason for reason, count in excused.items())
        console.print(plain(f"  not executed, and need not be: {said}"), style="dim")
    if verbose:
        for result in report.results:
            if result.status is Status.PASSED:
                console.print(plain(f"  passed: {result.statement}  ({result.evidence})"))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _print_examples(console: Console, report: Report) -> None:
    shown = dict.fromkeys(f"  {r.statement}: {_row(example)}" for r in report.failed for example in r.examples)
    if shown:
        console.print("examples:")
        for line in shown:
            console.print(plain(line), style="dim")
        console.print()


def _failed(report: Report) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for name, options in (
        ("broken promise", {"ratio": 3, "overflow": "fold"}),
        ("found", {"overflow": "fold"}),
        ("level", {"no_wrap": True}),
        ("contract", {"overflow": "fold"}),
    ):
        table.add_column(name, **options)
    for result in report.failed:
        table.add_row(plain(result.statement), plain(result.observed), result.severity, plain(_where(report, result)))
    return table


def _where(report: Report, result: CheckResult) -> str:
    return f"{report.contract_file.rpartition('/')[2]}:{result.line}"


def _row(example: Any) -> str:
    return ", ".join(
        f"{name}={value!r}" if isinstance(value, str) else f"{name}={value}" for name, value in example.items()
    )
