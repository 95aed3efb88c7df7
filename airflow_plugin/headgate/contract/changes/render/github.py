"""Changes as GitHub's workflow commands: annotations at the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headgate.contract.changes.change import Diff, Level
from headgate.contract.changes.render import words
from headgate.report.text import plain


def github(diffs: Sequence[Diff], *, strict: bool = False) -> str:
    """An error for what fails, a warning for a risk, a notice for what is agreed; then the verdict.

    Escaped as the runner reads it: %, carriage return and line feed everywhere, `:` and `,` in properties as well.
    """
    return "\n".join((*_lines(diffs, strict), _data(words.verdict(diffs, strict))))


def _lines(diffs: Sequence[Diff], strict: bool) -> Iterator[str]:
    for diff in diffs:
        if diff.wrong:
            yield _command("error", diff.file, diff.version_line, f"{diff.contract}: wrong version", diff.wrong)
        for change in diff.changes:
            if change.level < Level.RISK:
                continue
            fails = change.level is Level.BREAK or strict
            kind = "notice" if change.is_agreed else "error" if fails else "warning"
            state = f"({' '.join(words.state(change)).strip()})"
            parts = (words.values(change), change.reason, change.evidence, change.todo, state)
            said = " ".join(filter(None, parts))
            yield _command(kind, change.file, change.line, f"{change.level} {change.rule} {change.path}", said)
        for note in diff.notes:
            yield _command("warning", diff.file, diff.version_line, diff.contract, note)


def _command(kind: str, file: str, line: int, title: str, message: str) -> str:
    return f"::{kind} file={_value(file)},line={line},title={_value(title)}::{_data(message)}"


def _data(text: str) -> str:
    """A message of several lines stays one command; whatever else is no text is taken out."""
    lines = (plain(line) for line in text.replace("%", "%25").split("\n"))
    return "%0A".join(line.replace("\r", "%0D") for line in lines)


def _value(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
