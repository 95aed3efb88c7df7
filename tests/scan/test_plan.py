"""The plan: proofs are exact, whatever path is taken the answer is the same, one bad rule costs only itself."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd
import pytest
from headgate.checks import CATALOGUE, Check
from headgate.gate import check
from headgate.places.duckdb import Frame
from headgate.scan import measure, plan
from headgate.scan.step import CHUNK
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.contracts import dataset, load, odcs

THINGS = dataset(
    {
        "name": "n",
        "logicalType": "integer",
        "required": True,
        "unique": True,
        "logicalTypeOptions": {"minimum": 0, "exclusiveMaximum": 5},
    },
    {
        "name": "t",
        "logicalType": "string",
        "required": True,
        "unique": True,
        "enum": [{"value": "a"}, {"value": "b"}],
        "logicalTypeOptions": {"minLength": 1, "maxLength": 1, "pattern": "^[a-z]*$"},
    },
    quality=[{"id": "pair", "metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["n", "t"]}}],
)
ROWS = st.lists(
    st.tuples(st.none() | st.integers(-1, 6), st.none() | st.sampled_from(["", "a", "b", "c", "ab", "A", "é"])),
    max_size=8,
)


def frame_of(rows: list[tuple[Any, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {"n": pd.array([n for n, _ in rows], dtype="Int64"), "t": pd.Series([t for _, t in rows], dtype=str)}
    )


@pytest.mark.slow
@given(ROWS)
@settings(max_examples=100, deadline=None)
def test_the_counts_are_pythons(rows: list[tuple[Any, Any]]) -> None:
    report = check(THINGS, frame_of(rows))
    found = {r.key: r.unexpected for r in report.results if r.unexpected is not None and r.type != "type"}
    ns, ts = [n for n, _ in rows if n is not None], [t for _, t in rows if t is not None]
    whole = [(n, t) for n, t in rows if n is not None and t is not None]
    assert found == {
        "n.required": sum(n is None for n, _ in rows),
        "n.unique": sum(ns.count(n) > 1 for n in ns),
        "n.minimum": sum(n < 0 for n in ns),
        "n.exclusiveMaximum": sum(n >= 5 for n in ns),
        "t.required": sum(t is None for _, t in rows),
        "t.unique": sum(ts.count(t) > 1 for t in ts),
        "t.minLength": sum(len(t) < 1 for t in ts),
        "t.maxLength": sum(len(t) > 1 for t in ts),
        "t.pattern": sum(not t.isascii() or t != t.lower() for t in ts),
        "t.enum": sum(t not in ("a", "b") for t in ts),
        "pair": sum(whole.count(pair) > 1 for pair in whole),
    }


def test_good_data_is_proven_without_counting() -> None:
    report = check(THINGS, frame_of([(1, "a"), (2, "b")]))
    evidence = {r.key: r.evidence for r in report.results}
    assert report.verdict == "pass"
    assert evidence == {
        "extraColumns": "columns",
        **{f"{name}.{part}": "columns" for name in "nt" for part in ("exists", "logicalType")},
        **dict.fromkeys(("n.required", "n.minimum", "n.exclusiveMaximum", "t.required"), "statistics"),
        **dict.fromkeys(("t.minLength", "t.maxLength", "t.pattern", "t.enum"), "values"),
        **dict.fromkeys(("n.unique", "t.unique"), "sorted"),
        "pair": "implied by n.unique",
    }


def test_one_bad_rule_costs_only_itself() -> None:
    checks = [Check(f"t.{p}", "matches", ("t",), args={"pattern": p, "type": "string"}) for p in ("(", "a", "b")]
    with Frame(frame_of([(1, "a")])).connect() as session:
        measured = measure(plan(checks, session.read(Frame(frame_of([(1, "a")]))), session, stored=False), session)
    assert {key: (m.value, m.error is not None) for key, m in measured.by_key.items()} == {
        "t.(": (None, True),
        "t.a": (0, False),
        "t.b": (1, False),
    }


def test_a_rule_that_errs_leaves_the_verdict_unknown() -> None:
    rules = [{"id": "s", "type": "sql", "query": "select v from things", "mustBe": 0}]
    report = check(dataset({"name": "v"}, quality=rules), pd.DataFrame({"v": [1, 2]}))
    assert {r.key: str(r.status) for r in report.results if r.type == "sql"} == {"s": "errored"}
    assert report.verdict == "unknown"  # unknown is not pass


def test_many_checks_stay_linear_in_the_number_of_queries() -> None:
    things = dataset(*({"name": f"c{i}", "required": True} for i in range(2 * CHUNK + 1)))
    frame = pd.DataFrame({f"c{i}": [1] for i in range(2 * CHUNK + 1)})
    place = Frame(frame)
    with place.connect() as session:
        ran = measure(plan(things.checks, session.read(place), session, stored=False), session).ran
    # The number of rows is asked for together with the first.
    assert [(r.evidence, len(r.keys)) for r in ran] == [("statistics", n) for n in (CHUNK - 1, CHUNK, 2)]


def test_no_filter_aggregates() -> None:
    """COUNT(*) FILTER grows near-quadratically with the number of aggregates on DuckDB."""
    place = Frame(frame_of([(1, "a")]))
    with place.connect() as session:
        planned = plan(THINGS.checks, session.read(place), session, stored=False)
        queries = [query for step in planned.steps for query in step.queries(list(step.answers))]
        texts = [query.select.sql("duckdb") for query in queries]
    assert len(texts) > 8
    assert not [t for t in texts if "FILTER" in t.upper()]


def test_a_foreign_key_without_its_dataset_is_unknown() -> None:
    contract = load(
        odcs(
            {"name": "things", "properties": [{"name": "v", "relationships": [{"to": "other.v"}]}]},
            {"name": "other", "properties": [{"name": "v"}]},
        )
    )
    report = check(contract["things"], pd.DataFrame({"v": [1]}))
    assert report.verdict == "unknown"
    report = check(contract["things"], pd.DataFrame({"v": [1]}), references={"other": pd.DataFrame({"v": [1]})})
    assert report.verdict == "pass"


def test_a_foreign_key_to_itself() -> None:
    things = dataset({"name": "id"}, {"name": "parent", "relationships": [{"to": "things.id"}]})
    frame = pd.DataFrame({"id": [1, 2, 3], "parent": pd.array([None, 1, 9], dtype="Int64")})
    assert {r.key: r.unexpected for r in check(things, frame).failed} == {"parent.foreignKey": 1}


def test_every_type_is_of_one_kind() -> None:
    for kind in CATALOGUE.values():
        parts = [kind.examine, kind.condition, kind.count, kind.aggregate, kind.query, kind.predicate]
        assert any(parts) or kind.evaluator not in ("sql", "texts"), kind.name
        assert not (kind.condition and kind.compares), kind.name


@pytest.mark.parametrize(
    "kind", ["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMPTZ", "TIMESTAMPTZ_NS"]
)
def test_bounds_of_every_type_of_timestamp(kind: str) -> None:
    options = {"minimum": "2024-01-01T02:00:00+02:00", "exclusiveMaximum": "2024-01-03"}
    things = dataset({"name": "t", "logicalType": "timestamp", "logicalTypeOptions": options})
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        days = "VALUES ('2023-12-31 23:59:59'), ('2024-01-01 00:00:00'), ('2024-01-02'), ('2024-01-03'), (NULL)"
        table = connection.execute(f"SELECT t::{kind} AS t FROM ({days}) AS v(t)").to_arrow_table()
    results = {r.key: r.unexpected for r in check(things, table).results if r.type == "between"}
    assert results == {"t.minimum": 1, "t.exclusiveMaximum": 1}
