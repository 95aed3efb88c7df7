"""The words of a message about incidents, for somebody who has nothing but the message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from headgate.incidents import Closing, Effect, Incident, Notice, Severity, Standing, Told
from headgate.levels.reading import length_words
from headgate.plural import agreeing, counted
from headgate.render.escaping import plain
from headgate.render.use import acknowledge, next_step, usable, worst

# So long are a subject, a word of the contract and a line at most, and so many of a list are named.
_SUBJECT, _WORD, _LINE, _NAMES, _PROMISES = 160, 200, 400, 4, 3
# What is so of a dataset, by what readers have.
_HAPPENED = {
    Effect.NONE: "{} does not meet a service level",
    Effect.HELD_BACK: "new data of {} is held back",
    Effect.QUARANTINED: "rows of {} are quarantined",
    Effect.LATE: "{} is older than promised",
    Effect.SERVED: "readers of {} get data that violates its contract",
}
_PREFIX = {Told.REOPENED: "Broken again: ", Told.WORSE: "Worse: ", Told.REMINDER: "Still open: "}
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


def text(notice: Notice) -> str:
    """Return the message: about ten lines of plain text, without values of the data."""
    return "\n".join(_cut(line, _LINE) for line in _lines(notice))


def _lines(notice: Notice) -> Iterator[str]:
    concern = notice.concern
    numbers = ", ".join(str(each.number) for each in notice.about[:_NAMES]) + (", …" * (len(notice.about) > _NAMES))
    where = f" at {concern.place.name}" if concern.place else ""
    version = f" {concern.version}" if concern.version else ""
    noun = agreeing(len(notice.about), "incident", "incidents")
    yield f"{_title(notice)} ({noun} {numbers}; contract {concern.contract}{version}{where})."
    for each in notice.about[:_PROMISES]:
        yield f"{_broken(each.incident)}. {_time(each, notice)}"
        yield from _said(each.incident, notice)
    if len(notice.about) > _PROMISES:
        yield f"And {counted(len(notice.about) - _PROMISES, 'other promise')}."
    if notice.others:
        named = _listed(f"{each.incident.broken.statement} (incident {each.number})" for each in notice.others)
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
        if notice.others:
            said = "part of what was wrong with {0} is over, not all"
        # Other promises of its contract may be broken still.
        return f"Closed: {said.format(dataset, needs or agreeing(len(notice.about), 'this promise', 'these promises'))}"
    said = f"{dataset} does not meet {needs}" if needs else _HAPPENED[worst(notice)].format(dataset)
    ack = notice.about[0].incident.ack
    before = (
        f"{_cut(ack.by, _WORD)} has it: " if notice.told is Told.ACKNOWLEDGED and ack else _PREFIX.get(notice.told, "")
    )
    return f"{before}{said}" if before or said.startswith(dataset) else f"{said[0].upper()}{said[1:]}"


def _broken(incident: Incident) -> str:
    broken = incident.broken
    rows = f" ({_rows(broken.failed, broken.rows)})" if broken.failed is not None else ""
    parts = {slot.part for slot in incident.slots if slot.part}
    among = f", in {len(parts)} parts" if len(parts) > 1 else ""
    reason = f" ({_cut(broken.reason, _WORD)})" if broken.level and broken.reason else ""
    verb = "Broken" if incident.open else "Was broken"
    return f"{verb}: {_cut(broken.statement, _WORD)}{rows or reason}{among}"


def _rows(failed: int, rows: int | None) -> str:
    of = counted(failed, "row") if rows is None else f"{failed:,} of {counted(rows, 'row')}"
    return f"{of} {agreeing(failed, 'breaks', 'break')} it"


def _time(standing: Standing, notice: Notice) -> str:
    incident, often = standing.incident, standing.episodes_in_28_days
    again = f"; it broke {often} times in 28 days" if often > 1 else ""
    if incident.closed is not None:
        length = length_words(incident.closed - incident.since)
        return f"From {minute(incident.since)} to {minute(incident.closed)} ({length}){again}."
    seconds = (notice.at - incident.since).total_seconds()
    ago = length_words(notice.at - incident.since) if seconds >= 60 else "just now"
    return f"Since {minute(incident.since)} ({ago}){again}."


def _said(incident: Incident, notice: Notice) -> Iterator[str]:
    """What people did about an incident, and how it ended where that was not by itself."""
    last = incident.episodes[-1]
    if last.how is Closing.ACCEPTED:
        yield f"{last.by} accepted it: {_cut(last.text, _WORD)}"
    elif incident.open and incident.ack:
        said = f": {_cut(incident.ack.text, _WORD)}" if incident.ack.text else ""
        yield f"{incident.ack.by} has it since {minute(incident.ack.at)}{said}"


def minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _listed(names: Iterable[str]) -> str:
    all_ = [_cut(name, _WORD) for name in names]
    more = len(all_) - _NAMES
    return ", ".join(all_[:_NAMES]) + (f" and {more} more" if more > 0 else "")


def _cut(said: str, length: int) -> str:
    one_line = plain(" ".join(said.split()))
    return one_line if len(one_line) <= length else f"{one_line[: length - 1]}…"
