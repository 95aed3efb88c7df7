"""Error budgets, as the newest runs measured them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The minutes of 28 days.
_WINDOW = 28 * 24 * 60
# A budget of which so much is spent is told on the first view.
NEARLY = 0.5


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """The minutes of 28 days in which a dataset may be out, and how many of them are spent; of a `consumer`, or all."""

    allowed: float
    used: float
    statement: str
    consumer: str = ""

    @property
    def share(self) -> float:
        return self.used / self.allowed if self.allowed else float(self.used > 0)

    @property
    def left(self) -> float:
        return self.allowed - self.used


def budgets(levels: Sequence[Mapping[str, Any]]) -> Iterator[BudgetLine]:
    """Yield the budget of each availability that was measured, of service levels as `LevelResult.to_dict`."""
    for level in levels:
        promised, observed = level.get("promised"), level.get("observed")
        if level["name"] != "availability" or not promised or not observed:
            continue
        if promised["unit"] == observed["unit"] == "percent":
            allowed, used = ((100 - each["value"]) / 100 * _WINDOW for each in (promised, observed))
            yield BudgetLine(allowed, used, level["statement"], level.get("consumer", ""))
