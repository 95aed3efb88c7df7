"""What the columns of a relation show without reading a row: None, or what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from headgate.checks.check import Check
from headgate.checks.column import Column
from headgate.plural import counted
from headgate.sql.names import RAW, RESERVED

Columns = Mapping[str, Column]
Canonical = Callable[[str], "str | None"]


def found(check: Check, columns: Columns) -> Column | None:
    """Return the column of `check`, or the place inside it; None if the relation has neither."""
    column = columns.get(check.columns[0])
    return column.at(check.within) if column else None


def listed(values: Iterable[object], limit: int = 8) -> str:
    texts = ["NULL" if v is None else repr(v) if isinstance(v, str) else str(v) for v in values]
    return ", ".join(texts[:limit]) + (f", … ({len(texts)} in all)" if len(texts) > limit else "")


def _shown(columns: Columns) -> list[str]:
    """Return the names of the columns without headgate's own, in the order of the relation."""
    return [name for name in columns if not name.startswith(RAW)]


def missing(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    if found(check, columns):
        position = check.args.get("position")
        if position is None:
            return None
        names = _shown(columns)
        if names[position : position + 1] == [check.columns[0]]:
            return None
        return f"it is column {names.index(check.columns[0])}, counted from 0"
    name = check.columns[0]
    if name in columns and check.within:
        return f"{check.path} is missing"
    other = next((known for known in columns if known.strip().lower() == name.lower()), None)
    if other is None:
        return "the column is missing"
    how = "in case" if other.strip() == other else "in blanks"
    return f"the column is missing; '{other}' differs from '{name}' {how}"


def wrong_type(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    column = found(check, columns)
    assert column is not None
    return None if column.serves(check.args["type"]) else f"{_it(check)} is {column.type}"


def wrong_physical_type(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    column = found(check, columns)
    assert column is not None
    return None if canonical(check.args["type"]) == column.type else f"{_it(check)} is {column.type}"


def stored_otherwise(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    """Return how the type differs; a type that is named without arguments matches one with any."""
    actual = columns[check.columns[0]].type
    for asked in check.args["types"]:
        named = canonical(asked)
        if named == actual or (named and "(" not in asked and _plain(named) == _plain(actual)):
            return None
    return f"{_it(check)} is {actual}"


def _plain(type_name: str) -> str:
    return re.sub(r"\([^()]*\)", "", type_name)


def wrong_count(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    count = len(_shown(columns))
    return None if check.expect.holds(count) else counted(count, "column")


def other_columns(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    names, wanted = _shown(columns), check.args["names"]
    absent = [name for name in wanted if name not in names]
    extra = [name for name in names if name not in wanted] if check.args["exact"] else []
    said = [f"without {listed(absent)}"] * bool(absent) + [f"with {listed(extra)}"] * bool(extra)
    return " and ".join(said) or None


def other_order(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    names = _shown(columns)
    return None if names == list(check.args["names"]) else f"the columns are {listed(names)}"


def wrong_zone(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    column = found(check, columns)
    assert column is not None
    return None if column.zoned is check.args["zoned"] else f"{_it(check)} is {column.type}"


def extra_columns(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    extra = [n for n in columns if n not in check.args["declared"] and not n.lower().startswith(RESERVED)]
    if extra and not check.args["declared"] & set(columns):
        # Perhaps these are not names but the first row of a file without a header: they are not shown.
        mark = next((mark for mark in ",;\t|" if mark in extra[0]), None) if len(extra) == 1 else None
        other = f"is it separated by {mark!r} (setting `delimiter`)" if mark else "does the file have a header row"
        return f"{counted(len(extra), 'column')}, and none of the contract's; {other}?"
    return f"{len(extra)} not in the contract: {listed(extra)}" if extra else None


def _it(check: Check) -> str:
    return check.path if check.within else "the column"
