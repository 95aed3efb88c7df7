"""Numbers of things, as English says them."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return how many there are of what `noun` names in the singular: "1 row", "1,234 rows"."""
    return f"{number:,} {plural(noun, number)}"


def plural(noun: str, number: int) -> str:
    """Return the form of a noun behind a number."""
    if number == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"


def agreeing(number: int, one: str, many: str) -> str:
    """Return the form of a verb behind a number: `one` of a single thing, else `many`."""
    return one if number == 1 else many
