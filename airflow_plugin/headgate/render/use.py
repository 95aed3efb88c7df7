"""What a broken promise means for who reads the data, and what to do next: in the words of a message."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC
from typing import assert_never

from headgate.incidents import CONSUMER, OWNER, Closing, Effect, Kind, Notice, Severity, Standing, Told
from headgate.plural import agreeing, counted

_COLUMNS = 6


def worst(notice: Notice) -> Effect:
    """Return the worst that readers have of any incident of a message."""
    return max(_effects(notice.about), key=lambda each: each.rank)


def usable(notice: Notice) -> str:
    """Return the answer to "may I use the data now?", as far as the incidents of a message say it."""
    over = notice.told in (Told.CLOSED, Told.PAST)
    open_ = notice.others if over else (*notice.about, *notice.others)
    if not open_:
        return _after(notice)
    as_of = f"what was published before, of {_minute(notice)}" if notice.concern.served else ""
    effects = _effects(open_)
    effect = max(effects, key=lambda each: each.rank)
    match effect:
        case Effect.SERVED:
            late = " It is also older than promised." if Effect.LATE in effects else ""
            columns = _columns(notice, open_)
            what = "breaks what is still open" if over else "breaks this"
            if not columns:
                return f"No: what readers get {what}.{late}"
            return f"No, not {columns}: what readers get there {what}.{late}"
        case Effect.LATE:
            needs = {each.incident.broken.consumer for each in open_ if each.incident.broken.severity is Severity.NEED}
            whose = f"{', '.join(sorted(needs))} needs" if len(needs) == len(open_) else "promised"
            return f"Yes, but it is older than {whose}."
        case Effect.QUARANTINED:
            return f"Yes, but it is not complete: {_missing(open_)} in quarantine, the good rows are published."
        case Effect.HELD_BACK:
            if checked_alone(open_):
                return "Yes, as far as this goes: it was found in data that was checked, not in what readers have."
            if not as_of:
                return "No: there is no data yet; nothing was published before, and what is new is held back."
            return f"Yes: readers still have {as_of}; it only gets older until this is repaired."
        case Effect.NONE:
            return "Yes: this does not change what readers have."
    assert_never(effect)


def checked_alone(standings: Sequence[Standing]) -> bool:
    """Return whether it was checks that found it, of data that readers do not have."""
    slots = [slot for each in standings for slot in each.incident.slots]
    return bool(slots) and all(
        slot.kind in (Kind.CHECK, Kind.PART) and slot.effect is Effect.HELD_BACK for slot in slots
    )


def next_step(notice: Notice) -> str:
    """Return what the recipient of a message is to do."""
    if notice.recipient != OWNER:
        return _consumer_next(notice)
    if notice.told in (Told.CLOSED, Told.PAST):
        if notice.others:
            return f"nothing for this; still open: {_numbers(notice.others)}."
        hows = {each.incident.episodes[-1].how for each in notice.about}
        return f"nothing to do{'; a run that breaks it after this opens it again' * (Closing.ACCEPTED in hows)}."
    effect = worst(notice)
    match effect:
        case Effect.HELD_BACK:
            return "repair the data at its source, and run the task again."
        case Effect.QUARANTINED:
            rows = f"headgate quarantine show CONTRACT --run-key {_run_key(notice)}"
            return f"repair the data at its source, and run the task again. The rows: {rows}"
        case Effect.LATE:
            return "find out why no newer data was published, and run the pipeline."
        case Effect.SERVED:
            return "repair the data at its source, and run the task again. Its readers were told, you need not."
        case Effect.NONE:
            return "find out what is missing: headgate levels CONTRACT"
    assert_never(effect)


def acknowledge(notice: Notice) -> str:
    """Return how the owner says that somebody has it; empty where somebody has, or nothing is open."""
    free = [each.number for each in notice.about if each.incident.state == "open"]
    if not free or notice.recipient != OWNER:
        return ""
    others = f", and the same for {', '.join(map(str, free[1:]))}" if len(free) > 1 else ""
    return f"Say that you have it: headgate incidents ack {free[0]}{others}"


def _consumer_next(notice: Notice) -> str:
    name = notice.recipient.removeprefix(CONSUMER)
    if notice.told in (Told.CLOSED, Told.PAST):
        if any(each.incident.effect is Effect.SERVED for each in notice.about):
            return f"look at what {name} made of it in that time."
        return f"nothing to do for {name}."
    effects = _effects(notice.about)
    if Effect.SERVED in effects:
        what = _columns(notice, notice.about) or "it"
        return f"stop what {name} makes of {what}; the owner repairs it, you are told when this is over."
    if Effect.LATE in effects:
        return f"expect old data in what {name} makes of it; the owner sees to it, you are told when this is over."
    return f"nothing to do for {name}; you are told when this is over."


def _numbers(standings: Sequence[Standing]) -> str:
    named = ", ".join(str(each.number) for each in standings[:_COLUMNS])
    more = f" and {len(standings) - _COLUMNS} more" if len(standings) > _COLUMNS else ""
    return f"{agreeing(len(standings), 'incident', 'incidents')} {named}{more}"


def _after(notice: Notice) -> str:
    hows = {each.incident.episodes[-1].how for each in notice.about}
    effect = max((each.incident.effect for each in notice.about), key=lambda each: each.rank)
    if hows & {Closing.ACCEPTED, Closing.WITHDRAWN}:
        match effect:
            case Effect.SERVED:
                return "Only if you can do without this promise: the data was not repaired."
            case Effect.QUARANTINED:
                return "Yes, but it is not complete: the rows in quarantine were not published by this."
            case Effect.LATE:
                return "Yes, but it may still be as old as it was."
    as_of = f": readers have what was published last, of {_minute(notice)}" if notice.concern.served else ""
    return f"Yes{as_of}."


def _effects(standings: Sequence[Standing]) -> set[Effect]:
    return {each.incident.current_effect for each in standings}


def _columns(notice: Notice, standings: Sequence[Standing]) -> str:
    """Return the columns of which readers get what breaks a promise; empty where it may be any."""
    served = [each.incident.broken for each in standings if each.incident.current_effect is Effect.SERVED]
    if not all(broken.columns for broken in served):
        return ""
    columns = list(dict.fromkeys(column for broken in served for column in broken.columns))
    name = notice.recipient.removeprefix(CONSUMER)
    readers = [each for each in notice.concern.consumers if each.name == name and notice.recipient != OWNER]
    read = [column for column in columns if any(each.may_read(column) for each in readers)] or columns
    more = f" and {len(read) - _COLUMNS} more" if len(read) > _COLUMNS else ""
    return f"{agreeing(len(read), 'the column', 'the columns')} {', '.join(read[:_COLUMNS])}{more}"


def _missing(standings: Sequence[Standing]) -> str:
    """Return how many rows are in quarantine; one row can break several promises."""
    counts = []
    for each in standings:
        slots = [slot for slot in each.incident.slots if slot.effect is Effect.QUARANTINED]
        if slots and all(slot.failed is not None for slot in slots):
            counts.append(sum(slot.failed or 0 for slot in slots))
    if not counts:
        return "rows are"
    least = "at least " if len(standings) > 1 else ""
    return f"{least}{counted(max(counts), 'row')} {agreeing(max(counts), 'is', 'are')}"


def _run_key(notice: Notice) -> str:
    slots = (slot for each in notice.about for slot in each.incident.slots if slot.effect is Effect.QUARANTINED)
    newest = max(slots, key=lambda slot: slot.at, default=None)
    return shlex.quote(newest.run_key) if newest else "KEY"


def _minute(notice: Notice) -> str:
    assert notice.concern.served is not None
    return f"{notice.concern.served.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
