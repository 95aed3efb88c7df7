"""What Airflow's home says of contracts, in three lines at most; nothing where all is well."""

from __future__ import annotations

from dataclasses import dataclass

from headgate.history.incident_read import list_incidents
from headgate.page.ask import Ask
from headgate.page.owners import dags_of_incident
from headgate.plural import counted

MAX_LINES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the view that says more. `state` is `broken` or `warned`."""

    text: str
    href: str
    state: str = "broken"


def lines(ask: Ask) -> tuple[Line, ...]:
    """Return the lines: open incidents that somebody must be told of. Raises TransientError."""
    found = [
        each
        for each in list_incidents(ask.store, ask.now)
        if each.incident.pages and not each.cause and any(map(ask.scope.sees, dags_of_incident(ask.store, each)))
    ]
    if not found:
        return ()
    first, more = found[0], len(found) - 1
    said = f"{first.concern.dataset} does not meet its contract: {first.incident.broken.statement}"
    href = ask.links.to("incidents", first.number)
    top = Line(said, href)
    rest = Line(f"{counted(more, 'more incident')} open", ask.links.to("incidents"))
    return (top, rest)[: 2 if more else 1]
