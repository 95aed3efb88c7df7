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
    ],
)
def test_in_words(comparison: Comparison, said: str) -> None:
    assert str(comparison) == said


def test_a_tenth_is_a_tenth() -> None:
    assert Comparison("<=", (Decimal("0.1"),), "percent").holds(Fraction(100, 1000))
    assert not Comparison("<", (Decimal("0.1"),), "percent").holds(Fraction(100, 1000))
