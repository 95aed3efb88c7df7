"""What can be said of a check without looking at a row."""

from __future__ import annotations

from dataclasses import dataclass

from headgate.checks import CATALOGUE, Check, CheckType, raw_name
from headgate.checks.shape import found as found_column
from headgate.places import Constraint, Session
from headgate.scan.bind import Binding

# Within such a family every engine compares alike; beyond it each converts or fails in its own way.
_COMPARABLE = ({"integer", "number"}, {"date", "timestamp"})


@dataclass(frozen=True, slots=True)
class Settled:
    """What is decided without a look at rows: `found` is what is wrong (None: nothing); `reason` why it cannot be
    executed. Where the platform itself watches over it, `evidence` is constraint, and `value` the number of unexpected
    rows."""

    found: str | None = None
    reason: str | None = None
    excused: bool = False
    evidence: str = "columns"
    value: int | None = None


def decide(check: Check, binding: Binding, session: Session, *, stored: bool) -> Settled | None:
    """What is settled of `check`; None where rows must be looked at.

    Args:
        stored: whether the relation is a table as consumers read it, whose physical types are promised.
    """
    kind, columns = CATALOGUE[check.type], binding.relation.by_name
    if binding.in_document(check):
        return _in_document(check, kind)
    missing = kind.needs(check, columns) or [name for name in check.names if name not in columns]
    if missing and check.type != "column_exists":
        # The missing column is a broken promise of its own, so this does not make the verdict unknown.
        return Settled(reason=f"the column {', '.join(missing)} is missing", excused=True)
    if kind.stored and not stored:
        return Settled(reason="a physical type is a promise about the table, not about files", excused=True)
    if check.type == "physical_type" and session.canonical(check.args["type"]) is None:
        return Settled(reason=f"{session.dialect} knows no type '{check.args['type']}'")
    if kind.ordered and not binding.relation.ordered:
        return Settled(reason=f"the rows of {binding.relation.name} have no order")
    for name in check.reads:
        if name not in binding.references:
            return Settled(reason=f"the dataset '{name}' was not found; say where it is: references")
    if check.type == "text_format" and raw_name(check.columns[0]) not in columns:
        return Settled(reason="the column is no text; a format says how a text is written", excused=True)
    if kind.examine is None and (wanted := check.args.get("type")):
        column = found_column(check, columns)
        assert column is not None
        family = next((family for family in _COMPARABLE if wanted in family), {wanted})
        if not column.logical & family:
            # So is the wrong type.
            return Settled(reason=f"the column is {column.type}, not {wanted}", excused=True)
    for name in check.columns if kind.wants else ():
        if not columns[name].logical & kind.wants:
            return Settled(reason=f"{name} is {columns[name].type}, none of {', '.join(sorted(kind.wants))}")
    if not kind.installed:
        return Settled(reason=f"this needs {kind.module}; install headgate[gx]")
    if kind.examine is not None:
        found = kind.examine(check, columns, session.canonical)
        if found is not None or kind.condition is None or check.within:
            return Settled(found=found)
        if raw_name(check.columns[0]) not in columns:
            return Settled()
    if not check.within and any(_guarantees(held, check, binding) for held in binding.relation.constraints):
        return Settled(evidence="constraint", value=0)
    return None


def _guarantees(held: Constraint, check: Check, binding: Binding) -> bool:
    """Whether a constraint leaves nothing to find for `check`."""
    if check.type == "not_null":
        return held.kind == "not_null" and held.columns == check.columns
    if repeats_whole(check):
        return held.kind == "unique" and set(held.columns) <= set(check.columns)
    if check.type != "foreign_key" or held.kind != "foreign":
        return False
    pairs = set(zip(check.columns, check.args["to_columns"], strict=True))
    return held.to == binding.references[check.args["to"]] and set(zip(held.columns, held.held, strict=True)) == pairs


def repeats_whole(check: Check) -> bool:
    """Whether it is a key, of which one with a NULL in it repeats nothing, as platforms have it."""
    return CATALOGUE[check.type].keys == "unique" and check.args.get("ignore_row_if", "any") == "any"


def _in_document(check: Check, kind: CheckType) -> Settled | None:
    if check.type == "column_exists":
        return Settled(reason="a document has no fixed fields; `required` says which must be there", excused=True)
    if check.type == "physical_type":
        return Settled(reason="what is inside a document has no physical type", excused=True)
    if kind.condition is None or kind.count is not None or check.type in ("timezone", "text_format"):
        return Settled(reason=f"checks of type {check.type} are not executed inside a document")
    return None
