"""SARIF 2.1.0: results at lines of a contract, as code scanning shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from headgate import __version__
from headgate.changes.change import Level
from headgate.lint.rules import RULES
from headgate.render.answers import CheckAnswer, DiffAnswer, LintAnswer, PublishAnswer, ResultsAnswer
from headgate.render.diff import words
from headgate.render.escaping import plain
from headgate.render.findings import findings
from headgate.render.format import Format, View
from headgate.render.formats.json import document

if TYPE_CHECKING:
    from headgate.report import Report

FORMAT = Format("sarif", "for code scanning")


@dataclass(frozen=True, slots=True)
class _Result:
    """`about` says what the rule is. `fingerprint` names the result where its line moves; empty where nothing does."""

    rule: str
    about: str
    level: str
    message: str
    file: str
    line: int
    column: int | None = None
    fingerprint: str = ""


@FORMAT.of(CheckAnswer)
def _check(answer: CheckAnswer, view: View) -> str:
    return _document(_of_report(answer.report))


@FORMAT.of(PublishAnswer)
def _publish(answer: PublishAnswer, view: View) -> str:
    return _document(_of_report(answer.outcome.report))


@FORMAT.of(ResultsAnswer)
def _results(answer: ResultsAnswer, view: View) -> str:
    return _document(found for result in answer.results for found in _of_report(result.report))


def _of_report(report: Report) -> Iterator[_Result]:
    for found in findings(report):
        result = found.result
        yield _Result(
            rule=f"{report.dataset}.{result.key}",
            about=plain(result.description or result.statement),
            level=found.level,
            message=plain(found.message),
            file=report.contract_file,
            line=result.line,
            fingerprint=f"{report.contract_id}/{report.dataset}/{result.digest}",
        )


@FORMAT.of(LintAnswer)
def _lint(answer: LintAnswer, view: View) -> str:
    return _document(
        _Result(p.rule, RULES[p.rule], p.level, p.message, p.file, p.line, p.column)
        for file in answer.files
        for p in file.problems
    )


@FORMAT.of(DiffAnswer)
def _diff(answer: DiffAnswer, view: View) -> str:
    return _document(_of_diffs(answer))


def _of_diffs(answer: DiffAnswer) -> Iterator[_Result]:
    """What fails is an error, a risk a warning, what is agreed a note; the rest needs no one's attention."""
    for diff in answer.diffs:
        if diff.wrong:
            about = "The version of a contract says how grave its changes are."
            yield _Result("wrong-version", about, "error", plain(diff.wrong), diff.file, diff.version_line)
        for change in diff.changes:
            if change.level < Level.RISK:
                continue
            fails = change.level is Level.BREAK or answer.strict
            said = (words.values(change), change.reason, change.evidence, change.todo)
            yield _Result(
                rule=change.rule,
                about=plain(change.reason),
                level="note" if change.is_agreed else "error" if fails else "warning",
                message=plain(": ".join((f"{change.level} {change.path}", " ".join(filter(None, said))))),
                file=change.file,
                line=change.line,
                fingerprint=f"{diff.contract}/{diff.new_version}/{change.rule}/{change.path}",
            )


def _document(found: Iterable[_Result]) -> str:
    results = list(found)
    about = {result.rule: result.about for result in reversed(results)}
    ids = sorted(about)
    driver = {
        "name": "headgate",
        "version": __version__,
        "rules": [{"id": name, "shortDescription": {"text": about[name]}} for name in ids],
    }
    run = {"tool": {"driver": driver}, "results": [_result(result, ids) for result in results]}
    return document({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _result(result: _Result, ids: list[str]) -> dict[str, Any]:
    region = {"startLine": result.line} | ({"startColumn": result.column} if result.column else {})
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(PurePath(result.file).as_posix())}}
    if result.line:  # it begins at 1
        place["region"] = region
    said = {
        "ruleId": result.rule,
        "ruleIndex": ids.index(result.rule),
        "level": result.level,
        "message": {"text": result.message},
        "locations": [{"physicalLocation": place}],
    }
    return said | ({"partialFingerprints": {"headgate/v1": result.fingerprint}} if result.fingerprint else {})
