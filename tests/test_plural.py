"""Numbers of things in messages."""

from __future__ import annotations

import pytest
from headgate.plural import agreeing, counted


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [(0, "row", "0 rows"), (1, "row", "1 row"), (2, "row", "2 rows"), (1234, "row", "1,234 rows"),
     (1, "broken promise", "1 broken promise"), (2, "query", "2 queries"), (2, "day", "2 days")],
)  # fmt: skip
def test_counted(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said


@pytest.mark.parametrize(("number", "said"), [(0, "are"), (1, "is"), (2, "are")])
def test_agreeing(number: int, said: str) -> None:
    assert agreeing(number, "is", "are") == said
