"""Great Expectations' vocabulary, said in the algebra of `checks`, and the checks said in it: one entry a type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from headgate.checks import CATALOGUE, Check
from headgate.contract.model import Property
from headgate.contract.schema_object import SchemaObject
from headgate.errors import UnsupportedError
from headgate.expectations import column_aggregates as of_numbers
from headgate.expectations import column_texts as of_texts
from headgate.expectations import column_values as of_values
from headgate.expectations import multicolumn as of_records
from headgate.expectations import queries as of_queries
from headgate.expectations import table as of_tables
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.expectation import Expectation
from headgate.expectations.kwargs import Kwargs, mostly
from headgate.expectations.names import RENAMED
from headgate.expectations.passthrough import of_gx, to_gx
from headgate.expectations.row_condition import row_condition

__all__ = ["EXPECTATIONS", "RENAMED", "Expectation", "Kwargs", "Said", "express", "translate"]

EXPECTATIONS: Mapping[str, Expectation] = {
    **of_values.EXPECTATIONS,
    **of_texts.EXPECTATIONS,
    **of_records.EXPECTATIONS,
    **of_numbers.EXPECTATIONS,
    **of_tables.EXPECTATIONS,
    **of_queries.EXPECTATIONS,
}


def translate(kind: str, kwargs: Mapping[str, Any], schema: SchemaObject, prop: Property | None) -> list[Said]:
    """What the expectation `kind` with these arguments promises; `prop` is the property that its rule stands at.

    Raises UnsupportedError where it cannot be said here; says what.
    """
    kind = RENAMED.get(kind, kind)
    arguments = Arguments(schema, prop, kwargs)
    found = EXPECTATIONS[kind].to_check(arguments) if kind in EXPECTATIONS else of_gx(kind, arguments)
    said = [_with_options(one, arguments) for one in (found if isinstance(found, list) else [found])]
    if left := arguments.left():
        raise UnsupportedError(f"the argument '{left[:80]}' of {kind} is not executed here")
    return said


def express(check: Check) -> tuple[str, Kwargs, str]:
    """The expectation that promises what `check` does: its type, its arguments, and what GX reads a little otherwise.

    Raises UnsupportedError where GX cannot say it; says why.
    """
    if check.within:
        raise UnsupportedError("GX does not look inside values")
    if check.where is not None:
        raise UnsupportedError("GX knows a row filter as the row_condition of an expectation only")
    if check.type == "expectation":
        return *to_gx(check), ""
    for kind, one in EXPECTATIONS.items():
        if check.type not in one.says:
            continue
        if one.from_check is None:
            raise UnsupportedError(one.why_not)
        if (kwargs := one.from_check(check)) is not None:
            return kind, kwargs | mostly(check), one.note
    raise UnsupportedError(f"GX has no expectation for a check of type {check.type}")


def _with_options(said: Said, arguments: Arguments) -> Said:
    """With the arguments that many types have: `mostly` where rows are counted, `row_condition` where rows are read."""
    kind = CATALOGUE[said.type]
    if kind.counts and said.expect is None:
        share = arguments.share()
        if share is not None and any(prop.within for prop in said.columns):
            raise UnsupportedError("mostly, of a place inside a value, is not executed here")
        said = replace(said, expect=share)
    if kind.examine is None and not kind.untrusted:
        where, hides = row_condition(arguments)
        said = replace(said, where=where, classified=said.classified or hides)
    return said
