"""Publishing into PostgreSQL: which values a table there takes, and how they arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.contract import Dataset
from headgate.places import place_of

from tests.support.contracts import dataset
from tests.support.warehouse import PostgresWarehouse, put_from

PLACES = ("postgres",)


def rows_of(query: str, folder: Path) -> str:
    """A source of these rows, with DuckDB's own types."""
    with duckdb.connect(str(folder / "source.duckdb")) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE OR REPLACE TABLE rows AS {query}")
    return f"{folder / 'source.duckdb'}#main.rows"


def typed(**columns: Any) -> Dataset:
    """A contract of these columns: a physical type, or a property's own keys."""
    own = [{"name": n, **(k if isinstance(k, dict) else {"physicalType": k})} for n, k in columns.items()]
    return dataset(*own, settings={"onBreach": "quarantine", "maxQuarantinePercent": 100})


# --- values: the source's SQL for one value, the column in the contract, the type there, the text there ---
ANY: dict[str, Any] = {}
VALUES: list[tuple[str, Any, str, str | None]] = [
    ("''", ANY, "text", ""),
    ("NULL::VARCHAR", ANY, "text", None),
    ("'\\.'", ANY, "text", "\\."),
    ("E'a\"b,\\r\\n''c\\\\N'", ANY, "text", "a\"b,\r\n'c\\N"),
    ("'ünï✓'", "varchar(4)", "character varying(4)", "ünï✓"),
    ("170141183460469231731687303715884105727::HUGEINT", ANY, "numeric(39,0)", "170141183460469231731687303715884105727"),
    ("18446744073709551615::UBIGINT", ANY, "numeric(20,0)", "18446744073709551615"),
    ("1.10::DECIMAL(5,2)", ANY, "numeric(5,2)", "1.10"),
    ("'NaN'::DOUBLE", ANY, "double precision", "NaN"),
    ("'-inf'::DOUBLE", ANY, "double precision", "-Infinity"),
    ("1e-320::DOUBLE", ANY, "double precision", "1e-320"),
    ("0.1::FLOAT", ANY, "real", "0.1"),
    ("DATE '0044-03-15 (BC)'", ANY, "date", "0044-03-15 BC"),
    ("'infinity'::DATE", ANY, "date", "infinity"),
    ("TIMESTAMPTZ '2024-05-01 00:30:00.123456+02'", ANY, "timestamp with time zone", "2024-04-30 22:30:00.123456+00"),
    ("TIMESTAMP '12024-05-01 00:30:00'", ANY, "timestamp without time zone", "12024-05-01 00:30:00"),
    ("TIMESTAMP_NS '2024-05-01 00:30:00.123456'", ANY, "timestamp without time zone", "2024-05-01 00:30:00.123456"),
    ("TIME '23:59:59.5'", ANY, "time without time zone", "23:59:59.5"),
    ("INTERVAL '-1 month -3 seconds'", ANY, "interval", "-1 mons -00:00:03"),
    ("true", ANY, "boolean", "true"),
    ("'\\xAA\\x00b'::BLOB", ANY, "bytea", "\\xaa0062"),
    ("{'a': [1, NULL], 'b': 'x\"'}", ANY, "jsonb", '{"a": [1, null], "b": "x\\""}'),
    ("['a', NULL, 'c,d']", ANY, "jsonb", '["a", null, "c,d"]'),
    ("['a', NULL, 'c,d']", {"logicalType": "array", "physicalType": "text[]"}, "text[]", '{a,NULL,"c,d"}'),
    ("[]::INTEGER[]", {"logicalType": "array", "physicalType": "int[]"}, "integer[]", "{}"),
    ("'10.0.0.1'", {"logicalType": "string", "physicalType": "inet"}, "inet", "10.0.0.1/32"),
    ("'{\"a\":1}'", {"logicalType": "string", "physicalType": "jsonb"}, "jsonb", '{"a": 1}'),
    ("5::BIGINT", "smallint", "smallint", "5"),
    ("0.1::DOUBLE", "float", "double precision", "0.1"),
]  # fmt: skip


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a text with NUL"])
def test_values_arrive_as_they_are(beside: bool, warehouse: PostgresWarehouse, tmp_path: Path) -> None:
    """Also where one text cannot be sent as it is, and every value takes the careful way."""
    contract = {f"c{i}": kind for i, (_, kind, _, _) in enumerate(VALUES)}
    values = ", ".join(f"{value} AS c{i}" for i, (value, *_) in enumerate(VALUES))
    nul = "SELECT r, CASE WHEN r = 1 THEN 'a' || chr(0) END AS nul FROM range(2) AS t(r)"
    source = f"SELECT * EXCLUDE r FROM ({nul}), (SELECT {values}) WHERE {beside} OR r = 0"
    outcome = put_from(warehouse, typed(**contract, nul={"logicalType": "string"}), rows_of(source, tmp_path))
    assert (outcome.rows_published, outcome.rows_set_aside) == (1, int(beside)), str(outcome)
    shown = ", ".join(f"pg_typeof(c{i})::text, c{i}::text" for i in range(len(VALUES)))
    (found,) = warehouse.query(f"SELECT {shown} FROM shop.things")
    bare = [kind.partition("(")[0] for _, _, kind, _ in VALUES]
    assert list(found[::2]) == bare
    assert list(found[1::2]) == [text for *_, text in VALUES]
    listed = {h.column.name: h.column.type for h in held(warehouse).values()}
    assert [listed[f"c{i}"] for i in range(len(VALUES))] == [kind for _, _, kind, _ in VALUES]
    if beside:
        assert warehouse.aside("headgate_raw, headgate_reasons") == [('{"nul":"a␀"}', ["nul.logicalType"])]


def held(warehouse: PostgresWarehouse) -> Any:
    place: Any = place_of(warehouse.target)
    with place.connect(write=True) as open_one:
        return open_one.states(place)[0].columns or None


# --- values that have no place in the type that the contract wants ---
UNFIT: list[tuple[Any, tuple[str, ...], list[str], list[str]]] = [
    # the column in the contract, the texts of a CSV file, what is published, what is set aside
    ("varchar(3)", ("abc", "abcd", "ab ", "''"), ["''", "ab ", "abc"], ["abcd"]),
    ("char(3)", ("abc", "abcd", "ab "), ["abc"], ["ab ", "abcd"]),
    ("smallint", ("32767", "32768", "-32768", "x"), ["-32768", "32767"], ["32768", "x"]),
    ("numeric(4,1)", ("999.9", "1000", "0.55", "-1.10"), ["-1.1", "999.9"], ["0.55", "1000"]),
    ({"logicalType": "string", "physicalType": "uuid"}, ("6e1c0f60-9d3c-4f0e-8a43-0d6d0a4b0a11", "6e1c"),
     ["6e1c0f60-9d3c-4f0e-8a43-0d6d0a4b0a11"], ["6e1c"]),
    ({"logicalType": "string", "physicalType": "inet"}, ("10.0.0.1", "10.0.0"), ["10.0.0.1/32"], ["10.0.0"]),
    ({"logicalType": "string", "physicalType": "jsonb"}, ("{}", "{", '"\\u0000"'), ["{}"], ['"\\u0000"', "{"]),
    ({"logicalType": "string", "physicalType": "shop.size"}, ("big", "Big"), ["big"], ["Big"]),
    ({"logicalType": "string", "physicalType": "shop.short"}, ("ab", "abc", ""), ["ab"], ["abc"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "texts", "published", "aside"), UNFIT, ids=[str(row[0]) for row in UNFIT])
def test_a_value_that_does_not_fit_its_type_makes_its_row_unexpected(
    kind: Any, texts: tuple[str, ...], published: list[str], aside: list[str], warehouse: PostgresWarehouse
) -> None:
    warehouse.change(
        "CREATE SCHEMA shop; CREATE TYPE shop.size AS ENUM ('big'); CREATE DOMAIN shop.short AS varchar(2)"
    )
    cells = ['"' + text.replace('"', '""') + '"' if '"' in text else text for text in texts]
    source = warehouse.source(*(f"{n},{cell}" for n, cell in enumerate(cells)), header="n,v")
    put_from(warehouse, typed(n="integer", v=kind), source)
    found = [text for (text,) in warehouse.rows(columns="v::text") if text is not None]
    assert (found, warehouse.aside("headgate_raw ->> 'v'")) == (sorted(published), [(text,) for text in aside])


# --- a table of the same database as the source ---
OWN: list[tuple[str, Any, str, str | None]] = [
    # the source's column, in the contract; the type that is published; the text of a value that goes aside
    ("u uuid DEFAULT '6e1c0f60-9d3c-4f0e-8a43-0d6d0a4b0a11'", {"logicalType": "string"}, "uuid", None),
    ("s shop.size DEFAULT 'big'", {"logicalType": "string"}, "shop.size", None),
    ("n numeric DEFAULT 5", {"logicalType": "integer"}, "bigint", None),
    ("n numeric DEFAULT 5.5", {"logicalType": "integer"}, "bigint", "5.5"),
    ("n double precision DEFAULT 'NaN'", {"logicalType": "integer"}, "bigint", "NaN"),
    ("n double precision DEFAULT 0.1", {"logicalType": "number", "physicalType": "real"}, "real", "0.1"),
    ("n bigint DEFAULT 70000", {"logicalType": "integer", "physicalType": "smallint"}, "smallint", "70000"),
    ("n numeric(9,3) DEFAULT 1.250", {"logicalType": "number", "physicalType": "numeric(6,2)"}, "numeric(6,2)", None),
    ("t text DEFAULT 'abcd'", {"logicalType": "string", "physicalType": "varchar(3)"}, "character varying(3)", "abcd"),
    ("j json DEFAULT '{\"a\": 1}'", {"logicalType": "object", "physicalType": "jsonb"}, "jsonb", None),
    ("j jsonb DEFAULT '[1,2]'", {"logicalType": "array", "physicalType": "int[]"}, "integer[]", None),
    ("d timestamp DEFAULT '2024-05-01'", {"logicalType": "date"}, "date", None),
    ("d timestamp DEFAULT '2024-05-01 12:00'", {"logicalType": "date"}, "date", "2024-05-01 12:00:00"),
]


@pytest.mark.parametrize(("column", "kind", "type_name", "raw"), OWN, ids=[f"{row[0]} as {row[2]}" for row in OWN])
def test_a_table_of_the_same_database(
    column: str, kind: Any, type_name: str, raw: str | None, warehouse: PostgresWarehouse
) -> None:
    name = column[0]
    warehouse.change(
        f"CREATE SCHEMA shop; CREATE TYPE shop.size AS ENUM ('big'); CREATE TABLE shop.source (i int, {column})"
    )
    warehouse.change(f"INSERT INTO shop.source (i, {name}) VALUES (1, DEFAULT), (2, NULL)")
    outcome = put_from(warehouse, typed(i="integer", **{name: kind}), "source")
    assert str(outcome.status) == ("published" if raw is None else "published_partly"), str(outcome)
    assert held(warehouse)[name].column.type == type_name
    assert warehouse.aside(f"headgate_raw ->> '{name}'") == ([] if raw is None else [(raw,)])
