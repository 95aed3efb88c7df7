"""Rules of a contract that Great Expectations itself is asked: its statistical tests, expectations of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from headgate.checks import Check
from headgate.checks.row_filter import of_relation
from headgate.errors import CallError, MissingExtraError
from headgate.gx import late
from headgate.gx.answer import Answer
from headgate.gx.engine import answer_by_gx
from headgate.gx.query import Form
from headgate.gx.suite import Expectation
from headgate.places import Relation, Session
from headgate.plural import counted
from headgate.scan import Measured
from headgate.scan.bind import Binding
from headgate.sql.names import RAW

_SHOWN = 200


def evaluate(checks: Sequence[Check], relation: Relation, session: Session) -> dict[str, Measured]:
    """Return GX's word on each check, by its key; see `headgate.scan.evaluate.Evaluator`.

    The rows that it looks at are read into memory, as a DataFrame.
    """
    frames: dict[str, Any] = {}
    found = {}
    for check in checks:
        rows = repr(check.where)
        try:
            if rows not in frames:
                frames[rows] = _frame(check, relation, session)
            ((_, answer),) = answer_by_gx([(0, _expectation(check))], frames[rows], Form())
        except (ImportError, MissingExtraError):
            found[check.key] = Measured(reason="this is run by Great Expectations: install headgate[gx]")
        except CallError as error:
            found[check.key] = Measured(reason=str(error)[:_SHOWN])
        else:
            found[check.key] = _judged(answer)
    return found


def _expectation(check: Check) -> Expectation:
    return Expectation(check.args["expectation"], check.args["kwargs"])


def _frame(check: Check, relation: Relation, session: Session) -> Any:
    pd = late.pd  # before anything is read: without the extra there is none
    names = [column.name for column in relation.columns if not column.name.startswith(RAW)]
    columns = [exp.column(name, quoted=True) for name in names]
    select = exp.select(*columns).from_(of_relation(relation.as_data, check))
    return pd.DataFrame.from_records(session.rows(Binding(relation, {}).bound(select, check)), columns=names)


def _judged(answer: Answer) -> Measured:
    """GX's success. Of what it found only numbers are told: its texts may hold values of the data."""
    if answer.raised:
        return Measured(error="Great Expectations could not evaluate it")
    if answer.success:
        return Measured(evidence="gx")
    count, total = (answer.result.get(name) for name in ("unexpected_count", "element_count"))
    found = f"{count:,} of {counted(total, 'row')}" if count is not None and total is not None else "it does not hold"
    return Measured(evidence="gx", found=found)
