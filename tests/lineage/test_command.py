"""`headgate impact`: what it prints, from which source, and that names in lineage are only text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from headgate.cli import main

from tests.support.contracts import odcs, write
from tests.support.marquez_api import Marquez, serving
from tests.support.told_events import churn_days, data, event, write_events


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for variable in ("MARQUEZ_URL", "OPENLINEAGE_URL"):
        monkeypatch.delenv(variable, raising=False)
    write_events(tmp_path / "days.jsonl", [*churn_days(), event("mail", ["churn_scores"], at="2026-03-03T04:00:00Z")])
    return tmp_path


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["impact", *arguments])
    assert result.exit_code == code, result.output
    return result


TEXT = """\
raw.invoices.amount
billing 1.0.0 · owner Billing team · #billing https://chat.example/billing · halted 2026-03-03 01:05
is read by 2 datasets, 1 job, up to 3 steps away, by days.jsonl
└─ features · spend · owner Analytics
   └─ churn_scores · score
      └─ job mail
concerned:
  owner Billing team: raw.invoices · #billing https://chat.example/billing
  consumer churn score: raw.invoices · #churn
  consumer finance: raw.invoices
  owner Analytics: features
"""
MERMAID = """\
flowchart LR
    n0["raw.invoices.amount"]:::start
    n1["features<br/>spend<br/>Analytics"]
    n2["churn_scores<br/>score"]
    n3{{"job mail"}}
    n0 --> n1
    n1 --> n2
    n2 --> n3
    classDef start stroke-width:3px
"""
MARKDOWN = """\
## <code>raw.invoices.amount</code> is read by 2 datasets, 1 job, up to 3 steps away

billing 1.0.0 · owner Billing team · &#35;billing https&#58;//chat.example/billing · halted 2026-03-03 01&#58;05

- <code>features</code> · spend · owner Analytics
  - <code>churn&#95;scores</code> · score
    - <code>job mail</code>

| concerned | as | of | where to reach them |
| --- | --- | --- | --- |
| <code>Billing team</code> | owner | <code>raw.invoices</code> | <code>&#35;billing https&#58;//chat.example/billing</code> |
| <code>churn score</code> | consumer | <code>raw.invoices</code> | <code>&#35;churn</code> |
| <code>finance</code> | consumer | <code>raw.invoices</code> |  |
| <code>Analytics</code> | owner | <code>features</code> |  |
"""


@pytest.mark.parametrize(("form", "expected"), [("text", TEXT), ("mermaid", MERMAID), ("markdown", MARKDOWN)])
def test_the_blast_radius(form: str, expected: str, folder: Path) -> None:
    assert run("invoices.amount", "--from", "days.jsonl", "--format", form).stdout == expected


TRACE = """\
churn_scores, as served at 2026-03-03 10:00 UTC
  Changed last: raw.invoices, published 2026-03-02 01:05 UTC · of 2026-03-02 00:00 UTC · by publish · run key publish/2026-03-02 · \
contract billing 1.0.0 · commit c1.0.0 · verdict pass · policy halt · rows audited 90 · rows published 90; owner Billing team · \
#billing https://chat.example/billing.
  Held back: raw.invoices of 2026-03-03 00:00 UTC (halted): amount is at most 500: 12 rows; the publication of \
2026-03-02 00:00 UTC kept serving; owner Billing team · #billing https://chat.example/billing.
  No run that wrote it is known: landing/invoices.csv.
"""  # fmt: skip


def test_what_served_then(folder: Path) -> None:
    asked = ("churn_scores", "--from", "days.jsonl", "--upstream", "--at", "2026-03-03T10:00")
    said = run(*asked).stdout
    assert said.startswith(TRACE)
    page = run(*asked, "--format", "markdown").stdout
    assert "| raw.invoices | 2 | 2026-03-02 01&#58;05 UTC | published | billing 1.0.0 | pass | Billing team" in page
    told = json.loads(run(*asked, "--format", "json").stdout)
    assert (told["changed_last"], [one["name"] for one in told["served"]]) == (
        "postgres://db:5432 raw.invoices", ["churn_scores", "features", "raw.invoices", "landing/invoices.csv"],
    )  # fmt: skip


def test_sources(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option, the environment; with a contract in place of a name."""
    contract = write(folder, odcs({"name": "invoices", "physicalName": "invoices", "properties": [{"name": "amount"}]},
                                  id="billing"), "c.odcs.yaml")  # fmt: skip
    for name in ("invoices", f"{contract}#invoices", str(contract)):
        assert "└─ features" in run(name, "--from", "days.jsonl").stdout
    assert run(f"{contract}#invoices.amount", "--from", ".").stdout == TEXT.replace("days.jsonl", ".")
    with serving(Marquez([e for e in churn_days() if e["eventType"] == "COMPLETE"])) as url:
        monkeypatch.setenv("OPENLINEAGE_URL", url)
        assert f"is read by 2 datasets, up to 2 steps away, by {url}" in run(f"{contract}#invoices").stdout
        wrong = run("churn_scores", "--upstream", "--at", "2026-03-03", code=2)
        assert wrong.stderr == f"{url} has no events of runs, and --at needs them; give --from a file or folder of OpenLineage events\n"  # fmt: skip


REFUSED = [
    (("invoices",), "no lineage is known here: give --from FILE (OpenLineage events)"),
    (("invoices", "--from", "nope"), "nope: file or folder of lineage events not found"),
    (("nope", "--from", "days.jsonl"), "'nope' is not in the lineage of days.jsonl; it has, for example, churn_scores"),
    (("invoices", "--from", "days.jsonl", "--at", "2026-03-03"), "--at looks upstream; give --upstream as well"),
    (("invoices", "--from", "days.jsonl", "--nominal"), "--nominal says what --at means; give --at TIME"),
    (("invoices", "--upstream", "--at", "noon"), "--at noon: not a time; write it as 2026-03-03T10:00"),
    (("invoices", "--upstream", "--at", "2026-03-03", "--format", "svg"), "--at has no format svg; give text, json or"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_what_cannot_be_answered_says_why(arguments: tuple[str, ...], message: str, folder: Path) -> None:
    assert run(*arguments, code=2).stderr.startswith(message)


EVIL = 'a`|<img src=x onerror=alert(1)> @everyone [x](http://a.example) "]; click n0 ]]>&\n::error::x\r\x1b[31m\x00\ufffe\u202e#quot;'
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")


def evil_events() -> list[dict[str, Any]]:
    facet = {
        "contract": EVIL, "version": EVIL, "outcome": "halted", "owner": EVIL, "support": [{"channel": EVIL, "url": EVIL}],
        "consumers": [{"name": EVIL, "contact": EVIL}], "failed": [{"rule": EVIL, "statement": EVIL, "observed": EVIL}],
    }  # fmt: skip
    made = data(f"out {EVIL}", contract=facet, made_from={EVIL: ["in.c"]}, columns=[EVIL])
    return [event(EVIL, ["in"], [made]), event(f"end {EVIL}", [f"out {EVIL}"])]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "mermaid", "svg"])
def test_text_of_lineage_is_only_text(form: str, folder: Path) -> None:
    write_events(folder / "evil.jsonl", evil_events())
    said = run("in.c", "--from", "evil.jsonl", "--format", form).stdout
    assert not CONTROL.search(said)
    if form == "json":
        assert json.loads(said)["affected"][0]["owners"] == [EVIL]
    if form == "markdown":
        assert not re.search(r"<(?!/?code>)|@everyone|\]\(|::error", said)
    if form == "mermaid":
        label = r'"(?:[^"<#]|<br/>|#\d+;)*"'
        shapes = rf"flowchart LR|classDef start stroke-width:3px|n\d+ --> n\d+|n\d+(?:\[{label}\](?::::start)?|\{{\{{{label}\}}\}})"
        assert [line for line in said.splitlines() if not re.fullmatch(shapes, line.strip())] == []
    if form == "svg":
        tags = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(said).iter()}
        assert tags <= {"svg", "style", "defs", "marker", "path", "rect", "g", "title", "text"}
    if form in ("text", "json", "markdown"):
        evil = run(f"out {EVIL}", "--from", "evil.jsonl", "--upstream", "--at", "2027-01-01", "--format", form).stdout
        assert not CONTROL.search(evil)
        assert form != "markdown" or not re.search(r"<(?!/?code>)|@everyone|\]\(|::error", evil)


def test_the_drawing_has_every_box_on_its_own_place(folder: Path) -> None:
    wide = [event("split", ["a"], [f"b{n}" for n in range(12)]), event("join", [f"b{n}" for n in range(12)], ["c"])]
    write_events(folder / "wide.jsonl", wide)
    for upstream, dataset in ((False, "a"), (True, "c")):
        options = ["--upstream"] if upstream else []
        tree = ElementTree.fromstring(run(dataset, "--from", "wide.jsonl", "--format", "svg", *options).stdout)
        boxes = [rect for rect in tree.iter("{http://www.w3.org/2000/svg}rect") if rect.get("class") != "page"]
        corners = [(int(box.get("x", "")), int(box.get("y", ""))) for box in boxes]
        assert len(set(corners)) == len(corners) == 14
        apart = {y for x, y in corners if x == sorted({x for x, _ in corners})[1]}
        assert min(b - a for a, b in zip(sorted(apart), sorted(apart)[1:])) >= 48
        width, height = (int(tree.get(name, "")) for name in ("width", "height"))
        assert all(0 < x < width - 250 and 0 < y < height - 48 for x, y in corners)
