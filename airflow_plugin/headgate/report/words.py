"""What was measured and what was promised, in words: the same in every form of a report."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from headgate.checks.comparison import Value
from headgate.plural import counted

MASK = "***"


def number_words(value: Value) -> str:
    """Return a number with its thousands grouped; a fraction to six digits."""
    if isinstance(value, date):
        return str(value)
    return f"{float(value):,.6g}" if isinstance(value, Fraction) else f"{value:,}"


def share_words(unexpected: int, rows: int) -> str:
    """Return `unexpected` of `rows` in words, with the percentage if there are any rows."""
    share = f"{unexpected:,} of {counted(rows, 'row')}"
    if not unexpected:
        return share
    percent = 100 * unexpected / rows
    return f"{share} ({percent:.2g} %)" if percent < 10 else f"{share} ({percent:.0f} %)"
