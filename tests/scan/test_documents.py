"""What JSON documents hold inside, against the same promise kept by plain Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.gate import check
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.contracts import dataset

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from([0.5, 2.0, -1.5, 1e20]), st.sampled_from(["", "a", "abc", "2024-01-31", "2024-02-30", "7"])
)  # fmt: skip
ITEM = st.one_of(VALUES, st.dictionaries(st.sampled_from(["q", "t", 'it\'s "x"/~']), VALUES, max_size=3))
DOCUMENT = st.one_of(
    st.none(),
    st.just("text"),
    st.fixed_dictionaries(
        {}, optional={"lines": st.one_of(VALUES, st.lists(ITEM, max_size=4)), "name": VALUES, "day": VALUES}
    ),
)

PROMISE: dict[str, Any] = {
    "name": "v",
    "logicalType": "object",
    "properties": [
        {"name": "name", "logicalType": "string", "required": True, "logicalTypeOptions": {"minLength": 2}},
        {"name": "day", "logicalType": "date", "logicalTypeOptions": {"maximum": "2024-01-30"}},
        {
            "name": "lines",
            "logicalType": "array",
            "items": {
                "logicalType": "object",
                "required": True,
                "properties": [
                    {"name": "q", "logicalType": "integer", "required": True, "logicalTypeOptions": {"minimum": 0}},
                    {
                        "name": "t",
                        "physicalName": 'it\'s "x"/~',
                        "logicalType": "number",
                        "logicalTypeOptions": {"multipleOf": 0.5},
                    },
                ],
            },
        },
    ],
}


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: Any) -> bool:
    return is_number(value) and value == int(value) and abs(value) < 1e15


def is_date(value: Any) -> bool:
    return value == "2024-01-31"


def expected(document: Any) -> set[str]:
    """The keys of the checks that this document breaks."""
    broken: set[str] = set()
    if document is not None and not isinstance(document, dict):
        return {"top"}
    there = document is not None
    document = document or {}
    name, day, lines = (document.get(n) for n in ("name", "day", "lines"))
    if there and name is None:
        broken.add("v.name.required")
    if name is not None and not isinstance(name, str):
        broken.add("v.name.logicalType")
    if isinstance(name, str) and len(name) < 2:
        broken.add("v.name.minLength")
    if day is not None and not is_date(day):
        broken.add("v.day.logicalType")
    if is_date(day):
        broken.add("v.day.maximum")
    if lines is not None and not isinstance(lines, list):
        broken.add("v.lines.logicalType")
    for item in lines if isinstance(lines, list) else []:
        if item is None:
            broken.add("v.lines[].required")
        elif not isinstance(item, dict):
            broken.add("v.lines[].logicalType")
        if item is None:
            continue
        fields = item if isinstance(item, dict) else {}
        q, t = fields.get("q"), fields.get('it\'s "x"/~')
        if q is None:
            broken.add("v.lines[].q.required")
        elif not (is_integer(q) and abs(q) < 1e15):
            broken.add("v.lines[].q.logicalType")
        elif q < 0:
            broken.add("v.lines[].q.minimum")
        if t is not None and not is_number(t):
            broken.add("v.lines[].t.logicalType")
        elif t is not None and abs(t) < 1e15 and t * 2 != int(t * 2):
            broken.add("v.lines[].t.multipleOf")
    return broken


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(DOCUMENT, min_size=1, max_size=6))
def test_documents_against_plain_python(documents: list[Any]) -> None:
    kept = [d for d in documents if expected(d) != {"top"}]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (v JSON)")
        for document in kept:
            connection.execute("INSERT INTO t VALUES ($1)", [None if document is None else json.dumps(document)])
        connection.execute("SET TimeZone = 'UTC'")
        relation = connection.sql("SELECT * FROM t")
        found = check_relation(relation)
    wanted: dict[str, int] = {}
    for document in kept:
        for key in expected(document):
            wanted[key] = wanted.get(key, 0) + 1
    assert found == wanted


def check_relation(relation: Any) -> dict[str, int]:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "documents.parquet"
        relation.write_parquet(str(path))
        report = check(dataset(PROMISE), path)
    assert not [r for r in report.not_measured if not r.excused]
    return {r.key: r.unexpected for r in report.results if r.unexpected}


_ARRAY = {"logicalType": "array", "items": {"logicalType": "object"}}
_MAP = {"logicalType": "map", "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "integer"}}}


@pytest.mark.parametrize(
    ("promise", "value", "wrong"),
    [
        (_ARRAY, {"k": "x"}, True),
        (_ARRAY, [], False),
        (_ARRAY, "x", True),
        (_ARRAY, None, False),
        ({"logicalType": "object"}, [], True),
        ({"logicalType": "object"}, {}, False),
        ({"logicalType": "object"}, 5, True),
        (_MAP, [], True),
        (_MAP, {"a": 1}, False),
    ],
)
def test_a_file_of_json_holds_what_is_promised(
    promise: dict[str, Any], value: Any, wrong: bool, tmp_path: Path
) -> None:
    file = tmp_path / "things.json"
    file.write_text(json.dumps([{"v": value}]))
    failed = [result.key for result in check(dataset({"name": "v", **promise}), file).failed]
    assert failed == ["v.logicalType"] * wrong
