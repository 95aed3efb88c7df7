"""Bounds as a person would write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from headgate.draft.rounding import outward

CASES: list[tuple[Any, Any, bool, tuple[str, str] | None]] = [
    (1, 12, True, ("1", "12")),
    (0, 23, True, ("0", "23")),
    (1, 61, True, ("0", "70")),
    (-3, 5, True, ("-3", "5")),
    (18.25, 118.75, False, ("0", "200")),
    (0.1, 0.7, False, ("0.1", "0.7")),
    (float("nan"), 1, False, None),
    (0, 10**16, True, None),
]


@pytest.mark.parametrize(("low", "high", "whole", "bounds"), CASES)
def test_outward(low: Any, high: Any, whole: bool, bounds: tuple[str, str] | None) -> None:
    found = outward(low, high, whole=whole)
    assert found == (None if bounds is None else tuple(Decimal(b) for b in bounds))
