"""What a draft guesses, and what it leaves to a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from headgate import draft_contract, publish
from headgate.report import Run

from tests.support.contracts import dataset
from tests.support.drafts import drafted, enums, options_of, rules, write_csv

pytestmark = pytest.mark.slow

USUAL = [*range(100, 200)] * 2
# values, bounds, what is said
OUTLIERS: list[tuple[list[Any], dict[str, Any], str]] = [
    (USUAL, {"minimum": 100, "maximum": 200}, ""),
    ([*USUAL, 5000], {"minimum": 100}, "the highest value, 5000, is far from all others (at most 199)"),
    ([*USUAL, -5000], {"maximum": 200}, "the lowest value, -5000, is far from all others (at least 100)"),
    ([*USUAL, 5000, 5001], {"minimum": 0, "maximum": 6000}, ""),
    ([*USUAL * 10, 5000, 5001], {"minimum": 100}, "the 2 highest values, up to 5001, are far from all others"),
    ([1.5, 900.0], {"minimum": 0, "maximum": 900}, ""),
    ([*[0.5] * 30, 1e300], {}, ""),
]


@pytest.mark.parametrize(("values", "bounds", "said"), OUTLIERS)
def test_no_bound_where_an_outlier_is(values: list[Any], bounds: dict[str, Any], said: str) -> None:
    frame = pa.table({"v": values})
    assert options_of(drafted(frame))["v"] == bounds
    assert (said in str(draft_contract(frame)), "far from" in str(draft_contract(frame))) == (True, bool(said))


# name and values of a column, and whether it looks personal
ANSWERS: list[tuple[str, list[Any], bool]] = [
    ("PhoneService", ["Yes", "No"], False),
    ("email_verified", [True, False], False),
    ("has_address", ["y", "N"], False),
    ("phone", ["Yes", "No", "+49 30 1234567"], True),
    ("gender", ["F", "M"], True),
    ("gender", [0, 1], True),
]


@pytest.mark.parametrize(("name", "values", "personal"), ANSWERS)
def test_answers_are_not_personal(name: str, values: list[Any], personal: bool) -> None:
    (column,) = drafted(pa.table({name: values * 40})).properties
    assert (column.classification == "confidential") is personal


# cells, missingValues, what is listed
PLACEHOLDERS: list[tuple[list[str], tuple[str, ...], list[str]]] = [
    (["Europe/Berlin", "Asia/Tokyo", "NA"], ("NA",), ["Asia/Tokyo", "Europe/Berlin"]),
    (["red", "green", "N/A", "NULL"], ("N/A", "NULL"), ["green", "red"]),
    (["US", "DE", "NA"], (), ["DE", "NA", "US"]),
    (["red", "green", "unknown"], (), ["green", "red", "unknown"]),
]


@pytest.mark.parametrize(("cells", "missing", "listed"), PLACEHOLDERS)
def test_placeholders_among_texts(
    cells: list[str], missing: tuple[str, ...], listed: list[str], tmp_path: Path
) -> None:
    things = drafted(write_csv(tmp_path / "t.csv", {"v": cells * 40}))
    assert (tuple(sorted(things.properties[0].missing_values)), enums(things)) == (missing, {"v": listed})
    assert ("not_null" in rules(things, "v")) is not bool(missing)


def test_placeholders_are_counted(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", {"v": ["1", "2", "3", "NA", "NA", " "]})
    assert '# NA 2 times and " " 1 time in 6 cells, read as NULL; does it mean that?' in _commented(path)


def _commented(path: Path) -> str:
    text = str(draft_contract(path))
    return text.replace('" " 1 time and NA 2 times', 'NA 2 times and " " 1 time')


def test_guesses_are_explained_once() -> None:
    columns: dict[str, list[Any]] = {f"c{i}": ["a", "b", "c"] * 20 for i in range(15)}
    text = str(draft_contract(pa.table(columns)))
    assert (text.count("all the values that were seen"), text.count("not one NULL")) == (1, 1)


@pytest.mark.parametrize(("rows", "least"), [(1, 1), (2, 1), (60, 30), (99, 40), (26_115, 10_000)])
def test_the_number_of_rows(rows: int, least: int) -> None:
    text = str(draft_contract(pa.table({"v": range(rows)})))
    assert f"{{metric: rowCount, mustBeGreaterOrEqualTo: {least}}}" in text
    assert "seen, rounded down" in text


def test_the_number_of_rows_that_were_published_last(tmp_path: Path) -> None:
    things = dataset({"name": "v", "logicalType": "integer"})
    for run, rows in (("first", 300), ("second", 100)):
        (tmp_path / "t.csv").write_text("v\n" + "".join(f"{i}\n" for i in range(rows)))
        publish(things, tmp_path / "t.csv", f"{tmp_path}/w.duckdb#main.t", run=Run(run), mode="append")
    text = str(draft_contract(f"{tmp_path}/w.duckdb#main.t"))
    assert "# half of the 100 rows that were published last, rounded down" in text
    assert "mustBeGreaterOrEqualTo: 50}" in text


def test_what_duckdb_declares(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("""CREATE TABLE t (id INT PRIMARY KEY, n INT CHECK (n BETWEEN 1 AND 3), t TEXT NOT NULL);
            COMMENT ON TABLE t IS 'Things'; COMMENT ON COLUMN t.n IS 'How many';
            INSERT INTO t SELECT range, 1 + range % 3, 'x' || range FROM range(60)""")
    things = drafted(f"{tmp_path}/w.duckdb#t")
    assert (things.description, things.primary_key) == ("Things", ("id",))
    assert (things.properties[1].description, options_of(things)["n"]) == ("How many", {"minimum": 1, "maximum": 3})
    assert rules(things, "n") == {"between", "physical_type"}
