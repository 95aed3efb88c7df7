"""Service levels for people: a line each, those that need somebody first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from headgate.plural import counted
from headgate.render.escaping import plain

if TYPE_CHECKING:
    from headgate.levels import Budget, LevelResult
    from headgate.render.answers import LevelsAnswer

_ORDER = ("broken", "unknown", "kept", "not_executable")
COLOURS = {"broken": "red", "unknown": "yellow", "kept": "green", "not_executable": "cyan"}
_CLOCKS = {
    "wall_clock": "by the clock",
    "interval_end": "at the end of the data interval",
    "run": "at the time of the run",
}


def render(answer: LevelsAnswer, *, colour: bool = False) -> str:
    """Return the results, and what is left of the error budgets."""
    if not answer.results:
        return plain(f"{answer.dataset}: the contract has no service levels for it")
    named = f"{answer.contract}#{answer.dataset}" if answer.contract else answer.dataset
    lines = [plain(f"{named} at {answer.place}, {clock_words(answer.results)}")]
    width = max(len(word(result)) for result in answer.results)
    for result in in_order(answer.results):
        said = word(result).ljust(width)
        lines.append(f"{click.style(said, fg=COLOURS[result.status]) if colour else said}  {plain(level_line(result))}")
    lines += [plain(_budget(budget)) for budget in answer.budgets]
    return "\n".join((*lines, counts(answer.results)))


def in_order(results: Iterable[LevelResult]) -> list[LevelResult]:
    """Return results, those that need somebody first."""
    return sorted(results, key=lambda each: _ORDER.index(each.status))


def clock_words(results: Sequence[LevelResult]) -> str:
    """Return by which clock results were measured, and its time."""
    first = results[0]
    return f"{_CLOCKS[first.clock]}, {first.at:%Y-%m-%d %H:%M} UTC"


def counts(results: Sequence[LevelResult]) -> str:
    """Return how many results have which status, in words."""
    numbers = [(sum(each.status == status for each in results), status) for status in _ORDER]
    said = ", ".join(f"{number} {status.replace('_', ' ')}" for number, status in numbers if number)
    return f"{counted(len(results), 'service level')}: {said}"


def word(result: LevelResult) -> str:
    return result.status.replace("_", " ")


def level_line(result: LevelResult) -> str:
    """Return a result as one line, without its status."""
    found = observed(result)
    return f"{promise(result)}{f' ({found})' if found else ''}"


def promise(result: LevelResult) -> str:
    """Return what is promised, and whose need it is."""
    name = "" if result.status == "not_executable" else f"{result.name}: "  # what it says begins with it
    whose = f"{result.consumer} needs: " if result.consumer else ""
    return f"{whose}{name}{result.statement}"


def observed(result: LevelResult) -> str:
    """Return what was found, or why nothing was."""
    return result.reason or (f"observed {result.observed}" if result.observed else "")


def _budget(budget: Budget) -> str:
    whose = f" of {budget.consumer}" if budget.consumer else ""
    on = f"; at the pace of the last 7 days it is spent on {budget.spent_on}" if budget.spent_on else ""
    return f"error budget{whose}: {budget.used:.0f} of {budget.allowed:.0f} minutes are spent{on}"
