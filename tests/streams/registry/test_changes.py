"""Forty changes: what Apicurio says to each, in three languages and three modes, beside what `headgate diff` says.

The engines test asks the real registry and holds its words to verdicts.json (HEADGATE_WRITE=1 writes it); the others
hold headgate's grades, and the table of docs/registry.md, to that record.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from headgate.changes.change import Diff, Level
from headgate.changes.grade import compare
from headgate.changes.source import new_contract, old_contract
from headgate.streams.registry import Address, RefusedError, Registry, SchemaText
from headgate.streams.schemas import SchemaType

from tests.streams.registry.changes import CASES, TYPES, Case
from tests.support.registry_server import VERDICTS, canonical, pair

PAGE = Path(__file__).parents[3] / "docs" / "registry.md"
BEGIN, END = "<!-- the table is written by tests/streams/registry/test_changes.py -->\n", "<!-- end of the table -->\n"
MODES = ("BACKWARD", "FORWARD", "FULL")
SHORT = {"AVRO": "Avro", "JSON": "JSON", "PROTOBUF": "Protobuf"}


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VERDICTS.read_text(encoding="utf-8"))
    return found


def verdict(case: Case, type_: SchemaType) -> dict[str, Any]:
    """What Apicurio said; of the same schema twice, nothing is in the way."""
    old, new = case.text(type_, False), case.text(type_, True)
    if canonical(type_, old) == canonical(type_, new):
        return dict.fromkeys(MODES, True)
    found: dict[str, Any] = recorded()[pair(type_, old, new)]
    return found


def graded(case: Case) -> Diff:
    texts = [json.dumps(case.document(new), ensure_ascii=False).encode() for new in (False, True)]
    return compare(old_contract(texts[0], "old.odcs.yaml"), new_contract(texts[1], "new.odcs.yaml"))


def grades(case: Case) -> tuple[Level, Level]:
    """For producers and for consumers."""
    changes = [change for change in graded(case).changes if change.dataset]
    return max(c.producers for c in changes), max(c.consumers for c in changes)


def is_silent(case: Case, type_: SchemaType) -> bool:
    """Whether it harms somebody, and the registry takes it under FULL."""
    return bool(case.harms) and bool(verdict(case, type_)["FULL"])


@pytest.mark.engines
def test_apicurio_says_what_is_recorded(apicurio: str) -> None:
    registry = Registry(Address(apicurio))
    found = {}
    for number, case in enumerate(CASES):
        for type_ in TYPES:
            old, new = (SchemaText(type_, case.text(type_, side)) for side in (False, True))
            if canonical(type_, old.text) != canonical(type_, new.text):
                found[pair(type_, old.text, new.text)] = {"change": case.name, "type": type_} | _asked(
                    registry, f"change-{number}-{type_}", old, new
                )
    if os.environ.get("HEADGATE_WRITE"):
        VERDICTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == recorded()


def _asked(registry: Registry, subject: str, old: SchemaText, new: SchemaText) -> dict[str, Any]:
    """Register the old schema, ask about the new one under each mode, and register it under NONE."""
    registry.set_mode("NONE", subject)
    registry.register(subject, old)
    said: dict[str, Any] = {}
    for mode in MODES:
        registry.set_mode(mode, subject)  # type: ignore[arg-type]
        said[mode] = registry.test(subject, new).compatible
    if not said["FULL"]:
        with pytest.raises(RefusedError) as refused:
            registry.register(subject, new)
        assert refused.value.status == 409
        said["reason"] = refused.value.said.partition("list of diff types: ")[2] or refused.value.said
    registry.set_mode("NONE", subject)
    registry.register(subject, new)
    found = registry.lookup(subject, new)
    assert found is not None
    # A change of Avro's documentation is no new version for Apicurio.
    said["new_version"] = found.version == 2
    return said


def test_there_are_forty() -> None:
    assert len(CASES) == len({case.name for case in CASES}) == 40


@pytest.mark.parametrize("case", CASES, ids=str)
def test_headgate_says_whom_a_change_harms(case: Case) -> None:
    """Every harm is a RISK or a BREAK of its side, in words a DOC; and where somebody is harmed in silence, that is
    one of these."""
    producers, consumers = grades(case)
    assert ("P" not in case.harms or producers >= Level.RISK) and ("C" not in case.harms or consumers >= Level.RISK)
    assert "D" not in case.harms or max(producers, consumers) is Level.DOC


def test_the_registry_is_silent_where_headgate_is_not() -> None:
    """The changes that harm somebody and that Apicurio takes under FULL, in at least one language."""
    silent = {case.name for case in CASES if any(is_silent(case, type_) for type_ in TYPES)}
    assert {
        "optional field renamed", "decimal: scale 2 → 3", "decimal: precision 12 → 10", "text → bytes", "unit changed",
        "timestamp: millis → micros", "timestamp: moment → local time", "description changed",
    } <= silent  # fmt: skip


def table() -> str:
    """The table of the page: for each language backward and forward, then headgate's grades."""
    heads = [f"{SHORT[type_]}: B F" for type_ in TYPES]
    lines = [f"| change | {' | '.join(heads)} | P | C |", "| --- " * (len(heads) + 3) + "|"]
    for case in CASES:
        cells = []
        for type_ in TYPES:
            said = verdict(case, type_)
            words = " ".join("yes" if said[mode] else "no" for mode in MODES[:2])
            cells.append(f"**{words}** ●" if is_silent(case, type_) else words)
        producers, consumers = grades(case)
        lines.append(f"| {case.name} | {' | '.join(cells)} | {producers} | {consumers} |")
    return "\n".join((*lines, ""))


def test_full_is_both_directions() -> None:
    said = [verdict(case, type_) for case in CASES for type_ in TYPES]
    assert [v for v in said if v["FULL"] != (v["BACKWARD"] and v["FORWARD"])] == []


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    shown, after = rest.split(END)
    if os.environ.get("HEADGATE_WRITE"):
        PAGE.write_text(f"{before}{BEGIN}{table()}{END}{after}", encoding="utf-8")
        return
    assert shown == table()
