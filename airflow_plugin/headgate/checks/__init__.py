"""What can be said about data: comparisons, and the catalogue of check types."""

from headgate.checks.catalogue import CATALOGUE, CheckType
from headgate.checks.check import Check, Source, Unchecked
from headgate.checks.column import EACH, KEYS, VALUES, Column, place_text
from headgate.checks.comparison import NONE, Comparison
from headgate.checks.conditions import DATA, REFERENCE, RESERVED, raw_name

__all__ = [
    "CATALOGUE",
    "DATA",
    "EACH",
    "KEYS",
    "NONE",
    "REFERENCE",
    "RESERVED",
    "VALUES",
    "Check",
    "CheckType",
    "Column",
    "Comparison",
    "Source",
    "Unchecked",
    "place_text",
    "raw_name",
]
