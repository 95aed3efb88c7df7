"""What the columns alone say of a contract: names, types, constraints, members of an enum. No row is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlglot import exp

from headgate.checks import CATALOGUE, DATA, NONE, Check
from headgate.places import Relation, Session
from headgate.plural import agreeing, counted
from headgate.scan.bind import Binding
from headgate.scan.evaluate import Measured
from headgate.scan.measure import Measurements
from headgate.scan.precheck import precheck

_UNREAD = Measured(reason="no row is read", excused=True)


def measure_schema(checks: Sequence[Check], relation: Relation, session: Session, *, stored: bool) -> Measurements:
    """Return what is known of each check without a look at rows; the others are not executed, and excused.

    Where the platform watches over constraints, a key or a column that is required and that no constraint guarantees is
    a difference between contract and table, whatever the rows are. Of an enum every member must keep the rules.

    Args:
        stored: whether the relation is a table as consumers read it, whose physical types are promised.
    """
    binding = Binding(relation, {})
    found = {check.key: _measured(check, binding, session, stored=stored) for check in checks}
    return Measurements(0, found, (), datetime.now(UTC))


def _measured(check: Check, binding: Binding, session: Session, *, stored: bool) -> Measured:
    if check.reads:
        return _UNREAD
    kind, relation = CATALOGUE[check.type], binding.relation
    if (known := precheck(check, binding, session, stored=stored)) is not None:
        if known.value is not None:  # of rows that are not counted
            return Measured(evidence=known.evidence)
        return Measured(evidence=known.evidence, found=known.found, reason=known.reason, excused=known.excused)
    plain = check.where is None and not check.within and check.expect == NONE
    if plain and kind.guaranteed_by and kind.guaranteed_by in relation.watched:
        return Measured(found="no constraint guarantees it")
    members = session.members(relation, check.columns[0]) if plain and len(check.columns) == 1 else None
    if members and kind.condition is not None and kind.count is None:
        return _of_members(check, members, binding, session)
    return _UNREAD


def _of_members(check: Check, members: Sequence[str], binding: Binding, session: Session) -> Measured:
    """Return whether every member of an enum keeps a rule, as if each stood in a row."""
    rows = exp.values([(member,) for member in members], alias=DATA, columns=[check.columns[0]])
    for identifier in rows.args["alias"].find_all(exp.Identifier):
        identifier.set("quoted", True)
    ((others,),) = session.rows(exp.select(exp.Count(this=exp.Star())).from_(rows).where(binding.condition(check)))
    if not others:
        return Measured()
    return Measured(found=f"the type has {counted(others, 'member')} that {agreeing(others, 'breaks', 'break')} it")
