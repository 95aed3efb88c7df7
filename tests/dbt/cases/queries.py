"""Rules in SQL of the contract's own."""

from __future__ import annotations

from typing import Any

from tests.dbt.cases.case import Case, bounds


def sql(key: str, query: str, **comparison: Any) -> dict[str, Any]:
    return {"id": key, "type": "sql", "query": query, **comparison}


N = bounds("integer")
CASES = [
    Case(
        "queries",
        {"a": "INTEGER", "b": "INTEGER", "at": "TIMESTAMP", "x": "DOUBLE PRECISION", "d": "DECIMAL(12, 4)"},
        "(1, 3, '2024-01-01', 0.5, 1.5), (2, 1, '2999-01-01', 0.25, 2.25), (4, NULL, NULL, NULL, NULL)",
        {
            "a": N,
            "b": N,
            "at": {"logicalType": "timestamp"},
            "x": {"logicalType": "number"},
            "d": {"logicalType": "number"},
        },
        {
            "few": (None, True),
            "pairs": (None, False),
            "above": (None, True),
            "share": (None, False),
            "exactly_half": (None, True),
            "third": (None, True),
            "not_a_third": (None, True),
            "tiny": (None, True),
            "decimals": (None, True),
            "flag": (None, True),
            "to_come": (None, True),
            "with": (None, True),
            "other": (None, True),
            "quoted": (None, True),
        },
        {
            "quality": [
                sql("few", "SELECT count(*) FROM queries WHERE b IS NULL", mustBeLessOrEqualTo=1),
                sql("pairs", "SELECT count(*) FROM queries WHERE NOT (b >= a)", mustBe=0),
                sql("above", "SELECT sum(a) FROM {object}", mustBeGreaterThan=6.5),
                sql("share", "SELECT avg(CASE WHEN b IS NULL THEN 1.0 ELSE 0 END) FROM queries", mustBeLessThan=0.3333),
                sql("exactly_half", "SELECT max(x) FROM queries", mustBe=0.5),
                sql("third", "SELECT CAST(1 AS DOUBLE PRECISION) / 3", mustBeGreaterThan=0.333333333333333),
                sql("not_a_third", "SELECT CAST(1 AS DOUBLE PRECISION) / 3", mustNotBe=0.333333333333333),
                sql("tiny", "SELECT min(x) / 1000000000.0 FROM queries", mustBeBetween=[0.0000000001, 0.000000001]),
                sql("decimals", "SELECT sum(d) FROM queries", mustBe=3.75),
                sql("flag", "SELECT min(a) = 1 FROM queries", mustBe=1),
                sql("to_come", "SELECT count(*) FROM queries q WHERE q.at > now()", mustBe=1),
                sql("with", "WITH t AS (SELECT a + 1 AS n FROM queries) SELECT max(t.n) FROM t", mustBe=5),
                sql("other", "SELECT count(*) FROM queries q JOIN letters l ON l.n = q.a", mustBe=2),
                sql("quoted", "SELECT count(*) FROM queries WHERE '{# x #} ''it''s''' = 'no'", mustBe=0),
            ]
        },
    ),
    Case(
        "nobody",
        {"a": "TEXT", "n": "INTEGER"},
        "",
        {
            "a": {"logicalType": "string", "unique": True},
            "n": {**N, "unique": True, "relationships": [{"to": "letters.n"}]},
        },
        {"a.unique": (0, True), "n.unique": (0, True), "n.foreignKey": (0, True)},
    ),
    Case("letters", {"n": "INTEGER"}, "(1), (2), (3)", {"n": N}, {"n.exists": (None, True)}),
]
