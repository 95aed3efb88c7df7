"""Annotations of GitHub Actions: messages at the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.render import registry
from headgate.render import shadow as shadows
from headgate.render.annotations import annotation, escaped
from headgate.render.answers import (
    CheckAnswer,
    DiffAnswer,
    LintAnswer,
    PublishAnswer,
    RegistryCheckAnswer,
    RegistryPushAnswer,
    ResultsAnswer,
    ShadowAnswer,
)
from headgate.render.diff import github
from headgate.render.findings import concerned, findings
from headgate.render.format import Format, View

if TYPE_CHECKING:
    from headgate.report import Report

FORMAT = Format("github", "annotations of a pull request")
_KINDS = {"error": "error", "warning": "warning", "note": "notice"}


@FORMAT.of(CheckAnswer)
def _check(answer: CheckAnswer, view: View) -> str:
    return _report(answer.report, f"verdict {answer.report.verdict}, policy {answer.policy}")


@FORMAT.of(PublishAnswer)
def _publish(answer: PublishAnswer, view: View) -> str:
    return _report(answer.outcome.report, str(answer.outcome))


@FORMAT.of(ResultsAnswer)
def _results(answer: ResultsAnswer, view: View) -> str:
    return "\n".join(_report(result.report, str(result)) for result in answer.results)


def _report(report: Report, last: str) -> str:
    behind = f" ({reach})" if (reach := concerned(report)) else ""
    lines = [
        annotation(
            _KINDS[found.level],
            f"{found.message}{behind}",
            file=report.contract_file,
            line=found.result.line,
            title=f"{report.dataset}: {found.result.key}",
        )
        for found in findings(report)
    ]
    return "\n".join((*lines, escaped(f"{report.dataset}: {last}")))


@FORMAT.of(LintAnswer)
def _lint(answer: LintAnswer, view: View) -> str:
    return "\n".join(
        annotation(_KINDS[p.level], p.message, file=p.file, line=p.line, column=p.column, title=p.rule)
        for file in answer.files
        for p in file.problems
    )


@FORMAT.of(DiffAnswer)
def _diff(answer: DiffAnswer, view: View) -> str:
    return github(answer.diffs, strict=answer.strict)


@FORMAT.of(ShadowAnswer)
def _shadow(answer: ShadowAnswer, view: View) -> str:
    return shadows.github(answer.run)


@FORMAT.of(RegistryCheckAnswer)
def _registry_check(answer: RegistryCheckAnswer, view: View) -> str:
    return registry.check_github(answer)


@FORMAT.of(RegistryPushAnswer)
def _registry_push(answer: RegistryPushAnswer, view: View) -> str:
    return registry.push_github(answer)
