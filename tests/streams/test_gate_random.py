"""Random events, answered by the gate and by SQL, event by event and check by check."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from headgate.checks import CATALOGUE, DATA, Check
from headgate.checks.catalogue import unexpected
from headgate.contract import Dataset
from headgate.places.duckdb import Table
from headgate.places.registry import open_place
from headgate.scan.bind import Binding
from headgate.streams.program import compiled, undecided
from sqlglot import exp

from tests.support.contracts import dataset

EVENTS = int(os.environ.get("HEADGATE_EVENTS", "2000"))


def _text(**options: Any) -> dict[str, Any]:
    return {"logicalType": "string"} | ({"logicalTypeOptions": options} if options else {})


def _typed(kind: str, **options: Any) -> dict[str, Any]:
    return {"logicalType": kind} | ({"logicalTypeOptions": options} if options else {})


# Each field of an event, and values that keep its rules, break them, or are of another type.
TEXTS = [
    "",
    "a",
    "ab",
    "A-1",
    "A-",
    "日本語",
    "🎯",
    "é",
    "e\u0301",
    "it's",
    'a"b',
    "a\\b",
    "a\nb",
    " ",
    "x" * 21,
    "NULL",
    "null",
    "0",
    "true",
]
NUMBERS = [
    0,
    1,
    -1,
    5,
    10,
    19.99,
    19.990000001,
    20,
    0.1,
    0.3,
    0.1 + 0.2,
    1e15,
    1e16,
    1e20,
    1e300,
    -0.0,
    1.0,
    7.5,
    2**31,
    2**53,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
]
DAYS = [
    "0000-01-01",
    "0000-13-01",
    "2024-02-29",
    "2023-02-29",
    "2024-01-01",
    "2023-12-31",
    "0001-01-01",
    "9999-12-31",
    "2024-1-1",
    "2024-01-01T00:00:00",
    "24-01-01",
    "2024-13-01",
    "20240101",
    "2024-W01-1",
]
MOMENTS = [
    "0000-02-29T00:00:00Z",
    "2024-01-01T00:00:00Z",
    "2023-12-31T23:59:59.999999Z",
    "2024-01-01 00:00:00+02:00",
    "2024-01-01T00:00:00+0200",
    "2024-01-01T00:00:00+02",
    "2024-01-01",
    "2024-01-01T00:00",
    "2024-01-01T00:00:00,5Z",
    "2024-01-01T00:00:00.123456789Z",
    "2024-01-01t00:00:00z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T23:59:60Z",
    "2024-06-30T23:59:61Z",
    "2024-01-01T00:00:00 Z",
    "now",
    "2024-01-01T00:00:00+25:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
]
CLOCKS = ["08:00:00", "07:59:59.999", "08:00", "24:00:00", "23:59:60", "8:00", "12:00:00Z", "noon"]
MAILS = ["a@example.org", "a@", "@b", "a b@c.d", "ü@x.de", "a@b"]
IDS = [
    "00000000-0000-4000-8000-00000000000a",
    "00000000-0000-4000-8000-00000000000A",
    "00000000",
    "{00000000-0000-4000-8000-00000000000a}",
]
ODD = [None, True, False, 0, 1.5, "x", [], {}, [1], {"a": 1}]
ITEMS = [[], ["a"], ["a", "a"], ["a", None], [None, None], ["aaaa", 5], ["a", ["b"]], [1, 1.0, "1"], [{"q": 1}]]
LINES = [
    [],
    [{"q": 1, "t": "a"}],
    [{"q": 0}],
    [{"q": 1}, {"q": "x", "t": ""}],
    [None],
    [{}],
    ["x"],
    [{"q": None, "t": "abcd"}],
    [{"q": 1, "t": 5}],
]
PLACES = [
    {},
    {"zip": "10115"},
    {"zip": "x", "geo": {"lat": 91}},
    {"zip": None, "geo": {}},
    {"geo": {"lat": -90.0}},
    {"zip": 5, "geo": 7},
    {"geo": {"lat": "x"}},
    {"geo": {"lat": -90.5}},
]
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
                shown = {n: v for n, v in event.items() if key.startswith(n)} or dict(event)
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
    found = {key for row in sql for key, wrong in row.items() if wrong}
    assert {check.key.removeprefix("payload.") for check in asked} - found == {"labels{key}.logicalType"}


# --- rows ------------------------------------------------------------------------------------------------------------
_GX = "expect_column_"
_PAIRS = [
    ("pair_values_to_be_equal", {"column_A": "n", "column_B": "m"}),
    ("pair_values_to_be_equal", {"column_A": "f", "column_B": "d"}),
    ("pair_values_a_to_be_greater_than_b", {"column_A": "n", "column_B": "f"}),
    ("pair_values_a_to_be_greater_than_b", {"column_A": "at", "column_B": "later", "or_equal": True}),
    ("pair_values_a_to_be_greater_than_b", {"column_A": "f", "column_B": "d", "ignore_row_if": "neither"}),
    ("pair_values_to_be_in_set", {"column_A": "n", "column_B": "t", "value_pairs_set": [[1, "a"], [2, None], [None, "b"]]}),
    ("values_to_be_between", {"column": "n", "min_value": 0, "row_condition": 't=="a"', "condition_parser": "pandas"}),
    ("values_to_not_match_regex", {"column": "t", "regex": "^a+$"}),
    ("values_to_match_like_pattern_list", {"column": "t", "like_pattern_list": ["a%", "_\\%"], "match_on": "any"}),
    ("values_to_be_in_set", {"column": "d", "value_set": [1.1, 19.99]}),
    ("values_to_be_null", {"column": "flag"}),
    ("values_to_be_json_parseable", {"column": "t"}),
]  # fmt: skip
_MULTI = [
    ("expect_multicolumn_sum_to_equal", {"column_list": ["n", "m"], "sum_total": 3}),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["n", "m"], "ignore_row_if": "never"}),
]
COLUMNS: Mapping[str, tuple[str, Mapping[str, Any], Sequence[Any]]] = {
    "n": ("INTEGER", _typed("integer", minimum=0), [None, -1, 0, 1, 2, 7]),
    "m": ("INTEGER", _typed("integer", exclusiveMaximum=7), [None, -1, 0, 1, 2, 7]),
    "f": ("DOUBLE", _typed("number", maximum=19.99), [None, 0.5, 1.0, 19.99, 20.0, float("nan"), float("inf"), -0.0, 1.1]),
    "d": ("DECIMAL(9,2)", _typed("number", minimum=0.5, maximum=19.99, multipleOf=0.05), [None, *map(Decimal, ("1.10", "19.99", "20.00", "0.50", "-1.00"))]),
    "t": ("VARCHAR", _text(minLength=1), [None, "", "a", "aa", "b", "x%", "1", "a%b"]),
    "at": ("TIMESTAMPTZ", _typed("timestamp", minimum="2024-01-01T00:00:00Z"), [None, *(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours) for hours in (-1, 0, 1))]),
    "later": ("TIMESTAMPTZ", _typed("timestamp"), [None, *(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours) for hours in (-1, 0, 1))]),
    "day": ("DATE", {**_typed("date", maximum="2024-01-01"), "required": True}, [None, date(2024, 1, 1), date(2024, 1, 2)]),
    "flag": ("BOOLEAN", {**_typed("boolean"), "enum": [{"value": True}]}, [None, True, False]),
}  # fmt: skip


def test_random_rows(tmp_path: Path) -> None:
    """Rows of a table, as events of a decoder's types: also rules about several columns, and of some rows."""
    rules = [
        {"id": f"r{number}", "type": "custom", "engine": "greatExpectations", "implementation": {"type": kind, "kwargs": kwargs}}
        for number, (kind, kwargs) in enumerate([*((_GX + kind, kwargs) for kind, kwargs in _PAIRS), *_MULTI])
    ]  # fmt: skip
    things = dataset(*({"name": name, **promise} for name, (_, promise, _) in COLUMNS.items()), quality=rules)
    assert [each.check.key for each in undecided(things)] == []
    assert [rule.key for rule in things.unchecked] == []
    chance = random.Random(21)
    events = [{name: chance.choice(values) for name, (_, _, values) in COLUMNS.items()} for _ in range(EVENTS)]
    path = str(tmp_path / "rows.duckdb")
    with duckdb.connect(path) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        kinds = ", ".join(f'"{name}" {kind}' for name, (kind, _, _) in COLUMNS.items())
        connection.execute(f"CREATE TABLE rows (number INTEGER, {kinds})")
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO rows VALUES ({marks})", [(n, *e.values()) for n, e in enumerate(events)])
        connection.execute("COMMIT")
    asked = [check for check in things.checks if CATALOGUE[check.type].condition is not None and check.columns]
    asked = [check for check in asked if not CATALOGUE[check.type].casts]
    with open_place(Table(path, "rows")) as session:
        binding = Binding(session.relation(exp.to_table("rows"), "rows"), {})
        conditions = [exp.func("COALESCE", binding.condition(check), exp.false()) for check in asked]
        found = session.rows(exp.select(*conditions).from_(binding.relation.as_data).order_by("number"))
    sql = [dict(zip((check.key for check in asked), row, strict=True)) for row in found]
    assert "\n".join(differences(events, things, sql)[:40]) == ""
    assert {key for row in sql for key, wrong in row.items() if wrong} == {check.key for check in asked}
    assert len(asked) >= 20
