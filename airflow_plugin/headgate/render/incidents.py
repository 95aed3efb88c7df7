"""Incidents for people at a terminal, and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from headgate.incidents import Closing, Effect, Incident, Severity
from headgate.levels.reading import length_words
from headgate.plural import counted
from headgate.render.escaping import plain
from headgate.report import serial

if TYPE_CHECKING:
    from headgate.history.incident_views import DeliveryLine, IncidentDetail, IncidentLine, MessageLine, Reference
    from headgate.incidents import Hold

_COLOURS = {Effect.SERVED: "red", Effect.LATE: "yellow", Effect.QUARANTINED: "yellow", Effect.HELD_BACK: "cyan"}


def render_list(lines: tuple[IncidentLine, ...], at: datetime, *, closed: bool, colour: bool = False) -> str:
    """Return a line for each incident."""
    none = "there are no incidents" if closed else "no incident is open"
    width = max((len(str(each.number)) for each in lines), default=0)
    return "\n".join(_line(each, at, width, colour=colour) for each in lines) or none


def render_detail(detail: IncidentDetail, at: datetime, *, page: str = "", colour: bool = False) -> str:
    """Return all that is known of an incident, with its timeline. `page` is the address of its view."""
    line = detail.line
    shown = [_line(line, at, len(str(line.number)), colour=colour)]
    more = [("page", page)] if page else []
    shown += [plain(f"  {name}: {said}") for name, said in (*facts(detail, at), *more)]
    shown.append("timeline")
    width = max((len(each.kind) for each in detail.timeline), default=0)
    for entry in detail.timeline:
        by = f" ({entry.by})" if entry.by and entry.by not in entry.text else ""
        shown.append(plain(f"  {minute(entry.at)}  {entry.kind:<{width}}  {entry.text}{by}"))
    return "\n".join(shown)


def facts(detail: IncidentDetail, at: datetime) -> Iterator[tuple[str, str]]:
    """Yield what there is to know of an incident, by its name."""
    line = detail.line
    concern, incident = line.concern, line.incident
    yield "key", line.key
    yield "rule", f"{incident.rule}, contract {concern.contract} {incident.version}"
    yield "owner", " · ".join((concern.owner or "not said", *concern.support))
    yield "read by", readers(line) or "nobody whom the contract names"
    if line.cause:
        yield "cause", " · ".join(filter(None, (reference(line.cause), line.cause.owner, *line.cause.support)))
    if detail.joined:
        yield "caused", ", ".join(map(reference, detail.joined))
    if took := times(detail):
        yield "took", took
    if concern.link:
        yield "log", concern.link
    if untold := [each for each in detail.messages if each.nobody]:
        names = dict.fromkeys(name for each in untold for name in (each.notice.names or (each.notice.recipient,)))
        yield "nobody was told", f"no channel for {', '.join(names)}"
    if line.incident.muted(at):
        yield "muted", _hold(incident.mute)


def readers(line: IncidentLine) -> str:
    """Return who reads the dataset, in words."""
    named = line.concern.consumers
    return ", ".join(f"{each.name} ({each.contact})" if each.contact else each.name for each in named)


def reference(other: Reference) -> str:
    return f"incident {other.number} of {other.contract}.{other.dataset}"


def times(detail: IncidentDetail) -> str:
    """Return how long it took to find, to tell and to repair, in words."""
    took = detail.times
    named = (("found", took.detect), ("told", took.notify), ("repaired", took.repair))
    return ", ".join(f"{name} after {length_words(length)}" for name, length in named if length is not None)


def rows(incident: Incident) -> str:
    """Return of how many rows a promise is broken, or what else was found; empty where nothing is known."""
    broken = incident.broken
    if broken.failed is None:
        return broken.reason if broken.level else ""
    unit = broken.unit or "row"
    return counted(broken.failed, unit) if broken.rows is None else f"{broken.failed:,} of {counted(broken.rows, unit)}"


def span(incident: Incident, at: datetime) -> str:
    """Return since when it is open, or from when to when it was, and how long."""
    if incident.closed is None:
        return f"since {minute(incident.since)} ({length_words(max(at - incident.since, timedelta()))})"
    length = length_words(incident.closed - incident.since)
    return f"from {minute(incident.since)} to {minute(incident.closed)} ({length})"


def ends(incident: Incident) -> str:
    """Return why it is closed; empty where it is open."""
    how, by = incident.episodes[-1].how, incident.episodes[-1].by
    return {
        None: "",
        Closing.HELD: "it held again",
        Closing.ACCEPTED: f"{by} accepted it",
        Closing.WITHDRAWN: "the contract does not promise it any more",
        Closing.SUPERSEDED: "newer data holds",
    }[how]


def minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def line_dict(line: IncidentLine, at: datetime) -> dict[str, Any]:
    """Return an incident as JSON-ready values, the same of every command."""
    concern, incident = line.concern, line.incident
    broken = incident.broken
    return {
        "number": line.number,
        "key": line.key,
        "state": incident.state,
        "pages": incident.pages,
        "contract": concern.contract,
        "version": incident.version,
        "draft": incident.draft,
        "dataset": concern.dataset,
        "place": serial.place_dict(concern.place),
        "owner": concern.owner,
        "support": list(concern.support),
        "consumers": [each.to_dict() for each in concern.consumers],
        "link": concern.link or None,
        "rule": incident.rule,
        "severity": str(broken.severity),
        "statement": broken.statement,
        "failed": broken.failed,
        "rows": broken.rows,
        "columns": list(broken.columns),
        "reason": broken.reason or None,
        "consumer": broken.consumer or None,
        "effect": str(incident.current_effect),
        "worst_effect": str(incident.effect),
        "opened": incident.opened.isoformat(),
        "since": incident.since.isoformat(),
        "last_found": incident.last.isoformat(),
        "closed": serial.moment_text(incident.closed),
        "episodes": [
            {
                "opened": each.opened.isoformat(),
                "run_key": each.run_key,
                "closed": serial.moment_text(each.closed),
                "how": str(each.how) if each.how else None,
                "by": each.by or None,
                "text": each.text or None,
            }
            for each in incident.episodes
        ],
        "broke_in_28_days": line.broke,
        "acknowledged": _hold_dict(incident.ack),
        "muted": _hold_dict(incident.mute) if incident.muted(at) else None,
        "cause": _reference_dict(line.cause) if line.cause else None,
    }


def detail_dict(detail: IncidentDetail, at: datetime) -> dict[str, Any]:
    took = detail.times
    named = {"detect": took.detect, "notify": took.notify, "repair": took.repair}
    return line_dict(detail.line, at) | {
        "caused": [_reference_dict(each) for each in detail.joined],
        "seconds_to": {name: None if each is None else each.total_seconds() for name, each in named.items()},
        "acts": [
            {
                "at": each.at.isoformat(),
                "deed": str(each.deed),
                "by": each.by,
                "text": each.text or None,
                "until": serial.moment_text(each.until),
            }
            for each in detail.acts
        ],
        "messages": [_message_dict(each) for each in detail.messages],
        "timeline": [
            {"at": each.at.isoformat(), "kind": each.kind, "text": each.text, "by": each.by or None}
            for each in detail.timeline
        ],
    }


def _message_dict(message: MessageLine) -> dict[str, Any]:
    return {
        "number": message.number,
        "at": message.notice.at.isoformat(),
        "told": str(message.notice.told),
        "recipient": message.notice.recipient,
        "routed": message.routed,
        "expired": message.expired,
        "deliveries": [_delivery_dict(each) for each in message.deliveries],
    }


def _delivery_dict(delivery: DeliveryLine) -> dict[str, Any]:
    return {
        "channel": delivery.channel,
        "delivered_at": serial.moment_text(delivery.delivered_at),
        "tries": delivery.tries,
        "error": delivery.error or None,
        "refused": delivery.refused,
        "told_with": delivery.told_with,
    }


def _reference_dict(other: Reference) -> dict[str, Any]:
    named = {"number": other.number, "contract": other.contract, "dataset": other.dataset}
    return named | {"owner": other.owner or None, "support": list(other.support)}


def _hold_dict(hold: Hold | None) -> dict[str, Any] | None:
    if hold is None:
        return None
    until = serial.moment_text(hold.until)
    return {"by": hold.by, "at": hold.at.isoformat(), "text": hold.text or None, "until": until}


def _line(line: IncidentLine, at: datetime, width: int, *, colour: bool) -> str:
    concern, incident = line.concern, line.incident
    where = f" at {concern.place.name}" if concern.place else ""
    said = [f"{concern.contract}.{concern.dataset}{where}", promise(incident), span(incident, at)]
    said += [ends(incident)] if not incident.open else []
    said += [f"{line.broke} times in 28 days"] if line.broke > 1 else []
    said += _marks(line, at)
    return f"{line.number:>{width}}  {_word(incident, colour=colour)}  {plain(' · '.join(said))}"


def promise(incident: Incident) -> str:
    """Return what is broken, and how much."""
    found = rows(incident)
    return f"{incident.broken.statement}{f' ({found})' if found else ''}"


def _marks(line: IncidentLine, at: datetime) -> list[str]:
    incident = line.incident
    marks = [] if incident.broken.severity is Severity.ERROR else [str(incident.broken.severity)]
    marks += ["draft"] if incident.draft else []
    marks += [f"caused by {reference(line.cause)}"] if line.cause else []
    marks += [f"{incident.ack.by} has it"] if incident.open and incident.ack else []
    if incident.open and incident.mute and incident.mute.until and incident.muted(at):
        marks.append(f"muted until {minute(incident.mute.until)}")
    return marks + [counted(len(line.concern.consumers), "consumer")] * bool(line.concern.consumers)


def _word(incident: Incident, *, colour: bool) -> str:
    effect = incident.current_effect
    word = (effect.replace("_", " ") if incident.open else "closed").ljust(11)
    fg = _COLOURS.get(effect) if incident.open else "green"
    return click.style(word, fg=fg) if colour and fg else word


def _hold(hold: Hold | None) -> str:
    if hold is None:
        return ""
    until = f" until {minute(hold.until)}" if hold.until else ""
    return f"by {hold.by}{until}{f': {hold.text}' if hold.text else ''}"
