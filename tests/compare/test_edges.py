"""The edges of comparisons: tolerances, floats, periods, names, keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.checks.reconciliation import Pair, Reconciliation, Tolerance
from headgate.compare.found import Pattern
from headgate.compare.reconcile import reconcile
from headgate.errors import CallError
from headgate.places import place_of

from tests.support.postgres_tables import Database

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
ID = (Pair("id", "id"),)


@pytest.fixture(scope="module")
def tables(postgres: str) -> Iterator[Database]:
    made = Database.new(postgres)
    yield made
    made.drop()


def in_duckdb(folder: Path, own: str, other: str, rule: Reconciliation) -> Any:
    """Two tables of one file, each the SELECT."""
    with duckdb.connect(str(folder / "t.duckdb")) as connection:
        connection.execute(f"CREATE TABLE a AS {own}")
        connection.execute(f"CREATE TABLE b AS {other}")
    return reconcile(place_of(f"{folder}/t.duckdb#a"), place_of(f"{folder}/t.duckdb#b"), rule, now=NOW)


def within(absolute: str = "0", relative: str = "0") -> Tolerance:
    return Tolerance(Decimal(absolute), Decimal(relative))


# Two values on DuckDB, the tolerance, whether they differ.
TOLERANCES = [
    ("1152921504606846977::bigint", "1152921504606846960::decimal(20,0)", within("0.5"), True),
    ("9007199254740993::bigint", "9007199254740992::decimal(20,0)", within("0.5"), True),
    ("9007199254740993::bigint", "9007199254740992::decimal(20,0)", within("1"), False),
    ("9007199254740993::bigint", "9007199254740992::bigint", within("0", "1e-17"), True),
    ("0.30::decimal(12,2)", "0.29::decimal(12,2)", within("0.01"), False),
    ("0.30::decimal(12,2)", "0.2899::decimal(12,4)", within("0.01"), True),
    ("1::ubigint", "2::ubigint", within("1"), False),
    ("100::tinyint", "(-100)::tinyint", within("1"), True),
    ("9223372036854775807::bigint", "(-9223372036854775808)::bigint", within("1"), True),
    ("100::integer", "101::integer", within("0", "0.01"), False),
    ("100::integer", "102::integer", within("0", "0.01"), True),
    ("NULL::integer", "0::integer", within("5"), True),
    ("1.0::double", "1.0000001::double", within("0", "1e-6"), False),
    ("'inf'::double", "1::double", within("0", "0.5"), True),
    ("'nan'::double", "'nan'::double", within("1"), False),
    ("'nan'::double", "1::double", within("5"), True),
    ("'inf'::double", "'-inf'::double", within("5", "1"), True),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "tolerance", "differs"), TOLERANCES, ids=[f"{t[0]} {t[1]}" for t in TOLERANCES])
def test_tolerances(tmp_path: Path, a: str, b: str, tolerance: Tolerance, differs: bool) -> None:
    rule = Reconciliation(key=ID, tolerance=tolerance)
    found = in_duckdb(tmp_path, f"SELECT 1 AS id, {a} AS v", f"SELECT 1 AS id, {b} AS v", rule)
    assert (found.lost, found.changed) == ("", int(differs))


def test_a_numeric_without_limits_within_a_tolerance(tables: Database, tmp_path: Path) -> None:
    tables.run(
        "DROP TABLE IF EXISTS t",
        "CREATE TABLE t (id integer, v numeric)",
        "INSERT INTO t VALUES (1, 100000000000000000.01)",
    )
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS id, 100000000000000000.09::decimal(20,2) AS v")
    for rule in (Reconciliation(key=ID), Reconciliation(by=ID, sums=(Pair("v", "v"),))):
        for absolute, differing in (("0.01", 1), ("0.08", 0)):
            made = Reconciliation(key=rule.key, by=rule.by, sums=rule.sums, tolerance=within(absolute))
            found = reconcile(place_of(tables.url("t")), place_of(f"{tmp_path}/t.duckdb#t"), made, now=NOW)
            assert (found.lost, found.differing) == ("", differing)


@pytest.mark.parametrize("tolerance", [Tolerance(), within("1e-18"), within("0", "1e-17")])
def test_sums_of_floats_do_not_depend_on_the_order(tmp_path: Path, tolerance: Tolerance) -> None:
    values = ("0.1", "0.2", "-0.3")
    own, other = (
        " UNION ALL ".join(f"SELECT {v}::double AS v" for v in some) for some in (values, tuple(reversed(values)))
    )
    rule = Reconciliation(sums=(Pair("v", "v"),), tolerance=tolerance)
    assert in_duckdb(tmp_path, own, other, rule).agrees()
    (tmp_path / "t.duckdb").unlink()
    assert not in_duckdb(tmp_path, own, f"{other} UNION ALL SELECT 0.001", rule).agrees()


# What makes the period of the groups, and whether an event of 1 May that is missing on one side is quiet on 20 May.
PERIODS: list[tuple[str, str | None]] = [
    ("date_trunc('month', t)", ""),
    ("date_trunc('months', t)", ""),
    ("date_trunc('mon', t)", ""),
    ("CAST(date_trunc('month', t) AS date)", ""),
    ("date_trunc('quarter', t)", ""),
    ("date_trunc('year', t)", ""),
    ("last_day(t)", ""),
    ("date_trunc('week', t)", None),
    ("CAST(t AS date)", None),
    ("t", None),
    ("date_trunc('decade', t)", "the unit 'decade'"),
    ("date_trunc('century', t)", "the unit 'century'"),
    ("coalesce(date_trunc('month', t), t)", "how long the period"),
    ("time_bucket(interval '1 month', t)", "how long the period"),
]


@pytest.mark.parametrize(("period", "said"), PERIODS, ids=[p[0] for p in PERIODS])
def test_periods_that_have_not_ended_are_quiet(tmp_path: Path, period: str, said: str | None) -> None:
    rule = Reconciliation(by=(Pair(period, period),), sums=(Pair("v", "v"),), settled=timedelta(days=2))
    older = "SELECT TIMESTAMP '2025-11-03 10:00:00' AS t, 1 AS v"
    compare = lambda: in_duckdb(tmp_path, f"{older} UNION ALL SELECT TIMESTAMP '2026-05-01 09:00:00', 2", older, rule)  # noqa: E731
    if said:
        with pytest.raises(CallError, match=said.replace("'", ".")):
            compare()
        return
    found = compare()
    assert (found.agrees(), found.late) == ((True, 1) if said == "" else (False, 0))


def test_a_side_with_late_rows_alone_is_not_empty_beside_one_without_rows(tmp_path: Path) -> None:
    rule = Reconciliation(by=(Pair("t", "t"),), sums=(Pair("v", "v"),), settled=timedelta(days=3))
    own = "SELECT TIMESTAMP '2026-05-19 10:00:00' AS t, 1 AS v"
    found = in_duckdb(tmp_path, own, f"{own} LIMIT 0", rule)
    assert (found.agrees(), found.rows, found.late) == (True, (0, 0), 1)


def test_columns_that_differ_in_case_alone(tables: Database, tmp_path: Path) -> None:
    tables.run(
        "DROP TABLE IF EXISTS a, b", 'CREATE TABLE a (id int, v int, "V" int)', 'CREATE TABLE b (id int, v int, "V" int)',
        "INSERT INTO a VALUES (1, 1, 7)", "INSERT INTO b VALUES (1, 2, 7)",
    )  # fmt: skip
    a, b = place_of(tables.url("a")), place_of(tables.url("b"))
    assert reconcile(a, b, Reconciliation(key=ID), now=NOW).columns == {"v": 1}
    sums = Reconciliation(by=ID, sums=(Pair("v * 1", "v * 1"),))
    assert reconcile(a, b, sums, now=NOW).changed == 1
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS id, 1 AS v")
    found = reconcile(a, place_of(f"{tmp_path}/t.duckdb#t"), Reconciliation(key=ID), now=NOW)
    assert (found.changed, found.alone) == (0, f"V only in {tables.schema}.a")


@pytest.mark.parametrize(
    ("own", "other", "alone"),
    [
        ("1 AS id, 5 AS v", "1 AS order_id, 6 AS id, 5 AS v", "id only in main.b"),
        ("1 AS id, 2 AS order_id", "1 AS order_id, 2 AS id", "order_id only in main.a; id only in main.b"),
        ("1 AS id, 5 AS v", "1 AS order_id, 5 AS v", ""),
    ],
)
def test_a_key_that_is_called_otherwise_hides_no_column(tmp_path: Path, own: str, other: str, alone: str) -> None:
    found = in_duckdb(tmp_path, f"SELECT {own}", f"SELECT {other}", Reconciliation(key=(Pair("id", "order_id"),)))
    assert (found.alone, found.agrees()) == (alone, not alone)


@pytest.mark.parametrize("kind", ["tinyint", "smallint", "integer", "bigint"])
def test_narrow_keys_by_checksums(tables: Database, tmp_path: Path, kind: str) -> None:
    wide = {"tinyint": "smallint"}.get(kind, kind)
    most, step = (100, 1) if kind == "tinyint" else (32000, 50)
    tables.run(
        "DROP TABLE IF EXISTS n",
        f"CREATE TABLE n AS SELECT (i - {most})::{wide} AS id, i AS v FROM generate_series(0, {2 * most}, {step}) AS i",
    )
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        connection.execute(
            f"CREATE TABLE n AS SELECT (i - {most})::{kind} AS id, i AS v FROM range(0, {2 * most} + 1, {step}) AS r(i)"
        )
    found = reconcile(
        place_of(f"{tmp_path}/t.duckdb#n"), place_of(tables.url("n")), Reconciliation(key=ID), now=NOW, bandwidth=1
    )
    assert ("checksums" in [step.name for step in found.steps], found.differing) == (True, 0)


REFUSED = [
    "COLUMNS('v')",
    "COLUMNS(*)",
    "to_char(t, 'YYYY-MM')",
    "sum(v)",
    "(SELECT 1)",
    "read_text('x')",
    "v; SELECT 1",
]


@pytest.mark.parametrize("expression", REFUSED)
def test_expressions_that_are_refused(tmp_path: Path, expression: str) -> None:
    rule = Reconciliation(by=(Pair(expression, expression),), sums=(Pair("v", "v"),))
    with pytest.raises(CallError, match="the expression"):
        in_duckdb(
            tmp_path, "SELECT TIMESTAMP '2026-01-01' AS t, 1 AS v", "SELECT TIMESTAMP '2026-01-01' AS t, 1 AS v", rule
        )


def test_a_pattern_of_a_hidden_column_has_no_number() -> None:
    pattern = Pattern("offset", ("salary",), "salary + 4321", 9, 9, {"salary": 5, "country": "DE"})
    assert pattern.to_dict({"salary"}) | {"where": None} == {
        "kind": "offset", "columns": ["salary"], "words": "salary: offset", "count": 9, "of": 9, "where": None,
    }  # fmt: skip
    assert pattern.to_dict({"salary"})["where"] == {"country": "DE"}
