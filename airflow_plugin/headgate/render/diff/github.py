"""Changes as GitHub's workflow commands: annotations at the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headgate.changes.change import Diff, Level
from headgate.render.annotations import annotation, escaped
from headgate.render.diff import words


def github(diffs: Sequence[Diff], *, strict: bool = False) -> str:
    """An error for what fails, a warning for a risk, a notice for what is agreed; then the verdict."""
    return "\n".join((*_lines(diffs, strict), escaped(words.verdict(diffs, strict))))


def _lines(diffs: Sequence[Diff], strict: bool) -> Iterator[str]:
    for diff in diffs:
        if diff.wrong:
            title = f"{diff.contract}: wrong version"
            yield annotation("error", diff.wrong, file=diff.file, line=diff.version_line, title=title)
        for change in diff.changes:
            if change.level < Level.RISK:
                continue
            fails = change.level is Level.BREAK or strict
            kind = "notice" if change.is_agreed else "error" if fails else "warning"
            state = f"({' '.join(words.state(change)).strip()})"
            parts = (words.values(change), change.reason, change.evidence, change.todo, state)
            said = " ".join(filter(None, parts))
            title = f"{change.level} {change.rule} {change.path}"
            yield annotation(kind, said, file=change.file, line=change.line, title=title)
        for note in diff.notes:
            yield annotation("warning", note, file=diff.file, line=diff.version_line, title=diff.contract)
