"""Markdown: the summary of a job, the comment of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from headgate.plural import counted
from headgate.render import impact as lineage
from headgate.render import linted, past, postmortem
from headgate.render import shadow as shadows
from headgate.render import trace as traces
from headgate.render.answers import (
    CheckAnswer,
    DiffAnswer,
    ImpactAnswer,
    IncidentAnswer,
    LintAnswer,
    PublishAnswer,
    ResultsAnswer,
    ShadowAnswer,
    TraceAnswer,
)
from headgate.render.diff import markdown as changes
from headgate.render.escaping import code, markdown
from headgate.render.findings import concerned, data_of, findings, where
from headgate.render.format import Format, View

if TYPE_CHECKING:
    from headgate.report import Report

FORMAT = Format("markdown", "the summary of a job, or a comment")
_SIGNS = {"pass": "🟢", "warn": "🟡", "breach": "🔴", "unknown": "🟣", "error": "🔴", "warning": "🟡", "note": "⚪"}


@FORMAT.of(CheckAnswer)
def _check(answer: CheckAnswer, view: View) -> str:
    return "\n".join(_report(answer.report, f"verdict {answer.report.verdict}, policy {answer.policy}"))


@FORMAT.of(PublishAnswer)
def _publish(answer: PublishAnswer, view: View) -> str:
    return "\n".join(_report(answer.outcome.report, str(answer.outcome)))


@FORMAT.of(ResultsAnswer)
def _results(answer: ResultsAnswer, view: View) -> str:
    return "\n\n".join("\n".join(_report(result.report, str(result))) for result in answer.results)


def _report(report: Report, last: str) -> Iterator[str]:
    executed, declared = report.coverage
    yield f"## {_SIGNS[report.verdict]} {report.verdict.upper()} {code(report.dataset)}"
    yield ""
    yield f"{counted(report.rows, 'row')} of {code(data_of(report))}."
    contract = f"{report.contract_id} {report.contract_version}{' (draft)' if report.draft else ''}"
    yield f"{executed} of {counted(declared, 'rule')} executed of {code(contract)}."
    yield ""
    if rows := [(f.level, f.message, where(report, f.result)) for f in findings(report)]:
        yield from _table(("level", "rule", "contract"), rows)
        yield ""
        for result in report.failed:
            if drawn := past.line(result):
                yield from (f"{code(result.key)}", "", "```text", drawn, "```", "")
        if reach := concerned(report):
            yield from (code(reach), "")
    yield f"**{markdown(last)}**"


@FORMAT.of(LintAnswer)
def _lint(answer: LintAnswer, view: View) -> str:
    lines = ["## Contracts", ""]
    for file in answer.files:
        lines += [f"### {code(file.file)}", "", f"{markdown(linted.state(file))}", ""]
        if rows := [(p.level, f"{p.message} [{p.rule}]", f"{p.line}:{p.column}") for p in file.problems]:
            lines += [*_table(("level", "problem", "line"), rows), ""]
    return "\n".join(lines)


@FORMAT.of(DiffAnswer)
def _diff(answer: DiffAnswer, view: View) -> str:
    return changes(answer.diffs, strict=answer.strict)


def _table(names: Sequence[str], rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Rows that begin with a level."""
    yield f"| {' | '.join(names)} |"
    yield "| --- " * len(names) + "|"
    for level, said, at in rows:
        yield f"| {_SIGNS[level]} {level} | {code(said)} | {code(at)} |"


@FORMAT.of(ImpactAnswer)
def _impact(answer: ImpactAnswer, view: View) -> str:
    impact = answer.impact
    lines = [f"## {code(lineage.title(impact))} {lineage.direction(impact)} {lineage.sums(impact)}", ""]
    lines += [markdown(said), ""] if (said := lineage.about(impact.start)) else []
    for branch in lineage.tree(impact):
        each = branch.affected
        more = " · ".join(filter(None, (lineage.columns(each), lineage.about(each.node))))
        also = f" (also from {', '.join(map(code, branch.also))})" if branch.also else ""
        name = code(lineage.name_of(each.node))
        lines.append(f"{'  ' * (len(branch.last) - 1)}- {name}{f' · {markdown(more)}' if more else ''}{also}")
    if people := impact.people:
        lines += ["", "| concerned | as | of | where to reach them |", "| --- " * 4 + "|"]
        for who in people:
            of, to = (", ".join(map(code, texts)) for texts in ([name.name for name in who.of], who.contacts))
            lines.append(f"| {code(who.name)} | {who.role} | {of} | {to} |")
    return "\n".join(lines)


@FORMAT.of(TraceAnswer)
def _trace(answer: TraceAnswer, view: View) -> str:
    return traces.document(answer.trace, markdown)


@FORMAT.of(IncidentAnswer)
def _incident(answer: IncidentAnswer, view: View) -> str:
    return postmortem.document(answer, view.at)


@FORMAT.of(ShadowAnswer)
def _shadow(answer: ShadowAnswer, view: View) -> str:
    return shadows.markdown(answer.run)
