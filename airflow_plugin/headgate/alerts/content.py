"""What a message says to programs, as JSON-ready values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from headgate.alerts.address import view_address
from headgate.incidents import Notice, Severity, Standing, Told
from headgate.render.notice import subject, text

# What is told, as pagers call it. What is over before it was told wakes nobody.
_ACTIONS = {Told.ACKNOWLEDGED: "acknowledge", Told.CLOSED: "resolve", Told.PAST: "resolve"}
_SEVERITIES = ("critical", "error", "warning")


def content_of(notice: Notice) -> dict[str, Any]:
    """Return what a webhook is sent. Slack, Mattermost and Teams show `text`."""
    about = notice.concern
    return {
        "text": text(notice, page=page_of(notice)),
        "subject": subject(notice),
        "told": str(notice.told),
        "at": notice.at.isoformat(),
        "recipient": notice.recipient,
        "contract": about.contract,
        "version": about.version,
        "dataset": about.dataset,
        "owner": about.owner,
        "link": about.link,
        "incidents": [_incident(notice, each) for each in notice.about],
        "also": list(notice.also),
    }


def event_of(notice: Notice) -> dict[str, Any]:
    """Return what a notifier's templates may name: as `content_of`, and `action` (`trigger`, `acknowledge`,
    `resolve`), `severity` (`critical`, `error`, `warning`: the highest), and of the first incident `incident` and its
    `dedup_key`."""
    said = content_of(notice)
    severities = [each["severity"] for each in said["incidents"]]
    return said | {
        "action": _ACTIONS.get(notice.told, "trigger"),
        "severity": min(severities, key=_SEVERITIES.index),
        "incident": said["incidents"][0],
        "dedup_key": said["incidents"][0]["key"],
    }


def events_of(notice: Notice) -> Iterator[dict[str, Any]]:
    """Yield the event of each incident, with a text about it alone."""
    for each in notice.about:
        yield event_of(replace(notice, about=(each,)))


def page_of(notice: Notice) -> str:
    """Return the address of the incident, or, of several, of the list of them; empty where no page is configured."""
    first, *others = notice.about
    return view_address("incidents") if others else view_address("incidents", first.number)


def _incident(notice: Notice, standing: Standing) -> dict[str, Any]:
    incident, broken = standing.incident, standing.incident.broken
    return {
        "number": standing.number,
        "page": view_address("incidents", standing.number) or None,
        "key": notice.key_of(standing),
        "rule": incident.rule,
        "statement": broken.statement,
        "severity": _severity(standing),
        "state": incident.state,
        "effect": str(incident.effect),
        "failed": broken.failed,
        "rows": broken.rows,
        "reason": broken.reason,
        "opened": incident.opened.isoformat(),
        "since": incident.since.isoformat(),
        "closed": incident.closed.isoformat() if incident.closed else None,
        "acknowledged_by": incident.ack.by if incident.ack else None,
        "episodes_in_28_days": standing.episodes_in_28_days,
    }


def _severity(standing: Standing) -> str:
    if standing.incident.broken.severity is not Severity.ERROR:
        return "warning"
    return "critical" if standing.incident.effect.affects_readers else "error"
