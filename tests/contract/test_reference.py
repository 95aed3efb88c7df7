"""The page docs/reference.md: every field of ODCS, what becomes of it, and an example that was loaded to say so."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import pytest
from headgate.checks import Check
from headgate.contract import Contract
from headgate.contract.schema import json_schema
from headgate.contract.schema import known_keys as keys_of
from headgate.rules.load import parse

from tests.support.odcs_reference import BASE, CHECKED, LISTED, SECTIONS, Field, Section, document_of

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"
FIELDS = [(section, field) for section in SECTIONS for field in section.fields]


def loaded(document: dict[str, Any]) -> Contract:
    return parse(json.dumps(document), Path("c.odcs.yaml"))


def rules(contract: Contract) -> dict[str, str]:
    """What each rule of the contract is: the check's type with its arguments and comparison, or the reason."""
    found = {}
    for dataset in contract:
        for rule in dataset.rules:
            if isinstance(rule, Check):
                found[f"{dataset.name}.{rule.key}"] = f"`{rule.type}`", str((rule.args, rule.expect, rule.columns))
            else:
                found[f"{dataset.name}.{rule.key}"] = f"not executed: {rule.reason}", rule.statement
    return found


@functools.cache
def before() -> dict[str, Any]:
    return rules(loaded(BASE))


def becomes(section: Section, field: Field) -> list[str]:
    """The types, or reasons, of the rules that the example adds to the base contract or changes in it."""
    after = rules(loaded(document_of(section, field)))
    return list(dict.fromkeys(what for key, (what, more) in after.items() if before().get(key) != (what, more)))


@pytest.mark.parametrize(("section", "field"), FIELDS, ids=[f"{s.title}.{f.name}" for s, f in FIELDS])
def test_what_the_page_says_of_a_field(section: Section, field: Field) -> None:
    found = becomes(section, field)
    executed = [what for what in found if what.startswith("`")]
    listed = [what for what in found if not what.startswith("`")]
    if field.how == CHECKED:
        assert executed or field.example == "text", found
    elif field.how == LISTED:
        assert listed, found
    elif not field.beside and not section.title.startswith("Service level"):
        assert not listed, found


def test_every_field_of_the_standard_is_there() -> None:
    definitions = json_schema()["$defs"]
    for section in SECTIONS:
        names = {field.name for field in section.fields}
        if section.schema in definitions:
            assert names == keys_of(definitions[section.schema]), section.title
    assert {f.name for f in SECTIONS[0].fields} == set(json_schema()["properties"])
    assert {f.name for f in SECTIONS[1].fields} == set(json_schema()["properties"]["description"]["properties"])
    # The definitions that have no section are parts of those that have one, or have the fields in other words.
    parts = {"SchemaElement", "SchemaBaseProperty", "SchemaItemProperty", "DataQualityOperators", "DataQualityLibrary"}
    parts |= {
        "DataQualitySql",
        "DataQualityCustom",
        "RelationshipBase",
        "RelationshipSchemaLevel",
        "RelationshipPropertyLevel",
    }
    assert {name for name, value in definitions.items() if keys_of(value)} - parts <= {s.schema for s in SECTIONS}


def options_of(kind: str) -> set[str]:
    for rule in json_schema()["$defs"]["SchemaBaseProperty"]["allOf"]:
        conditions = [rule.get("if", {}), *rule.get("if", {}).get("anyOf", [])]
        if any(c.get("properties", {}).get("logicalType", {}).get("const") == kind for c in conditions):
            return set(rule["then"]["properties"]["logicalTypeOptions"]["properties"])
    raise AssertionError(kind)


def test_every_option_is_there() -> None:
    for section in SECTIONS:
        if section.schema.startswith("option:"):
            names = {field.name for field in section.fields}
            assert names == options_of(section.schema.removeprefix("option:")), section.title


def page() -> str:
    lines = [
        "# Every field of ODCS",
        "",
        "What headgate makes of each field of the Open Data Contract Standard v3.2.0; older versions have fewer. A field is",
        "*checked* (it becomes checks), *used* (it says how checks are run, named, found or published), *not executed* (listed",
        "in every report with the reason), or *documentation*. The last column is what loading the example gives.",
        "",
    ]
    for section in SECTIONS:
        lines += [f"## {section.title}", "", "| field | | | example | becomes |", "| --- | --- | --- | --- | --- |"]
        for field in section.fields:
            example = {field.name: field.example, **field.beside}
            shown = json.dumps(example, ensure_ascii=False).replace("|", "\\|")
            became = ", ".join(becomes(section, field)) if field.how in (CHECKED, LISTED) else ""
            lines.append(f"| `{field.name}` | {field.how} | {field.words} | `{shown}` | {became} |")
        lines.append("")
    return "\n".join(lines)


def test_the_page_is_up_to_date() -> None:
    """`HEADGATE_WRITE=1 python -m pytest tests/contract/test_reference.py` writes it anew."""
    if os.environ.get("HEADGATE_WRITE"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
