"""Publishing into PostgreSQL: what a table there keeps, which values it takes, who may, and who waits for whom."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from click.testing import CliRunner
from contracts import dataset, odcs, write
from headgate.cli import main
from headgate.contract import Dataset
from headgate.errors import CallError, HeadgateError, TransientError
from headgate.gate import check, publish
from headgate.places import place_of
from headgate.places.postgres import publisher, session
from warehouse import GOOD, PostgresWarehouse, days, put, served, state, things

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
    outcome = warehouse_publish(warehouse, typed(**contract, nul={"logicalType": "string"}), rows_of(source, tmp_path))
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


def warehouse_publish(warehouse: PostgresWarehouse, contract: Dataset, source: Any, **how: Any) -> Any:
    return publish(contract, source, warehouse.target, **({"run_key": "k"} | how))


def held(warehouse: PostgresWarehouse) -> Any:
    place: Any = place_of(warehouse.target)
    with place.connect(write=True) as open_one:
        return open_one.columns_of(place)


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
    warehouse_publish(warehouse, typed(n="integer", v=kind), source)
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
    outcome = warehouse_publish(warehouse, typed(i="integer", **{name: kind}), "source")
    assert str(outcome.status) == ("published" if raw is None else "published_partly"), str(outcome)
    assert held(warehouse)[name].column.type == type_name
    assert warehouse.aside(f"headgate_raw ->> '{name}'") == ([] if raw is None else [(raw,)])


# --- what hangs on a table that is replaced ---
HANGING = """
CREATE SCHEMA shop;
CREATE TABLE shop.owners (id text PRIMARY KEY);
INSERT INTO shop.owners VALUES ('a'), ('b');
CREATE TABLE shop.things (
    id text PRIMARY KEY REFERENCES shop.owners, v bigint CHECK (v < 100), n serial, g bigint GENERATED ALWAYS AS (v * 2) STORED,
    i int GENERATED BY DEFAULT AS IDENTITY, at timestamptz DEFAULT now()
);
INSERT INTO shop.things (id, v) VALUES ('a', 7);
CREATE TABLE shop.later (thing text REFERENCES shop.things DEFERRABLE);
INSERT INTO shop.later VALUES ('a');
COMMENT ON TABLE shop.things IS 'all things';
CREATE INDEX by_v ON shop.things (v);
CREATE VIEW shop.seen AS SELECT count(*) AS n FROM shop.things;
CREATE POLICY some_rows ON shop.things USING (v < 50);
ALTER TABLE shop.things ENABLE ROW LEVEL SECURITY;
DROP ROLE IF EXISTS reader; CREATE ROLE reader;
GRANT USAGE ON SCHEMA shop TO reader; GRANT SELECT ON shop.things TO reader;
CREATE FUNCTION shop.upper_id() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := NULL; RETURN NEW; END';
CREATE TRIGGER cleaned BEFORE INSERT ON shop.things FOR EACH ROW EXECUTE FUNCTION shop.upper_id();
"""
HANGS = """
SELECT array_agg(x ORDER BY x) FROM (
    SELECT indexname::text FROM pg_indexes WHERE tablename = 'things'
    UNION ALL SELECT conname FROM pg_constraint WHERE conrelid = 'shop.things'::regclass
    UNION ALL SELECT polname FROM pg_policy
    UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT obj_description('shop.things'::regclass)
    UNION ALL SELECT relacl::text || relowner::regrole::text FROM pg_class WHERE oid = 'shop.things'::regclass
    UNION ALL SELECT 'the same table ' || oid FROM pg_class WHERE oid = 'shop.things'::regclass
) AS all_of_them(x)
"""


def test_a_table_is_replaced_in_place_and_keeps_all_that_hangs_on_it(warehouse: PostgresWarehouse) -> None:
    warehouse.change(HANGING)
    before = warehouse.query(HANGS)
    warehouse.publish(things(), *GOOD)
    assert warehouse.rows(columns="id, v, n, g, i, at") == [("a", 1, 2, 2, 2, None), ("b", 2, 3, 4, 3, None)]
    assert warehouse.query(HANGS) == before
    assert warehouse.query("SELECT n FROM shop.seen") == [(2,)]


SWAPPED = """
CREATE SCHEMA shop;
DROP ROLE IF EXISTS reader; CREATE ROLE reader; DROP ROLE IF EXISTS maker; CREATE ROLE maker;
GRANT USAGE, CREATE ON SCHEMA shop TO maker;
CREATE TABLE shop.things (id text CONSTRAINT the_key PRIMARY KEY, v bigint DEFAULT 5 CHECK (v < 100));
CREATE INDEX by_v ON shop.things (v); CREATE INDEX by_both ON shop.things (v, id);
COMMENT ON TABLE shop.things IS 'all things';
GRANT SELECT ON shop.things TO reader WITH GRANT OPTION;
ALTER TABLE shop.things OWNER TO maker;
"""


def test_a_swap_makes_a_new_table_like_the_old_one(warehouse: PostgresWarehouse) -> None:
    warehouse.change(SWAPPED)
    (before,), oid = warehouse.query(HANGS), warehouse.query("SELECT 'shop.things'::regclass::oid")
    for key in ("one", "two"):
        warehouse.publish(things(), *GOOD, key=key, mode="swap")
    (after,) = warehouse.query(HANGS)
    assert [x for x in after[0] if "same table" not in x] == [x for x in before[0] if "same table" not in x]
    assert warehouse.query("SELECT 'shop.things'::regclass::oid") != oid
    assert warehouse.rows() == [("a", 1), ("b", 2)]


MAKE = "CREATE SCHEMA shop; CREATE TABLE shop.things (id text PRIMARY KEY, v bigint);"
REFUSED: list[tuple[str, str, str]] = [
    ("CREATE SCHEMA shop; CREATE VIEW shop.things AS SELECT 1 AS id", "replace", "is a view"),
    ("CREATE SCHEMA shop; CREATE MATERIALIZED VIEW shop.things AS SELECT 1 AS id", "replace", "a materialized view"),
    ('CREATE SCHEMA shop; CREATE TABLE shop."Things" (id text)', "replace", "there is shop.Things, which PostgreSQL"),
    (MAKE + "CREATE TABLE shop.child () INHERITS (shop.things)", "replace", "other tables inherit from it"),
    (MAKE + "CREATE RULE r AS ON INSERT TO shop.things DO INSTEAD NOTHING", "append", "it has rules"),
    *((MAKE + f"CREATE TABLE shop.later (t text REFERENCES shop.things ON DELETE {action})", mode,
       f"ON DELETE {action} the constraint later_t_fkey would change rows of shop.later")
      for action, mode in (("CASCADE", "replace"), ("SET NULL", "append"), ("SET DEFAULT", "swap"))),
    (MAKE + "ALTER TABLE shop.things ADD parent text REFERENCES shop.things ON DELETE CASCADE", "append", "CASCADE"),
    (MAKE + "CREATE VIEW shop.seen AS SELECT id FROM shop.things", "swap", "a swap would lose the view shop.seen"),
    (MAKE + "ALTER TABLE shop.things ADD n serial", "swap", "lose the sequence shop.things_n_seq"),
    (MAKE + "ALTER TABLE shop.things SET (fillfactor = 50)", "swap", "lose the storage options"),
    (MAKE + "CREATE TABLE shop.later (t text REFERENCES shop.things)", "swap", "lose the foreign key later_t_fkey"),
    (MAKE + "GRANT SELECT (id) ON shop.things TO PUBLIC", "swap", "lose the grants on columns"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "mode", "said"), REFUSED, ids=[f"{r[1]}: {r[2][:30]}" for r in REFUSED])
def test_targets_that_are_refused_before_anything_is_staged(
    made: str, mode: str, said: str, warehouse: PostgresWarehouse
) -> None:
    warehouse.change(made)
    with pytest.raises(CallError, match=said):
        warehouse.publish(days() if mode == "upsert" else things(), *GOOD, mode=mode)


# when a trigger holds rows back, in which mode that is found, and what is said
HELD_BACK: list[tuple[str, str, str]] = [
    ("DELETE", "replace", "2 rows that were to be replaced are still there"),
    ("DELETE", "append", "2 rows that were to be replaced are still there"),
    ("INSERT", "replace", "2 rows were to be written, 0 were"),
    ("INSERT", "upsert", "2 rows were to be written, 1 were"),
    ("UPDATE", "upsert", "2 rows were to be written, 1 were"),
]


@pytest.mark.parametrize(("when", "mode", "said"), HELD_BACK)
def test_a_trigger_that_holds_rows_back(when: str, mode: str, said: str, warehouse: PostgresWarehouse) -> None:
    put(warehouse, days(), "a,1,1", "b,2,1", key="k", mode="append" if mode == "append" else "replace")
    warehouse.change(
        "CREATE FUNCTION shop.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        f"CREATE TRIGGER hold BEFORE {when} ON shop.things FOR EACH ROW EXECUTE FUNCTION shop.nothing()"
    )
    with pytest.raises(CallError, match=f"{said}; look at its triggers"):
        put(warehouse, days(), "b,9,1", "c,3,1", key="k", mode=mode)
    assert served(warehouse) == [("a", 1, 1), ("b", 2, 1)]


def test_more_columns_than_a_function_has_arguments(warehouse: PostgresWarehouse) -> None:
    names = [f"c{n}" for n in range(120)]
    wide = dataset(
        *({"name": name, "logicalType": "integer"} for name in names),
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
    )
    publish(wide, warehouse.source("1," * 119 + "1", "x," * 119 + "x", header=",".join(names)), warehouse.target,
            run_key="k")  # fmt: skip
    ((raw,),) = warehouse.aside("headgate_raw")
    assert raw == json.dumps(dict.fromkeys(sorted(names, key=lambda n: (len(n), n)), "x"), separators=(",", ":"))


TAKEN: list[tuple[str, str]] = [
    ("CREATE TABLE shop.things (id text, v bigint) PARTITION BY LIST (id); CREATE TABLE shop.a PARTITION OF shop.things FOR VALUES IN ('a'); "
     "CREATE TABLE shop.rest PARTITION OF shop.things DEFAULT", "replace"),
    ("CREATE TABLE shop.things (id text PRIMARY KEY, v bigint, parent text DEFAULT nullif('', '') REFERENCES shop.things ON DELETE CASCADE)", "replace"),
    ("CREATE TABLE shop.things (id text PRIMARY KEY, v bigint); CREATE TABLE shop.later (t text REFERENCES shop.things ON DELETE CASCADE); "
     "INSERT INTO shop.things VALUES ('a', 5); INSERT INTO shop.later VALUES ('a')", "upsert"),
    ('CREATE TABLE shop."other""s" (); CREATE TABLE shop.things (id varchar(5), v numeric(4,1))', "replace"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "mode"), TAKEN)
def test_targets_that_are_taken(made: str, mode: str, warehouse: PostgresWarehouse) -> None:
    warehouse.change(f"CREATE SCHEMA shop; {made}")
    keyed = dataset({"name": "id", "primaryKey": True}, {"name": "v", "logicalType": "integer"})
    for rows in (GOOD, ("a,1", "b,2")):
        warehouse.publish(keyed, *rows, mode=mode)
    assert warehouse.rows() == [("a", 1), ("b", 2)]


# what the target's own constraints say to rows that the contract lets pass
BROKEN: list[tuple[str, str]] = [
    ("id text, v bigint CHECK (v < 2)", "its constraint things_v_check"),
    ("id text, v bigint UNIQUE", "its constraint things_v_key"),
    ("id text, v bigint UNIQUE DEFERRABLE", "its constraint things_v_key"),
    ("id text, v bigint NOT NULL", "its column v"),
    ("id text REFERENCES shop.owners DEFERRABLE, v bigint", "its constraint things_id_fkey"),
]


@pytest.mark.parametrize(("columns", "said"), BROKEN)
def test_what_the_targets_own_constraints_refuse_is_said_without_values(
    columns: str, said: str, warehouse: PostgresWarehouse
) -> None:
    warehouse.change(
        f"CREATE SCHEMA shop; CREATE TABLE shop.owners (id text PRIMARY KEY); CREATE TABLE shop.things ({columns})"
    )
    with pytest.raises(CallError, match=f"shop.things: {said} refuses") as caught:
        warehouse.publish(things(), "secret,7", "secret,7", "secret,")
    assert ("secret" in str(caught.value), warehouse.rows()) == (False, [])


# --- who may ---
@contextmanager
def role(warehouse: PostgresWarehouse, *may: str) -> Iterator[str]:
    """A target of a user who may do just that, and is a stranger to the tables."""
    warehouse.change("DROP ROLE IF EXISTS publisher; CREATE ROLE publisher LOGIN")
    try:
        for grant in may:
            warehouse.change(grant)
        yield warehouse.target.replace("headgate@", "publisher@")
    finally:
        warehouse.change("DROP SCHEMA IF EXISTS shop, headgate CASCADE; DROP OWNED BY publisher; DROP ROLE publisher")
        warehouse.change("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC")


READS = "GRANT USAGE ON SCHEMA shop TO publisher; GRANT SELECT ON shop.things TO publisher;"
LOOKS: list[tuple[str, bool]] = [
    (READS, False),
    (READS + "GRANT SELECT ON headgate.stale TO publisher", False),  # the schema is closed
    (READS + "GRANT SELECT ON headgate.stale TO publisher; GRANT USAGE ON SCHEMA headgate TO publisher", True),
]


@pytest.mark.parametrize(("may", "told"), LOOKS)
def test_who_only_reads_is_told_what_is_stale_as_far_as_they_may_know(
    may: str, told: bool, warehouse: PostgresWarehouse
) -> None:
    kept = things("last_known_good")
    warehouse.publish(kept, *GOOD, key="good")
    assert str(warehouse.publish(kept, "a,-1", key="bad").status) == "kept_last_good"
    with role(warehouse, may) as target:
        report = check(kept, target)
    assert (str(report.verdict), "bad was held back" in report.stale) == ("pass", told)


TABLE = MAKE + "GRANT USAGE ON SCHEMA shop TO publisher;"
WRITES = TABLE + "GRANT SELECT, INSERT, DELETE ON shop.things TO publisher;"
LACKING: list[tuple[str, str]] = [
    ("", "there is no such table, and its user may not make one: GRANT CREATE ON DATABASE, or make the schema"),
    ("CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO publisher", "GRANT CREATE ON SCHEMA shop"),
    (TABLE + "GRANT SELECT, INSERT ON shop.things TO publisher", "its user lacks DELETE on it"),
    (WRITES + "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC", "GRANT TEMPORARY ON DATABASE"),
    (WRITES + "ALTER TABLE shop.things ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON shop.things USING (v > 5)",
     "row security hides rows"),
    (WRITES, "its user may not make the schema headgate, where records are kept"),
    (WRITES + "CREATE SCHEMA headgate", "may not make tables in the schema headgate"),
    (WRITES + "CREATE SCHEMA headgate CREATE TABLE publications (x int) CREATE TABLE stale (x int) CREATE TABLE releases (x int);"
     "GRANT USAGE ON SCHEMA headgate TO publisher", "may not write the tables of the schema headgate"),
]  # fmt: skip


@pytest.mark.parametrize(("may", "said"), LACKING)
def test_what_a_user_lacks_is_said(may: str, said: str, warehouse: PostgresWarehouse) -> None:
    with role(warehouse, may) as target, pytest.raises(HeadgateError, match=said):
        publish(things(), warehouse.source(*GOOD), target, run_key="k")


def test_the_quarantine_is_read_by_its_owner_alone(warehouse: PostgresWarehouse) -> None:
    """Although new tables are given to others by default. The owner is the target's, where the user may give it away."""
    shared = "CREATE SCHEMA headgate; GRANT ALL ON SCHEMA headgate, shop TO publisher; GRANT headgate TO publisher;"
    default = "ALTER DEFAULT PRIVILEGES FOR ROLE publisher IN SCHEMA shop GRANT ALL ON TABLES TO PUBLIC"
    with role(warehouse, WRITES + shared + default) as target:
        publish(things("quarantine"), warehouse.source("a,1", ",2"), target, run_key="k")
        assert warehouse.query(
            "SELECT relowner::regrole::text, (SELECT count(*) FROM aclexplode(relacl) WHERE grantee <> relowner) "
            "FROM pg_class WHERE relname = 'things__quarantine'"
        ) == [("headgate", 0)]


# --- who waits for whom ---
@contextmanager
def holding(warehouse: PostgresWarehouse, statement: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else who has just done that, and has not ended their transaction."""
    with warehouse.connect() as connection, connection.transaction():
        connection.execute(statement)  # type: ignore[call-overload]
        yield connection


def test_one_publish_of_a_target_waits_for_another(
    warehouse: PostgresWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(session._SETTINGS, "lock_timeout", "300")
    warehouse.publish(things(), *GOOD)
    held_back = "SELECT pg_advisory_xact_lock(hashtextextended('headgate publish shop.things', 0))"
    with holding(warehouse, held_back), pytest.raises(TransientError, match="another publish into it"):
        warehouse.publish(things(), "z,9")
    assert warehouse.rows() == [("a", 1), ("b", 2)]


def test_a_table_in_use_is_asked_for_briefly_and_often(
    warehouse: PostgresWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new column needs the table alone: whoever comes to read meanwhile waits no longer than one try."""
    monkeypatch.setattr(publisher, "_LOCK_TRIES", 2)
    monkeypatch.setattr(publisher, "_LOCK_WAIT_S", 0.3)
    warehouse.publish(things(), *GOOD)
    wider = dataset({"name": "id"}, {"name": "v", "logicalType": "integer"}, {"name": "w"})
    source = warehouse.source("c,3,x", header="id,v,w")
    with holding(warehouse, "SELECT * FROM shop.things"):
        with pytest.raises(TransientError, match="others have it in use, 2 tries"):
            warehouse_publish(warehouse, wider, source)
        warehouse_publish(warehouse, things(), warehouse.source("b,2"))  # a reader holds nothing up
    warehouse_publish(warehouse, wider, warehouse.source("c,3,x", header="id,v,w"))
    assert warehouse.rows(columns="id, v, w") == [("c", 3, "x")]


def test_two_partitions_are_published_at_once(warehouse: PostgresWarehouse) -> None:
    put(warehouse, days(), "a,1,1", "b,1,2", key="before")
    sources = []
    for day in (1, 2):
        source = warehouse.csv.with_name(f"day{day}.csv")
        source.write_text("id,v,day\n" + "".join(f"{day}-{n},{n},{day}\n" for n in range(2000)))
        sources.append((day, source))
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(
            pool.map(
                lambda one: publish(days(), one[1], warehouse.target, run_key=f"d{one[0]}", where=f"day = {one[0]}"),
                sources,
            )
        )
    assert [o.rows_published for o in outcomes] == [2000, 2000]
    assert warehouse.query("SELECT day, count(*) FROM shop.things GROUP BY 1 ORDER BY 1") == [(1, 2000), (2, 2000)]


@pytest.mark.parametrize("mode", ["replace", "swap"])
def test_a_reader_sees_one_version_or_the_next(mode: str, warehouse: PostgresWarehouse) -> None:
    versions = 5
    sources = []
    for version in range(versions):
        source = warehouse.csv.with_name(f"v{version}.csv")
        source.write_text("id,v\n" + "".join(f"{n},{version}\n" for n in range(2000)))
        sources.append(source)
    warehouse_publish(warehouse, things(), sources[0], mode=mode)
    seen: list[tuple[Any, ...]] = []
    done = threading.Event()

    def poll() -> None:
        with warehouse.connect() as connection:
            while not done.is_set():
                seen.extend(connection.execute("SELECT count(*), min(v), max(v) FROM shop.things").fetchall())

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        for source in sources:
            warehouse_publish(warehouse, things(), source, mode=mode)
    finally:
        done.set()
        poller.join()
    assert {(2000, v, v) for v in range(versions)} >= set(seen)
    assert len(set(seen)) > 2 and len(seen) > 50


# --- what a backend that is ended, at any step, leaves behind ---
STEPS = ("stage", "set_aside", "remaining", "prune", "write_data", "write_quarantine", "write_record", "discard")
CUTS = [("replace", step, "before") for step in STEPS]
CUTS += [("swap", "write_data", "after"), ("upsert", "write_data", "after"), ("replace", "write_record", "after")]


@pytest.mark.parametrize(("mode", "step", "when"), CUTS)
def test_a_publish_whose_connection_is_cut_leaves_the_old_state_or_the_new(
    mode: str, step: str, when: str, warehouse: PostgresWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(warehouse, days("quarantine"), "a,1,1", "b,-2,1", key="k", mode=mode)
    old = state(warehouse)
    today = ("a,5,1", "b,-6,1", "c,7,1")
    original = getattr(publisher.PostgresPublisher, step)

    def cut(self: Any) -> None:
        warehouse.query(f"SELECT pg_terminate_backend({self.connection.info.backend_pid}, 5000)")

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if when == "before":
            cut(self)
        result = original(self, *args, **kwargs)
        if when == "after":
            cut(self)
        return result

    with monkeypatch.context() as patched:
        patched.setattr(publisher.PostgresPublisher, step, method)
        try:
            put(warehouse, days("quarantine"), *today, key="k", mode=mode)
            assert step == "discard"  # the outcome stands: it was written before
        except TransientError as error:
            assert "PostgreSQL" in str(error)
    assert (state(warehouse) == old) == (step != "discard")
    put(warehouse, days("quarantine"), *today, key="k", mode=mode)
    assert (served(warehouse), len(warehouse.aside())) == ([("a", 5, 1), ("c", 7, 1)], 1)
    assert not warehouse.query("SELECT 1 FROM pg_class WHERE relname ~ '^__headgate' AND relpersistence = 'p'")


def test_a_server_of_the_contract_and_the_command_line(
    warehouse: PostgresWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a server of type postgresql the rest is said by libpq's environment."""
    monkeypatch.setenv("PGUSER", "headgate")
    monkeypatch.setenv("PGHOST", warehouse.server)
    server = {
        "server": "w",
        "type": "postgresql",
        "host": "",
        "port": 5432,
        "database": "postgres",
        "schema": "shop",
    }
    file = write(tmp_path, odcs({"name": "things", "properties": [{"name": "id"}, {"name": "v"}]}, servers=[server]))
    done = CliRunner().invoke(
        main, ["publish", str(file), str(warehouse.source(*GOOD)), "--run-key", "k", "--mode", "swap"]
    )
    assert (done.exit_code, warehouse.rows()) == (0, [("a", "1"), ("b", "2")]), done.output
