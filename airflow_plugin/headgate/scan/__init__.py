"""How data is measured: the typed view of a source, the plan, the measurements."""

from headgate.scan.evaluate import Measured
from headgate.scan.measure import Measurements, Ran, measure
from headgate.scan.plan import Plan, plan
from headgate.scan.row_filter import filter_rows, parse_condition, parse_expression, validate_condition
from headgate.scan.schema_only import measure_schema
from headgate.scan.view import typed_view

__all__ = [
    "Measured",
    "Measurements",
    "Plan",
    "Ran",
    "filter_rows",
    "measure",
    "measure_schema",
    "parse_condition",
    "parse_expression",
    "plan",
    "typed_view",
    "validate_condition",
]
