"""Canonical texts: equal values of DuckDB and PostgreSQL have equal texts, different values different ones."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
import pytest
from headgate.checks import Column
from headgate.places.canonical import CanonicalForms, Form, Kind, common_form
from headgate.places.duckdb.canonical import CANONICAL_FORMS as DUCKDB
from headgate.places.postgres.canonical import CANONICAL_FORMS as POSTGRES

INTEGERS = ["0", "1", "-1", "2147483647", "-2147483648", "9223372036854775807", "-9223372036854775808", "1000000000000000",
            "-1000000000000000", "42", "9007199254740992", "9007199254740993", "-9007199254740993", "7", "-7", "10", "100",
            "999999999999999999", "123456789", "-123456789", "32767", "-32768", "255", "256", "65535", "65536", "2", "3",
            "4294967295", "4294967296"]  # fmt: skip
DECIMALS = ["0", "0.00", "-0.00", "1", "1.0", "1.10", "-1.10", "0.005", "0.015", "0.025", "-0.005", "-0.015",
            "99999999999999.999999", "-99999999999999.999999", "0.000001", "0.0000005", "0.0000015", "-0.0000005",
            "123456.789", "0.1", "0.10", "100", "1000.50", "12.3456785", "12.3456775", "7", "-7", "0.30", "2.50",
            "142857.1428571"]  # fmt: skip
DOUBLES = ["0.0", "-0.0", "1.0", "-1.0", "0.1", "1e15", "1e16", "1e17", "123456789012345680", "1e-4", "1e-5", "1e-6", "1e22",
           "1e23", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "NaN", "Infinity", "-Infinity",
           "0.30000000000000004", "142857.14285714287", "9007199254740992", "1e100", "-1e-7", "100.0", "0.36640625",
           "3.141592653589793", "1e-15", "9e-15"]  # fmt: skip
MOMENTS = ["2026-03-29 01:30:00", "2026-03-29 02:30:00", "2026-03-29 01:30:00.1", "2026-03-29 01:30:00.123456",
           "2026-03-29 01:30:00.000001", "2026-10-25 00:30:00", "2026-10-25 01:30:00", "1970-01-01 00:00:00",
           "1969-12-31 23:59:59.999999", "1900-01-01 00:00:00", "1582-10-04 00:00:00", "1582-10-15 00:00:00",
           "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "2024-02-29 12:00:00", "2038-01-19 03:14:08",
           "2000-01-01 00:00:00", "1999-12-31 23:59:59.5", "2016-12-31 23:59:59", "2026-01-01 00:00:00.100000",
           "2026-01-01 00:00:00.010", "1883-11-18 12:03:58", "1850-01-01 00:00:00", "2100-01-01 00:00:00",
           "2026-06-15 12:34:56.789", "infinity", "-infinity", "2026-12-31 23:00:00", "1960-02-29 06:00:00.25",
           "2262-04-11 23:47:16.854775"]  # fmt: skip
DAYS = ["1970-01-01", "1969-12-31", "2024-02-29", "0001-01-01", "9999-12-31", "1582-10-04", "1582-10-15", "2000-01-01",
        "1900-02-28", "2026-03-29", "infinity", "-infinity", *(f"2026-{m:02d}-01" for m in range(1, 13)), "2038-01-19",
        "1850-01-01", "2100-01-01", "1960-02-29", "1752-09-14", "2262-04-11"]  # fmt: skip
TIMES = ["00:00:00", "23:59:59.999999", "00:00:00.000001", "12:00:00", "12:00:00.5", "12:00:00.05", "01:02:03",
         *(f"{h:02d}:30:00" for h in range(23))]  # fmt: skip
TEXTS = ["", "a", "a ", "  a", "A", "é", "e\u0301", "ß", "SS", "😀", "\u200b", "a\u00a0", "tab\tx", "nl\nx", "cr\r\nx",
         "'", "''", "\\", "\\n", "|", "\x1f", "x\x1fy", "x\x1f\x1fy", "<null>", "NULL", "0", "=", "=a", "\ufeffbom",
         "İ"]  # fmt: skip
BYTES = [
    "",
    "00",
    "ff",
    "0011",
    "1100",
    "5c78",
    "1f",
    "1f1f",
    "deadbeef",
    "30",
    "3d",
    *(f"{i:02x}00" for i in range(19)),
]
BOOLEANS = ["true", "false"]


@dataclass(frozen=True)
class Case:
    """Values that two columns hold, of these types. Those of `unlike` are told apart by the text, not by their
    number."""

    name: str
    duckdb: str
    postgres: str
    values: Sequence[str]


CASES = [
    Case("integer", "BIGINT", "bigint", INTEGERS),
    Case("smallint and hugeint", "HUGEINT", "smallint", [v for v in INTEGERS if abs(int(v)) < 2**15]),
    Case("integer and decimal", "DECIMAL(28,6)", "bigint", INTEGERS),
    Case("decimal and integer", "BIGINT", "numeric(28,6)", INTEGERS),
    Case("integer and numeric without limits", "BIGINT", "numeric", INTEGERS),
    Case("decimal of one scale", "DECIMAL(38,7)", "numeric(38,7)", DECIMALS),
    Case("decimal of two scales", "DECIMAL(28,7)", "numeric(30,9)", DECIMALS),
    Case("decimal and numeric without limits", "DECIMAL(38,7)", "numeric", DECIMALS),
    Case("double", "DOUBLE", "double precision", DOUBLES),
    Case("float and real", "FLOAT", "real", ["0.1", "19.99", "-0.0", "0", "1e10", "NaN", "Infinity", "16777216", "3.14159"]),
    Case("real and double", "DOUBLE", "real", ["0.1", "19.99", "0.5", "-2.25", "1e10", "NaN"]),
    Case("integer and double", "DOUBLE", "bigint", INTEGERS),
    Case("decimal and double", "DECIMAL(38,7)", "double precision", DECIMALS),
    Case("double and decimal", "DOUBLE", "numeric(38,7)", DECIMALS),
    Case("timestamp", "TIMESTAMP", "timestamp", MOMENTS),
    Case("moment", "TIMESTAMPTZ", "timestamptz", MOMENTS),
    Case("timestamp and moment", "TIMESTAMP", "timestamptz", MOMENTS),
    Case("nanoseconds", "TIMESTAMP_NS", "timestamp", [m for m in MOMENTS if "1700" < m < "2262"]),
    Case("date", "DATE", "date", DAYS),
    Case("date and timestamp", "DATE", "timestamp", DAYS),
    Case("moment and date", "TIMESTAMPTZ", "date", DAYS),
    Case("time", "TIME", "time", TIMES),
    Case("boolean", "BOOLEAN", "boolean", BOOLEANS),
    Case("text", "VARCHAR", "text", TEXTS),
    Case("text and varchar", "VARCHAR", "varchar(40)", TEXTS),
    Case("bytes", "BLOB", "bytea", BYTES),
]  # fmt: skip


class Engines:
    """DuckDB and PostgreSQL, each in a session time zone of its own."""

    def __init__(self, folder: str) -> None:
        self.duckdb = duckdb.connect()
        self.duckdb.execute("SET TimeZone = 'UTC'")
        self.postgres = psycopg.connect(host=folder, user="headgate", dbname="postgres", autocommit=True)
        self.postgres.execute("SET TimeZone = 'UTC'")

    def types(self, case: Case) -> tuple[Kind, Kind, Form]:
        (d,) = self.duckdb.execute(f"SELECT typeof(NULL::{case.duckdb})").fetchone() or ("",)
        ((p,),) = self.postgres.execute(
            f"SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE attrelid = '{self._table(case)}'::regclass AND attname = 'c'"
        ).fetchall()
        left, right = DUCKDB.kind_of(Column("c", d, frozenset())), POSTGRES.kind_of(Column("c", p, frozenset()))
        assert left is not None
        assert right is not None
        form = common_form(left, right)
        assert form is not None, case.name
        return left, right, form

    def _table(self, case: Case) -> str:
        name = f"t_{abs(hash(case.name))}"
        self.postgres.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} (c {case.postgres})")
        return name

    def texts(self, case: Case, values: Sequence[str]) -> tuple[list[str], list[str]]:
        """The canonical texts of the values on DuckDB and PostgreSQL."""
        left, right, form = self.types(case)
        if case.duckdb == "BLOB":
            given_duckdb, given_postgres = "unhex(v)", "decode(v, 'hex')"
        else:
            given_duckdb, given_postgres = f"CAST(v AS {case.duckdb})", f"CAST(v AS {case.postgres})"
        d = self.duckdb.execute(
            f"SELECT {_text(DUCKDB, left, form, given_duckdb)} FROM (SELECT unnest($1) AS v, unnest($2) AS i) ORDER BY i",
            [list(values), list(range(len(values)))],
        ).fetchall()
        p = self.postgres.execute(
            f"SELECT {_text(POSTGRES, right, form, given_postgres)} FROM unnest(%s::text[]) WITH ORDINALITY AS t(v, i) ORDER BY i",
            [list(values)],
        ).fetchall()
        return [row[0] for row in d], [row[0] for row in p]


def _text(forms: CanonicalForms, kind: Kind, form: Form, value: str) -> str:
    return forms.text(kind.as_read.format(c=value), kind, form)


@pytest.fixture(scope="module")
def engines(postgres: str) -> Iterator[Engines]:
    made = Engines(postgres)
    yield made
    made.postgres.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nasty_values_have_equal_texts(engines: Engines, case: Case) -> None:
    left, right = engines.texts(case, case.values)
    assert [(v, a, b) for v, a, b in zip(case.values, left, right) if a != b or a is None] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_different_values_have_different_texts(engines: Engines, case: Case) -> None:
    left, _ = engines.texts(case, case.values)
    kind = engines.types(case)[2].name
    by_text: dict[str, set[Any]] = {}
    for value, text in zip(case.values, left):
        by_text.setdefault(text, set()).add(_meant(value, kind))
    assert [values for values in by_text.values() if len(values) > 1] == []


def _meant(value: str, form: str) -> Any:
    """What a value means where the form is this one: 1.0 and 1.00 are one number, as floats more are."""
    if form == "double":
        number = float(value)
        return "nan" if number != number else number + 0.0
    return Decimal(value) if form in ("integer", "decimal", "trimmed") else value


def test_every_pair_of_a_family_has_a_form() -> None:
    names = {"duckdb": ["BIGINT", "HUGEINT", "DECIMAL(38,6)", "DECIMAL(9,2)", "DOUBLE", "FLOAT"],
             "postgres": ["bigint", "numeric", "numeric(12,2)", "double precision", "real"]}  # fmt: skip
    numbers = [k for n in names["duckdb"] if (k := DUCKDB.kind_of(Column("c", n, frozenset())))]
    others = [k for n in names["postgres"] if (k := POSTGRES.kind_of(Column("c", n, frozenset())))]
    lost = [(a, b) for a in numbers for b in others if common_form(a, b) is None]
    assert (len(numbers), len(others), lost) == (6, 5, [])
    for forms in (DUCKDB, POSTGRES):
        for kind in (*numbers, *others):
            for other in (*numbers, *others):
                form = common_form(kind, other)
                assert form is not None
                assert (kind.family, form.name) in forms.texts, (kind, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("text", "integer"), ("text", "boolean"), ("boolean", "integer"), ("bytes", "text"), ("time", "timestamp")],
)
def test_types_without_a_form_in_common_are_not_compared(one: Any, other: Any) -> None:
    assert common_form(Kind(one), Kind(other)) is None


def _random(case: Case, draw: random.Random) -> str:
    match case.name:
        case "integer":
            return str(draw.randint(-(2 ** draw.randint(1, 63)), 2 ** draw.randint(1, 63) - 1))
        case (
            "decimal of one scale"
            | "decimal of two scales"
            | "decimal and numeric without limits"
            | "decimal and double"
        ):
            return str(
                Decimal(draw.randint(-(10 ** draw.randint(1, 20)), 10 ** draw.randint(1, 20))).scaleb(
                    -draw.randint(0, 7)
                )
            )
        case "double":
            import struct

            return repr(struct.unpack(">d", draw.randbytes(8))[0]).replace("inf", "Infinity")
        case "timestamp" | "moment":
            # From year 1 to 9999.
            return str(datetime(1, 1, 2, tzinfo=UTC) + timedelta(microseconds=draw.randrange(315_500_000_000 * 10**6)))[
                :26
            ].removesuffix("+00:00")
        case "date":
            return str((datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=draw.randrange(3_650_000))).date())
        case "bytes":
            return draw.randbytes(draw.randint(0, 12)).hex()
    return "".join(draw.choice("ab\x1f=0|'\\ é\u0301😀\n\t\"") for _ in range(draw.randint(0, 8)))


RANDOM = ("integer", "decimal of one scale", "decimal of two scales", "decimal and numeric without limits", "decimal and double",
          "double", "timestamp", "moment", "date", "bytes", "text")  # fmt: skip


@pytest.mark.parametrize("name", RANDOM)
def test_random_values_have_equal_texts(engines: Engines, name: str) -> None:
    number = int(os.environ.get("HEADGATE_CANONICAL", "5000")) // len(RANDOM)
    case, draw = next(case for case in CASES if case.name == name), random.Random(f"canonical {name}")
    values = [_random(case, draw) for _ in range(number)]
    left, right = engines.texts(case, values)
    assert [(v, a, b) for v, a, b in zip(values, left, right) if a != b or a is None][:3] == []
    assert len(set(left)) == len({_meant(v, engines.types(case)[2].name) for v in values})
