"""What a person does about an incident on the page."""

from __future__ import annotations

from collections.abc import Mapping

from headgate.errors import CallError, HeadgateError
from headgate.history.acts import act
from headgate.history.incident_read import incident_detail
from headgate.incidents import Deed
from headgate.incidents.deed import NOW, given, mute_end, refusal
from headgate.page.ask import Ask, NotShownError
from headgate.page.overview import seen
from headgate.page.owners import dags_of_incident

# The last part of an act's path, and what it does.
DEEDS: Mapping[str, Deed] = {
    "ack": Deed.ACK,
    "mute": Deed.MUTE,
    "unmute": Deed.MUTE,
    "note": Deed.NOTE,
    "accept": Deed.ACCEPT,
}
# So long are a person's words at most.
MAX_TEXT = 2000


class NotAllowedError(HeadgateError):
    """They may read the incident, and not act on it."""


class NotPossibleError(CallError):
    """It cannot be done of this incident, or with this text."""


def carry_out(ask: Ask, number: str, name: str, by: str, form: Mapping[str, str]) -> int:
    """Write what a person did about an incident to the history, and return the incident's number.

    Args:
        name: one of DEEDS.
        by: the name of who is signed in.
        form: `text`, what they say; `until`, the end of a mute, as of `headgate incidents mute`.

    Raises:
        NotShownError: the incident or the act was not found, or they may not see it.
        NotAllowedError: they may not change each of the DAGs that the incident is of.
        NotPossibleError: it is closed, and only an open one can be acknowledged or accepted.
        CallError: a text is missing or too long, or `until` is not a time to come.
        TransientError: the store cannot be used now.
    """
    detail = incident_detail(ask.store, number, ask.now) if number.isascii() and number.isdecimal() else None
    deed = DEEDS.get(name)
    if detail is None or deed is None:
        raise NotShownError("the incident or the act was not found")
    line = detail.line
    seen(ask, line.dataset)
    dags = dags_of_incident(ask.store, line)
    if denied := sorted(dag or "" for dag in dags if not ask.scope.edits(dag)):
        named = " and ".join(dag for dag in denied if dag and ask.scope.sees(dag)) or "each of its DAGs"
        raise NotAllowedError(f"to act on incident {line.number} you need the right to edit {named}")
    if why := refusal(line.number, line.incident, deed):
        raise NotPossibleError(why)
    text = form.get("text", "").strip()
    if name in ("mute", "note", "accept"):
        given(text, "reason" if name != "note" else "note")
    if len(text) > MAX_TEXT:
        raise NotPossibleError(f"a text has at most {MAX_TEXT:,} characters, this one {len(text):,}")
    until = None
    if deed is Deed.MUTE:
        until = mute_end(NOW if name == "unmute" else form.get("until", ""), ask.now, "until")
    act(ask.store, line.number, deed, by, text, until, ask.now)
    return line.number
