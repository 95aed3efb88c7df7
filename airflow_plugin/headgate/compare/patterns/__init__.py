"""What the differences between two datasets have in common."""

from headgate.compare.patterns.conditions import Background, Range
from headgate.compare.patterns.find import find_patterns

__all__ = ["Background", "Range", "find_patterns"]
