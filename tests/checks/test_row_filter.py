"""A check with a row filter is the same check on the rows that the filter lets through."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from headgate.checks import Check, Comparison
from headgate.checks.conditions import column, literal
from headgate.places.duckdb import Frame
from headgate.scan import Measured, measure, plan
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

ROWS = st.lists(st.tuples(st.none() | st.integers(0, 3), st.none() | st.sampled_from("abc")), max_size=8)
MOSTLY = Comparison(">=", (Decimal("0.5"),), "mostly")
CHECKS = (
    Check("not_null", "not_null", ("n",)),
    Check("unique", "unique", ("n",)),
    Check("pair", "unique", ("n", "t")),
    Check("between", "between", ("n",), args={"minimum": 1, "maximum": 2}),
    Check("in_set", "in_set", ("t",), args={"values": ("a",), "type": "string"}),
    Check("matches", "matches", ("t",), args={"pattern": "[ab]", "type": "string"}),
    Check("length", "length_between", ("t",), args={"maximum": 0}),
    Check("rows", "row_count", expect=Comparison(">", (1,))),
)
# Condition, and which rows it lets through.
FILTERS = [
    (exp.GT(this=column("n"), expression=literal(1)), lambda n, t: n is not None and n > 1),
    (column("t").is_(exp.null()), lambda n, t: t is None),
    (exp.NEQ(this=column("t"), expression=literal("a")), lambda n, t: t is not None and t != "a"),
    (exp.false(), lambda n, t: False),
]


def frame_of(rows: list[tuple[Any, Any]]) -> pd.DataFrame:
    texts = pd.Series([t for _, t in rows], dtype=str)
    return pd.DataFrame({"n": pd.array([n for n, _ in rows], dtype="Int64"), "t": texts})


def measured(checks: tuple[Check, ...], rows: list[tuple[Any, Any]]) -> dict[str, Measured]:
    place = Frame(frame_of(rows))
    with place.connect() as session:
        planned = plan(checks, session.read(place), session, stored=False)
        found = measure(planned, session)
        for check in checks:
            if check.key in planned.settled:
                continue
            condition = planned.condition(check, found.by_key[check.key].unexpected_when)
            if condition is not None:
                flag = exp.alias_(condition, "bad")
                flagged = exp.select(flag).from_(planned.relation.as_data).subquery("f")
                bad = session.rows(exp.select("count(*)").from_(flagged).where("bad"))[0][0]
                assert bad == found.by_key[check.key].value, check.key
    return dict(found.by_key)


@pytest.mark.slow
@given(ROWS, st.sampled_from(FILTERS))
@settings(max_examples=150, deadline=None)
def test_a_filtered_check(rows: list[tuple[Any, Any]], chosen: Any) -> None:
    where, lets_through = chosen
    kept = [row for row in rows if lets_through(*row)]
    alone = measured(CHECKS, kept)
    filtered = measured(tuple(replace(check, where=where) for check in CHECKS), rows)
    assert {key: (m.value, m.rows) for key, m in filtered.items()} == {
        key: (m.value, len(kept)) for key, m in alone.items()
    }


@pytest.mark.slow
@given(ROWS)
@settings(max_examples=50, deadline=None)
def test_mostly_is_a_share_of_the_rows_that_are_not_skipped(rows: list[tuple[Any, Any]]) -> None:
    checks = tuple(replace(check, expect=MOSTLY) for check in CHECKS[:-1])
    sizes = {key: m.rows for key, m in measured(checks, rows).items()}
    ns, ts = sum(n is not None for n, _ in rows), sum(t is not None for _, t in rows)
    both = sum(n is not None and t is not None for n, t in rows)
    texts = dict.fromkeys(("in_set", "matches", "length"), ts)
    assert sizes == {"not_null": None, "unique": ns, "pair": both, "between": ns, **texts}


@pytest.mark.parametrize("column_name", ["n", "t"])
def test_a_filter_on_a_column_that_is_missing(column_name: str) -> None:
    where = exp.GT(this=column("gone"), expression=literal(1))
    found = measured((Check("k", "not_null", (column_name,), where=where),), [(1, "a")])
    assert found["k"].reason == "the column gone is missing"
