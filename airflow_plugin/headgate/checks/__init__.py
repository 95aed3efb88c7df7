"""What can be said about data: comparisons, and the catalogue of check types."""

from headgate.checks.catalogue import CATALOGUE, DATA, REFERENCE, RESERVED, CheckType, raw_name
from headgate.checks.check import Check, Source, Unchecked
from headgate.checks.column import Column
from headgate.checks.comparison import NONE, Comparison

__all__ = [
    "CATALOGUE",
    "DATA",
    "NONE",
    "REFERENCE",
    "RESERVED",
    "Check",
    "CheckType",
    "Column",
    "Comparison",
    "Source",
    "Unchecked",
    "raw_name",
]
