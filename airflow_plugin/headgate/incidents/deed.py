"""What a person may do about an incident: the rules of the command line and of the page alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from headgate.contract.service_levels import duration, moment
from headgate.errors import CallError
from headgate.incidents.finding import Deed
from headgate.incidents.incident import Incident

DONE: Mapping[Deed, str] = {
    Deed.ACK: "acknowledged",
    Deed.MUTE: "muted",
    Deed.NOTE: "noted",
    Deed.ACCEPT: "accepted",
}
# Ends a mute.
NOW = "now"


def refusal(number: int, incident: Incident, deed: Deed) -> str:
    """Return why it cannot be done of an incident; empty if it can."""
    closed = incident.closed
    if closed is None or deed not in (Deed.ACK, Deed.ACCEPT):
        return ""
    return f"incident {number} is closed since {closed:%Y-%m-%d %H:%M} UTC; only an open one can be {DONE[deed]}"


def given(text: str, name: str) -> str:
    """Return a text without the blanks around it. Raises CallError where nothing is left; `name` is the argument."""
    if not text.strip():
        raise CallError(f"{name}: give a text")
    return text.strip()


def mute_end(text: str, now: datetime, name: str) -> datetime:
    """Return the end of a mute: a time (UTC unless it has a zone), how long from `now` (4h, 2d), or `now` itself, which
    ends a mute.

    Raises:
        CallError: it is none of these, or over; `name` is the argument.
    """
    if text.strip() == NOW:
        return now
    try:
        until = moment(text)
    except ValueError:
        try:
            until = duration(text).after(now)
        except (ValueError, OverflowError):
            raise CallError(
                f"{name} {text}: not a time; write it as 2026-03-03T10:00, or how long from now, such as 4h or 2d"
            ) from None
    if until <= now:
        raise CallError(f"{name} {text}: that is over; `{NOW}` ends a mute")
    return until
