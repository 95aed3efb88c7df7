"""What the columns of a relation show alone, without a look at a row: None, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from headgate.checks.check import Check
from headgate.checks.column import Column
from headgate.checks.conditions import raw_name

Columns = Mapping[str, Column]
Canonical = Callable[[str], "str | None"]


def found(check: Check, columns: Columns) -> Column | None:
    """The column of `check`, or the place inside it; None where the relation has no such thing."""
    column = columns.get(check.columns[0])
    return column.at(check.within) if column else None


def listed(values: Iterable[object], limit: int = 8) -> str:
    texts = ["NULL" if v is None else repr(v) if isinstance(v, str) else str(v) for v in values]
    return ", ".join(texts[:limit]) + (f", … ({len(texts)} in all)" if len(texts) > limit else "")


def missing(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    if found(check, columns):
        return None
    return (
        "the column is missing" if check.columns[0] not in columns or not check.within else f"{check.place} is missing"
    )


def wrong_type(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    column = found(check, columns)
    assert column is not None
    return None if check.args["type"] in column.logical else f"{_it(check)} is {column.type}"


def wrong_physical_type(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    column = found(check, columns)
    assert column is not None
    return None if canonical(check.args["type"]) == column.type else f"{_it(check)} is {column.type}"


def wrong_zone(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    column = found(check, columns)
    assert column is not None
    return None if column.zoned is check.args["zoned"] else f"{_it(check)} is {column.type}"


def extra_columns(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    hidden = raw_name("")
    extra = [name for name in columns if name not in check.args["declared"] and not name.startswith(hidden)]
    if extra and not check.args["declared"] & set(columns):
        # Perhaps these are no names at all but the first row of a file without a header.
        return f"{len(extra)} columns, and none of the contract's; has the file a header line?"
    return f"{len(extra)} not in the contract: {listed(extra)}" if extra else None


def _it(check: Check) -> str:
    return check.place if check.within else "the column"
