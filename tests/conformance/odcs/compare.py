"""Running the cases against a tool, and several tools' answers side by side."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from .kit import Adapter, Answer, Case, Outcome, write


def ask(adapter: Adapter, case: Case, folder: Path) -> Outcome:
    """What the tool makes of a case; one that it cannot survive is an answer too."""
    contract, data = write(case, folder)
    try:
        return Outcome(case, adapter(contract, data))
    except Exception as error:
        return Outcome(case, Answer({case.rule: (f"crashed: {type(error).__name__}", None)}))


def run(adapter: Adapter, cases: Iterable[Case]) -> list[Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        return [ask(adapter, case, Path(folder)) for case in cases]


def page(tools: Sequence[tuple[Adapter, Sequence[Outcome]]], today: date) -> str:
    """The comparison as Markdown. `tools` have answered the same cases; cases of headgate's settings are left out."""
    names = [f"{adapter.name} {adapter.version}" for adapter, _ in tools]
    rows = [row for row in zip(*(outcomes for _, outcomes in tools), strict=True) if not row[0].case.settings]
    lines = [
        "# Conformance to ODCS",
        "",
        "The standard leaves points open, and tools differ in them. The kit in `tests/conformance/odcs/` says for each",
        "rule on tiny data what must come out, how the standard is read there, and why. This page is what tools",
        f"answered, on {today.isoformat()}: {' and '.join(names)}, over a DuckDB table, a Parquet or a CSV file.",
        "",
        "The readings are headgate's own, so that another answer is a difference first, and a fault only where the",
        "standard is plain. *dropped*: the tool's results do not mention the rule at all. A number that a tool does",
        "not tell is not counted against it.",
        "",
        f"| section | cases | {' | '.join(names)} |",
        f"| --- | ---: | {' | '.join('---:' for _ in names)} |",
    ]
    sections = list(dict.fromkeys(row[0].case.section for row in rows))
    for section in [*sections, ""]:
        here = [row for row in rows if section in ("", row[0].case.section)]
        agreeing = [sum(row[i].agrees for row in here) for i in range(len(tools))]
        lines.append(f"| {section or '**all**'} | {len(here)} | {' | '.join(map(str, agreeing))} |")
    lines += ["", "## Where they differ", ""]
    for section in sections:
        differing = [row for row in rows if row[0].case.section == section and not all(o.agrees for o in row)]
        if differing:
            lines += [f"### {section}", "", f"| case | must be | {' | '.join(names)} | reading |",
                      f"| --- | --- |{' --- |' * len(names)} --- |"]  # fmt: skip
            lines += _alike(differing)
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _alike(rows: Sequence[Sequence[Outcome]]) -> list[str]:
    """One line for each case; of a group of cases, the first and how many there are."""
    groups: dict[str, list[Sequence[Outcome]]] = {}
    for row in rows:
        groups.setdefault(row[0].case.group or row[0].case.name, []).append(row)
    lines = []
    for group in groups.values():
        case, first = group[0][0].case, group[0]
        name = case.name if len(group) == 1 else f"{len(group)} × {case.group}, the first of them {case.name}"
        said = ["as it must be" if o.agrees else o.said for o in first]
        reading = f"{case.reading} ({case.reason})" if case.reason else case.reading
        lines.append(f"| {' | '.join(map(_cell, (name, case.expected, *said, reading)))} |")
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def table(outcomes: Sequence[Outcome]) -> str:
    """A tool's answers on the terminal: the differences, then how many there are."""
    differing = [o for o in outcomes if not o.agrees]
    lines = [f"{o.case.section}: {o.case.name}: must be {o.case.expected}, is {o.said}" for o in differing]
    known = Counter(o.agrees for o in outcomes)
    return "\n".join([*lines, f"{known[True]} of {len(outcomes)} cases as they must be"])
