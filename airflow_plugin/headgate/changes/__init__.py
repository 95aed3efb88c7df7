"""What changed between two versions of a contract, and what each change means for consumers and producers."""

from headgate.changes.change import ABSENT, Bump, Change, Diff, Level
from headgate.changes.grade import appeared, compare, disappeared

__all__ = ["ABSENT", "Bump", "Change", "Diff", "Level", "appeared", "compare", "disappeared"]
