"""The names that headgate's own SQL uses, and which no column of data can have."""

from __future__ import annotations

# The relation under check, and the schema of the relations that it is compared with.
DATA = "__headgate_data"
REFERENCE = "headgate_reference"
# The relation under check itself, in a query within a condition.
SELF = "__headgate_self"
RESERVED = ("headgate_", "__headgate")


# How the hidden columns begin that keep texts.
RAW = "__headgate_raw_"


def raw_name(column: str) -> str:
    """Return the hidden column of a staged relation that keeps the text of the cells of `column` that did not cast."""
    return f"{RAW}{column}"
