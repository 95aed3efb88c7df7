"""How changes are graded: the whole table, in both directions, and what surrounds a grade."""

from __future__ import annotations

from typing import Any

import pytest
from headgate.changes.change import Level
from headgate.changes.grade import appeared, compare, disappeared
from headgate.changes.table import TABLE

from tests.conformance.changes import CHANGES
from tests.conformance.changes.row import ours
from tests.conformance.changes_base import BASE, document, edited, graded, said


@pytest.mark.parametrize(("name", "old", "new", "forth", "back"), CHANGES, ids=[row[0] for row in CHANGES])
def test_a_change_in_both_directions(
    name: str, old: dict[str, Any], new: dict[str, Any], forth: tuple[str, ...], back: tuple[str, ...]
) -> None:
    before, after = edited(old), edited(new)
    assert (said(graded(before, after)), said(graded(after, before))) == (forth, back)


# Rules that no row of the table of cases shows, and where they are tested.
ELSEWHERE = {
    "contract-added",
    "contract-removed",
    "contract-moved",
    "version",
    "setting-changed",
}


def test_every_rule_has_a_case() -> None:
    shown = {grade.split()[0] for row in (*CHANGES, *MORE) for grade in (*row[3], *row[4])} | ELSEWHERE
    assert {row.rule for row in TABLE} - shown == set()


DUPLICATES = [
    {"metric": "duplicateValues", "arguments": {"properties": [name]}, "mustBe": 0} for name in ("line", "note")
]
# As CHANGES; rarer.
MORE: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...], tuple[str, ...]]] = [
    ("the order of servers", {"contract.servers+": {"server": "b", "type": "kinesis"}},
     {"contract.servers+": {"server": "b", "type": "kinesis"}, "contract.servers!": None},
     ("order DOC – patch",), ("order DOC – patch",)),
    ("a date of ODCS 3.0, which its physicalType says is a timestamp",
     {"contract.apiVersion": "v3.0.2", "status.enum": "-", "at.logicalType": "date", "at.physicalType": "timestamp"},
     {"contract.apiVersion": "v3.1.0", "status.enum": "-", "at.physicalType": "timestamp"},
     ("api-version DOC – patch", "equivalent DOC – patch"), ("api-version DOC – patch", "equivalent DOC – patch")),
    ("a date of ODCS 3.0, which may be either",
     {"contract.apiVersion": "v3.0.2", "status.enum": "-", "at.logicalType": "date"},
     {"contract.apiVersion": "v3.1.0", "status.enum": "-"},
     ("type-narrowed RISK BREAK major", "api-version DOC – patch"),
     ("type-widened RISK SAFE minor", "api-version DOC – patch")),
    ("an unknown status", {"contract.status": "frozen"}, {"contract.status": "thawed"},
     ("status-changed RISK RISK minor",), ("status-changed RISK RISK minor",)),
    ("the name of the contract", {}, {"contract.name": "Shop"},
     ("contract-words DOC – patch",), ("contract-words DOC – patch",)),
    ("the name of an object, not of its table", {}, {"orders.name": "sales", "orders.physicalName": "orders"},
     ("object-label RISK – minor", "equivalent DOC – patch"), ("object-label RISK – minor", "equivalent DOC – patch")),
    ("the encrypted column", {"note.encryptedName": "a"}, {"note.encryptedName": "b"},
     ("encryption-changed RISK – minor",), ("encryption-changed RISK – minor",)),
    ("a column becomes a measure", {}, {"amount.semanticType": "measure"},
     ("semantic-type-changed BREAK BREAK major",), ("semantic-type-changed BREAK BREAK major",)),
    ("an array's items are said", {"tags_.items": "-"}, {},
     ("nested-added SAFE BREAK minor",), ("nested-removed BREAK SAFE major",)),
    ("a rule's schedule", {"orders.quality.0.schedule": "1"}, {"orders.quality.0.schedule": "2"},
     ("rule-schedule RISK RISK minor",), ("rule-schedule RISK RISK minor",)),
    ("a rule's name", {"orders.quality.0.name": "a"}, {"orders.quality.0.name": "b"},
     ("rule-words DOC – patch",), ("rule-words DOC – patch",)),
    ("the words of a text rule", {"orders.quality+": {"id": "t", "type": "text", "description": "is complete"}},
     {"orders.quality+": {"id": "t", "type": "text", "description": "is nearly complete"}},
     ("rule-text-changed RISK – minor",), ("rule-text-changed RISK – minor",)),
    ("a server's name", {"contract.servers.0.id": "s"},
     {"contract.servers.0.id": "s", "contract.servers.0.server": "p"},
     ("server-renamed RISK – minor",), ("server-renamed RISK – minor",)),
    ("who approves", {"contract.roles.0.firstLevelApprovers": "ann"}, {"contract.roles.0.firstLevelApprovers": "bob"},
     ("access-changed RISK – minor",), ("access-changed RISK – minor",)),
    ("the team", {"contract.team": "-"}, {},
     ("team-added SAFE – minor",), ("team-removed RISK – minor",)),
    ("a person who owns it", {}, {"contract.team.members.0.username": "zoe"},
     ("owner-changed RISK – minor", "owner-changed RISK – minor"),
     ("owner-changed RISK – minor", "owner-changed RISK – minor")),
    ("a price", {"contract.price": "-"}, {},
     ("price-changed RISK – minor",), ("price-changed RISK – minor",)),
    ("showExamples", {}, {"orders.customProperties": ours("showExamples", True)},
     ("examples-shown RISK – minor",), ("examples-hidden SAFE – minor",)),
    ("enumPolicy is said to be open", {}, {"status.customProperties": ours("enumPolicy", "open")},
     ("enum-opened RISK – minor",), ("enum-closed SAFE – minor",)),
    ("fieldNumber", {"status.customProperties": ours("fieldNumber", 2)}, {"status.customProperties": ours("fieldNumber", 5)},
     ("field-number-changed BREAK BREAK major",), ("field-number-changed BREAK BREAK major",)),
    ("a consumer's contact", {"contract.customProperties": ours("consumers", [{"name": "BI", "contact": "a"}])},
     {"contract.customProperties": ours("consumers", [{"name": "BI", "contact": "b"}])},
     ("consumer-contact DOC – patch",), ("consumer-contact DOC – patch",)),
    ("an id", {"note.id": "-"}, {"note.id": "n"},
     ("id-added DOC – patch",), ("id-changed RISK – minor",)),
    ("words of a custom property", {"note.customProperties": [{"property": "a", "value": 1, "description": "x"}]},
     {"note.customProperties": [{"property": "a", "value": 1, "description": "y"}]},
     ("words DOC – patch",), ("words DOC – patch",)),
    ("allowNotExecuted", {"orders.customProperties": ours("allowNotExecuted", ["a"])}, {},
     ("policy-tightened SAFE RISK minor",), ("policy-loosened RISK SAFE minor",)),
    ("a rule before one of the same metric", {"orders.quality": [DUPLICATES[1]]}, {"orders.quality": DUPLICATES},
     ("rule-added SAFE BREAK minor",), ("rule-removed RISK – minor",)),
    ("the team as v3.0 has it", {"contract.team": [{"username": "ann", "role": "Owner"}]},
     {"contract.team": {"members": [{"username": "ann", "role": "Owner"}]}},
     ("equivalent DOC – patch",), ("equivalent DOC – patch",)),
    ("a setting as v3.1 has it", {"contract.customProperties": [{"property": "headgate.onBreach", "value": "warn"}]},
     {"contract.customProperties": ours("onBreach", "warn")},
     ("words DOC – patch", "words DOC – patch"), ("words DOC – patch", "words DOC – patch")),
    ("a foreign key's type", {"customer.relationships": [{"to": "customers.id"}]},
     {"customer.relationships": [{"to": "customers.id", "type": "foreignKey"}]},
     ("other RISK RISK minor",), ("other RISK RISK minor",)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "forth", "back"), MORE, ids=[row[0] for row in MORE])
def test_rarer_changes(
    name: str, old: dict[str, Any], new: dict[str, Any], forth: tuple[str, ...], back: tuple[str, ...]
) -> None:
    before, after = edited(old), edited(new)
    assert (said(graded(before, after)), said(graded(after, before))) == (forth, back)


@pytest.mark.parametrize("change", [{"vendor": "other"}, {"property": "comment", "vendor": "other"}])
def test_a_custom_property_of_one_id_and_another_name_is_another(change: dict[str, Any]) -> None:
    entry = {"id": "p", "property": "onBreach", "value": "warn", "vendor": "headgate"}
    old, new = (document({**BASE, "customProperties": [e]}) for e in (entry, entry | change))
    assert "policy-tightened SAFE RISK minor" in said(compare(old, new))
    assert "policy-loosened RISK SAFE minor" in said(compare(new, old))


def test_who_comes_as_a_consumer_with_the_change_does_not_agree_for_the_owner() -> None:
    old = {**BASE, "customProperties": []}
    me = [{"property": "consumers", "value": ["me"], "vendor": "headgate"}]
    new = {**BASE, "version": "9.0.0", "customProperties": me, "schema": []}
    diff = compare(document(old), document(new))
    asked = {change.rule: [p.names[0] for p in change.needs] for change in diff.changes if change.level >= Level.BREAK}
    assert asked == {"object-removed": ["Shop team"]}


def test_a_setting_that_a_later_headgate_has() -> None:
    """The table's last rows grade what it does not know."""
    from headgate.changes.table import row_for

    assert row_for("object.setting.somethingNew", "changed").rule == "setting-changed"
    assert row_for("anything.at.all", "changed").rule == "other"


def test_a_contract_comes_and_goes() -> None:
    base = document(BASE)
    assert said(appeared(base)) == ("contract-added SAFE SAFE –",)
    (gone,) = disappeared(base).changes
    assert (gone.rule, gone.file, gone.line, gone.needs[0].names) == (
        "contract-removed",
        "c.odcs.yaml",
        1,
        ("Shop team", "ann"),
    )


# What was read by lineage, and the grade of two changes: amount is removed, orders loses its key.
READ = [
    (None, {"property-removed BREAK – major", "key-removed BREAK – major"}),
    ({}, {"property-removed RISK – minor", "key-removed RISK – minor"}),
    ({"orders.note": ["BI"]}, {"property-removed RISK – minor", "key-removed BREAK – major"}),
    ({"ORDERS.Amount": ["BI"]}, {"property-removed BREAK – major", "key-removed BREAK – major"}),
]


@pytest.mark.parametrize(("readers", "expected"), READ)
def test_what_nobody_reads_is_no_break(readers: dict[str, list[str]] | None, expected: set[str]) -> None:
    old = edited({})
    new = edited({"order_id.primaryKey": "-"})
    del new["schema"][0]["properties"][2]
    assert set(said(graded(old, new, readers=readers))) == expected


# What each of two consumers says that it reads; who must agree when amount is removed, and its grade where lineage finds
# no reader: one who says that it reads the column counts, whatever lineage finds.
SAID_TO_READ = [
    ({}, {}, ["BI", "Risk"], "RISK"),
    ({"reads": ["note"]}, {}, ["Risk"], "RISK"),
    ({"reads": ["Amount"]}, {"reads": ["note"]}, ["BI"], "BREAK"),
    ({"reads": ["note"]}, {"reads": ["note"]}, ["Shop team"], "RISK"),
]


@pytest.mark.parametrize(("bi", "risk", "asked", "level"), SAID_TO_READ)
def test_a_consumer_is_asked_about_what_it_reads(bi: Any, risk: Any, asked: list[str], level: str) -> None:
    consumers = ours("consumers", [{"name": "BI", **bi}, {"name": "Risk", **risk}])
    old = edited({"orders.customProperties": consumers})
    new = edited({"orders.customProperties": consumers})
    del new["schema"][0]["properties"][2]
    (removed,) = (c for c in graded(old, new).changes if c.rule == "property-removed")
    assert [p.names[0] for p in removed.needs] == asked
    (by_lineage,) = (c for c in graded(old, new, readers={}).changes if c.rule == "property-removed")
    assert str(by_lineage.consumers) == level


def test_a_break_for_producers_stays_whoever_reads() -> None:
    diff = graded(edited({}), edited({"note.required": True}), readers={})
    assert said(diff) == ("nullable-tightened SAFE BREAK minor",)


def test_who_is_concerned_and_who_must_agree() -> None:
    """Consumers of the dataset win over those of the contract; a list cannot be shortened to be rid of a question."""
    consumers = ours("consumers", [{"name": "BI", "contact": "bi@shop.example"}, "Risk"])
    old = edited({"contract.customProperties": ours("consumers", ["Everybody"]), "orders.customProperties": consumers})
    new = edited({"note.required": True, "contract.team.name": "Sales", "orders.properties!": None})
    del new["schema"][0]["properties"][0]
    diff = graded(old, new, readers={"orders.tags_": ["Search"]})
    by_rule = {change.rule: change for change in diff.changes}
    removed = by_rule["property-removed"]
    assert [f"{p.part} {p}" for p in removed.concerned] == [
        "owner Shop team",
        "owner Sales",
        "consumer BI (bi@shop.example)",
        "consumer Risk",
        "reader Search",
        "support #shop (https://a.example)",
    ]
    asked = {rule: [p.names[0] for p in change.needs] for rule, change in by_rule.items()}
    assert asked == {
        "property-removed": ["BI", "Risk"],
        "nullable-tightened": ["Shop team"],
        "property-order": ["Shop team"],
        "owner-changed": ["Sales"],
        "consumer-removed": ["Shop team"],
    }


def test_a_change_says_where_it_is() -> None:
    diff = graded(edited({}), edited({"amount.logicalTypeOptions.maximum": 5, "note.description": "x"}))
    tight, words = diff.changes
    assert (tight.path, tight.new, tight.dataset, tight.measured_at) == (
        "schema.orders.properties.amount.logicalTypeOptions.maximum",
        {"maximum": 5},
        "orders",
        ("schema[0].properties[2].logicalTypeOptions.maximum",),
    )
    text = document(edited({"amount.logicalTypeOptions.maximum": 5, "note.description": "x"}))
    assert tight.line == text.line(("schema", 0, "properties", 2, "logicalTypeOptions", "maximum")) > 1
    assert words.line == text.line(("schema", 0, "properties", 4, "description")) > tight.line


def test_a_column_that_went_and_one_that_came_may_be_a_rename() -> None:
    from headgate.changes.grade import compare
    from headgate.contract.document import read

    text = "{apiVersion: v3.2.0, kind: DataContract, id: c, version: %s, status: active, schema: [{name: o, properties: [%s]}]}"
    old = read(text % ("1.0.0", "{name: a}, {name: k}"), "old.yaml")
    said = compare(old, read(text % ("2.0.0", "{name: b}, {name: k}"), "new.yaml")).notes
    assert said == ("o: if b is a renamed, give the property the same id in both versions",)
    assert compare(old, read(text % ("2.0.0", "{name: k}"), "new.yaml")).notes == ()
