"""JUnit XML, as CI shows results of tests: a suite is a dataset or a file, a test case one rule or one change.

It has what the stricter readers demand: both the schema of Ant's JUnit task and Jenkins' `junit-10.xsd` take it.
A failure is an error-level rule that the data breaks, whatever the policy lets pass; an error is one that was not
measured; skipped is a warning, and what was not executed and need not be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from headgate.changes.change import Level
from headgate.render import linted
from headgate.render.answers import CheckAnswer, DiffAnswer, LintAnswer, PublishAnswer, ResultsAnswer
from headgate.render.diff import words
from headgate.render.escaping import xml
from headgate.render.findings import concerned, findings, results
from headgate.render.format import Format, View
from headgate.report.result import Status

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from headgate.changes.change import Diff
    from headgate.lint.lint import Linted
    from headgate.report import Report

FORMAT = Format("junit", "JUnit XML, for the test reports of CI")
_STATES = {"error": "failure", "warning": "skipped", "note": "skipped"}


@dataclass(frozen=True, slots=True)
class _Case:
    """`state` is passed, failure, error or skipped; `message` says why in one line, `text` in several."""

    name: str
    state: str = "passed"
    kind: str = ""
    message: str = ""
    text: Sequence[str] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Suite:
    name: str
    package: str
    cases: Sequence[_Case]
    at: datetime
    properties: Mapping[str, str] = field(default_factory=dict)
    output: Sequence[str] = ()

    def count(self, state: str) -> int:
        return sum(case.state == state for case in self.cases)


@FORMAT.of(CheckAnswer)
def _check(answer: CheckAnswer, view: View) -> str:
    return _document([_of_report(answer.report, str(answer.policy), (), view)])


@FORMAT.of(PublishAnswer)
def _publish(answer: PublishAnswer, view: View) -> str:
    outcome = answer.outcome
    return _document([_of_report(outcome.report, str(outcome.policy), (str(outcome),), view)])


@FORMAT.of(ResultsAnswer)
def _results(answer: ResultsAnswer, view: View) -> str:
    return _document([_of_report(result.report, "", (str(result),), view) for result in answer.results])


def _of_report(report: Report, policy: str, output: Sequence[str], view: View) -> _Suite:
    properties = {
        "contract": report.contract_id,
        "version": report.contract_version,
        "commit": report.contract_commit or "",
        "data": report.data,
        "rows": str(report.rows),
        "run_key": report.run.key,
        "owner": report.owner,
        "verdict": str(report.verdict),
        "policy": policy,
    }
    kept = {name: value for name, value in properties.items() if value}
    return _Suite(report.dataset, report.contract_id, list(_rules(report)), report.measured_at or view.at, kept, output)


def _rules(report: Report) -> Iterator[_Case]:
    found = {finding.result.key: finding for finding in findings(report)}
    total = sum(ran.seconds for ran in report.ran)
    seconds = {check["key"]: check["share"] * total for check in report.explain()["checks"]}
    for result in results(report):
        took = seconds.get(result.key, 0.0)
        finding = found.get(result.key)
        if finding is None:
            state, why = ("passed", "") if result.status is Status.PASSED else ("skipped", result.reason)
            yield _Case(result.key, state, str(result.status), why, seconds=took)
            continue
        measured = result.status is Status.FAILED
        state = _STATES[finding.level] if measured or finding.level != "error" else "error"
        text = [f"{report.contract_file}{f':{result.line}' if result.line else ''}: {finding.message}"]
        text += [f"about: {result.description}"] if result.description else []
        text += [f"concerned: {reach}"] if (reach := concerned(report)) else []
        message = f"{finding.level}: {finding.message}" if state == "skipped" else finding.message
        yield _Case(result.key, state, str(result.status), message, tuple(text), took)


@FORMAT.of(LintAnswer)
def _lint(answer: LintAnswer, view: View) -> str:
    return _document([_of_linted(file, view, strict=answer.strict) for file in answer.files])


def _of_linted(file: Linted, view: View, *, strict: bool) -> _Suite:
    """A file as a suite: a case for each rule of lint that found something; one that passed where none did."""
    cases = []
    for problem in file.problems:
        state = "failure" if strict and problem.level == "warning" else _STATES[problem.level]
        name = f"{problem.rule} at {problem.line}:{problem.column}"
        cases.append(_Case(name, state, problem.rule, f"{problem.level}: {problem.message}", (str(problem),)))
    return _Suite(str(file.file), "headgate.lint", cases or [_Case("lint")], view.at, output=(linted.state(file),))


@FORMAT.of(DiffAnswer)
def _diff(answer: DiffAnswer, view: View) -> str:
    return _document([_of_diff(diff, view, strict=answer.strict) for diff in answer.diffs])


def _of_diff(diff: Diff, view: View, *, strict: bool) -> _Suite:
    """A contract as a suite: what is agreed has passed, what fails the command is a failure, a risk is skipped."""
    cases = []
    if diff.wrong:
        at = f"{diff.file}:{diff.version_line}: {diff.wrong}"
        cases.append(_Case("wrong-version", "failure", "wrong-version", diff.wrong, (at,)))
    for change in diff.changes:
        name = f"{change.rule} {change.path}"
        if change.level < Level.RISK or change.is_agreed:
            cases.append(_Case(name))
            continue
        state = "failure" if change.level is Level.BREAK or strict else "skipped"
        said = " ".join(filter(None, (words.values(change), change.reason, change.evidence)))
        text = (f"{change.file}:{change.line}: {change.path}: {said}", f"to do: {change.todo}")
        cases.append(_Case(name, state, str(change.level), f"{change.level}: {said}", text))
    return _Suite(
        diff.contract,
        "headgate.diff",
        cases or [_Case("diff")],
        view.at,
        output=[f"note: {note}" for note in diff.notes],
    )


def _document(suites: Sequence[_Suite]) -> str:
    root = Element("testsuites")
    root.extend(_suite(suite, number) for number, suite in enumerate(suites))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _suite(suite: _Suite, number: int) -> Element:
    states = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    element = Element(
        "testsuite",
        {
            "id": str(number),
            "name": xml(suite.name),
            "package": xml(suite.package),
            "tests": str(len(suite.cases)),
            **{name: str(suite.count(state)) for name, state in states.items()},
            "time": f"{sum(case.seconds for case in suite.cases):.6f}",
            "timestamp": suite.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": "localhost",
        },
    )
    properties = SubElement(element, "properties")
    for name, value in suite.properties.items():
        SubElement(properties, "property", name=name, value=xml(value))
    group = xml(f"{suite.package}.{suite.name}")
    seen: Counter[str] = Counter()
    for case in suite.cases:
        seen[case.name] += 1  # readers take cases of one name for one
        name = f"{case.name} ({seen[case.name]})" if seen[case.name] > 1 else case.name
        inner = SubElement(element, "testcase", name=xml(name), classname=group, time=f"{case.seconds:.6f}")
        if case.state == "skipped":
            SubElement(inner, "skipped", message=xml(case.message))
        elif case.state != "passed":
            SubElement(inner, case.state, message=xml(case.message), type=xml(case.kind)).text = _lines(case.text)
    SubElement(element, "system-out").text = _lines(suite.output)
    SubElement(element, "system-err")
    return element


def _lines(parts: Sequence[str]) -> str:
    """Lines that each begin with words of ours: none can be a command to what prints them."""
    return "\n".join(map(xml, parts))
