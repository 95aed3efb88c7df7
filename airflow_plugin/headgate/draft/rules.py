"""Quality rules that are proposed for a dataset."""

from __future__ import annotations

from collections.abc import Iterator

from headgate.draft.declared import DeclaredTable
from headgate.draft.proposal import Rule
from headgate.plural import counted


def rules_of(rows: int, published: int | None, table: DeclaredTable) -> Iterator[Rule]:
    """Yield a rule on the number of rows, and the keys of several columns that a database declares.

    Args:
        rows: how many were seen.
        published: how many rows were published last, if that is known. A rule is checked on what is published, which
            may be a part of the table.
    """
    usual = min(rows, published) if published else rows
    if usual:
        whence = f"the {counted(usual, 'row')} " + ("that were published last" if published else "that were seen")
        said = f"half of {whence}, rounded down; how few are too few?"
        yield Rule({"metric": "rowCount", "mustBeGreaterOrEqualTo": _half(usual)}, said)
    for key in table.unique:
        rule = {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": list(key)}}
        yield Rule(rule, "a unique key of the table")


def _half(rows: int) -> int:
    """Return half of `rows`, at least 1, rounded down to one digit that is not zero."""
    half = max(rows // 2, 1)
    digit, rest = str(half)[0], str(half)[1:]
    return int(digit + "0" * len(rest))
