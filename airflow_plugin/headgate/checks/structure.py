"""Types about the columns of a relation, decided without reading a row."""

from __future__ import annotations

from headgate.checks import shape
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType, Obstacle
from headgate.checks.shape import Canonical, Columns, listed


def _unknown_type(check: Check, columns: Columns, canonical: Canonical) -> Obstacle | None:
    name = check.args["type"]
    return Obstacle(f"the type '{name}' is not known on this platform") if canonical(name) is None else None


TYPES = (
    CheckType(
        "column_exists",
        "conformity",
        lambda check: f"column {check.path} exists",
        examine=shape.missing,
        needs_columns=False,
        in_document=Obstacle("a document has no fixed fields; `required` says which must be there", excused=True),
    ),
    CheckType(
        "no_extra_columns",
        "conformity",
        lambda check: "no columns beyond the contract",
        examine=shape.extra_columns,
    ),
    CheckType(
        "physical_type",
        "conformity",
        lambda check: f"{check.path} is stored as {check.args['type']}",
        examine=shape.wrong_physical_type,
        why_not=_unknown_type,
        in_document=Obstacle("what is inside a document has no physical type", excused=True),
        stored=True,
    ),
    CheckType(
        "stored_as",
        "conformity",
        lambda check: f"{check.path} is stored as {listed(check.args['types'])}",
        examine=shape.stored_otherwise,
        stored=True,
    ),
    CheckType(
        "column_count",
        "conformity",
        lambda check: f"the number of columns is {check.expect}",
        examine=shape.wrong_count,
    ),
    CheckType(
        "columns_are",
        "conformity",
        lambda check: (
            f"the columns are {listed(check.args['names'])}" + ("" if check.args["exact"] else ", among others")
        ),
        examine=shape.other_columns,
    ),
    CheckType(
        "columns_in_order",
        "conformity",
        lambda check: f"the columns are {listed(check.args['names'])}, in this order",
        examine=shape.other_order,
    ),
    CheckType(
        "timezone",
        "conformity",
        lambda check: f"{check.path} {'has' if check.args['zoned'] else 'has no'} time zone",
        examine=shape.wrong_zone,
    ),
)
