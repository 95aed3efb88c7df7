"""What can be checked about data: comparisons, and the catalogue of check types."""

from headgate.checks.catalogue import CATALOGUE
from headgate.checks.check import Check, Severity, Source, Unchecked
from headgate.checks.check_type import CheckType, Obstacle
from headgate.checks.column import DATE_OR_TIMESTAMP, EACH, KEYS, VALUES, Column, format_path
from headgate.checks.comparison import NONE, Comparison
from headgate.checks.identity import RuleId, digest_of
from headgate.sql.names import DATA, REFERENCE, RESERVED, SELF, raw_name

__all__ = [
    "CATALOGUE",
    "DATA",
    "DATE_OR_TIMESTAMP",
    "EACH",
    "KEYS",
    "NONE",
    "REFERENCE",
    "RESERVED",
    "SELF",
    "VALUES",
    "Check",
    "CheckType",
    "Column",
    "Comparison",
    "Obstacle",
    "RuleId",
    "Severity",
    "Source",
    "Unchecked",
    "digest_of",
    "format_path",
    "raw_name",
]
