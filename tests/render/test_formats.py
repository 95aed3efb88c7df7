"""Every command answers in the formats that show its answer; in each, text of contracts and data is only text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import duckdb
import headgate
import pandas as pd
import pytest
from click.testing import CliRunner
from headgate import check, publish
from headgate.cli import main
from headgate.gate import policy_for
from headgate.gate.policy import Policy
from headgate.render import FORMATS, View, answers, formats_of
from headgate.render.answers import CheckAnswer, DiffAnswer, LintAnswer, PublishAnswer
from headgate.report import Report
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.contracts import dataset, odcs, write
from tests.support.formats_page import commands, offered
from tests.support.junit_schema import faults

CI = "text json github junit markdown sarif"
REPORT = "text json github html junit markdown oors sarif"
# What a command answers, and in which formats.
ANSWERS = {
    "check": ("CheckAnswer", REPORT),
    "baseline": ("BaselineAnswer", "text json"),
    "reconcile": ("ReconcileAnswer", "text json"),
    "publish": ("PublishAnswer", REPORT),
    "lint": ("LintAnswer", CI),
    "diff": ("DiffAnswer", CI),
    "shadow": ("ShadowAnswer", "text json github markdown"),
    "init": ("DraftAnswer", "text json"),
    "schema": ("SchemaAnswer", "text json"),
    "levels": ("LevelsAnswer", "text json"),
    "status": ("StatusAnswer", "text json"),
    "history show": ("HistoryAnswer", "text json"),
    "history flush": ("HistoryFlushAnswer", "text json"),
    "history rebuild": ("HistoryRebuildAnswer", "text json"),
    "history prune": ("HistoryPruneAnswer", "text json"),
    "history export": ("HistoryExportAnswer", "text json"),
    "incidents list": ("IncidentsAnswer", "text json"),
    "incidents show": ("IncidentAnswer", "text json markdown"),
    "incidents ack": ("ActAnswer", "text json"),
    "incidents mute": ("ActAnswer", "text json"),
    "incidents note": ("ActAnswer", "text json"),
    "incidents accept": ("ActAnswer", "text json"),
    "report": ("ReportAnswer", "text json"),
    "impact": ("ImpactAnswer", "text json markdown mermaid svg"),
    "quarantine list": ("BatchesAnswer", "text json"),
    "quarantine show": ("RowsAnswer", "text json"),
    "quarantine release": ("ReleaseAnswer", "text json"),
    "quarantine drop": ("DropAnswer", "text json"),
    "lineage flush": ("FlushAnswer", "text json"),
    "lineage status": ("LineageStatusAnswer", "text json"),
    "dbt init": ("ProjectAnswer", "text json"),
    "dbt sync": ("SyncAnswer", "text json"),
    "dbt contract": ("DraftAnswer", "text json"),
    "dbt results": ("ResultsAnswer", REPORT),
    "registry check": ("RegistryCheckAnswer", "text json github"),
    "registry push": ("RegistryPushAnswer", "text json github"),
    "registry diff": ("RegistryDiffAnswer", "text json"),
    "registry draft": ("DraftAnswer", "text json"),
    "gx import": ("ImportAnswer", "text json"),
    "gx export": ("ExportAnswer", "text json"),
}


def test_every_command_offers_the_formats_of_its_answer() -> None:
    assert offered(main) == {name: formats.split() for name, (_, formats) in ANSWERS.items()}
    assert {answer: " ".join(formats_of(getattr(answers, answer))) for answer, _ in ANSWERS.values()} == dict(
        ANSWERS.values()
    )


def test_strict_says_in_each_command_what_it_exits_with() -> None:
    said = {
        name: str(option.help)
        for name, command in commands(main).items()
        for option in command.params
        if isinstance(option, click.Option) and option.name == "strict"
    }
    assert {name: text[:6] for name, text in said.items()} == {
        "check": "Exit 1", "publish": "Exit 1", "lint": "Exit 2", "diff": "Exit 1", "gx import": "Exit 1", "gx export": "Exit 1",
        "dbt results": "Exit 1", "registry check": "Exit 1", "registry push": "Exit 1", "registry diff": "Exit 1",
    }  # fmt: skip


def test_rich_is_imported_in_one_place() -> None:
    package = Path(headgate.__file__).parent
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if re.search(r"^\s*(from|import) rich\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert found == {"render/console.py"}


# --- what is said ----------------------------------------------------------------------------------------------------

THINGS: dict[str, Any] = {
    "name": "things",
    "properties": [
        {"name": "id", "required": True, "quality": [
            {"id": "few", "metric": "nullValues", "mustBe": 0, "severity": "warning"},
            {"id": "odd", "type": "custom", "engine": "soda", "implementation": "x"},
            {"id": "nice", "type": "text", "description": "is nice"},
        ]},
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.csv").write_text('id\na\n""\n')
    about: dict[str, Any] = {"team": {"name": "Shop team"}, "support": [{"channel": "#shop"}],
                             "settings": {"onBreach": "warn"}}  # fmt: skip
    write(tmp_path, odcs(THINGS, **about), "c.odcs.yaml")
    write(tmp_path, odcs({"name": "things", "properties": [{"name": "key"}]}, **about, version="1.0.1"), "d.odcs.yaml")
    (tmp_path / "wrong.odcs.yaml").write_text("kind: DataContract\n")
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.stdout


def junit(text: str) -> Any:
    assert faults(text) == []
    return {
        suite.get("name"): {
            case.get("name"): (case[0].tag, case[0].get("message")) if len(case) else None
            for case in suite.iter("testcase")
        }
        for suite in ElementTree.fromstring(text)
    }


def sarif(text: str) -> Any:
    (found,) = json.loads(text)["runs"]
    rules = found["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in found["results"]] == [r["ruleId"] for r in found["results"]]
    return [
        (r["level"], r["ruleId"], r["locations"][0]["physicalLocation"]["region"]["startLine"], r["message"]["text"])
        for r in found["results"]
    ]


class Page(HTMLParser):
    """What a page of a report shows: the cells of each row of its tables, and the text of the rest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []
        self.shown = ""
        self._at = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.tags |= {f"{tag} {name}" for name, _ in attrs if name not in ("class", "scope", "open")}
        self._at = tag if tag in ("td", "th", "style", "dt", "dd", "summary", "h1", "p") else self._at
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("tr", "style", "dl"):
            self._at = ""

    def handle_data(self, data: str) -> None:
        if self._at in ("td", "th"):
            self.rows[-1][-1] += data
        elif self._at != "style":
            self.shown += f" {data.strip()}"


def html(text: str) -> Any:
    return [[cell.strip() for cell in row] for row in Page(text).rows]


def lines(text: str) -> Any:
    return text.splitlines()


REACH = " (owner: Shop team · #shop)"
ODD = "custom rule: not executed: the engine 'soda' is not run by headgate"
# format, how it is read, what `headgate check c.odcs.yaml bad.csv` says
SAID: list[tuple[str, Callable[[str], Any], Any]] = [
    ("github", lines, [
        f"::error file=c.odcs.yaml,line=13,title=things%3A id.required::id is not null: 1 of 2 rows (50 %25){REACH}",
        f"::warning file=c.odcs.yaml,line=15,title=things%3A id.few::id is not null: 1 of 2 rows (50 %25){REACH}",
        f"::error file=c.odcs.yaml,line=21,title=things%3A id.odd::{ODD}{REACH}",
        "things: verdict unknown, policy warn (contract)",
    ]),
    ("sarif", sarif, [
        ("error", "things.id.required", 13, "id is not null: 1 of 2 rows (50 %)"),
        ("warning", "things.id.few", 15, "id is not null: 1 of 2 rows (50 %)"),
        ("error", "things.id.odd", 21, ODD),
    ]),
    ("html", html, [
        ["Promise", "Found", "Level", "Contract"],
        ["id is not null", "1 of 2 rows (50 %)", "error", "c.odcs.yaml:13"],
        ["id is not null", "1 of 2 rows (50 %)", "warning", "c.odcs.yaml:15"],
        ["Promise", "Why", "Contract"],
        ["custom rule", "the engine 'soda' is not run by headgate", "c.odcs.yaml:21"],
        ["Promise", "Proven by", "Contract"],
        ["column id exists", "columns", "c.odcs.yaml:11"],
        ["no columns beyond the contract", "columns", "c.odcs.yaml:8"],
        ["Promise", "Why", "Contract"],
        ["is nice", "documentation", "c.odcs.yaml:27"],
    ]),
    ("junit", junit, {"things": {
        "id.exists": None,
        "id.required": ("failure", "id is not null: 1 of 2 rows (50 %)"),
        "id.few": ("skipped", "warning: id is not null: 1 of 2 rows (50 %)"),
        "id.odd": ("error", ODD),
        "id.nice": ("skipped", "documentation"),
        "extraColumns": None,
    }}),
    ("markdown", lines, [
        "## 🟣 UNKNOWN <code>things</code>",
        "",
        "2 rows of <code>bad.csv</code>.",
        "4 of 6 rules executed of <code>test 1.0.0</code>.",
        "",
        "| level | rule | contract |",
        "| --- | --- | --- |",
        "| 🔴 error | <code>id is not null&#58; 1 of 2 rows &#40;50 %&#41;</code> | <code>c.odcs.yaml&#58;13</code> |",
        "| 🟡 warning | <code>id is not null&#58; 1 of 2 rows &#40;50 %&#41;</code> | <code>c.odcs.yaml&#58;15</code> |",
        "| 🔴 error | <code>custom rule&#58; not executed&#58; the engine 'soda' is not run by headgate</code> | <code>c.odcs.yaml&#58;21</code> |",
        "",
        "<code>owner&#58; Shop team · &#35;shop</code>",
        "",
        "**verdict unknown, policy warn &#40;contract&#41;**",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("form", "read", "said"), SAID, ids=[form for form, _, _ in SAID])
def test_a_check(form: str, read: Callable[[str], Any], said: Any, folder: Path) -> None:
    assert read(run("check", "c.odcs.yaml", "bad.csv", "--format", form)) == said


@pytest.mark.parametrize(("form", "read"), [(form, read) for form, read, _ in SAID])
def test_a_publish_says_of_its_rules_what_a_check_says(form: str, read: Callable[[str], Any], folder: Path) -> None:
    published = read(run("publish", "c.odcs.yaml", "bad.csv", "w.duckdb#main.t", "--run-key", "r", "--format", form))
    checked = read(run("check", "c.odcs.yaml", "bad.csv", "--format", form))
    if read is lines:
        assert "halted, main.t is unchanged" in published[-1]
        published, checked = published[:-1], checked[:-1]
    assert published == checked


# format, arguments, how it is read, what is said
NO_VERDICT = "so no verdict can be reached: make it a warning, or name it in allowNotExecuted"
NEEDS = "which ODCS requires"
WRONG = "the version 1.0.1 is a patch bump; the changes demand a major one: 2.0.0"
ADDED = "nothing → key The data must have the column; what reads by position sees another."
TODO = "Show with --data that the data keeps it already, or repair the data first."
REMOVED = "id → nothing What reads it finds nothing."
KEEP = "Keep the old one beside it, marked deprecated, until every consumer has moved."
OTHERS: list[tuple[str, tuple[str, ...], Callable[[str], Any], Any]] = [
    ("junit", ("lint", "wrong.odcs.yaml", "c.odcs.yaml"), junit, {
        "wrong.odcs.yaml": {
            "odcs-required at 1:1": ("failure", f"error: the document has no 'apiVersion', {NEEDS}"),
            "odcs-required at 1:1 (2)": ("failure", f"error: the document has no 'id', {NEEDS}"),
            "odcs-required at 1:1 (3)": ("failure", f"error: the document has no 'version', {NEEDS}"),
        },
        "c.odcs.yaml": {
            "no-freshness at 1:1": ("skipped", "note: no freshness: add a service level such as `{property: freshness, value: 24, unit: h, element: TABLE.COLUMN}`"),
            "no-key at 8:3": ("skipped", "note: things has no key: mark what names a row with `primaryKey: true`"),
            "no-row-count at 8:3": ("skipped", "note: things has no rule on the number of rows: `quality: [{metric: rowCount, mustBeGreaterThan: 0}]`"),
            "not-executed at 21:1": ("skipped", f"warning: not executed: id.odd: the engine 'soda' is not run by headgate; {NO_VERDICT}"),
        },
    }),
    ("junit", ("lint", "c.odcs.yaml", "--strict"), lambda text: junit(text)["c.odcs.yaml"]["not-executed at 21:1"][0], "failure"),
    ("junit", ("diff", "c.odcs.yaml", "d.odcs.yaml"), junit, {"test": {
        "wrong-version": ("failure", WRONG),
        "property-added schema.things.properties.key": ("skipped", f"RISK: {ADDED}"),
        "property-removed schema.things.properties.id": ("failure", f"BREAK: {REMOVED}"),
        "version version": None,
    }}),
    ("sarif", ("diff", "c.odcs.yaml", "d.odcs.yaml"), sarif, [
        ("error", "wrong-version", 5, WRONG),
        ("error", "property-removed", 11, f"BREAK schema.things.properties.id: {REMOVED} {KEEP}"),
        ("warning", "property-added", 11, f"RISK schema.things.properties.key: {ADDED} {TODO}"),
    ]),
    ("sarif", ("diff", "c.odcs.yaml", "d.odcs.yaml", "--strict"), lambda text: [r[0] for r in sarif(text)], ["error"] * 3),
    ("markdown", ("lint", "wrong.odcs.yaml"), lambda text: lines(text)[2:8], [
        "### <code>wrong.odcs.yaml</code>",
        "",
        "3 errors",
        "",
        "| level | problem | line |",
        "| --- | --- | --- |",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("form", "arguments", "read", "said"), OTHERS, ids=[f"{a[0]} {f}" for f, a, _, _ in OTHERS])
def test_lint_and_diff(
    form: str, arguments: tuple[str, ...], read: Callable[[str], Any], said: Any, folder: Path
) -> None:
    assert read(run(*arguments, "--format", form)) == said


# --- what is never said -----------------------------------------------------------------------------------------------

FRAME = pd.DataFrame({"id": ["k1", None], "email": ["jane@example.com", None], "plan": ["Basic-x", "Pro"]})


def people(**root: Any) -> Any:
    email = {"name": "email", "classification": "personal", "logicalType": "string", "required": True,
             "logicalTypeOptions": {"pattern": "^s3cret@"}}  # fmt: skip
    plan = {"name": "plan", "classification": "public", "logicalType": "string", "enum": [{"value": "Pro"}]}
    return dataset({"name": "id", "primaryKey": True}, email, plan, **root)


@pytest.mark.parametrize("form", formats_of(CheckAnswer))
def test_no_value_of_a_classified_column_is_in_any_format(form: str, tmp_path: Path) -> None:
    things = people(settings={"showExamples": True})
    report = check(things, FRAME)
    outcome = publish(things, FRAME, f"{tmp_path}/w.duckdb#main.t", run_key="r")
    for answer in (
        CheckAnswer(report, policy_for(things, report), verbose=True, explain=form != "json"),
        PublishAnswer(outcome, verbose=True),
    ):
        said = FORMATS[form].render(answer, View(width=200))
        assert "jane@example.com" not in said
        assert form in ("text",) or "s3cret" not in said, said


EVIL = "a`|<img src=x onerror=alert(1)> @everyone [x](http://a.example) ]]>&\n::error::x\r\x1b[31m\x00\ufffe\u202e%0A:,"
# What a page of a report is made of: nothing runs, and nothing is fetched.
TAGS = {
    "html", "html lang", "meta", "meta charset", "meta name", "meta content", "title", "style", "main", "h1", "b", "p", "dl", "dt",
    "dd", "code", "h2", "div", "table", "thead", "tbody", "tr", "th", "td", "br", "small", "details", "summary",
}  # fmt: skip
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")


@pytest.mark.parametrize("form", formats_of(CheckAnswer))
def test_text_of_a_contract_is_only_text(form: str, tmp_path: Path) -> None:
    thing = {"name": "things", "properties": [{"name": EVIL, "required": True, "description": EVIL}]}
    document = odcs(thing, team={"name": EVIL}, support=[{"channel": EVIL}], id=EVIL, version=EVIL)
    path = tmp_path / "c.odcs.yaml"
    path.write_text(json.dumps(document))
    with duckdb.connect(f"{tmp_path}/w.duckdb") as connection:
        connection.execute("CREATE TABLE things AS SELECT 1 AS other")
    for arguments in (("check", str(path), f"{tmp_path}/w.duckdb#main.things"), ("lint", str(path)),
                      ("diff", str(path), str(path))):  # fmt: skip
        if form not in ANSWERS[arguments[0]][1].split():
            continue
        said = run(*arguments, "--format", form)
        assert said
        assert not CONTROL.search(said), said
        assert not any(line.startswith("::error::") for line in said.splitlines())
        if form == "junit":
            assert faults(said) == []
        if form == "markdown":
            assert not set(re.findall(r"<[^>]*>", said)) - {"<code>", "</code>"}
        if form == "html":
            page = Page(said)
            assert page.tags <= TAGS
            assert "<img src=x onerror=alert(1)>" in page.shown


@pytest.fixture(scope="module")
def broken() -> Report:
    return check(dataset({"name": "v", "required": True}), pd.DataFrame({"v": [None]}))


@given(text=st.text())
@settings(deadline=None)
def test_junit_holds_any_text(text: str, broken: Report) -> None:
    report = broken
    results = tuple(replace(r, key=f"k{text}", statement=text, description=text, found=text) for r in report.results)
    report = replace(report, contract_id=f"c{text}", owner=text, data=text, support=(text,), results=results)
    answer = CheckAnswer(report, Policy(("halt",), text))
    assert faults(FORMATS["junit"].render(answer)) == []


@pytest.mark.parametrize("answer", [LintAnswer(()), DiffAnswer(())])
def test_junit_of_nothing(answer: Any) -> None:
    assert faults(FORMATS["junit"].render(answer)) == []
