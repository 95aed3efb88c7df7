"""The timeline of an incident: what was found, what was told, and what people did, by the clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from headgate.history.incident_views import DeliveryLine, Entry, MessageLine
from headgate.incidents import CONSUMER, OWNER, Act, Closing, Deed, Effect, Incident, Told

# What readers have, in the words of a timeline.
EFFECTS = {
    Effect.NONE: "it does not change what readers have",
    Effect.HELD_BACK: "new data is held back, readers keep what they had",
    Effect.QUARANTINED: "readers have the good rows, the others are in quarantine",
    Effect.LATE: "readers have data that is older than promised",
    Effect.SERVED: "readers get data that breaks the promise",
}
_TOLD = {
    Told.OPENED: "it is open",
    Told.REOPENED: "it broke again",
    Told.WORSE: "readers are affected",
    Told.SPREAD: "datasets downstream are broken by it",
    Told.REMINDER: "it is still open",
    Told.ACKNOWLEDGED: "somebody has it",
    Told.CLOSED: "it is closed",
    Told.PAST: "it was open, and is over",
}
# Of the same time, the order in which things follow from each other.
_ORDER = ("opened", "reopened", "effect", "note", "mute", "unmute", "ack")


def timeline(incident: Incident, acts: Iterable[Act] = (), messages: Iterable[MessageLine] = ()) -> tuple[Entry, ...]:
    """Return what happened to an incident, the oldest first.

    `kind` of an entry is one of: opened, reopened, effect, told, untold, ack, mute, unmute, note, accepted, held,
    withdrawn, superseded.
    """
    told = tuple(messages)
    entries = (*_episodes(incident), *_effects(incident, told), *map(_act, _done(acts)), *_messages(told))
    rank = {kind: number for number, kind in enumerate(_ORDER)}
    return tuple(sorted(entries, key=lambda each: (each.at, rank.get(each.kind, len(_ORDER)))))


def _episodes(incident: Incident) -> Iterator[Entry]:
    for number, each in enumerate(incident.episodes):
        found = "broke again in" if number else "first found by"
        yield Entry(each.opened, "reopened" if number else "opened", f"{found} run {each.run_key}", each.run_key)
        if each.closed is None or each.how is None:
            continue
        match each.how:
            case Closing.HELD:
                said = f"holds again in run {each.by}"
            case Closing.ACCEPTED:
                said = f"accepted as it is: {each.text}"
            case Closing.WITHDRAWN:
                said = f"the contract of run {each.by} does not promise it any more"
            case Closing.SUPERSEDED:
                said = f"it holds in a newer data interval, in run {each.by}"
        yield Entry(each.closed, str(each.how), said, each.by)


def _effects(incident: Incident, messages: Iterable[MessageLine]) -> Iterator[Entry]:
    """What readers had, as far as messages say when that changed."""
    seen: Effect | None = None
    for message in sorted(messages, key=lambda each: each.notice.at):
        for each in message.notice.about:
            told = each.incident
            if told.rule == incident.rule and told.open and told.effect is not seen:
                seen = told.effect
                # Of the first message it is so from the beginning, and not from when it was written.
                yield Entry(told.last, "effect", EFFECTS[told.effect])
    if seen is not incident.effect:
        yield Entry(incident.since if seen is None else incident.last, "effect", EFFECTS[incident.effect])


def _done(acts: Iterable[Act]) -> Iterator[Act]:
    """An acceptance is told of the episode that it closed."""
    return (each for each in acts if each.deed is not Deed.ACCEPT)


def _act(act: Act) -> Entry:
    said = f": {act.text}" if act.text else ""
    match act.deed:
        case Deed.ACK:
            return Entry(act.at, "ack", f"{act.by} has it{said}", act.by)
        case Deed.MUTE if act.until is not None and act.until > act.at:
            return Entry(act.at, "mute", f"muted until {minute(act.until)}{said}", act.by)
        case Deed.MUTE:
            return Entry(act.at, "unmute", f"not muted any more{said}", act.by)
    return Entry(act.at, "note", act.text, act.by)


def _messages(messages: Sequence[MessageLine]) -> Iterator[Entry]:
    with_it: defaultdict[tuple[int | None, str], list[str]] = defaultdict(list)
    for each in messages:
        for one in each.deliveries:
            if one.told_with is not None:
                with_it[one.told_with, one.channel].append(each.notice.recipient)
    for each in messages:
        notice = each.notice
        whom, what = whom_of(notice.recipient), _TOLD[notice.told]
        if each.expired:
            yield Entry(notice.at, "untold", f"not sent to {whom} within 7 days, and over by then: {what}")
        elif each.nobody:
            names = f" ({', '.join(notice.names)})" if notice.names else ""
            yield Entry(notice.at, "untold", f"nobody was told, there is no channel for {whom}{names}: {what}")
        elif not each.routed:
            yield Entry(notice.at, "untold", f"not sent yet to {whom}: {what}")
        for one in each.deliveries:
            if one.told_with is None:
                others = _and_others(with_it[each.number, one.channel])
                yield _delivery(one, notice.at, f"{whom}{others} by {one.channel}: {what}")


def _and_others(recipients: Sequence[str]) -> str:
    """Return who is told with the same message."""
    named = ", ".join(each.removeprefix(CONSUMER) for each in recipients)
    return f", and with the same message the consumer{'s' if len(recipients) > 1 else ''} {named}," if named else ""


def _delivery(delivery: DeliveryLine, at: datetime, what: str) -> Entry:
    if delivery.delivered_at is not None:
        return Entry(delivery.delivered_at, "told", f"told {what}")
    why = f" ({delivery.error})" if delivery.error else ""
    return Entry(at, "untold", f"{'could not tell' if delivery.refused else 'has not yet told'} {what}{why}")


def whom_of(recipient: str) -> str:
    """Return a recipient in words."""
    return "the owner" if recipient == OWNER else f"the consumer {recipient.removeprefix(CONSUMER)}"


def minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
