"""What Airflow's home says of contracts, in three lines at most; nothing where all is well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headgate.page.ask import Ask
from headgate.page.budgets import budgets
from headgate.page.overview import Overview, overview, seen_incidents
from headgate.page.state import State
from headgate.plural import agreeing, counted

MAX_LINES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the view that says more. `state` is `broken` or `warned`."""

    text: str
    href: str
    state: str = "broken"


def lines(ask: Ask) -> tuple[Line, ...]:
    """Return the lines: open incidents that somebody must be told of, what is late or was not measured, and spent
    error budgets. Raises TransientError."""
    return tuple(_lines(ask, overview(ask)))[:MAX_LINES]


def _lines(ask: Ask, found: Overview) -> Iterator[Line]:
    causes = {each.number: each.cause.number for each in found.incidents if each.cause}
    told = seen_incidents(ask, set(causes.values()))
    # What comes from another incident is told there, where that is seen.
    paging = [e for e in found.incidents if e.incident.pages and causes.get(e.number) not in told]
    if paging:
        first, more = paging[0], len(paging) - 1
        said = f"{first.concern.dataset} does not meet its contract: {first.incident.broken.statement}"
        href = ask.links.to("incidents") if more else ask.links.to("incidents", first.number)
        yield Line(f"{said}, and {counted(more, 'more incident')}" if more else said, href)
    for state, said in ((State.LATE, "older than promised"), (State.UNKNOWN, "not measured")):
        if count := found.counts[state]:
            href = ask.links.to("contracts", state=state)
            yield Line(f"{counted(count, 'dataset')} {agreeing(count, 'is', 'are')} {said}", href, "warned")
    spent = [line for line in found.lines if any(budget.share >= 1 for budget in budgets(line.levels))]
    if spent:
        said = f"{counted(len(spent), 'error budget')} {agreeing(len(spent), 'is', 'are')} spent"
        yield Line(said, ask.links.to(), "warned")
