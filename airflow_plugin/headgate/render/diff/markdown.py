"""Changes as Markdown: the comment of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from headgate.changes.change import Change, Diff, Level
from headgate.render.diff import words
from headgate.render.escaping import code
from headgate.render.escaping import markdown as escaped

_SIGN = {Level.BREAK: "🔴", Level.RISK: "🟡", Level.SAFE: "🟢", Level.DOC: "⚪", Level.NONE: "⚪"}


def markdown(diffs: Sequence[Diff], *, strict: bool = False) -> str:
    lines = ["## Contract changes", "", f"**headgate diff** {escaped(words.verdict(diffs, strict))}", ""]
    for diff in diffs:
        lines += _contract(diff)
    if not diffs:
        lines += ["No contract has changed.", ""]
    return "\n".join(lines)


def _contract(diff: Diff) -> list[str]:
    lines = [f"### {_SIGN[diff.level]} {code(diff.contract)} {code(words.versions(diff))}", "", code(diff.file), ""]
    if diff.wrong:
        lines += [f"**Wrong version:** {code(diff.wrong)}", ""]
    if diff.changes:
        lines += ["| level | consumers | producers | bump | rule | change | line |", "| --- " * 7 + "|"]
        lines += [_row(change) for change in diff.changes]
        lines.append("")
    if diff.notes:
        lines += [*(f"- {code(note)}" for note in diff.notes), ""]
    grave = [change for change in diff.changes if change.level >= Level.RISK]
    if grave:
        lines += ["<details><summary>Why, what to do, and who is concerned</summary>", ""]
        for change in grave:
            lines += _details(change)
        lines += ["</details>", ""]
    return lines


def _row(change: Change) -> str:
    said = " ".join(filter(None, (code(change.path), code(words.values(change)))))
    cells = (
        f"{_SIGN[change.level]} {change.level}{' ✔' if change.is_agreed else ''}",
        str(change.consumers),
        str(change.producers),
        str(change.bump),
        code(change.rule),
        said,
        str(change.line),
    )
    return f"| {' | '.join(cells)} |"


def _details(change: Change) -> list[str]:
    said = [f"- **{change.level}** {code(change.rule)} {code(change.path)}: {escaped(change.reason)}"]
    if change.evidence:
        said.append(f"  {code(change.evidence)}")
    if change.todo:
        said.append(f"  {escaped(change.todo)}")
    state, names = words.state(change)
    said.append(f"  {' '.join(filter(None, (escaped(state.capitalize()), code(names))))}.")
    if change.concerned:
        said.append(f"  Concerned: {code(words.people(change))}")
    return ["  \n".join(said), ""]
