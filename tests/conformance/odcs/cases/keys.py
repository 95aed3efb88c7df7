"""required, unique, primary keys, foreign keys, and columns that the contract does not name."""

from __future__ import annotations

from typing import Any

from ..kit import BREACH, CONTRACT_WRONG, FAILED, NOT_EXECUTED, PASS, PASSED, UNKNOWN, WARN, Case, Columns

SECTION = "schema, keys"


def _case(
    name: str,
    columns: Columns,
    contract: dict[str, Any],
    key: str,
    number: int | None,
    reading: str,
    reason: str,
    **more: Any,
) -> Case:
    status = more.pop("status", FAILED if number else PASSED)
    verdict = more.pop("verdict", {FAILED: BREACH, PASSED: PASS}.get(status))
    section = more.pop("section", SECTION)
    return Case(name, section, columns, contract, key, status, number, verdict, reading, reason, **more)


def _of(**prop: Any) -> dict[str, Any]:
    return {"properties": [{"name": "v", **prop}]}


def _key(*names: str) -> dict[str, Any]:
    return {"properties": [{"name": n, "primaryKey": True, "primaryKeyPosition": i} for i, n in enumerate(names, 1)]}


_REQUIRED = ("required: true means not NULL", "the text says `may contain null`, every schema and tool the opposite")
_IMPLIES = ("a primary key is not NULL in each part, and unique as a whole", "as in SQL")
_NULL = ("a key with a NULL repeats nothing", "as in SQL's UNIQUE")
V: Columns = {"v": ("VARCHAR", ["a", "a", None, ""])}
TWO: Columns = {"v": ("VARCHAR", ["a", "a", "b", "b"]), "w": ("INTEGER", [1, 2, 1, 1])}
KEYS = (
    _case("required: true", V, _of(required=True), "v.required", 1, *_REQUIRED),
    _case("required: false", V, _of(required=False, logicalType="string"), "v.logicalType", 0, *_REQUIRED),
    _case("required on no rows", {"v": ("VARCHAR", [])}, _of(required=True), "v.required", 0, "no row breaks it", "whether empty is right is what rowCount says"),
    _case("unique", V, _of(unique=True), "v.unique", 2, *_NULL),
    _case("primaryKey: not NULL", V, _of(primaryKey=True), "v.primaryKey", 1, *_IMPLIES),
    _case("primaryKey: unique", V, _of(primaryKey=True), "primaryKey", 2, *_IMPLIES),
    _case("primaryKey of two: as a tuple", TWO, _key("v", "w"), "primaryKey", 2, *_IMPLIES),
    _case("primaryKey of two: kept", {"v": ("VARCHAR", ["a", "a"]), "w": ("INTEGER", [1, 2])}, _key("v", "w"), "primaryKey", 0, *_IMPLIES),
    _case("primaryKey of two: NULL in a part", {"v": ("VARCHAR", ["a", "a"]), "w": ("INTEGER", [1, None])}, _key("v", "w"), "w.primaryKey", 1, *_IMPLIES),
)  # fmt: skip

OTHERS = {"others": {"v": ("VARCHAR", ["a", "b", None]), "w": ("INTEGER", [1, 2, 3])}}
ORPHANS: Columns = {"v": ("VARCHAR", ["a", "z", None]), "w": ("INTEGER", [1, 1, 1])}
OTHER_OBJECT = {
    "name": "others",
    "id": "others_id",
    "physicalName": "others",
    "properties": [{"name": "v", "id": "v_id"}, {"name": "w", "id": "w_id"}],
}
_NOTHING = ("a NULL refers to nothing", "as in SQL")
_SHORT = ("object.property, by name", "the standard's shorthand")
_FULL = ("schema/<id>/properties/<id>", "the standard recommends it for production")
_LINKS = "references"


def _link(link: dict[str, Any], *, of_object: bool = False, **more: Any) -> dict[str, Any]:
    properties: list[dict[str, Any]] = [{"name": "v"}, {"name": "w"}]
    contract: dict[str, Any] = {"properties": properties, "objects": [OTHER_OBJECT], **more}
    if of_object:
        contract["object"] = {"relationships": [link]}
    else:
        properties[0]["relationships"] = [link]
    return contract


def _fk(name: str, contract: dict[str, Any], number: int | None, reading: str, reason: str, **more: Any) -> Case:
    key = more.pop("key", "v.foreignKey")
    return _case(
        name, ORPHANS, contract, key, number, reading, reason, others=OTHERS, section=f"schema, {_LINKS}", **more
    )


_OBJECT = {"of_object": True}
_OTHER_FILE = {
    "other.odcs.yaml": {
        "id": "other",
        "object": {"name": "others", "id": "others_id", "physicalName": "others"},
        "properties": [{"name": "v", "id": "v_id"}],
    }
}
FOREIGN_KEYS = (
    _fk("foreign key by name", _link({"to": "others.v"}), 1, *_SHORT),
    _fk("foreign key: NULL", _link({"to": "others.v"}), 1, *_NOTHING),
    _fk("foreign key by id", _link({"to": "schema/others_id/properties/v_id"}), 1, *_FULL),
    _fk("foreign key by id, from the root", _link({"to": "/schema/others_id/properties/v_id"}), 1, *_FULL),
    _fk("foreign key of the object", _link({"from": "things.v", "to": "others.v"}, **_OBJECT), 1, *_SHORT, key="foreignKey"),
    _fk("foreign key of two", _link({"from": ["things.v", "things.w"], "to": ["others.v", "others.w"]}, **_OBJECT), 1, "the tuple is found, and one with a NULL in it refers to nothing", "as in SQL", key="foreignKey"),
    _fk("foreign key of two to one", _link({"from": ["things.v", "things.w"], "to": ["others.v"]}, **_OBJECT), None, "they go in pairs", "the standard: of equal length", key="foreignKey", status=NOT_EXECUTED, verdict=UNKNOWN),
    _fk("foreign key to another contract", _link({"to": "other.odcs.yaml#schema/others_id/properties/v_id"}), 1, "the file is relative to the contract, the data where that contract says", "the standard: a reference may name another file", files=_OTHER_FILE),
    _fk("foreign key to another contract on the web", _link({"to": "https://example.org/other.odcs.yaml#schema/others_id/properties/v_id"}), None, "nothing is fetched: not executed, and no verdict without it", "a contract is no reason to call a stranger", status=NOT_EXECUTED, verdict=UNKNOWN),
    _fk("foreign key to nothing", _link({"to": "nothing.v"}), None, "not executed, said so, and no verdict without it", "what is meant is not there", status=NOT_EXECUTED, verdict=UNKNOWN),
)  # fmt: skip

_EXTRA = (
    "columns that the contract does not name: warn, or as the setting extraColumns says",
    "the standard does not say whether a contract is complete",
)
COLUMNS: Columns = {"v": ("VARCHAR", ["a"]), "w": ("INTEGER", [1])}
EXTRA = tuple(
    _case(f"a column too many, {word or 'nothing said'}", COLUMNS, _of() | ({"customProperties": [{"property": "headgate.extraColumns", "value": word}]} if word else {}),
          "extraColumns", None, *_EXTRA, section="schema, columns", status=status, verdict=verdict, settings=bool(word))
    for word, status, verdict in (("", FAILED, WARN), ("warn", FAILED, WARN), ("fail", FAILED, BREACH), ("ignore", None, PASS))
)  # fmt: skip
MISSING = (
    _case("a column too few", {"w": ("INTEGER", [1])}, {"properties": [{"name": "v", "logicalType": "integer"}, {"name": "w"}]}, "v.exists", None,
          "a property is a column that is there, required or not", "required is about NULL", section="schema, columns", status=FAILED, verdict=BREACH),
    _case("physicalName is the column", {"V_1": ("INTEGER", [1, None])}, {"properties": [{"name": "v", "physicalName": "V_1", "required": True}]}, "v.required", 1,
          "the data has the physical name", "the standard says so", section="schema, columns"),
    _case("two properties of one name", {"v": ("INTEGER", [1])}, {"properties": [{"name": "v"}, {"name": "v"}]}, "v.exists", None,
          "names are unique", "a rule could mean either", section="schema, columns", status=CONTRACT_WRONG),
)  # fmt: skip

CASES = (*KEYS, *FOREIGN_KEYS, *EXTRA, *MISSING)
