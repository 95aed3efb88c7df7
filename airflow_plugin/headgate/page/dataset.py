"""A dataset and its contract: may I use it, what is promised column by column, what is broken first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from headgate.fitness.catalogue import full_name
from headgate.history import incident_read, read, survey
from headgate.history.dags import dag_of
from headgate.history.views import Point, RuleStanding, Trend
from headgate.page.ask import Ask
from headgate.page.baseline import distributions
from headgate.page.budgets import budgets
from headgate.page.document import document
from headgate.page.drawing import Mark
from headgate.page.level import levels_of
from headgate.page.overview import line_of
from headgate.page.upstream import troubles
from headgate.page.usable import usable

_RUNS, _SHOWN = 60, 30


@dataclass(frozen=True, slots=True)
class Promise:
    """A rule with what the last runs found of it. `last` is None where none of the runs that are seen has it."""

    rule: RuleStanding
    last: Point | None
    marks: tuple[Mark, ...] = ()
    limits: tuple[float, ...] = ()
    what: str = ""

    @property
    def rank(self) -> tuple[int, bool, str]:
        order = ("failed", "errored", "not_executed", "passed")
        return order.index(self.rule.status), self.rule.severity != "error", self.rule.key


@dataclass(frozen=True, slots=True)
class Column:
    """The promises about a column, or about the dataset as a whole (`name` is empty)."""

    name: str
    promises: tuple[Promise, ...] = field(default_factory=tuple)

    @property
    def broken(self) -> int:
        return sum(each.rule.status == "failed" for each in self.promises)

    @property
    def unmeasured(self) -> int:
        return sum(each.rule.status in ("errored", "not_executed") for each in self.promises)


def dataset(ask: Ask, id: str) -> str:  # noqa: A002
    """Return the page of a dataset, by its number."""
    dataset_id = int(id) if id.isdecimal() and len(id) < 16 else 0
    line = line_of(ask, dataset_id)
    assert line.standing is not None
    trend = read.trend(ask.store, dataset_id, _RUNS, dags=ask.scope.seen_of(line.dags))
    shown = ask.scope.shows_values_of(line.dags)
    values = {run.id for run in trend.runs if ask.scope.values(dag_of(run.run_key))}
    promises = [_promise(rule, trend, values) for rule in read.rules(ask.store, dataset_id)]
    closed = incident_read.list_incidents(ask.store, ask.now, closed=True, datasets=[dataset_id])
    known = {full_name(each): each for each in ask.catalogue.datasets} if ask.catalogue else {}
    contract = known.get(line.name)
    return document(
        ask,
        "dataset.html",
        line=line,
        last=line.standing.last,
        usable=usable(line, ask.now, troubles(ask, line)),
        columns=_by_column(promises),
        levels=levels_of(line.levels, ask.now, values=shown),
        budgets=list(budgets(line.levels)),
        incidents=line.incidents,
        closed=[each for each in closed if not each.incident.open][:10],
        concern=survey.concern_of(ask.store, dataset_id),
        runs=trend.runs[::-1][:_SHOWN],
        dags=sorted(filter(ask.scope.sees, line.dags)),
        contract=contract,
        drawn=distributions(contract) if contract and shown else (),
    )


def _promise(rule: RuleStanding, trend: Trend, values: set[int]) -> Promise:
    """Return a rule with its past: that of all rules of its key, as it may have said other things before."""
    points = {point.report: point for each in trend.rules if each.key == rule.key for point in each.points}
    shown = [(run, points.get(run.id)) for run in trend.runs]
    last = next((point for _, point in reversed(shown) if point is not None), None)
    expect = rule.about.get("expect") or {}
    # A number that was measured is a value of the data; how many rows broke a rule is not.
    measures = any(point and point.failed is None and point.value is not None for _, point in shown)
    marks, version = [], None
    for run, point in shown:
        number = None
        if point is not None:
            number = point.failed if not measures else point.value if run.id in values else None
        marks.append(Mark(number, bool(point and point.status == "failed"), version not in (None, run.version)))
        version = run.version
    limits = tuple(expect.get("bounds", ())) if measures and any(mark.value is not None for mark in marks) else ()
    if last is not None and measures and last.report not in values:
        last = Point(last.report, last.severity, last.status, last.failed, last.rows, None)
    unit = f"{rule.about.get('unit') or 'row'}s that break it"
    return Promise(rule, last, tuple(marks), limits, "measured" if measures else unit)


def _by_column(promises: Sequence[Promise]) -> list[Column]:
    """Return promises by the column that they are about, the broken ones first; of several columns by the first."""
    found: defaultdict[str, list[Promise]] = defaultdict(list)
    for each in promises:
        columns = each.rule.about.get("columns") or ()
        found[columns[0] if columns else ""].append(each)
    grouped = [Column(name, tuple(sorted(each, key=lambda one: one.rank))) for name, each in found.items()]
    return sorted(grouped, key=lambda column: (-column.broken, -column.unmeasured, column.name))
