"""Text is cast to the contract's types by fixed grammars, typed values are converted only where nothing changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from headgate.gate import check
from headgate.places.duckdb import Files
from headgate.scan import typed_view

from tests.support.contracts import dataset, setting

BAD = object()  # does not cast

# property, cell as it stands in the file, what it becomes
CELLS: list[tuple[dict[str, Any], str, Any]] = [
    ({"logicalType": "integer"}, "12", 12),
    ({"logicalType": "integer"}, "+12", 12),
    ({"logicalType": "integer"}, "-012", -12),
    ({"logicalType": "integer"}, " 12 ", 12),
    ({"logicalType": "integer"}, "12.0", 12),
    ({"logicalType": "integer"}, "", None),
    ({"logicalType": "integer"}, '" "', BAD),
    ({"logicalType": "integer"}, "1.5", BAD),
    ({"logicalType": "integer"}, "1e3", BAD),
    ({"logicalType": "integer"}, "1_000", BAD),
    ({"logicalType": "integer"}, '"1,000"', BAD),
    ({"logicalType": "integer"}, "0x10", BAD),
    ({"logicalType": "integer"}, "NA", BAD),
    ({"logicalType": "integer"}, "9223372036854775807", 2**63 - 1),
    ({"logicalType": "integer"}, "9223372036854775808", BAD),
    ({"logicalType": "integer", "physicalType": "TINYINT"}, "128", BAD),
    ({"logicalType": "integer", "physicalType": "HUGEINT"}, "9223372036854775808", 2**63),
    *(
        ({"logicalType": "number", "physicalType": "DECIMAL(10,2)"}, cell, value)
        for cell, value in (
            ("1e2", Decimal("100.00")),
            ("1.5E+3", Decimal("1500.00")),
            ("-125e-2", Decimal("-1.25")),
            ("0e0", Decimal("0.00")),
            ("125e-3", BAD),
            ("1e-30", BAD),
            ("1e8", BAD),
            ("1e2x", BAD),
            ("e2", BAD),
            ("1e7", Decimal("10000000.00")),
        )
    ),
    ({"logicalType": "number"}, "1.5", 1.5),
    ({"logicalType": "number"}, ".5", 0.5),
    ({"logicalType": "number"}, "1e3", 1000.0),
    ({"logicalType": "number"}, "-1.", -1.0),
    ({"logicalType": "number"}, "nan", BAD),
    ({"logicalType": "number"}, "inf", BAD),
    ({"logicalType": "number"}, "1.2.3", BAD),
    ({"logicalType": "number"}, '"1,5"', BAD),
    ({"logicalType": "number", "physicalType": "DECIMAL(12,2)"}, "19.99", Decimal("19.99")),
    ({"logicalType": "number", "physicalType": "DECIMAL(12,2)"}, "19.990", Decimal("19.99")),
    ({"logicalType": "number", "physicalType": "DECIMAL(12,2)"}, "19.999", BAD),
    ({"logicalType": "number", "physicalType": "DECIMAL(4,2)"}, "123.45", BAD),
    ({"logicalType": "boolean"}, "true", True),
    ({"logicalType": "boolean"}, "No", False),
    ({"logicalType": "boolean"}, "0", False),
    ({"logicalType": "boolean"}, "2", BAD),
    ({"logicalType": "boolean"}, "nope", BAD),
    ({"logicalType": "date"}, "2024-02-29", date(2024, 2, 29)),
    ({"logicalType": "date"}, "2023-02-29", BAD),
    ({"logicalType": "date"}, "2024-2-9", BAD),
    ({"logicalType": "date"}, "29/02/2024", BAD),
    ({"logicalType": "date"}, "2024-02-29 00:00:00", BAD),
    ({"logicalType": "time"}, "08:30:00", time(8, 30)),
    ({"logicalType": "time"}, "24:30:00", BAD),
    ({"logicalType": "timestamp"}, "2024-01-01T10:00:00Z", datetime(2024, 1, 1, 10, tzinfo=UTC)),
    ({"logicalType": "timestamp"}, "2024-01-01 10:00:00", datetime(2024, 1, 1, 10, tzinfo=UTC)),
    ({"logicalType": "timestamp"}, "2024-01-01T10:00:00+02:00", datetime(2024, 1, 1, 8, tzinfo=UTC)),
    ({"logicalType": "timestamp"}, "2024-01-01", datetime(2024, 1, 1, tzinfo=UTC)),
    ({"logicalType": "timestamp"}, "01.01.2024 10:00", BAD),
    ({"logicalType": "timestamp"}, "2024-13-01T10:00:00Z", BAD),
    (
        {"logicalType": "timestamp", "logicalTypeOptions": {"defaultTimezone": "Europe/Berlin"}},
        "2024-07-01 10:00:00",
        datetime(2024, 7, 1, 8, tzinfo=UTC),
    ),
    (
        {"logicalType": "timestamp", "logicalTypeOptions": {"defaultTimezone": "Europe/Berlin"}},
        "2024-07-01 10:00:00Z",
        datetime(2024, 7, 1, 10, tzinfo=UTC),
    ),
    (
        {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": False}},
        "2024-07-01 10:00:00",
        datetime(2024, 7, 1, 10),
    ),
    # a column without a time zone holds UTC where the text has a zone, else the local time that it says
    ({"logicalType": "timestamp", "physicalType": "TIMESTAMP"}, "2024-06-01T01:00:00+05:00", datetime(2024, 5, 31, 20)),
    ({"logicalType": "timestamp", "physicalType": "TIMESTAMP"}, "2024-06-01T01:00:00-07", datetime(2024, 6, 1, 8)),
    ({"logicalType": "timestamp", "physicalType": "TIMESTAMP"}, "2024-06-01 01:00:00 Z", BAD),
    # a physical type alone stands for a logical one
    ({"physicalType": "INTEGER"}, "abc", BAD),
    ({"physicalType": "INTEGER"}, "12.7", BAD),
    ({"physicalType": "DATE"}, "2024-99-99", BAD),
    ({"physicalType": "DECIMAL(9,2)"}, "1.005", BAD),
    ({"logicalType": "number", "physicalType": "INTEGER"}, "12.7", BAD),
    # a float that would become another number
    ({"logicalType": "number"}, "1e400", BAD),
    ({"logicalType": "number"}, "12345678901234567891", BAD),
    ({"logicalType": "number"}, "9007199254740993", BAD),
    ({"logicalType": "number"}, "9007199254740993.0", BAD),
    ({"logicalType": "number"}, "9007199254740994.0", 9007199254740994.0),
    ({"logicalType": "number"}, "9007199254740994.5", BAD),
    ({"logicalType": "number"}, "-12345678901234567.89", BAD),
    ({"logicalType": "number"}, "1234567890123456.89", BAD),
    ({"logicalType": "number"}, "33.33333333333333333333", 33.333333333333336),
    ({"logicalType": "number"}, "1234567890123456.75", 1234567890123456.75),
    ({"logicalType": "number"}, "1e300", 1e300),
    (
        {"logicalType": "number", "physicalType": "DECIMAL(20,2)"},
        "12345678901234567.89",
        Decimal("12345678901234567.89"),
    ),
    ({"logicalType": "number"}, "9007199254740992", 9007199254740992.0),
    ({"logicalType": "number"}, "0.1", 0.1),
    # nothing is a comment
    ({"logicalType": "string"}, "#1", "#1"),
    ({"logicalType": "string"}, "a#b", "a#b"),
    ({"logicalType": "string"}, "Yes", "Yes"),
    ({"logicalType": "string"}, '" "', " "),
    ({"logicalType": "string"}, "", None),
    ({"logicalType": "string"}, "00123", "00123"),
    ({"logicalType": "string"}, '"a ""quoted"" text, with a comma"', 'a "quoted" text, with a comma'),
    ({}, "00123", "00123"),
    ({"logicalType": "object"}, '"{""a"": 1}"', '{"a": 1}'),
    ({"logicalType": "object"}, "{a: 1", BAD),
    ({"logicalType": "integer", "customProperties": [setting("missingValues", ["NA", "-"])]}, "NA", None),
    ({"logicalType": "integer", "customProperties": [setting("missingValues", ["NA", "-"])]}, "na", BAD),
    ({"logicalType": "string", "customProperties": [setting("missingValues", [" "])]}, '" "', None),
]


@pytest.mark.parametrize(("prop", "cell", "expected"), CELLS)
def test_cells_of_a_csv_file(prop: dict[str, Any], cell: str, expected: Any, tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text(f"n,v\n1,{cell}\n", encoding="utf-8")
    things = dataset({"name": "n"}, {"name": "v", **prop}, settings={"onBreach": "warn"})
    place = Files(str(path), "csv")
    with place.connect() as session:
        view = session.view(typed_view(things, session.read(place), session), "cells")
        names = [column.name for column in view.columns]
        row = dict(zip(names, session.rows(typed_view(things, session.read(place), session))[0]))
    if expected is BAD:
        assert row["v"] is None
        assert row["__headgate_raw_v"] == cell.strip('"').replace('""', '"')  # nothing is lost
    else:
        assert (row["v"], row.get("__headgate_raw_v")) == (expected, None)


# What a text without a zone is, by what the property says of zones; "Z" and an offset are always moments.
NAIVE, ZONED = "2026-03-29 02:30:00", ("2026-03-29T02:30:00Z", "2026-03-29 04:30:00+02:00")
ZONES: list[tuple[dict[str, Any], str]] = [
    ({}, "pass"),
    ({"timezone": True}, "breach"),
    ({"timezone": True, "defaultTimezone": "Europe/Paris"}, "pass"),
    ({"timezone": False}, "pass"),
    ({"timezone": True, "format": "yyyy-MM-dd HH:mm:ss"}, "breach"),
    ({"timezone": True, "format": "yyyy-MM-dd HH:mm:ss", "defaultTimezone": "UTC"}, "pass"),
]


@pytest.mark.parametrize("kind", ["csv", "json"])
@pytest.mark.parametrize(("options", "verdict"), ZONES, ids=[str(options) for options, _ in ZONES])
def test_a_text_without_a_zone(options: dict[str, Any], verdict: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{kind}"

    def of(text: str) -> Any:
        path.write_text(f"v\n{text}\n" if kind == "csv" else json.dumps([{"v": text}]), encoding="utf-8")
        return check(dataset({"name": "v", "logicalType": "timestamp", "logicalTypeOptions": options}), path)

    report = of(NAIVE)
    assert str(report.verdict) == verdict
    if verdict == "breach":
        broken = report.broken[0]
        assert (broken.key, broken.statement) == ("v.logicalType", "v is of type timestamp with a time zone")
    if options.get("timezone") is not False and "format" not in options:
        assert {str(of(text).verdict) for text in ZONED} == {"pass"}


def test_types_do_not_depend_on_other_cells(tmp_path: Path) -> None:
    """One NA would turn a sniffed number column into text, and Yes/No into booleans."""
    path = tmp_path / "t.csv"
    path.write_text("number,answer\n" + "1,Yes\n" * 5000 + "NA,No\n", encoding="utf-8")
    things = dataset(
        {"name": "number", "logicalType": "integer"},
        {"name": "answer", "logicalType": "string", "enum": [{"value": "Yes"}, {"value": "No"}]},
    )
    report = check(things, path)
    assert {r.key: r.unexpected for r in report.failed} == {"number.logicalType": 1}


# property, the column of a DataFrame, unexpected rows (None: the type is wrong as a whole)
FRAMES: list[tuple[str, dict[str, Any], Any, int | None]] = [
    ("integers with a NULL are doubles in pandas", {"logicalType": "integer"}, [1.0, None, 3.0], 0),
    ("a fraction is no integer", {"logicalType": "integer"}, [1.0, 1.5], 1),
    ("nullable integers", {"logicalType": "integer"}, pd.array([1, None], dtype="Int64"), 0),
    ("integers serve as numbers", {"logicalType": "number"}, [1, 2], 0),
    ("text is no integer", {"logicalType": "integer"}, ["1", "2"], None),
    ("integers are no text", {"logicalType": "string"}, [1, 2], None),
    ("moments at midnight are dates", {"logicalType": "date"}, pd.to_datetime(["2024-01-01", None]), 0),
    ("other moments are not", {"logicalType": "date"}, pd.to_datetime(["2024-01-01 10:00"]), 1),
    ("dates are no moments", {"logicalType": "timestamp"}, pd.Series([date(2024, 1, 1)], dtype=object), None),
    ("cents fit", {"logicalType": "number", "physicalType": "DECIMAL(9,2)"}, [19.99, 0.1], 0),
    ("mills do not", {"logicalType": "number", "physicalType": "DECIMAL(9,2)"}, [19.999, 0.1], 1),
    ("too large", {"logicalType": "integer", "physicalType": "TINYINT"}, [127, 128], 1),
    ("booleans are no integers", {"logicalType": "integer"}, [True, False], None),
]


@pytest.mark.parametrize(("name", "prop", "values", "unexpected"), FRAMES, ids=[f[0] for f in FRAMES])
def test_columns_of_a_dataframe(name: str, prop: dict[str, Any], values: Any, unexpected: int | None) -> None:
    report = check(dataset({"name": "v", **prop}), pd.DataFrame({"v": values}))
    (result,) = [r for r in report.results if r.key == "v.logicalType"]
    if unexpected is None:
        assert (str(result.status), result.unexpected) == ("failed", None)
    else:
        assert (str(result.status), result.unexpected or 0) == ("failed" if unexpected else "passed", unexpected)


def test_a_missing_column_fails_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    report = check(dataset({"name": "a"}, {"name": "b", "logicalType": "integer", "required": True}), path)
    assert report.verdict == "breach"
    assert [(r.key, str(r.status), r.observed or r.reason) for r in report.results if r.columns == ("b",)] == [
        ("b.exists", "failed", "the column is missing"),
        ("b.logicalType", "not_executed", "the column b is missing"),
        ("b.required", "not_executed", "the column b is missing"),
    ]


@pytest.mark.parametrize(
    ("extra", "verdict"), [("ignore", "pass"), ("warn", "warn"), ("fail", "breach"), (None, "warn")]
)
def test_extra_columns(extra: str | None, verdict: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    settings = {"extraColumns": extra} if extra else {}
    assert check(dataset({"name": "a"}, settings=settings), path).verdict == verdict


def test_physical_names_name_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("A_1\n\n7\n", encoding="utf-8")
    things = dataset({"name": "a", "physicalName": "A_1", "logicalType": "integer", "required": True})
    assert check(things, path).verdict in ("pass", "breach")
    assert [r.columns for r in check(things, path).results if r.key == "a.required"] == [("A_1",)]
