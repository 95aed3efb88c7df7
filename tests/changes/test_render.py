"""What is printed: contract text is data, in Markdown, in GitHub's commands and on a terminal."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from headgate.changes.agreement import Agreement, agreed, from_trailer
from headgate.changes.change import Diff
from headgate.changes.grade import compare
from headgate.errors import CallError
from headgate.render.diff import github, markdown, text

from tests.conformance.changes.row import ours
from tests.conformance.changes_base import document, edited

EVIL = "a`|<img src=x onerror=alert(1)> @everyone #1 [x](http://a.example) www.a.example\n::error::x\r\x1b[31m%0A:,"


def grade(old: dict[str, Any], new: dict[str, Any], name: str = "c.odcs.yaml") -> Diff:
    return compare(document(edited(old), name), document(edited(new), name))


def evil() -> Diff:
    """Untrusted text wherever a contract has text."""
    people = ours("consumers", [{"name": EVIL, "contact": EVIL}])
    contract: dict[str, Any] = {"contract.id": EVIL, "contract.team.name": EVIL, "contract.customProperties": people}
    new = {**contract, "note.description": EVIL, "status.enum+": {"value": EVIL}, "contract.version": EVIL}
    new["orders.properties+"] = {"name": EVIL}
    diff = grade(contract, new, "a,b:c%.odcs.yaml")
    return agreed(diff, [Agreement(EVIL, EVIL, "*", EVIL, EVIL)])


def test_github_commands_are_one_line_each() -> None:
    lines = github([evil()]).split("\n")
    assert len(lines) >= 4
    for line in lines[:-1]:
        match = re.match(r"::(error|warning|notice) file=([^,:]*),line=(\d+),title=([^,:]*)::", line)
        assert match, line
        assert match[2] == "a%2Cb%3Ac%25.odcs.yaml"
    assert not any(line.startswith("::error::") for line in lines)
    assert "\x1b" not in "".join(lines)
    assert "\r" not in "".join(lines)


def test_markdown_means_nothing_that_a_contract_says() -> None:
    page = markdown([evil()])
    tags = set(re.findall(r"<[^>]*>", page))
    assert tags <= {"<code>", "</code>", "<details>", "</details>", "<summary>", "</summary>", "<details><summary>"}
    for sign in ("`", "@", "http:", "www.", "](", "\x1b", "::"):
        assert sign not in page, sign
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert rows
    assert {row.count("|") for row in rows} == {8}
    # A mention notifies nobody inside code; outside of it stand words of ours and numbers of versions.
    assert "everyone" not in re.sub(r"<code>.*?</code>", "", page)


def test_a_terminal_is_not_steered() -> None:
    page = text([evil()])
    assert "\x1b" not in page
    assert not any(line.startswith("::") for line in page.splitlines())


LOOSER: dict[str, Any] = {"contract.version": "2.0.0", "sla.latency.value": 9}


def test_github_levels() -> None:
    risk = grade({}, {"contract.version": "1.1.0", "contract.domain": "x"})
    assert github([risk]).startswith("::warning ")
    assert github([risk], strict=True).startswith("::error ")
    broken = grade({}, LOOSER)
    assert github([broken]).startswith("::error ")
    fine = agreed(broken, [Agreement("shop", "2.0.0", "*", "ann", "commit a")])
    assert github([fine]).split("\n")[0].startswith("::notice ")
    assert github([fine]).split("\n")[-1] == "passes (1 BREAK (1 agreed), 1 DOC)"


def test_markdown_as_a_comment() -> None:
    assert markdown([grade({}, LOOSER)]).splitlines() == [
        "## Contract changes",
        "",
        "**headgate diff** fails&#58; 1 BREAK not agreed &#40;1 BREAK, 1 DOC&#41;",
        "",
        "### 🔴 <code>shop</code> <code>1.0.0 → 2.0.0</code>",
        "",
        "<code>c.odcs.yaml</code>",
        "",
        "| level | consumers | producers | bump | rule | change | line |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| 🔴 BREAK | BREAK | SAFE | major | <code>sla-loosened</code> | <code>slaProperties.latency.value</code> "
        "<code>value 4, unit h → value 9, unit h</code> | 51 |",
        "| ⚪ DOC | DOC | – | – | <code>version</code> | <code>version</code> <code>1.0.0 → 2.0.0</code> | 5 |",
        "",
        "<details><summary>Why, what to do, and who is concerned</summary>",
        "",
        "- **BREAK** <code>sla-loosened</code> <code>slaProperties.latency.value</code>: Consumers that rely "
        "on the old level wait longer, or find less.  ",
        "  Keep the promise, or agree with every consumer and raise the major version.  ",
        "  To be agreed by <code>Shop team</code>.  ",
        "  Concerned: <code>owner Shop team, support &#35;shop &#40;https&#58;//a.example&#41;</code>",
        "",
        "</details>",
    ]
    assert markdown([]).splitlines()[-1] == "No contract has changed."


def test_json_has_everything() -> None:
    value = json.loads(json.dumps(grade({}, LOOSER).to_dict()))
    assert (value["contract"], value["level"], value["bump"], value["wrong_version"]) == (
        "shop",
        "BREAK",
        "major",
        None,
    )
    assert value["changes"][0] == {
        "rule": "sla-loosened",
        "path": "slaProperties.latency.value",
        "level": "BREAK",
        "consumers": "BREAK",
        "producers": "SAFE",
        "bump": "major",
        "old": {"value": 4, "unit": "h"},
        "new": {"value": 9, "unit": "h"},
        "file": "c.odcs.yaml",
        "line": 51,
        "reason": "Consumers that rely on the old level wait longer, or find less.",
        "evidence": None,
        "todo": "Keep the promise, or agree with every consumer and raise the major version.",
        "concerned": [
            {"part": "owner", "name": "Shop team", "contact": ""},
            {"part": "support", "name": "#shop", "contact": "https://a.example"},
        ],
        "agreed": [],
        "is_agreed": False,
    }


SLA = "sla-loosened slaProperties.latency.value"
# consumers, (change, by) of the agreements, whether all is agreed, what is noted
AGREED: list[tuple[list[str], list[tuple[str, str]], bool, str]] = [
    ([], [("*", "ann")], True, ""),
    ([], [(SLA, "shop TEAM ")], True, ""),
    ([], [("sla-loosened", "ann")], False, "is not a breaking or risky change of this version"),
    ([], [("sla-loosened slaProperties.retention.value", "ann")], False, "is not a breaking or risky change"),
    ([], [("*", "bob")], False, "o: the agreement of bob does not count; asked is Shop team"),
    (["BI"], [("*", "ann")], False, "the agreement of ann does not count; asked is BI"),
    (["BI"], [("*", "BI")], True, ""),
    (["BI", "Risk"], [("*", "BI")], False, ""),
    (["BI", "Risk"], [(SLA, "BI"), ("*", "Risk")], True, ""),
]


@pytest.mark.parametrize(("consumers", "said", "passes", "note"), AGREED)
def test_agreements(consumers: list[str], said: list[tuple[str, str]], passes: bool, note: str) -> None:
    known = {"contract.customProperties": ours("consumers", consumers)} if consumers else {}
    diff = agreed(grade(known, {**known, **LOOSER}), [Agreement("shop", "2.0.0", c, by, "o") for c, by in said])
    assert (not diff.fails(strict=False), note in "\n".join(diff.notes)) == (passes, True)
    assert bool(diff.notes) == bool(note)


def test_agreements_to_another_version_or_contract_say_nothing() -> None:
    others = [Agreement("shop", "1.9.0", "*", "ann", "o"), Agreement("other", "2.0.0", "*", "ann", "o")]
    diff = agreed(grade({}, LOOSER), others)
    assert (diff.fails(strict=False), diff.notes) == (True, ())


def test_a_wrong_version_cannot_be_agreed_to() -> None:
    wrong = grade({}, LOOSER | {"contract.version": "1.1.0"})
    diff = agreed(wrong, [Agreement("shop", "1.1.0", "*", "ann", "o")])
    assert (diff.open, diff.fails(strict=False)) == ((), True)


def test_a_contract_without_owner_and_consumers_cannot_be_agreed_to() -> None:
    nobody = {"contract.team": "-"}
    diff = agreed(grade(nobody, {**nobody, **LOOSER}), [Agreement("shop", "2.0.0", "*", "ann", "o")])
    assert diff.fails(strict=False)
    assert "nobody can agree: the contract names neither an owner nor consumers" in " ".join(text([diff]).split())


TRAILERS = [
    (f"shop@2.0.0 {SLA} by Shop team", Agreement("shop", "2.0.0", SLA, "Shop team", "commit abc")),
    ("urn:x@y@2.0.0 * by a by b", Agreement("urn:x@y", "2.0.0", "* by a", "b", "commit abc")),
]


@pytest.mark.parametrize(("written", "expected"), TRAILERS)
def test_trailers(written: str, expected: Agreement) -> None:
    assert from_trailer(written, "abc") == expected


@pytest.mark.parametrize("written", ["", "shop 2.0.0 * by ann", "shop@2.0.0 by ann", "shop@2.0.0 *"])
def test_trailers_that_are_not_understood(written: str) -> None:
    with pytest.raises(CallError, match="write it as"):
        from_trailer(written, "abc")
