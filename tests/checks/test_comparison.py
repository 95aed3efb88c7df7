"""Comparisons are exact, and each operator is the opposite of another."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from headgate.checks import NONE, Comparison
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.integers(-5, 5) | st.decimals(-5, 5, places=2) | st.fractions(-5, 5, max_denominator=7)
OPPOSITES = [("=", "!="), ("<", ">="), (">", "<=")]


@given(NUMBERS, NUMBERS)
def test_opposites(value: Fraction, bound: Decimal) -> None:
    for one, other in OPPOSITES:
        assert Comparison(one, (bound,)).holds(value) is not Comparison(other, (bound,)).holds(value)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_between_is_both_ends_inclusive(value: Fraction, low: Decimal, high: Decimal) -> None:
    inside = Comparison(">=", (low,)).holds(value) and Comparison("<=", (high,)).holds(value)
    assert Comparison("between", (low, high)).holds(value) is inside
    assert Comparison("not between", (low, high)).holds(value) is not inside


@pytest.mark.parametrize(
    ("comparison", "said"),
    [
        (NONE, "= 0"),
        (Comparison("<", (Decimal("0.5"),), "percent"), "< 0.5 %"),
        (Comparison("between", (1, 3)), "between 1 and 3"),
        (Comparison("not between", (1, 3)), "not between 1 and 3"),
        (Comparison("> <=", (1, 3)), "> 1 and <= 3"),
        (Comparison(">=", (Decimal("0.9"),), "mostly"), ">= 0.9 of the rows"),
    ],
)
def test_in_words(comparison: Comparison, said: str) -> None:
    assert str(comparison) == said


@given(NUMBERS, NUMBERS, NUMBERS)
def test_an_open_end_excludes_the_bound(value: Fraction, low: Decimal, high: Decimal) -> None:
    for operator in ("> <", "> <=", ">= <"):
        parts = zip(operator.split(), (low, high), strict=True)
        inside = all(Comparison(word, (bound,)).holds(value) for word, bound in parts)
        assert Comparison(operator, (low, high)).holds(value) is inside


@pytest.mark.parametrize(
    ("share", "unexpected", "rows", "holds"),
    [
        ("1", 0, 3, True),
        ("1", 1, 3, False),
        ("0.9", 1, 10, True),
        ("0.9", 2, 10, False),
        ("0.6666666666666666", 1, 3, True),
        ("0.66666666666666666667", 1, 3, False),  # as written; in float64 it is two thirds, and GX passes it
        ("1", 0, 0, True),
        ("0", 3, 3, True),
    ],
)
def test_mostly_is_exact(share: str, unexpected: int, rows: int, holds: bool) -> None:
    mostly = Comparison(">=", (Decimal(share),), "mostly")
    number = mostly.number(unexpected, rows)
    assert number is not None
    assert mostly.holds(number) is holds


def test_a_tenth_is_a_tenth() -> None:
    assert Comparison("<=", (Decimal("0.1"),), "percent").holds(Fraction(100, 1000))
    assert not Comparison("<", (Decimal("0.1"),), "percent").holds(Fraction(100, 1000))
