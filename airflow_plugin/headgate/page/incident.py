"""Incidents: all of them, and one with its timeline."""

from __future__ import annotations

from headgate.history import incident_read
from headgate.history.dags import task_run_of
from headgate.history.incident_views import IncidentLine
from headgate.history.survey import dags
from headgate.history.timeline import EFFECTS
from headgate.incidents import Effect
from headgate.page.ask import Ask, NotShownError
from headgate.page.document import document
from headgate.page.overview import by_dataset, lines_of, seen, seen_incidents, sees
from headgate.page.owners import dags_of_incident
from headgate.page.upstream import troubles
from headgate.page.usable import usable
from headgate.render import incidents as words

_CLOSED = 100
# What is to be done next, by what readers have of it.
_NEXT = {
    Effect.SERVED: "Repair the data at its source and clear the task. Its readers get it now: tell them.",
    Effect.LATE: "Find out why no newer data was published, and run the pipeline.",
    Effect.QUARANTINED: "Repair the data at its source and clear the task, which empties it, or release it.",
    Effect.HELD_BACK: "Repair the data at its source and clear the task. Readers have what was there before.",
    Effect.NONE: "Find out what is missing: headgate levels CONTRACT.",
}


def incidents(ask: Ask) -> str:
    """Return the list of incidents: the open ones, then those that were closed last."""
    ran = dags(ask.store)
    lines = incident_read.list_incidents(ask.store, ask.now, closed=True)
    shown = [line for line in lines if sees(ask, ran.get(line.dataset, frozenset()))]
    open_ = [line for line in shown if line.incident.open]
    closed = [line for line in shown if not line.incident.open]
    folded = by_dataset(open_)
    return document(
        ask, "incidents.html", count=len(open_), open=folded, closed=closed[:_CLOSED], more=len(closed) - _CLOSED
    )


def incident(ask: Ask, number: str) -> str:
    """Return an incident, by its number or its key."""
    # What is not seen is not looked up: how long that takes would tell that it is there.
    if number.isdecimal() and not seen_incidents(ask, [int(number)] if len(number) < 12 else []):
        raise NotShownError("this incident was not found")
    detail = incident_read.incident_detail(ask.store, number, ask.now)
    if detail is None:
        raise NotShownError("this incident was not found")
    line = detail.line
    ran = seen(ask, line.dataset)
    tasks = [task for task in map(task_run_of, run_keys(line)) if task and ask.scope.sees(task.dag_id)]
    about = next(iter(lines_of(ask, [line.dataset])), None)
    same = incident_read.list_incidents(ask.store, ask.now, closed=True, datasets=[line.dataset])
    earlier = [each for each in same if each.incident.rule == line.incident.rule and each.number != line.number]
    others = [*detail.joined, *([line.cause] if line.cause else [])]
    shown = seen_incidents(ask, [each.number for each in others])
    return document(
        ask,
        "incident.html",
        detail=detail,
        line=line,
        about=about,
        usable=usable(about, ask.now, troubles(ask, about)) if about else None,
        effect=EFFECTS[line.incident.current_effect],
        step=_NEXT[line.incident.current_effect] if line.incident.open else "Nothing: it is closed.",
        ends=words.ends(line.incident),
        took=words.times(detail),
        rows=words.rows(line.incident) if not line.incident.broken.reason or ask.scope.shows_values_of(ran) else "",
        cause=line.cause if line.cause and line.cause.number in shown else None,
        joined=[each for each in detail.joined if each.number in shown],
        hidden=sum(each.number not in shown for each in detail.joined),
        earlier=earlier[:10],
        task=tasks[0] if tasks else None,
        acts=not ask.links.static and all(map(ask.scope.edits, dags_of_incident(ask.store, line))),
        command=f"headgate incidents show {line.number}",
    )


def run_keys(line: IncidentLine) -> tuple[str, ...]:
    """Return the runs that broke the promise, those where it is still broken first."""
    each = line.incident
    return tuple(dict.fromkeys([slot.run_key for slot in each.slots] + [one.run_key for one in each.episodes[::-1]]))
