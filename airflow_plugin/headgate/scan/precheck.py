"""What can be said of a check without looking at a row."""

from __future__ import annotations

from dataclasses import dataclass

from headgate.checks import CATALOGUE, Check, Obstacle, raw_name
from headgate.checks.shape import found as found_column
from headgate.places import Constraint, Session
from headgate.scan.bind import Binding

# Within such a family every engine compares alike; beyond it each converts or fails in its own way.
_COMPARABLE = ({"integer", "number"}, {"date", "timestamp"})


@dataclass(frozen=True, slots=True)
class Precheck:
    """What is decided without a look at rows: `found` is what is wrong (None: nothing); `reason` why it cannot be
    executed. Where the platform itself watches over it, `evidence` is constraint, and `value` the number of unexpected
    rows."""

    found: str | None = None
    reason: str | None = None
    excused: bool = False
    evidence: str = "columns"
    value: int | None = None

    @classmethod
    def by(cls, obstacle: Obstacle) -> Precheck:
        return cls(reason=obstacle.reason, excused=obstacle.excused)


def precheck(check: Check, binding: Binding, session: Session, *, stored: bool) -> Precheck | None:
    """Return what is known of `check` before a scan; None where rows must be looked at.

    Args:
        stored: whether the relation is a table as consumers read it, whose physical types are promised.
    """
    kind, columns = CATALOGUE[check.type], binding.relation.by_name
    if binding.in_document(check):
        obstacle = kind.obstacle_in_document()
        return Precheck.by(obstacle) if obstacle else None
    if missing := kind.missing(check, columns):
        # The missing column is a broken promise of its own, so this does not make the verdict unknown.
        return Precheck(reason=f"the column {', '.join(missing)} is missing", excused=True)
    if kind.stored and not stored:
        return Precheck(reason="a physical type is a promise about the table, not about files", excused=True)
    if kind.ordered and not binding.relation.ordered:
        return Precheck(reason=f"the rows of {binding.relation.name} have no order")
    for name in check.reads:
        if name not in binding.references:
            return Precheck(reason=f"the dataset '{name}' was not found; say where it is: references")
    if kind.why_not is not None and (obstacle := kind.why_not(check, columns, session.canonical)):
        return Precheck.by(obstacle)
    if kind.examine is None and (wanted := check.args.get("type")):
        column = found_column(check, columns)
        assert column is not None
        family = next((family for family in _COMPARABLE if wanted in family), {wanted})
        if not column.logical & family:
            # So is the wrong type.
            return Precheck(reason=f"the column is {column.type}, not {wanted}", excused=True)
    if kind.examine is None and "string" in (check.args.get("type"), *kind.wants):
        for name in check.columns:
            if not check.within and columns[name].bytes:
                return Precheck(reason=f"{name} holds bytes ({columns[name].type}), which have no text")
    for name in check.columns if kind.wants else ():
        if not columns[name].logical & kind.wants:
            return Precheck(reason=f"{name} is {columns[name].type}, none of {', '.join(sorted(kind.wants))}")
    if not kind.installed:
        return Precheck(reason=f"this needs {kind.module}; install headgate[gx]")
    if kind.examine is not None:
        found = kind.examine(check, columns, session.canonical)
        if found is not None or kind.condition is None or check.within:
            return Precheck(found=found)
        if raw_name(check.columns[0]) not in columns:
            return Precheck()
    if not check.within and any(_guarantees(held, check, binding) for held in binding.relation.constraints):
        return Precheck(evidence="constraint", value=0)
    return None


def _guarantees(held: Constraint, check: Check, binding: Binding) -> bool:
    """Whether a constraint leaves nothing to find for `check`."""
    if held.kind != CATALOGUE[check.type].guaranteed_by:
        return False
    match held.kind:
        case "unique":
            return repeats_whole(check) and set(held.columns) <= set(check.columns)
        case "foreign":
            pairs = set(zip(check.columns, check.args["to_columns"], strict=True))
            same = set(zip(held.columns, held.held, strict=True)) == pairs
            return same and held.to == binding.references[check.args["to"]]
    return held.columns == check.columns


def repeats_whole(check: Check) -> bool:
    """Whether it is a key, of which one with a NULL in it repeats nothing, as platforms have it."""
    unique = CATALOGUE[check.type].guaranteed_by == "unique"
    return unique and check.args.get("ignore_row_if", "any") == "any"
