"""What the spool must know of an OpenLineage event: whose it is, when it was, and what it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Event = dict[str, Any]
# Of events at the same time the start comes first and the end last. A bounded spool drops starts first.
_RANKS = {"START": 0, "RUNNING": 1, "OTHER": 1}
_ENDED = 2
_TERMINAL = ("COMPLETE", "FAIL", "ABORT")


def key_of(event: Event) -> str:
    """Return whose event it is: "namespace name" of the job, or of the dataset of a DatasetEvent."""
    named = event.get("job") or event.get("dataset") or {}
    return f"{named.get('namespace', '?')} {named.get('name', '?')}"


def moment(value: Any) -> datetime | None:
    """Return an ISO time in UTC, which it is in if it has no zone; None where it cannot be read."""
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def time_of(event: Event) -> datetime:
    """Return the event's time; now where it cannot be read."""
    return moment(event.get("eventTime")) or datetime.now(UTC)


def rank_of(event: Event) -> int:
    return _RANKS.get(str(event.get("eventType")), _ENDED)


def states_of(event: Event) -> Iterator[tuple[str, str]]:
    """Yield (what, role) of everything whose state the event changes on the server: its job and its datasets.

    The roles are those in which a server keeps the newest: `named` (state, description), `ended` (a job's inputs and
    outputs), `written` (a dataset's version), `checked` (assertions about that version).
    """
    ended = event.get("eventType") in _TERMINAL
    if job := event.get("job"):
        yield f"job {_name(job)}", "named"
        if ended or "run" not in event:
            yield f"job {_name(job)}", "ended"
    for given in event.get("inputs") or ():
        yield f"dataset {_name(given)}", "named"
        if "dataQualityAssertions" in (given.get("inputFacets") or {}) | (given.get("facets") or {}):
            yield f"dataset {_name(given)}", "checked"
    for made in event.get("outputs") or ():
        yield f"dataset {_name(made)}", "named"
        if event.get("eventType") == "COMPLETE":
            yield f"dataset {_name(made)}", "written"
    if dataset := event.get("dataset"):
        yield f"dataset {_name(dataset)}", "named"
        yield f"dataset {_name(dataset)}", "written"


def _name(named: dict[str, Any]) -> str:
    return f"{named.get('namespace')} {named.get('name')}"
