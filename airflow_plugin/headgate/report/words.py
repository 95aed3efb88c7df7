"""What was measured and what was promised, in words: the same in every form of a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from headgate.checks.comparison import Value
from headgate.levels.level import LevelResult
from headgate.plural import agreeing, counted

MASK = "***"


def number_words(value: Value) -> str:
    """Return a number with its thousands grouped; a fraction to six digits."""
    if isinstance(value, date):
        return str(value)
    return f"{float(value):,.6g}" if isinstance(value, Fraction) else f"{value:,}"


def late_words(levels: Sequence[LevelResult]) -> str:
    """Return the service levels that are broken, for one line; empty if none is."""
    if not levels:
        return ""
    said = [f"{level.name}{f' ({level.reason})' if level.reason else ''}" for level in levels[:3]]
    more = f" and {len(levels) - 3} more" if len(levels) > 3 else ""
    return f"broken {agreeing(len(levels), 'service level', 'service levels')}: {', '.join(said)}{more}"


def share_words(unexpected: int, rows: int) -> str:
    """Return `unexpected` of `rows` in words, with the percentage if there are any rows."""
    share = f"{unexpected:,} of {counted(rows, 'row')}"
    if not unexpected:
        return share
    percent = 100 * unexpected / rows
    return f"{share} ({percent:.2g} %)" if percent < 10 else f"{share} ({percent:.0f} %)"
