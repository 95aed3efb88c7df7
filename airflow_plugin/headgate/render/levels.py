"""Service levels for people: a line each, those that need somebody first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from headgate.plural import counted
from headgate.render.escaping import plain

if TYPE_CHECKING:
    from headgate.levels import Budget, LevelResult
    from headgate.render.answers import LevelsAnswer

_ORDER = ("broken", "unknown", "kept", "not_executable")
_COLOURS = {"broken": "red", "unknown": "yellow", "kept": "green", "not_executable": "cyan"}
_CLOCKS = {"wall_clock": "by the clock", "interval_end": "at the end of the data interval"}


def render(answer: LevelsAnswer, *, colour: bool = False) -> str:
    """Return the results, and what is left of the error budgets."""
    if not answer.results:
        return plain(f"{answer.dataset}: the contract has no service levels for it")
    first = answer.results[0]
    lines = [plain(f"{answer.dataset} at {answer.place}, {_CLOCKS[first.clock]}, {first.at:%Y-%m-%d %H:%M} UTC")]
    width = max(len(_word(result)) for result in answer.results)
    for result in sorted(answer.results, key=lambda each: _ORDER.index(each.status)):
        word = _word(result).ljust(width)
        lines.append(f"{click.style(word, fg=_COLOURS[result.status]) if colour else word}  {plain(_line(result))}")
    lines += [plain(_budget(budget)) for budget in answer.budgets]
    counts = [(sum(each.status == status for each in answer.results), status) for status in _ORDER]
    said = ", ".join(f"{count} {status.replace('_', ' ')}" for count, status in counts if count)
    return "\n".join((*lines, f"{counted(len(answer.results), 'service level')}: {said}"))


def _word(result: LevelResult) -> str:
    return result.status.replace("_", " ")


def _line(result: LevelResult) -> str:
    said = result.reason or (f"observed {result.observed}" if result.observed else "")
    name = "" if result.status == "not_executable" else f"{result.name}: "  # what it says begins with it
    whose = f"{result.consumer} needs: " if result.consumer else ""
    return f"{whose}{name}{result.statement}{f' ({said})' if said else ''}"


def _budget(budget: Budget) -> str:
    whose = f" of {budget.consumer}" if budget.consumer else ""
    on = f"; at the pace of the last 7 days it is spent on {budget.spent_on}" if budget.spent_on else ""
    return f"error budget{whose}: {budget.used:.0f} of {budget.allowed:.0f} minutes are spent{on}"
