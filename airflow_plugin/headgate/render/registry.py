"""What a registry and headgate say to the schemas of a contract, beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from headgate.changes.change import Change, Level
from headgate.render.annotations import annotation, escaped
from headgate.render.console import Page
from headgate.render.diff import words

if TYPE_CHECKING:
    from headgate.render.answers import RegistryCheckAnswer, RegistryDiffAnswer, RegistryPushAnswer
    from headgate.streams.registry.finding import Pushed, SubjectDifference, SubjectFinding

_COLOURS = {Level.BREAK: "red", Level.RISK: "yellow", Level.SAFE: "green", Level.DOC: "dim", Level.NONE: "dim"}
_TAKES = "the registry takes it"


def check_text(answer: RegistryCheckAnswer, width: int, *, colour: bool) -> str:
    page = Page(width, colour=colour)
    for finding in answer.findings:
        _say(page, finding)
    page.line(verdict(answer.findings))
    return str(page)


def push_text(answer: RegistryPushAnswer, width: int, *, colour: bool) -> str:
    page = Page(width, colour=colour)
    for pushed in answer.pushed:
        finding = pushed.finding
        if pushed.id is None or finding.fails:
            _say(page, finding)
        page.line(f"{finding.subject}: {done(pushed)}", style="red" if pushed.id is None else "green")
        for note in (*pushed.notes, *(finding.notes if pushed.id is not None and not finding.fails else ())):
            page.line(f"  {note}", style="dim")
    return str(page)


def diff_text(answer: RegistryDiffAnswer, width: int, *, colour: bool) -> str:
    page = Page(width, colour=colour)
    for difference in answer.differences:
        _head(page, difference.finding)
        for line in difference.lines:
            page.line(f"  {line}", style={"+": "green", "-": "red"}.get(line[0], "dim"))
        if not difference.lines:
            page.line("  the same")
        _changes(page, difference.finding)
        page.line()
    return str(page)


def done(pushed: Pushed) -> str:
    """Return what became of a push, in one line."""
    if pushed.id is None:
        return f"not registered: {pushed.why}"
    what = "registered as" if pushed.new else "is there already as"
    return f"{what} version {pushed.version}, id {pushed.id}"


def verdict(findings: Sequence[SubjectFinding]) -> str:
    """Return one line: who calls what breaking. The registry's word and headgate's are never mixed."""
    why = []
    if refused := [f for f in findings if not f.answer.compatible]:
        why.append(f"the registry calls {_names(refused)} incompatible")
    if broken := [f for f in findings if f.failing]:
        why.append(f"headgate calls {_names(broken)} breaking")
    return f"fails: {', '.join(why)}" if why else "passes"


def _names(findings: Sequence[SubjectFinding]) -> str:
    return ", ".join(f.subject for f in findings)


def _head(page: Page, finding: SubjectFinding) -> None:
    latest = finding.latest
    now = f"version {latest.version}, id {latest.id}" if latest else "not registered yet"
    page.line((finding.subject, "bold"), f"  {finding.schema.type}  {now}  {finding.file}#{finding.dataset}")


def _say(page: Page, finding: SubjectFinding) -> None:
    _head(page, finding)
    if finding.latest is not None:
        ours = finding.comparison
        rows = [
            ("backward", "P", finding.backward, str(ours.producers) if ours else "not compared"),
            ("forward", "C", finding.forward, str(ours.consumers) if ours else "not compared"),
        ]
        headgate = f"headgate, since {ours.by}" if ours else "headgate"
        page.table(("direction", "side", f"registry, {finding.mode}", headgate), rows)
    for message in finding.answer.messages:
        page.line(f"  the registry: {message}")
    if not finding.answer.compatible and not finding.answer.messages:
        page.line("  the registry gives no reason")
    _changes(page, finding)
    for note in finding.notes:
        page.line(f"  {note}", style="dim")
    page.line()


def _changes(page: Page, finding: SubjectFinding) -> None:
    for change in finding.comparison.changes if finding.comparison else ():
        page.line(
            f"  {change.file}:{change.line}: ",
            (str(change.level), _COLOURS[change.level]),
            f" {_change(change)}{_silently(finding, change)}",
        )
        if change.level >= Level.RISK:
            page.line(f"    {change.reason} {change.todo} [{' '.join(words.state(change)).strip()}]", style="dim")


def _change(change: Change) -> str:
    values = words.values(change)
    return f"{change.rule} {change.path}{f': {values}' if values else ''} (P {change.producers}, C {change.consumers})"


def _silently(finding: SubjectFinding, change: Change) -> str:
    return f"; {_TAKES}" if change in finding.silent else ""


def check_github(answer: RegistryCheckAnswer) -> str:
    """Return an error for what each side calls breaking, a warning for a risk and a note; then the verdict."""
    lines = [line for finding in answer.findings for line in _annotations(finding)]
    return "\n".join((*lines, escaped(verdict(answer.findings))))


def push_github(answer: RegistryPushAnswer) -> str:
    """Return the annotations of what was not registered, and a line of each subject."""
    lines: list[str] = []
    for pushed in answer.pushed:
        if pushed.id is None or pushed.finding.fails:
            lines += _annotations(pushed.finding)
        lines += [escaped(f"{pushed.finding.subject}: {text}") for text in (done(pushed), *pushed.notes)]
    return "\n".join(lines)


def _annotations(finding: SubjectFinding) -> Iterator[str]:
    if not finding.answer.compatible:
        said = "; ".join(finding.answer.messages) or "it gives no reason"
        yield annotation(
            "error",
            f"under {finding.mode}: {said}",
            file=finding.file,
            line=finding.line,
            title=f"{finding.subject}: the registry calls it incompatible",
        )
    failing = finding.failing
    for change in finding.comparison.changes if finding.comparison else ():
        if change.level < Level.RISK:
            continue
        kind = "notice" if change.is_agreed else "error" if change in failing else "warning"
        said = f"{change.reason} {change.todo}{_silently(finding, change)}"
        yield annotation(
            kind, said, file=change.file, line=change.line, title=f"{finding.subject}: headgate: {_change(change)}"
        )
    for note in finding.notes:
        yield annotation("warning", note, file=finding.file, line=finding.line, title=finding.subject)


def finding_dict(finding: SubjectFinding) -> dict[str, Any]:
    """Return a finding, ready for JSON; docs/registry.md says what its keys are."""
    ours, latest = finding.comparison, finding.latest
    return {
        "subject": finding.subject,
        "contract": finding.contract,
        "dataset": finding.dataset,
        "file": finding.file,
        "line": finding.line,
        "type": finding.schema.type,
        "latest": {"version": latest.version, "id": latest.id} if latest else None,
        "known": finding.known,
        "registry": {
            "mode": finding.mode,
            "compatible": finding.answer.compatible,
            "backward": finding.backward,
            "forward": finding.forward,
            "messages": list(finding.answer.messages),
        },
        "headgate": {
            "since": ours.by,
            "producers": str(ours.producers) if ours.producers else None,
            "consumers": str(ours.consumers) if ours.consumers else None,
            "changes": [change.to_dict() | {"silent": change in finding.silent} for change in ours.changes],
        }
        if ours
        else None,
        "lost": [{"key": lost.key, "reason": lost.reason} for lost in finding.lost],
        "notes": list(finding.notes),
        "fails": finding.fails,
    }


def pushed_dict(pushed: Pushed) -> dict[str, Any]:
    """Return what became of a push, ready for JSON."""
    return {
        "registered": pushed.id is not None,
        "new": pushed.new,
        "version": pushed.version,
        "id": pushed.id,
        "why": pushed.why or None,
        "finding": finding_dict(pushed.finding) | {"notes": [*pushed.finding.notes, *pushed.notes]},
    }


def difference_dict(difference: SubjectDifference) -> dict[str, Any]:
    """Return a difference, ready for JSON; `schema` is the contract's."""
    return finding_dict(difference.finding) | {
        "lines": list(difference.lines),
        "schema": difference.finding.schema.text,
    }
