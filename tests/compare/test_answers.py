"""The answers that other tools get wrong: right, whichever way the rows are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.checks.reconciliation import Pair, Reconciliation
from headgate.compare.found import Reconciled
from headgate.compare.reconcile import reconcile
from headgate.places import place_of

from tests.support.postgres_tables import Database

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EQUAL = (0, 0, 0)
# So many rows besides, equal on both sides: checksums are then of several ranges.
FILLING = 900
# Bytes a second: with the first everything is pulled, with the second checksums come first.
WAYS = {"pull": 1e12, "checksums": 1.0}


@dataclass(frozen=True)
class Case:
    """Types (PostgreSQL, DuckDB) of the columns, the rows of either side besides those that are equal, and how many are
    changed, only in PostgreSQL, only in DuckDB. `filling` is the SQL of the equal rows, of a number i."""

    name: str
    postgres: str
    duckdb: str
    rows: str
    other_rows: str
    differ: tuple[int, int, int]
    filling: str = "i, NULL"
    key: str = "id"
    columns: tuple[str, ...] = ()


def one(name: str, kinds: tuple[str, str], values: tuple[str, str], *, differs: bool, **more: Any) -> Case:
    """A case of one column `a` with one value on either side."""
    return Case(
        name, f"id integer, a {kinds[0]}", f"id integer, a {kinds[1]}", f"(-7, {values[0]})", f"(-7, {values[1]})",
        (1, 0, 0) if differs else EQUAL, **more,
    )  # fmt: skip


TWO = ("id integer, a text, b text", "id integer, a text, b text")
CASES = [
    Case("the separator of other tools in a value", *TWO, "(-7, 'x|y', 'z')", "(-7, 'x', 'y|z')", (1, 0, 0), "i, 'x', 'y'"),
    Case("headgate's own separator in a value", *TWO, "(-7, 'x' || chr(31) || '=y', 'z')", "(-7, 'x', 'y' || chr(31) || '=z')", (1, 0, 0), "i, 'x', 'y'"),
    Case("a value that moves to the next column", *TWO, "(-7, 'ab', 'c')", "(-7, 'a', 'bc')", (1, 0, 0), "i, 'x', 'y'"),
    Case("NULL that moves to the next column", *TWO, "(-7, NULL, 'c')", "(-7, 'c', NULL)", (1, 0, 0), "i, 'x', 'y'"),
    one("NULL and <null>", ("text", "text"), ("NULL", "'<null>'"), differs=True),
    one("NULL and DEFAULT_REPLACEMENT_STRING", ("text", "text"), ("NULL", "'DEFAULT_REPLACEMENT_STRING'"), differs=True),
    one("NULL and an empty text", ("text", "text"), ("NULL", "''"), differs=True),
    one("NULL and 0", ("text", "text"), ("NULL", "'0'"), differs=True),
    one("NULL on both sides", ("text", "text"), ("NULL", "NULL"), differs=False),
    one("NULL and zero", ("integer", "integer"), ("NULL", "0"), differs=True),
    Case("a NULL key on one side", "id integer, a integer", "id integer, a integer", "(NULL, 3)", "(-7, 3)", (0, 1, 1)),
    Case("a NULL key on both sides", "id integer, a integer", "id integer, a integer", "(NULL, 3)", "(NULL, 3)", EQUAL),
    Case("a NULL key, changed", "id integer, a integer", "id integer, a integer", "(NULL, 3)", "(NULL, 4)", (1, 0, 0)),
    Case("a duplicate on one side", "id integer, a integer", "id integer, a integer", "(-7, 2), (-7, 2)", "(-7, 2)", (0, 1, 0)),
    Case("two duplicates, xor of which is nothing", "id integer, a integer", "id integer, a integer", "(-7, 2), (-7, 2)", "(-7, 3), (-7, 3)", (2, 0, 0)),
    Case("duplicates in another order", "id integer, a integer", "id integer, a integer", "(-7, 2), (-7, 3)", "(-7, 3), (-7, 2)", EQUAL),
    Case("three of one, two of the other", "id integer, a integer", "id integer, a integer", "(-7, 2), (-7, 2), (-7, 3)", "(-7, 2), (-7, 3), (-7, 3)", (1, 0, 0)),
    one("numeric without scale, fourth digit", ("numeric", "decimal(18,5)"), ("1.23456", "1.23499"), differs=True),
    one("numeric without scale, the same", ("numeric", "decimal(18,5)"), ("1.23456", "1.23456"), differs=False),
    one("numeric without scale, beyond 38 digits", ("numeric", "decimal(38,0)"), ("1e37 + 1e-20", "1e37::decimal(38,0)"), differs=True),
    one("scale 4 and 2", ("numeric(12,4)", "decimal(18,2)"), ("1.2349", "1.23"), differs=True),
    one("scale 4 and 2, the same", ("numeric(12,4)", "decimal(18,2)"), ("1.2300", "1.23"), differs=False),
    one("NaN in a numeric", ("numeric(12,2)", "decimal(12,2)"), ("'NaN'", "0"), differs=True),
    one("doubles 1e-15 and 9e-15", ("double precision", "double"), ("1e-15", "9e-15"), differs=True),
    one("a double and itself", ("double precision", "double"), ("142857.14285714287", "142857.14285714287"), differs=False),
    one("1e30", ("double precision", "double"), ("1e30", "1e30"), differs=False),
    one("NaN", ("double precision", "double"), ("'NaN'", "'NaN'"), differs=False),
    one("infinity", ("double precision", "double"), ("'Infinity'", "'Infinity'"), differs=False),
    one("-0 and 0", ("double precision", "double"), ("'-0'", "0"), differs=False),
    one("real and double", ("real", "double"), ("0.1", "0.1"), differs=False),
    one("a date", ("date", "date"), ("'2026-03-29'", "'2026-03-29'"), differs=False),
    one("a date and the next", ("date", "date"), ("'2026-03-29'", "'2026-03-30'"), differs=True),
    one("an infinite date", ("date", "date"), ("'infinity'", "'2026-03-30'"), differs=True),
    one("a year before 1", ("timestamp", "timestamp"), ("'0044-03-15 12:00:00 BC'", "'0044-03-15 (BC) 12:00:00'"), differs=False),
    one("smallint and bigint", ("smallint", "bigint"), ("5", "5"), differs=False),
    one("smallint", ("smallint", "smallint"), ("5", "6"), differs=True),
    one("microseconds", ("timestamp", "timestamp"), ("'2026-03-29 01:30:00.123456'", "'2026-03-29 01:30:00.123457'"), differs=True),
    one("timestamps with a zone", ("timestamptz", "timestamptz"), ("'2026-03-29 01:30:00+00'", "'2026-03-29 03:30:00+02'"), differs=False),
    one("a moment and a timestamp of UTC", ("timestamptz", "timestamp"), ("'2026-03-29 03:30:00+02'", "'2026-03-29 01:30:00'"), differs=False),
    one("a trailing space", ("text", "text"), ("'a '", "'a'"), differs=True),
    one("a trailing newline", ("text", "text"), ("E'a\\n'", "'a' || chr(10)"), differs=False),
    one("a padded char", ("char(5)", "text"), ("'a'", "'a'"), differs=False),
    one("two normal forms of é", ("text", "text"), ("U&'caf\\00e9'", "'cafe' || chr(769)"), differs=True),
    one("quotes, commas and newlines", ("text", "text"), ("E'a\"b,c\\nd'", "'a\"b,c' || chr(10) || 'd'"), differs=False),
    one("a long text, cut", ("text", "text"), ("repeat('x', 3000)", "repeat('x', 30)"), differs=True),
    one("bytes", ("bytea", "blob"), ("'\\x00ff'", "'\\x00\\xFF'::blob"), differs=False),
    one("a uuid", ("uuid", "uuid"), ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"), differs=False),
    one("booleans", ("boolean", "boolean"), ("true", "false"), differs=True),
    Case("texts as keys, in a collation", 'id text COLLATE "en-x-icu", a integer', "id text, a integer", "('_', 1)", "('_', 1)", EQUAL,
         "chr(CAST(65 + i % 26 + 32 * (i % 2) AS integer)) || i, 1"),
    Case("a text as key", 'id text COLLATE "en-x-icu", a integer', "id text, a integer", "('a', 1)", "('A', 1)", (0, 1, 1),
         "'k' || i, 1"),
    Case("a key of two columns, one NULL", "id integer, b integer, a text", "id integer, b integer, a text", "(1, NULL, 'x'), (1, 2, 'y')",
         "(1, NULL, 'x'), (1, 2, 'z')", (1, 0, 0), "i + 10, i, 'n'", "id,b"),
    Case("wide gaps between keys", "id bigint, a integer", "id bigint, a integer", "(9223372036854775807, 1), (-9223372036854775808, 1)",
         "(9223372036854775807, 1), (-9223372036854775808, 2)", (1, 0, 0)),
]  # fmt: skip


@pytest.fixture(scope="module")
def tables(postgres: str) -> Iterator[Database]:
    made = Database.new(postgres)
    yield made
    made.drop()


def compared(tables: Database, folder: Path, case: Case, bandwidth: float) -> Reconciled:
    filled = f"SELECT {case.filling} FROM "
    file = folder / f"{abs(hash(case.name))}.duckdb"
    if not file.exists():
        with duckdb.connect(str(file)) as connection:
            connection.execute(f"CREATE TABLE t ({case.duckdb})")
            connection.execute(f"INSERT INTO t {filled}range({FILLING}) AS r(i)")
            connection.execute(f"INSERT INTO t VALUES {case.other_rows}")
        tables.run(
            "DROP TABLE IF EXISTS t",
            f"CREATE TABLE t ({case.postgres})",
            f"INSERT INTO t {filled}generate_series(0, {FILLING - 1}) AS i",
            f"INSERT INTO t VALUES {case.rows}",
        )
    key = tuple(Pair(name, name) for name in case.key.split(","))
    return reconcile(
        place_of(tables.url("t")), place_of(f"{file}#t"), Reconciliation(key=key), now=NOW, bandwidth=bandwidth
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("answers")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer_is_right_by_pull_and_by_checksums(tables: Database, folder: Path, case: Case) -> None:
    found = {way: compared(tables, folder, case, bandwidth) for way, bandwidth in WAYS.items()}
    assert {(way, f.lost, f.changed, f.only_own, f.only_other) for way, f in found.items()} == {
        (way, "", *case.differ) for way in WAYS
    }
    assert {way: way in [step.name for step in f.steps] for way, f in found.items()} == dict.fromkeys(WAYS, True)
    assert found["pull"].compared == found["checksums"].compared
    assert found["pull"].columns == found["checksums"].columns
    assert repr(found["pull"].examples) == repr(found["checksums"].examples)  # NaN is not equal to itself


EMPTY = [
    ("both", "false", "false", "", True),
    ("own", "false", "true", "is empty, main.t has 900 rows", False),
    ("other", "true", "false", "main.t is empty,", False),
]


@pytest.mark.parametrize(("name", "own", "other", "words", "agrees"), EMPTY, ids=[case[0] for case in EMPTY])
def test_an_empty_side_is_a_difference_unless_both_are(
    tables: Database, folder: Path, name: str, own: str, other: str, words: str, agrees: bool
) -> None:
    file = folder / f"empty {name}.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT i AS id FROM range({FILLING}) AS r(i) WHERE {other}")
    tables.run("DROP TABLE IF EXISTS t", f"CREATE TABLE t AS SELECT i AS id FROM generate_series(1, 900) i WHERE {own}")
    rule = Reconciliation(key=(Pair("id", "id"),))
    found = reconcile(place_of(tables.url("t")), place_of(f"{file}#t"), rule, now=NOW)
    assert words in found.empty
    assert (bool(found.empty), found.agrees()) == (not agrees, agrees)


@pytest.mark.parametrize(
    ("postgres_type", "duckdb_type"),
    [("jsonb", "json"), ("boolean", "integer"), ("text", "integer"), ("interval", "interval")],
)
def test_types_without_a_form_in_common_are_not_compared(
    tables: Database, folder: Path, postgres_type: str, duckdb_type: str
) -> None:
    file = folder / f"types {postgres_type}.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"CREATE TABLE t (id integer, a {duckdb_type}); INSERT INTO t VALUES (1, NULL)")
    tables.run(
        "DROP TABLE IF EXISTS t", f"CREATE TABLE t (id integer, a {postgres_type})", "INSERT INTO t VALUES (1, NULL)"
    )
    found = reconcile(
        place_of(tables.url("t")), place_of(f"{file}#t"), Reconciliation(key=(Pair("id", "id"),)), now=NOW
    )
    assert found.lost.startswith("a: ")
    assert "no form in common" in found.lost
    assert not found.agrees()
