"""The gate of events: what it takes for an event, what it refuses to start with, and what only warns."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy
import pytest
from headgate.errors import CallError
from headgate.streams import EventGate
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.contracts import dataset, load, odcs, setting, write

NAME = {"name": "name", "logicalType": "string", "required": True, "logicalTypeOptions": {"maxLength": 5}}
AMOUNT = {
    "name": "amount",
    "logicalType": "number",
    "physicalType": "DECIMAL(9,2)",
    "logicalTypeOptions": {"minimum": 0},
}
AT = {
    "name": "at",
    "logicalType": "timestamp",
    "logicalTypeOptions": {"timezone": True, "minimum": "2024-01-01T00:00:00Z"},
}
GOOD = b'{"name": "a", "amount": 1.25, "at": "2024-01-01T00:00:00Z"}'


COUNT = {"name": "count", "logicalType": "integer"}


def gate(*more: dict[str, Any], **root: Any) -> EventGate:
    return EventGate(dataset(NAME, AMOUNT, AT, COUNT, *more, **root))


FRAME, GUID = b"\0\0\0\0\7", b"\1" + bytes(16)
BYTES: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "good": (GOOD, ()),
    "good, of other kinds of bytes": (bytearray(GOOD), ()),
    "good, in memory": (memoryview(GOOD), ()),
    "good, as text": (GOOD.decode(), ()),
    "good, behind a registry's prefix": (FRAME + GOOD, ()),
    "good, behind a GUID": (GUID + GOOD, ()),
    "a tombstone": (None, ()),
    "empty": (b"", ("event.empty",)),
    "nothing behind a prefix": (FRAME, ("event.frame",)),
    "half a prefix": (b"\0\0", ("event.frame",)),
    "another magic byte": (b"\5\0\0\0\7" + GOOD, ("event.frame",)),
    "Avro behind a prefix": (FRAME + b"\2a\0", ("event.json",)),
    "not JSON": (b"name=a", ("event.json",)),
    "cut off": (GOOD[:-1], ("event.json",)),
    "two events": (GOOD + GOOD, ("event.json",)),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, ("event.json",)),
    "NaN": (b'{"name": "a", "amount": NaN}', ("event.json",)),
    "a number beyond floats": (b'{"name": "a", "amount": 1e400}', ("event.json",)),
    "not UTF-8": (b'{"name": "\xff"}', ("event.json",)),
    "half a character, escaped": (b'{"name": "\\ud800"}', ("event.json",)),
    "half a character": (b'{"name": "\xed\xa0\x80"}', ("event.json",)),
    "half a character, as text": ('{"name": "\ud800"}', ("event.json",)),
    "nested without end": (b"[" * 1_000_000, ("event.json",)),
    "objects without end": (b'{"name":' * 100_000, ("event.json",)),
    "an array": (b"[1]", ("event.object",)),
    "a number": (b"5", ("event.object",)),
    "null": (b"null", ("event.object",)),
    "neither bytes nor a mapping": (5, ("event.object",)),
    "a key twice": (b'{"name": "a", "name": "b"}', ("event.duplicateKey",)),
    "a key twice, with blanks": (b'{"name" : "a", "name" :"b"}', ("event.duplicateKey",)),
    "a key twice, escaped": (b'{"name": "a", "n\\u0061me": "b"}', ("event.duplicateKey",)),
    "a key twice, inside": (b'{"name": "a", "x": [{"y": 1, "y": 2}]}', ("event.duplicateKey",)),
    "what looks like a key": (b'{"name": "\\":"}', ()),
    "a decimal whose digits no float keeps": (b'{"name": "a", "amount": 1234567.0000000000000001}', ("amount.logicalType",)),
    "a decimal as it is": (b'{"name": "a", "amount": 1234567.010}', ()),
    "2 MB": (b'{"name": "%s"}' % (b"x" * 2_000_000), ("event.size",)),
    "2 MB, as text": ('{"name": "%s"}' % ("x" * 2_000_000), ("event.size",)),
}  # fmt: skip


@pytest.mark.parametrize("name", BYTES)
def test_bytes(name: str) -> None:
    event, reasons = BYTES[name]
    assert gate().check(event) == reasons


VALUES: Mapping[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "what a decoder gives": ({"name": "a", "amount": Decimal("1.25"), "at": datetime(2024, 1, 1, tzinfo=UTC)}, ()),
    "a UUID is longer": ({"name": UUID(int=1)}, ("name.maxLength",)),
    "nothing": ({}, ("name.required",)),
    "NULL": ({"name": None}, ("name.required",)),
    "all reasons": ({"name": "abcdef", "amount": -1, "at": "2023-01-01T00:00:00Z"}, ("name.maxLength", "amount.minimum", "at.minimum")),
    "other types": ({"name": 5, "amount": "1", "at": 5}, ("name.logicalType", "amount.logicalType", "at.logicalType")),
    "true is no number": ({"name": "a", "amount": True}, ("amount.logicalType",)),
    "half a character": ({"name": "\ud800"}, ("name.logicalType",)),
    "a decimal that would be rounded": ({"name": "a", "amount": 1.255}, ("amount.logicalType",)),
    "a decimal of more digits": ({"name": "a", "amount": Decimal("1.255")}, ("amount.logicalType",)),
    "a number that the column does not hold": ({"name": "a", "amount": 10_000_000}, ("amount.logicalType",)),
    "NaN in a decimal": ({"name": "a", "amount": float("nan")}, ("amount.logicalType",)),
    "a moment without the zone that is promised": ({"name": "a", "at": "2024-01-01T00:00:00"}, ("at.logicalType",)),
    "a naive datetime": ({"name": "a", "at": datetime(2024, 1, 1)}, ("at.logicalType",)),
    "a date for a moment": ({"name": "a", "at": date(2024, 1, 1)}, ("at.logicalType",)),
    "a time for a moment": ({"name": "a", "at": time(1)}, ("at.logicalType",)),
    "a NaN that signals": ({"name": "a", "count": Decimal("sNaN")}, ("count.logicalType",)),
    "numbers of numpy": ({"name": "a", "amount": numpy.float32(1.5), "count": numpy.int64(5)}, ()),
    "bytes for a text": ({"name": b"a"}, ("name.logicalType",)),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_values(name: str) -> None:
    event, reasons = VALUES[name]
    assert gate().check(event) == reasons


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
ANY = EventGate(dataset(NAME, AMOUNT, AT, {"name": "o", "logicalType": "array", "logicalTypeOptions": {"uniqueItems": True}, "items": {"logicalType": "object", "properties": [{"name": "x", "logicalType": "string", "enum": [{"value": "a"}]}]}}))  # fmt: skip


@example({"o": [Decimal("sNaN")]})
@given(st.dictionaries(st.sampled_from(["name", "amount", "at", "o", "x"]), JSON))
def test_no_event_raises(event: dict[str, Any]) -> None:
    assert "event.value" not in ANY.check(event)
    ANY.warnings(event)


@given(st.binary(max_size=64) | st.text().map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    ANY.check(data)


@given(JSON.filter(lambda value: isinstance(value, dict)))
def test_bytes_are_read_as_the_object_in_them(event: dict[str, Any]) -> None:
    try:
        text = json.dumps(event, allow_nan=False)
    except (TypeError, ValueError):  # what JSON does not say
        return
    wanted = {("event.json",)} if "\\ud8" in text or "\\ud9" in text or "\\uda" in text or "\\udb" in text else set()
    assert ANY.check(text.encode()) in {ANY.check(json.loads(text)), *wanted}


# --- what a gate cannot decide ---------------------------------------------------------------------------------------
UNIQUE = {"name": "id", "logicalType": "string", "unique": True}
SQL = {"id": "total", "type": "sql", "query": "SELECT sum(amount) FROM things", "mustBeGreaterThan": 0}
REFUSED = [
    ([UNIQUE], None, "id.unique: it looks at other events"),
    ([{**NAME, "name": "key", "primaryKey": True}], None, "primaryKey: it looks at other events"),
    ([{"name": "c", "relationships": [{"to": "others.id"}]}], None, "c.foreignKey: it refers to another dataset"),
    ([], {"metric": "rowCount", "mustBeGreaterThan": 5}, "rowCount: it is a number of many events"),
    ([], SQL, "total: it is a number of many events"),
    ([{"name": "n", "quality": [{"metric": "nullValues", "mustBeLessThan": 5, "unit": "percent"}]}], None, "n.nullValues: it allows some events to break it: < 5 %"),
    ([{"name": "u", "logicalTypeOptions": {"minimum": 3}}], None, "u.minimum: u is without a logicalType"),
    ([{"name": "u", "enum": [{"value": 1}, {"value": "a"}]}], None, "u.enum: u is without a logicalType"),
    ([{"name": "o", "properties": [{"name": "zip", "required": True}]}], None, "o.zip.required: o is without a logicalType"),
    ([], {"id": "soda", "type": "custom", "engine": "soda", "implementation": "x"}, "soda"),
]  # fmt: skip


def _contract(properties: list[dict[str, Any]], rule: dict[str, Any] | None, **settings: Any) -> dict[str, Any]:
    things = {"name": "things", "properties": [NAME, AMOUNT, *properties]} | ({"quality": [rule]} if rule else {})
    return odcs(things, {"name": "others", "properties": [{"name": "id"}]}, settings=settings)


@pytest.mark.parametrize(("properties", "rule", "told"), REFUSED, ids=[told for _, _, told in REFUSED])
def test_it_does_not_start_with_what_it_cannot_decide(
    properties: list[dict[str, Any]], rule: dict[str, Any] | None, told: str
) -> None:
    with pytest.raises(CallError, match="checkedAt: slice") as error:
        EventGate(load(_contract(properties, rule))["things"])
    assert told in str(error.value)
    started = EventGate(load(_contract(properties, rule, checkedAt="slice"))["things"])
    assert started.check({"name": "a", "key": "k"}) == ()
    assert [each.check.key for each in started.elsewhere] == ([told.partition(":")[0]] if ":" in told else [])


def test_what_only_warns() -> None:
    assert gate().check({"name": "a", "more": 1}) == ()
    assert gate().warnings({"name": "a", "more": 1}) == ("extraColumns",)
    assert gate(settings={"extraColumns": "fail"}).check({"name": "a", "more": 1}) == ("extraColumns",)
    for root in ({"settings": {"onBreach": "warn"}}, {"status": "draft"}):
        assert (gate(UNIQUE, **root).check({}), gate(UNIQUE, **root).warnings({})) == ((), ("name.required",))
    rule = {"id": "low", "metric": "nullValues", "mustBe": 0, "customProperties": [setting("onBreach", "warn")]}
    warned = gate({"name": "note", "quality": [rule]})
    assert (warned.check({"name": "a"}), warned.warnings({"name": "a"})) == ((), ("note.low",))


def test_a_contract_is_named_as_elsewhere(tmp_path: Path) -> None:
    path = write(tmp_path, _contract([], None))
    for named in (
        EventGate(f"{path}#things"),
        EventGate(path, "things"),
        EventGate(load(_contract([], None)), "things"),
    ):
        assert named.check({}) == ("name.required",)
    with pytest.raises(CallError, match="has 2 datasets; name one"):
        EventGate(path)


def test_a_hostile_contract_is_data() -> None:
    hostile = '\'); import os; os.abort() #\n"""\\'
    things = dataset(
        {"name": hostile, "logicalType": "string", "required": True, "enum": [{"value": hostile}], "logicalTypeOptions": {"pattern": "^'"}},
        {"name": "o", "logicalType": "object", "properties": [{"name": hostile, "required": True}]},
    )  # fmt: skip
    assert EventGate(things).check({hostile: hostile, "o": {hostile: 1}}) == ()
    assert EventGate(things).check({hostile: "x", "o": {}}) == (
        f"{hostile}.pattern", f"{hostile}.enum", f"o.{hostile}.required"
    )  # fmt: skip


def test_a_gate_goes_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(gate()))
    assert copy.check({"name": "abcdef"}) == ("name.maxLength",)


@pytest.mark.parametrize("levels", [19, 20, 25])
def test_arrays_inside_one_another(levels: int) -> None:
    inner: dict[str, Any] = {"logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}
    value: Any = -1
    for _ in range(levels):
        inner, value = {"logicalType": "array", "items": inner}, [value]
    things = dataset({"name": "deep", **inner})
    if levels > 19:
        with pytest.raises(CallError, match="is inside more than 19 arrays and maps"):
            EventGate(things)
    else:
        assert EventGate(things).check({"deep": value}) == (f"deep{'[]' * levels}.minimum",)


def test_thousands_of_properties() -> None:
    wide = EventGate(dataset(*({"name": f"p{n}", "logicalType": "string", "required": True} for n in range(2_000))))
    assert len(wide.check({})) == 2_000


def test_importing_headgate_brings_none_of_it() -> None:
    code = "import sys, headgate, headgate.streams; print({'jsonschema_rs', 're2', 'msgspec'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
