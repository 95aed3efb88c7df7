"""Service levels: what a contract promises about age, rhythm and availability, against what is known and a clock.

Pure but for `observe`, which reads: facts and a clock come in, results go out.
"""

from headgate.levels.budget import Budget, budgets
from headgate.levels.clock import Clock, ClockKind
from headgate.levels.facts import NOTHING, Extremes, Facts, Outage, PublicationFact, ReportFact
from headgate.levels.level import LevelResult, fresh_until, levels_of, measured, unmeasured
from headgate.levels.observe import asks_data, observe
from headgate.levels.reading import Amount, Status

__all__ = [
    "NOTHING",
    "Amount",
    "Budget",
    "Clock",
    "ClockKind",
    "Extremes",
    "Facts",
    "LevelResult",
    "Outage",
    "PublicationFact",
    "ReportFact",
    "Status",
    "asks_data",
    "budgets",
    "fresh_until",
    "levels_of",
    "measured",
    "observe",
    "unmeasured",
]
