"""How data is measured: the typed view of a source, the plan, the measurements."""

from headgate.scan.evaluate import Measured
from headgate.scan.measure import Measurements, Ran, measure
from headgate.scan.plan import Plan, plan
from headgate.scan.row_filter import condition_on, must_answer, some_rows
from headgate.scan.view import typed_view

__all__ = [
    "Measured",
    "Measurements",
    "Plan",
    "Ran",
    "condition_on",
    "measure",
    "must_answer",
    "plan",
    "some_rows",
    "typed_view",
]
