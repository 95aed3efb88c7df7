"""The words of a message about incidents, for somebody who has nothing but the message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from headgate.incidents import OWNER, Closing, Effect, Incident, Notice, Severity, Standing, Told
from headgate.levels.reading import length_words
from headgate.plural import agreeing, counted
from headgate.render.escaping import plain
from headgate.render.use import acknowledge, checked_alone, next_step, usable, worst

# So long are a subject, a word of the contract and a line at most, and so many of a list are named.
_SUBJECT, _WORD, _LINE, _NAMES, _PROMISES = 160, 200, 400, 4, 3
# What chat programs take for a mention or a link: a word joiner behind its first character lets them not.
_MENTION = re.compile(r"<(?=[!@#a-z])|(?<!\S)@(?=\w)", re.IGNORECASE)
# What is so of a dataset, by what readers have.
_HAPPENED = {
    Effect.NONE: "{} does not meet a service level",
    Effect.HELD_BACK: "new data of {} is held back",
    Effect.QUARANTINED: "rows of {} are quarantined",
    Effect.LATE: "{} is older than promised",
    Effect.SERVED: "readers of {} get data that violates its contract",
}
# What is closed, and no run says that it holds.
_NOT_REPAIRED = (Closing.ACCEPTED, Closing.WITHDRAWN)
_PREFIX = {
    Told.REOPENED: "Broken again: ",
    Told.WORSE: "Worse: ",
    Told.SPREAD: "Spread: ",
    Told.REMINDER: "Still open: ",
}
_CHECKED = "data for {} does not meet its contract"
_CLOSED = {
    Closing.HELD: "{0} meets {1} again",
    Closing.ACCEPTED: "what {0} does not meet was accepted",
    Closing.WITHDRAWN: "the contract of {0} does not promise this any more",
    Closing.SUPERSEDED: "newer data of {0} meets {1}",
}


def subject(notice: Notice) -> str:
    """Return one line: the dataset, and what became of which promise."""
    first, *others = notice.about
    more = f" and {counted(len(others), 'other promise')}" if others else ""
    return _cut(f"{_title(notice)}: {_cut(first.incident.broken.statement, _WORD)}{more}", _SUBJECT)


def text(notice: Notice, *, page: str = "") -> str:
    """Return the message: about ten lines of plain text, without values of the data. `page` is the address of the view
    that says more."""
    return "\n".join(_cut(line, _LINE) for line in _lines(notice, page))


def _lines(notice: Notice, page: str) -> Iterator[str]:
    concern = notice.concern
    numbers = ", ".join(str(each.number) for each in notice.about[:_NAMES]) + (", …" * (len(notice.about) > _NAMES))
    where = f" at {concern.place.name}" if concern.place else ""
    version = f" {concern.version}" if concern.version else ""
    noun = agreeing(len(notice.about), "incident", "incidents")
    yield f"{_title(notice)} ({noun} {numbers}; contract {concern.contract}{version}{where})."
    for each in notice.about[:_PROMISES]:
        yield f"{_broken(each.incident)}. {_time(each, notice)}"
        if each.incident.broken.description:
            yield f"The contract says: {_cut(each.incident.broken.description, _WORD)}"
        yield from _said(each.incident, notice)
    if len(notice.about) > _PROMISES:
        yield f"And {counted(len(notice.about) - _PROMISES, 'other promise')}."
    if notice.others:
        named = _listed(f"{_found(each.incident)}, since {minute(each.incident.since)}" for each in notice.others)
        yield f"Broken besides: {named}."
    yield f"May I use the data now? {usable(notice)}"
    ask = f" Ask in {_listed(concern.support)}." if concern.support else ""
    yield f"Owner: {concern.owner or 'not named in the contract'}.{ask}"
    readers = [f"{each.name} ({each.contact})" if each.contact else each.name for each in concern.consumers]
    yield f"Read by: {_listed(readers) if readers else 'nobody whom the contract names'}."
    if notice.also:
        downstream = "Was also broken by this" if notice.told in (Told.CLOSED, Told.PAST) else "Also broken by this"
        yield f"{downstream}, downstream: {_listed(notice.also)}."
    yield f"Next: {next_step(notice)}"
    if said := acknowledge(notice):
        yield said
    if page:
        yield f"{agreeing(len(notice.about), 'The incident', 'The incidents')}: {page}"
    yield (
        f"Log of the newest run: {concern.link}"
        if concern.link
        else f"More: headgate incidents show {notice.about[0].number}"
    )


def _title(notice: Notice) -> str:
    dataset, broken = _cut(notice.concern.dataset, _WORD), notice.about[0].incident.broken
    needs = f"what {_cut(broken.consumer, _WORD)} needs" if broken.severity is Severity.NEED else ""
    if notice.told is Told.PAST:
        return f"Over before it could be told: {dataset} did not meet {needs or 'its contract'}"
    if notice.told is Told.CLOSED:
        hows = {how for each in notice.about if (how := each.incident.episodes[-1].how)}
        said = _CLOSED[hows.pop()] if len(hows) == 1 else "nothing of this is open of {0}"
        promise = needs or agreeing(len(notice.about), "this promise", "these promises")
        more = ", others are broken" if notice.others else ""
        return f"Closed: {said.format(dataset, promise)}{more}"
    happened = _CHECKED if checked_alone(notice.about) else _HAPPENED[worst(notice)]
    said = f"{dataset} does not meet {needs}" if needs else happened.format(dataset)
    ack = notice.about[0].incident.ack
    before = (
        f"{_cut(ack.by, _WORD)} has it: " if notice.told is Told.ACKNOWLEDGED and ack else _PREFIX.get(notice.told, "")
    )
    return f"{before}{said}" if before or said.startswith(dataset) else f"{said[0].upper()}{said[1:]}"


def _broken(incident: Incident) -> str:
    parts = {slot.part for slot in incident.slots if slot.part}
    among = f", in {len(parts)} parts" if len(parts) > 1 else ""
    return f"{_verb(incident)}: {_found(incident)}{among}"


def _verb(incident: Incident) -> str:
    """Return how a promise stands: what was accepted, or is not promised any more, was not repaired."""
    if incident.open:
        return "Broken"
    last = incident.episodes[-1]
    return "Broken when it was found last" if last.how in _NOT_REPAIRED else "Was broken"


def _found(incident: Incident) -> str:
    broken = incident.broken
    rows = f" ({_rows(broken.failed, broken.rows, broken.unit or 'row')})" if broken.failed is not None else ""
    reason = f" ({_cut(broken.reason, _WORD)})" if broken.level and broken.reason else ""
    return f"{_cut(broken.statement, _WORD)}{rows or reason}"


def _rows(failed: int, rows: int | None, unit: str = "row") -> str:
    of = counted(failed, unit) if rows is None else f"{failed:,} of {counted(rows, unit)}"
    return f"{of} {agreeing(failed, 'breaks', 'break')} it"


def _time(standing: Standing, notice: Notice) -> str:
    incident, often = standing.incident, standing.episodes_in_28_days
    again = f"; it broke {often} times in 28 days" if often > 1 else ""
    since = _since(incident, notice)
    if incident.closed is not None and incident.episodes[-1].how in _NOT_REPAIRED:
        return f"Since {minute(since)}, closed {minute(incident.closed)}{again}{_reached(incident)}."
    if incident.closed is not None:
        length = length_words(max(incident.closed - since, timedelta()))
        return f"From {minute(since)} to {minute(incident.closed)} ({length}){again}{_reached(incident)}."
    seconds = (notice.at - since).total_seconds()
    ago = length_words(notice.at - since) if seconds >= 60 else "just now"
    return f"Since {minute(since)} ({ago}){again}."


def _reached(incident: Incident) -> str:
    """Return whether readers got what was broken."""
    match incident.effect:
        case Effect.SERVED:
            return "; readers got it"
        case Effect.HELD_BACK | Effect.QUARANTINED:
            return "; it did not reach readers"
    return ""


def _since(incident: Incident, notice: Notice) -> datetime:
    """Return since when data was late, or a consumer's data was bad; else since when it is known."""
    if incident.broken.due is not None:
        return incident.broken.due
    slots = [slot.since for slot in incident.slots if slot.effect.affects_readers]
    return min(slots) if slots and notice.recipient != OWNER else incident.since


def _said(incident: Incident, notice: Notice) -> Iterator[str]:
    """What people did about an incident, and how it ended where that was not by itself."""
    last = incident.episodes[-1]
    if last.how is Closing.HELD and notice.concern.version not in ("", incident.version):
        yield f"The contract changed meanwhile, from {incident.version} to {notice.concern.version}."
    if last.how is Closing.ACCEPTED:
        yield f"{_cut(last.by, _WORD)} accepted it: {_cut(last.text, _WORD)}"
    elif incident.open and incident.ack:
        said = f": {_cut(incident.ack.text, _WORD)}" if incident.ack.text else ""
        yield f"{_cut(incident.ack.by, _WORD)} has it since {minute(incident.ack.at)}{said}"


def minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _listed(names: Iterable[str]) -> str:
    all_ = [_cut(name, _WORD) for name in names]
    more = len(all_) - _NAMES
    return ", ".join(all_[:_NAMES]) + (f" and {more} more" if more > 0 else "")


def _cut(said: str, length: int) -> str:
    one_line = plain(_MENTION.sub("\\g<0>\u2060", " ".join(said.split())))
    return one_line if len(one_line) <= length else f"{one_line[: length - 1]}…"
