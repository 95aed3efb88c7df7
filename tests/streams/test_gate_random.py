"""Random events, answered by the gate and by SQL, event by event and check by check."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
from headgate.checks import DATA, Check
from headgate.checks.catalogue import unexpected
from headgate.contract import Dataset
from headgate.streams.program import compiled, undecided

from tests.support.contracts import dataset

EVENTS = int(os.environ.get("HEADGATE_EVENTS", "2000"))


def _text(**options: Any) -> dict[str, Any]:
    return {"logicalType": "string"} | ({"logicalTypeOptions": options} if options else {})


def _typed(kind: str, **options: Any) -> dict[str, Any]:
    return {"logicalType": kind} | ({"logicalTypeOptions": options} if options else {})


# Each field of an event, and values that keep its rules, break them, or are of another type.
TEXTS = ["", "a", "ab", "A-1", "A-", "日本語", "🎯", "é", "e\u0301", "it's", 'a"b', "a\\b", "a\nb", " ", "x" * 21, "NULL", "null", "0", "true"]
NUMBERS = [0, 1, -1, 5, 10, 19.99, 19.990000001, 20, 0.1, 0.3, 0.1 + 0.2, 1e15, 1e16, 1e20, 1e300, -0.0, 1.0, 7.5, 2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1]
DAYS = ["2024-02-29", "2023-02-29", "2024-01-01", "2023-12-31", "0001-01-01", "9999-12-31", "2024-1-1", "2024-01-01T00:00:00", "24-01-01", "2024-13-01", "20240101", "2024-W01-1"]
MOMENTS = ["2024-01-01T00:00:00Z", "2023-12-31T23:59:59.999999Z", "2024-01-01 00:00:00+02:00", "2024-01-01T00:00:00+0200", "2024-01-01T00:00:00+02", "2024-01-01", "2024-01-01T00:00", "2024-01-01T00:00:00,5Z", "2024-01-01T00:00:00.123456789Z", "2024-01-01t00:00:00z", "2024-01-01T24:00:00Z", "2024-01-01T23:59:60Z", "2024-06-30T23:59:61Z", "2024-01-01T00:00:00 Z", "now", "2024-01-01T00:00:00+25:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
CLOCKS = ["08:00:00", "07:59:59.999", "08:00", "24:00:00", "23:59:60", "8:00", "12:00:00Z", "noon"]
MAILS = ["a@example.org", "a@", "@b", "a b@c.d", "ü@x.de", "a@b"]
IDS = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000A", "00000000", "{00000000-0000-4000-8000-00000000000a}"]
ODD = [None, True, False, 0, 1.5, "x", [], {}, [1], {"a": 1}]
ITEMS = [[], ["a"], ["a", "a"], ["a", None], [None, None], ["aaaa", 5], ["a", ["b"]], [1, 1.0, "1"], [{"q": 1}]]
LINES = [[], [{"q": 1, "t": "a"}], [{"q": 0}], [{"q": 1}, {"q": "x", "t": ""}], [None], [{}], ["x"], [{"q": None, "t": "abcd"}]]
PLACES = [{}, {"zip": "10115"}, {"zip": "x", "geo": {"lat": 91}}, {"zip": None, "geo": {}}, {"geo": {"lat": -90.0}}, {"zip": 5, "geo": 7}]
LABELS = [{}, {"a": 1}, {"aaaa": 1, "b": -1}, {"a": None}, {"a": "x"}]
FIELDS: Mapping[str, tuple[Mapping[str, Any], Sequence[Any]]] = {
    "id": ({**_text(format="uuid"), "required": True}, IDS),
    "code": ({**_text(pattern="^A-[0-9]+$", minLength=2, maxLength=20), "required": True}, TEXTS),
    "free": (_text(pattern=r"\s|[[:alpha:]]b"), TEXTS),
    "state": ({**_text(), "enum": [{"value": "a"}, {"value": "é"}, {"value": ""}]}, TEXTS),
    "level": ({**_typed("integer"), "enum": [{"value": 1}, {"value": 5}]}, NUMBERS),
    "amount": ({**_typed("number", minimum=0, maximum=19.99), "required": True}, NUMBERS),
    "open": (_typed("number", exclusiveMinimum=0, exclusiveMaximum=20), NUMBERS),
    "cents": (_typed("number", multipleOf=0.1), NUMBERS),
    "whole": (_typed("integer", multipleOf=5, format="i32"), NUMBERS),
    "flag": ({**_typed("boolean"), "required": True}, [True, False, "true", 0, 1]),
    "day": (_typed("date", minimum="2024-01-01"), DAYS),
    "at": ({**_typed("timestamp", minimum="2024-01-01T00:00:00Z"), "required": True}, MOMENTS),
    "clock": (_typed("time", minimum="08:00:00"), CLOCKS),
    "mail": (_text(format="email"), MAILS),
    "note": ({**_text(), "quality": [{"metric": "missingValues", "mustBe": 0}, {"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["a", ""], "pattern": "a"}}]}, TEXTS),
    "any": ({"required": True}, TEXTS),
    "tags": ({**_typed("array", minItems=1, maxItems=2, uniqueItems=True), "items": {**_text(maxLength=3), "required": True}}, ITEMS),
    "lines": ({**_typed("array"), "items": {**_typed("object"), "properties": [{"name": "q", **_typed("integer", minimum=1), "required": True}, {"name": "t", **_text(minLength=1, maxLength=3)}]}}, LINES),
    "place": ({**_typed("object", maxProperties=1, required=["zip"]), "properties": [{"name": "zip", **_text(pattern="^[0-9]{5}$"), "required": True}, {"name": "geo", **_typed("object"), "properties": [{"name": "lat", **_typed("number", minimum=-90, maximum=90), "required": True}]}]}, PLACES),
    "labels": ({**_typed("map"), "map": {"key": _text(maxLength=3), "value": _typed("integer", minimum=0)}}, LABELS),
}  # fmt: skip


def documents(seed: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(seed)
    for _ in range(EVENTS):
        event = {}
        for name, (_, values) in FIELDS.items():
            if chance.random() < 0.05:
                continue
            event[name] = chance.choice(ODD if chance.random() < 0.15 else values)
        yield event


def wrong_in_sql(table: str, checks: Sequence[Check], connection: Any, *, document: bool) -> list[dict[str, bool]]:
    conditions = [unexpected(check, document=document).sql("duckdb") for check in checks]
    columns = ", ".join(f"coalesce({condition}, false)" for condition in conditions)
    found = connection.execute(f'SELECT {columns} FROM {table} AS "{DATA}" ORDER BY n').fetchall()
    return [dict(zip((check.key for check in checks), row, strict=True)) for row in found]


def differences(events: Sequence[Mapping[str, Any]], things: Dataset, sql: Sequence[Mapping[str, bool]]) -> list[str]:
    gate = compiled(things, [check for check in things.checks if check.key in sql[0]])
    told = []
    for event, answers in zip(events, sql, strict=True):
        broken = gate(event)
        assert len(set(broken)) == len(broken)
        for key, wrong in answers.items():
            if (key in broken) is not wrong:
                shown = {name: event.get(name) for name in (key.split(".")[0].split("[")[0],)}
                told.append(f"{key}: SQL says {wrong}: {shown}")
    return told


def test_random_documents() -> None:
    """A column of documents, whose rules are those of an object inside it."""
    fields = [{"name": name, **promise} for name, (promise, _) in FIELDS.items()]
    things = dataset(*fields, settings={"extraColumns": "ignore"})
    within = dataset({"name": "n"}, {"name": "payload", "logicalType": "object", "properties": fields})
    events = list(documents(seed=20))
    skipped = {each.check.key for each in undecided(things)}
    assert skipped == set()
    asked = [c for c in within.checks if c.within and c.type not in ("column_exists",)]
    keys = {check.key for check in things.checks}
    asked = [check for check in asked if check.key.removeprefix("payload.") in keys]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; CREATE TABLE events (n INTEGER, payload JSON)")
        rows = [(n, json.dumps(event)) for n, event in enumerate(events)]
        connection.executemany("INSERT INTO events VALUES (?, ?)", rows)
        sql = wrong_in_sql("events", asked, connection, document=True)
    sql = [{key.removeprefix("payload."): wrong for key, wrong in row.items()} for row in sql]
    told = differences(events, things, sql)
    assert "\n".join(told[:40]) == ""
    assert {key for row in sql for key, wrong in row.items() if wrong} == {c.key.removeprefix("payload.") for c in asked}
