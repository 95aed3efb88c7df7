"""Datasets that must agree with another, and whether they do."""

from __future__ import annotations

from dataclasses import dataclass

from headgate.checks.reconciliation import RECONCILIATION
from headgate.history import read, survey
from headgate.history.views import RuleStanding
from headgate.page.ask import Ask
from headgate.page.document import document
from headgate.page.drawing import Mark
from headgate.page.overview import Line, lines_of

_RUNS = 60


@dataclass(frozen=True, slots=True)
class Agreement:
    """A rule of reconciliation, with how many rows or groups differed in the last runs."""

    line: Line
    rule: RuleStanding
    failed: int | None
    of: int | None
    marks: tuple[Mark, ...]


def reconciliations(ask: Ask) -> str:
    """Return all reconciliations, those that differ first."""
    return document(ask, "reconciliations.html", found=sorted(_agreements(ask), key=_by_trouble))


def _agreements(ask: Ask) -> list[Agreement]:
    found = []
    for line in lines_of(ask, survey.datasets_with(ask.store, RECONCILIATION)):
        assert line.standing is not None
        for rule in read.rules(ask.store, line.standing.id):
            if rule.about.get("type") != RECONCILIATION:
                continue
            trend = read.trend(ask.store, line.standing.id, _RUNS, rule.id, ask.scope.seen_of(line.dags))
            points = [point for each in trend.rules for point in each.points]
            marks = tuple(Mark(point.failed, point.status == "failed") for point in points)
            last = points[-1] if points else None
            counts = (last.failed, last.rows) if last else (None, None)
            found.append(Agreement(line, rule, *counts, marks))
    return found


def _by_trouble(each: Agreement) -> tuple[bool, bool, str]:
    return each.rule.status == "passed", each.rule.status != "failed", each.line.name
