"""Every step of a plan, asked alone of all its checks, says the exact count or nothing: on tables, files and frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet
import pytest
from headgate import check
from headgate.contract import Dataset
from headgate.places import Place, QueryError, Session, place_of
from headgate.scan import Plan, measure, plan, typed_view
from headgate.scan.plan import ROWS as NUMBER_OF_ROWS
from headgate.scan.step import Step
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from tests.support.contracts import dataset, load, odcs
from tests.support.postgres_tables import Database

pytestmark = pytest.mark.slow

INT = {"logicalType": "integer", "unique": True, "required": True}
TEXT = {"logicalType": "string", "unique": True, "required": True}
REAL = {"logicalType": "number", "unique": True, "required": True}
THINGS: Dataset = load(
    odcs(
        {
            "name": "things",
            "properties": [
                {
                    "name": "n",
                    **INT,
                    "relationships": [{"to": "other.v"}],
                    "enum": [{"value": v} for v in range(-2, 8)],
                    "logicalTypeOptions": {"minimum": 0, "exclusiveMaximum": 5, "multipleOf": 2},
                },
                {
                    "name": "t",
                    **TEXT,
                    "enum": [{"value": v} for v in ("a", "b", "")],
                    "logicalTypeOptions": {"minLength": 1, "maxLength": 1, "pattern": "^[a-z]*$"},
                    "quality": [{"metric": "missingValues", "mustBe": 0, "arguments": {"missingValues": ["", "b"]}}],
                },
                {"name": "x", **REAL, "logicalTypeOptions": {"minimum": 0, "maximum": 1}},
            ],
            "quality": [
                {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["n", "t"]}},
                {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["t", "x"]}},
                {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["n", "t", "x"]}},
            ],
        },
        {"name": "other", "properties": [{"name": "v"}]},
    )
)["things"]
NAN = float("nan")
NUMBERS = st.none() | st.integers(-2, 8) | st.sampled_from([2**31, 2**62, -(2**63), 2**63 - 1])
TEXTS = st.none() | st.sampled_from(["", "a", "b", "c", "ab", "A", "é"])
REALS = st.none() | st.sampled_from([0.0, -0.0, 0.5, 1.0, 1.5, -1.0, NAN, float("inf")])
ROWS = st.one_of(
    st.lists(st.tuples(NUMBERS, TEXTS, REALS), max_size=8),
    st.lists(st.tuples(st.integers(-2, 8), TEXTS, REALS), max_size=8).map(
        lambda rows: sorted(rows, key=lambda r: r[0])
    ),
    st.permutations(range(6)).map(lambda order: [(n, "a", 0.5) for n in order]),
)
# The dataset referred to: dense, with gaps, with halves that only look dense, with repetitions, empty.
OTHERS = st.sampled_from([
    ("BIGINT", [0, 1, 2, 3, 4, 5, 6, 7]), ("BIGINT", [3, 1, 2, 0]), ("BIGINT", [0, 2, 4]), ("BIGINT", [0, 0, 1, None]),
    ("DOUBLE", [0, 0.5, 2]), ("BIGINT", []), ("BIGINT", [0, 1, 1, 3]),
])  # fmt: skip
Row = tuple[int | None, str | None, float | None]


def naive(planned: Plan, session: Session, key: str) -> int:
    """How many rows meet the condition, each looked at by itself, as the quarantine split does it."""
    (check,) = [c for c in planned.checks if c.key == key]
    flagged = exp.select(exp.alias_(planned.condition(check), "bad")).from_(planned.relation.as_data)
    counted: int = session.rows(exp.select("COUNT(*)").from_(flagged.subquery("flagged")).where("bad"))[0][0]
    return counted


def asked_alone(step: Step, session: Session) -> dict[str, Any]:
    """What one step says of all its checks; a proof may fail, which says nothing."""
    said: dict[str, Any] = {}
    for query in step.queries(list(step.answers)):
        try:
            said |= dict(zip(query.keys, session.rows(query.select)[0], strict=True))
        except QueryError:
            assert not step.exact
    return {key: value for key, value in said.items() if value is not None}


def assert_sound(planned: Plan, session: Session, rows: Any) -> None:
    keys = {key for step in planned.steps for key in step.answers} - {NUMBER_OF_ROWS}
    counts = {key: naive(planned, session, key) for key in keys} | {NUMBER_OF_ROWS: len(rows)}
    assert len(counts) > 12
    for step in planned.steps:
        for key, value in asked_alone(step, session).items():
            assert value == counts[key], (step.evidence, key, rows)
        if step.exact:
            assert set(asked_alone(step, session)) == set(step.answers)
    whole = measure(planned, session)
    assert {key: m.value for key, m in whole.by_key.items() if key in counts} | {
        NUMBER_OF_ROWS: whole.rows
    } == counts, rows


@contextmanager
def planned_on(place: Place, other: Place) -> Iterator[tuple[Plan, Session]]:
    with place.connect() as session:
        relation = session.view(typed_view(THINGS, session.read(place), session), "things")
        references = {"other": exp.select("*").from_(session.read(other).source).subquery()}
        yield plan(THINGS.checks, relation, session, stored=True, references=references), session


def filled(connection: Any, rows: list[Row], other: tuple[str, list[Any]]) -> None:
    connection.execute("CREATE TABLE things (n BIGINT, t VARCHAR, x DOUBLE)")
    connection.execute(f"CREATE TABLE other (v {other[0]})")
    for row in rows:
        connection.execute("INSERT INTO things VALUES (?, ?, ?)", row)
    for value in other[1]:
        connection.execute("INSERT INTO other VALUES (?)", [value])


@given(ROWS, OTHERS, st.sampled_from(["table", "parquet", "frame"]))
@example([(5, "a", 0.5), (None, "a", 0.5), (5, "a", 0.5)], ("BIGINT", [0, 1, 2, 3, 4, 5, 6, 7]), "table")
@settings(max_examples=60, deadline=None)
def test_on_duckdb(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], other: tuple[str, list[Any]], kind: str
) -> None:
    folder = tmp_path_factory.mktemp("proofs")
    with duckdb.connect(folder / "w.duckdb") as connection:
        filled(connection, rows, other)
        for name in ("things", "other"):
            connection.execute(f"COPY {name} TO '{folder / name}.parquet'")
        frame = connection.sql("FROM things").to_arrow_table()
    place = {"table": f"{folder}/w.duckdb#main.things", "parquet": f"{folder}/things.parquet", "frame": frame}[kind]
    there = f"{folder}/w.duckdb#main.other" if kind == "table" else f"{folder}/other.parquet"
    with planned_on(place_of(place), place_of(there)) as (planned, session):
        assert_sound(planned, session, rows)


@given(ROWS, OTHERS)
@settings(max_examples=40, deadline=None)
def test_on_postgres(postgres: str, rows: list[Row], other: tuple[str, list[Any]]) -> None:
    schema = Database.new(postgres)
    try:
        columns = zip(*rows, strict=True) if rows else [(), (), ()]
        schema.fill("things", dict(zip("ntx", zip(("BIGINT", "TEXT", "DOUBLE"), columns, strict=True), strict=True)))
        schema.fill("other", {"v": other})
        with planned_on(place_of(schema.url("things")), place_of(schema.url("other"))) as (planned, session):
            assert_sound(planned, session, rows)
    finally:
        schema.drop()


DIGITS = {"quality": [{"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "^[0-9](\\.0)?$"}}]}
DAY = {"quality": [{"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "^1 day"}}]}
ONCE = {"logicalType": "array", "logicalTypeOptions": {"uniqueItems": True}}
WRITTEN_OTHERWISE = [
    ("duckdb", "DOUBLE", "('0.0'), ('-0.0')", {"logicalType": "number", **DIGITS}),
    ("duckdb", "DOUBLE[]", "(['0.0', '-0.0']), (['0.0', '0.0'])", ONCE),
    ("postgres", "FLOAT8", "('0'), ('0'), ('0'), ('-0')", {"logicalType": "number", **DIGITS}),
    ("postgres", "NUMERIC", "(1.0), (1.0), (1.0), (1.00)", {"logicalType": "number", **DIGITS}),
    ("postgres", "INTERVAL", "('1 day'), ('1 day'), ('1 day'), ('24 hours')", DAY),
]


@pytest.mark.parametrize(("engine", "kind", "values", "promise"), WRITTEN_OTHERWISE, ids=lambda value: str(value)[:9])
def test_equal_values_that_are_written_otherwise(
    engine: str, kind: str, values: str, promise: dict[str, Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    statements = (f"CREATE TABLE things (v {kind})", f"INSERT INTO things VALUES {values}")
    if engine == "postgres":
        schema = request.getfixturevalue("schema")
        schema.run(*statements)
        url = schema.url("things")
    else:
        url = f"{tmp_path}/w.duckdb#main.things"
        with duckdb.connect(tmp_path / "w.duckdb") as connection:
            for statement in statements:
                connection.execute(statement)
    report = check(dataset({"name": "v", **promise}), url)
    assert [r.unexpected for r in report.results if r.unexpected is not None] == [1]


@pytest.mark.parametrize("kind", ["parquet", "view"])
@pytest.mark.parametrize("values", [[0.5, NAN], [NAN, 0.5], [{"x": 0.5}, {"x": NAN}], [[0.5], [NAN]]], ids=str)
def test_statistics_that_leave_out_nan(kind: str, values: list[Any], tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"v": values}), tmp_path / "things.parquet")
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        connection.execute(f"CREATE VIEW things AS FROM '{tmp_path}/things.parquet'")
    promise: dict[str, Any] = {"logicalType": "number", "logicalTypeOptions": {"maximum": 1}}
    if isinstance(values[0], dict):
        promise = {"logicalType": "object", "properties": [{"name": "x", **promise}]}
    elif isinstance(values[0], list):
        promise = {"logicalType": "array", "items": promise}
    place = {"parquet": f"{tmp_path}/things.parquet", "view": f"{tmp_path}/w.duckdb#main.things"}[kind]
    report = check(dataset({"name": "v", **promise}), place)
    assert [r.unexpected for r in report.results if r.key.endswith("maximum")] == [1]


def test_equal_variants_with_other_hashes(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        connection.execute("CREATE TABLE things (n INT, v VARIANT)")
        connection.execute("INSERT INTO things VALUES (2, 1.0), (1, 5), (2, 1)")
    pair = {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["n", "v"]}}
    report = check(dataset({"name": "n"}, {"name": "v"}, quality=[pair]), f"{tmp_path}/w.duckdb#main.things")
    assert [r.unexpected for r in report.results if r.key == "duplicateValues"] == [2]
