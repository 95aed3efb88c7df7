"""Great Expectations' vocabulary, said in the algebra of `checks`: by type, what an expectation promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from headgate.checks import CATALOGUE
from headgate.contract.model import Property
from headgate.contract.schema_object import SchemaObject
from headgate.errors import UnsupportedError
from headgate.expectations import column_aggregates as of_numbers
from headgate.expectations import column_values as of_values
from headgate.expectations import multicolumn as of_records
from headgate.expectations import queries as of_queries
from headgate.expectations import table as of_tables
from headgate.expectations.arguments import Arguments, Said
from headgate.expectations.passthrough import of_gx
from headgate.expectations.row_condition import row_condition

__all__ = ["EXPECTATIONS", "Said", "translate"]

EXPECTATIONS: Mapping[str, Callable[[Arguments], Said | list[Said]]] = {
    **of_values.EXPECTATIONS,
    **of_records.EXPECTATIONS,
    **of_numbers.EXPECTATIONS,
    **of_tables.EXPECTATIONS,
    **of_queries.EXPECTATIONS,
}


def translate(kind: str, kwargs: Mapping[str, Any], schema: SchemaObject, prop: Property | None) -> list[Said]:
    """What the expectation `kind` with these arguments promises; `prop` is the property that its rule stands at.

    Raises UnsupportedError where it cannot be said here; says what.
    """
    arguments = Arguments(schema, prop, kwargs)
    found = EXPECTATIONS[kind](arguments) if kind in EXPECTATIONS else of_gx(kind, arguments)
    said = [_with_options(one, arguments) for one in (found if isinstance(found, list) else [found])]
    if left := arguments.left():
        raise UnsupportedError(f"the argument '{left[:80]}' of {kind} is not executed here")
    return said


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
