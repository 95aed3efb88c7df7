"""The literals that a contract has for classified columns, and how they are found in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlglot import exp

from headgate.checks import Check
from headgate.checks.catalogue import CATALOGUE
from headgate.contract import Contract, Property

# A shorter text is a word of many texts.
_SHORTEST = 3
# The arguments, of checks, of types and of expectations, that are values of the data, or say which values there are.
# Other arguments are words of the rule itself, such as a type.
_VALUES = frozenset(
    """
    values minimum maximum exclusiveMinimum exclusiveMaximum pattern patterns pairs total enum const examples value_set
    value_pairs_set min_value max_value sum_total regex regex_list like_pattern like_pattern_list
    """.split()  # noqa: SIM905
)
_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?\Z")
# What may stand between thousands.
_BETWEEN = r"[,.'’_\s]?"


def pattern_of(contract: Contract) -> re.Pattern[str] | None:
    """Return what matches each literal that a contract has for its classified columns: members of a list, bounds,
    patterns, examples, and what conditions compare with; None where there is none. Numbers are matched with and
    without separators of thousands."""
    found = {text for text in _literals(contract) if len(text) >= _SHORTEST}
    return re.compile("|".join(map(_found_as, sorted(found, key=len, reverse=True))), re.IGNORECASE) if found else None


def _found_as(text: str) -> str:
    if not (number := _NUMBER.match(text)):
        return re.escape(text)
    sign, whole, fraction = number.groups()
    first = len(whole) % 3
    groups = ([whole[:first]] if first else []) + [whole[at : at + 3] for at in range(first, len(whole), 3)]
    rest = rf"[.,]{fraction}" if fraction and fraction.strip("0") else ""
    return rf"(?<!\d){re.escape(sign)}{_BETWEEN.join(groups)}{rest}(?!\d)"


def _literals(contract: Contract) -> Iterator[str]:
    for dataset in contract:
        for check in dataset.checks:
            if check.classified:
                yield from _of_check(check)
        for prop in dataset.properties:
            yield from _of_property(prop)


def _of_check(check: Check) -> Iterator[str]:
    yield from _of_arguments(check.args)
    if check.where is not None:
        yield from _of_query(check.where)
    if CATALOGUE[check.type].compares:
        yield from _texts(check.expect.bounds)


def _of_property(prop: Property) -> Iterator[str]:
    if prop.classified:
        yield from _of_arguments(prop.options)
        yield from prop.examples
    for inner in prop.nested:
        yield from _of_property(inner)


def _of_arguments(given: Any) -> Iterator[str]:
    match given:
        case exp.Expr():
            yield from _of_query(given)
        case Mapping():
            for name, value in given.items():
                yield from _texts(value) if name in _VALUES else _of_arguments(value)
        case list() | tuple():
            for each in given:
                yield from _of_arguments(each)


def _of_query(tree: exp.Expr) -> Iterator[str]:
    for literal in tree.find_all(exp.Literal):
        yield str(literal.this)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case None | bool():
            return
        case exp.Expr():
            yield from _of_query(value)
        case Mapping():
            yield from _texts(list(value.values()))
        case list() | tuple() | set() | frozenset():
            for each in value:
                yield from _texts(each)
        case date():
            yield from {str(value), value.isoformat(), value.isoformat().replace("+00:00", "Z")}
        case _:
            yield str(value)
