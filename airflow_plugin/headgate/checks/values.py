"""Types about one value of a row, and what is inside it."""

from __future__ import annotations

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks import proofs, shape
from headgate.checks.argument import PATTERN, RANGE, TYPE, VALUES, Argument
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType, Obstacle, none
from headgate.checks.shape import Canonical, Columns, listed
from headgate.sql.names import raw_name


def _name(check: Check) -> str:
    return check.columns[0]


def _range(check: Check) -> str:
    parts = []
    if check.args.get("minimum") is not None and check.args.get("minimum") == check.args.get("maximum"):
        return f"exactly {check.args['minimum']}"
    if check.args.get("minimum") is not None:
        parts.append(f"{'above' if check.args.get('strict_minimum') else 'at least'} {check.args['minimum']}")
    if check.args.get("maximum") is not None:
        parts.append(f"{'below' if check.args.get('strict_maximum') else 'at most'} {check.args['maximum']}")
    return " and ".join(parts)


def _between(check: Check) -> sql.Bounds:
    return sql.Bounds(check.args, check.args.get("type"))


def _length(check: Check) -> exp.Expr:
    return exp.Length(this=sql.text(_name(check)))


def _not_valid(check: Check) -> exp.Expr:
    """Return the condition of ODCS invalidValues: with both validValues and pattern, a value must satisfy both."""
    parts, kind = [], check.args.get("type")
    if check.args.get("values") is not None:
        parts.append(sql.not_in_set(_name(check), check.args["values"], kind))
    if check.args.get("pattern") is not None:
        parts.append(sql.not_matching(_name(check), check.args["pattern"]))
    return sql.any_of(parts)


def _valid_promise(check: Check) -> str:
    parts = []
    if check.args.get("values") is not None:
        parts.append(f"is one of {listed(check.args['values'])}")
    if check.args.get("pattern") is not None:
        parts.append(f"matches {check.args['pattern']}")
    return f"{check.path} {' and '.join(parts)}"


def _is_no_text(check: Check, columns: Columns, canonical: Canonical) -> Obstacle | None:
    if raw_name(_name(check)) in columns:
        return None
    return Obstacle("the column is not text; a format applies to text only", excused=True)


TYPES = (
    CheckType(
        "type",
        "conformity",
        lambda check: (
            f"{check.path} is of type {check.args['type']}" + " with a time zone" * check.args.get("zoned", False)
        ),
        examine=shape.wrong_type,
        casts=True,
        condition=lambda check: sql.is_null(raw_name(_name(check))).not_(),
        proof=proofs.count_raw,
    ),
    CheckType(
        "not_null",
        "completeness",
        lambda check: f"{check.path} is not null",
        condition=lambda check: sql.is_null(_name(check)),
        skips=none,
        proof=proofs.count_missing,
        guaranteed_by="not_null",
        arguments=(),
    ),
    CheckType(
        "null",
        "completeness",
        lambda check: f"{check.path} is null",
        condition=lambda check: sql.not_null(check.columns),
        skips=none,
        proof=lambda check: exp.Count(this=sql.column(_name(check))),
        arguments=(),
    ),
    CheckType(
        "not_in_set",
        "completeness",
        lambda check: f"{check.path} is none of {listed(check.args['values'])}",
        condition=lambda check: sql.in_set(_name(check), check.args["values"], check.args.get("type")),
        arguments=(Argument("values", VALUES), TYPE),
    ),
    CheckType(
        "in_set",
        "conformity",
        lambda check: f"{check.path} is one of {check.args.get('name') or listed(check.args['values'])}",
        condition=lambda check: sql.not_in_set(_name(check), check.args["values"], check.args.get("type")),
        arguments=(Argument("values", VALUES), TYPE),
    ),
    CheckType(
        "matches",
        "conformity",
        lambda check: (
            f"{check.path} is {check.args['name']}"
            if "name" in check.args
            else f"{check.path} matches {check.args['pattern']}"
        ),
        condition=lambda check: sql.not_matching(_name(check), check.args["pattern"]),
        arguments=(Argument("pattern", PATTERN), TYPE),
    ),
    CheckType(
        "valid",
        "conformity",
        _valid_promise,
        condition=_not_valid,
        arguments=(Argument("values", VALUES, optional=True), Argument("pattern", PATTERN, optional=True), TYPE),
    ),
    CheckType(
        "between",
        "conformity",
        lambda check: f"{check.path} is {check.args.get('name') or _range(check)}",
        condition=lambda check: sql.outside(sql.operand(_name(check), check.args.get("type")), _between(check)),
        proof=lambda check: proofs.extremes_within(sql.operand(_name(check), check.args.get("type")), _between(check)),
        arguments=(*RANGE, TYPE),
    ),
    CheckType(
        "length_between",
        "conformity",
        lambda check: f"the length of {check.path} is {_range(check)}",
        condition=lambda check: sql.outside(_length(check), sql.Bounds(check.args)),
        arguments=RANGE,
    ),
    CheckType(
        "multiple_of",
        "conformity",
        lambda check: f"{check.path} is a multiple of {check.args['of']}",
        condition=lambda check: sql.not_multiple(_name(check), check.args["of"]),
    ),
    CheckType(
        "items_between",
        "conformity",
        lambda check: f"the number of items of {check.path} is {_range(check)}",
        condition=lambda check: sql.outside(sql.item_count(_name(check)), sql.Bounds(check.args)),
    ),
    CheckType(
        "items_unique",
        "uniqueness",
        lambda check: f"the items of {check.path} are unique",
        condition=lambda check: sql.repeated_items(_name(check)),
    ),
    CheckType(
        "properties_between",
        "conformity",
        lambda check: f"the number of properties of {check.path} is {_range(check)}",
        condition=lambda check: sql.outside(sql.property_count(_name(check)), sql.Bounds(check.args)),
    ),
    CheckType(
        "has_properties",
        "completeness",
        lambda check: f"{check.path} has {listed(check.args['names'])}",
        condition=lambda check: sql.without_properties(_name(check), check.args["names"]),
    ),
    CheckType(
        "text_format",
        "conformity",
        lambda check: f"{check.path} is written as {check.args['format']}",
        why_not=_is_no_text,
        in_document=Obstacle("checks of type text_format are not executed inside a document"),
        condition=lambda check: sql.is_null(raw_name(_name(check))).not_(),
        proof=proofs.count_raw,
    ),
)
