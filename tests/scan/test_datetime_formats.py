"""Formats of dates and times: the texts of a CSV file, read as the contract says that they are written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from headgate.contract.datetime_format import datetime_format
from headgate.places.duckdb import Files
from headgate.scan import typed_view

from tests.support.contracts import dataset

DATES = [
    # a JDK pattern, texts in it with what they say, texts that are not
    ("yyyy-MM-dd", {"2024-02-29": "2024-02-29 00:00:00"}, ["2023-02-29", "24-02-29", "2024-2-29"]),
    ("dd.MM.yyyy", {"31.12.2025": "2025-12-31 00:00:00"}, ["1.12.2025", "31.13.2025", "2025-12-31"]),
    ("d/M/yyyy", {"1/2/2025": "2025-02-01 00:00:00", "31/12/2025": "2025-12-31 00:00:00"}, ["2025/1/2"]),
    ("MMM d, yyyy", {"Jan 3, 2024": "2024-01-03 00:00:00"}, ["jan 3, 2024", "January 3, 2024"]),
    ("MMMM yyyy dd", {"March 2024 01": "2024-03-01 00:00:00"}, ["Mar 2024 01"]),
    ("yyyy-MM-dd'T'HH:mm:ss.SSS", {"2024-01-01T10:11:12.345": "2024-01-01 10:11:12.345000"}, ["2024-01-01 10:11:12.345"]),
    ("yyyyMMddHHmmss", {"20240101101112": "2024-01-01 10:11:12"}, ["2024010110111", "202401011011120"]),
    ("HH 'o''clock' yyyy-MM-dd", {"10 o'clock 2024-01-01": "2024-01-01 10:00:00"}, ["10 oclock 2024-01-01"]),
    ("hh:mm a yyyy-MM-dd", {"01:05 PM 2024-01-01": "2024-01-01 13:05:00"}, ["13:05 PM 2024-01-01", "01:05 2024-01-01"]),
    ("yyyy-MM-dd HH:mm:ssXXX", {"2024-01-01 10:00:00+02:00": "2024-01-01 08:00:00+00:00",
                                "2024-01-01 10:00:00Z": "2024-01-01 10:00:00+00:00"}, ["2024-01-01 10:00:00"]),
    # A year of two digits is one of this century, as the JDK's formatter has it.
    ("dd.MM.yy", {"31.01.70": "2070-01-31 00:00:00", "29.02.72": "2072-02-29 00:00:00", "01.01.00": "2000-01-01 00:00:00"},
     ["31.01.2070", "29.02.70", "1.1.70"]),
    ("yyMMdd", {"991231": "2099-12-31 00:00:00"}, ["19991231"]),
    ("MMM d uu HH:mm", {"Jan 3 69 10:00": "2069-01-03 10:00:00"}, ["jan 3 69 10:00"]),
    ("yy-MM-dd HH:mmXXX", {"00-01-01 00:30+02:00": "1999-12-31 22:30:00+00:00"}, ["2000-01-01 00:30+02:00"]),
    ("100% yyyy", {"100% 2024": "2024-01-01 00:00:00"}, ["100 2024"]),
]  # fmt: skip


@pytest.mark.parametrize(("written", "good", "bad"), DATES, ids=[case[0] for case in DATES])
def test_formats_of_dates(written: str, good: dict[str, str], bad: list[str], tmp_path: Path) -> None:
    path = tmp_path / "dates.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["t"], *([text] for text in (*good, *bad))])
    zoned = "X" in written
    options = {"format": written, "timezone": zoned}
    things = dataset({"name": "t", "logicalType": "timestamp", "logicalTypeOptions": options})
    place = Files(str(path), "csv")
    with place.connect() as session:
        rows = session.rows(typed_view(things, session.read(place), session))
    read = [None if value is None else str(value) for value, _ in rows]
    assert dict(zip(good, read)) == good
    assert read[len(good) :] == [None] * len(bad)
    assert [raw for _, raw in rows] == [None] * len(good) + bad


@pytest.mark.parametrize("written", ["yyyy-'W'ww", "[yyyy]", "EEE", "GGGG", "yyyyy", "'open", "{yyyy}", "L", "zzzz"])
def test_formats_that_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not supported"):
        datetime_format(written)
