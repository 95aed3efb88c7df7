"""CHECK conditions as words of a contract: only those that say exactly the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from headgate.draft.conditions import Scalar, read_condition

KINDS = {"n": "integer", "x": "number", "t": "string", "d": "date", "at": "timestamp"}
CASES: list[tuple[str, list[tuple[str, str, Scalar | tuple[Scalar, ...]]] | None]] = [
    ("(n >= 1)", [("n", "minimum", 1)]),
    ("(0 < n)", [("n", "exclusiveMinimum", 0)]),
    ("(n > '-5'::integer)", [("n", "exclusiveMinimum", -5)]),
    ("(x < (1.5)::double precision)", [("x", "exclusiveMaximum", Decimal("1.5"))]),
    ("((n >= 1) AND (n <= 9))", [("n", "minimum", 1), ("n", "maximum", 9)]),
    ("n BETWEEN 1 AND 9", [("n", "minimum", 1), ("n", "maximum", 9)]),
    ("((n >= 1) AND (x <= 9))", [("n", "minimum", 1), ("x", "maximum", 9)]),
    ("(d >= '2020-01-01'::date)", [("d", "minimum", "2020-01-01")]),
    ("(t = ANY (ARRAY['a'::text, 'b'::text]))", [("t", "enum", ("a", "b"))]),
    ("((t)::text = ANY ((ARRAY['a'::character varying])::text[]))", [("t", "enum", ("a",))]),
    ("((t = 'a'::text) OR (t = 'b'::text))", [("t", "enum", ("a", "b"))]),
    ("t IN ('a', 'b')", [("t", "enum", ("a", "b"))]),
    ("(n = ANY (ARRAY[1, 2]))", [("n", "enum", (1, 2))]),
    ("(char_length((t)::text) <= 3)", [("t", "maxLength", 3)]),
    ("(length(t) > 3)", [("t", "minLength", 4)]),
    ("(length(t) = 3)", [("t", "minLength", 3), ("t", "maxLength", 3)]),
    ("((t)::text ~ '^[A-Z]{2}$'::text)", [("t", "pattern", "^[A-Z]{2}$")]),
    (r"(t ~ '^\d+$'::text)", None),
    ("(t ~* '^a$'::text)", None),
    ("(t ~ '^(?=a)'::text)", None),
    ("(n > x)", None),
    ("((n > 0) OR (x > 0))", None),
    ("((n > 0) AND (n < x))", None),
    ("((n % 2) = 0)", None),
    ("(n > 0.5)", None),
    ("(n <> 3)", None),
    ("((x)::integer > 3)", None),
    ("(t > 'a'::text)", None),
    ("(at > '2020-01-01 00:00:00+00'::timestamp with time zone)", None),
    ("(t = ANY (ARRAY['a'::text, NULL::text]))", None),
    ("(lower(t) = 'a'::text)", None),
    ("(n > 0) IS TRUE", None),
    ("not sql (", None),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_conditions(text: str, expected: list[tuple[str, str, Scalar]] | None) -> None:
    found = read_condition(text, "postgres", KINDS)
    assert (None if found is None else [(c.column, c.key, c.value) for c in found]) == expected
