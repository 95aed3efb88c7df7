"""What the text of a database becomes as a number, in the Jinja of the package."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.package_macros import returning

whole_match = returning("sql/whole_match.sql", "whole_match")
fraction = returning("scan/fraction.sql", "fraction", whole_match=whole_match)
number_of = returning("scan/number_of.sql", "number_of", whole_match=whole_match)
value_of = returning("scan/value_of.sql", "value_of", whole_match=whole_match, number_of=number_of)
holds = returning("scan/holds.sql", "holds", fraction=fraction)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-0", 0),
        ("0012", 12),
        ("true", 1),
        ("false", 0),
        ("7.000", 7),
        ("7.500", "7.500"),
        ("-0.25", "-0.25"),
        ("1e-05", "0.00001"),
        ("1.5E+2", 150),
        ("1.2345e2", "123.4500"),
        ("0.33333333333333333333", "0.3333333333333333331"),
        ("1e-30", "0.0000000000000000001"),
        ("123456789012345678", 123456789012345678),
    ],
)
def test_a_number(text: str, number: Any) -> None:
    assert value_of(text)["number"] == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *(
            (text, "neither a number nor a boolean")
            for text in ("NaN", "-Infinity", "", "secret", "1.2.3", "2024-01-01")
        ),
        *((text, "a number of more than 18 digits") for text in ("1234567890123456789", "1e19")),
    ],
)
def test_no_number_is_unknown_and_not_told(text: str, reason: str) -> None:
    assert value_of(text) == {"reason": f"the query gave {reason}"}


def test_null_is_unknown() -> None:
    assert "NULL" in value_of(None)["reason"]


BOUNDS = st.integers(-(10**12), 10**12).map(lambda n: str(Fraction(n, 1))) | st.decimals(
    -1000, 1000, places=6, allow_nan=False
).map(str)


@given(st.decimals(-(10**15), 10**15, allow_nan=False, allow_infinity=False), BOUNDS)
def test_a_value_is_compared_exactly(value: Any, bound: str) -> None:
    """Whatever was cut off, the value is above, below or at a bound as it is itself."""
    found = value_of(str(value))
    if "reason" in found:  # an exponent below those of any column
        assert value.as_tuple().exponent < -40
        return
    for operator, expected in (
        (">", value > Fraction(bound)),
        ("=", value == Fraction(bound)),
        ("<", value < Fraction(bound)),
    ):
        assert holds({"operator": operator, "bounds": [bound]}, found["number"], 0) is expected


@given(st.floats(-1e15, 1e15), BOUNDS)
def test_a_double_is_the_decimal_that_it_is_written_as(value: float, bound: str) -> None:

    found = value_of(repr(value))
    if "reason" not in found:
        assert holds({"operator": "<=", "bounds": [bound]}, found["number"], 0) is (
            Decimal(repr(value)) <= Decimal(bound)
        )
