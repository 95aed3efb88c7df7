"""What is read of incidents: their order, how often a promise broke, how long things took, and the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from headgate.history import act, incident_detail, list_incidents
from headgate.history.incident_views import DeliveryLine, Entry, MessageLine, Reference, Times
from headgate.history.store import Store
from headgate.history.tables import delivery
from headgate.history.timeline import timeline
from headgate.incidents import OWNER, Act, Deed, Incident, Notice, Standing, Told

from tests.support.history import BEGIN, record
from tests.support.incidents import concern_of, finding, incidents_of, put_dataset, put_incident, put_message

HOUR = timedelta(hours=1)
NOW = BEGIN + timedelta(days=2)


@pytest.fixture
def empty(fresh: Any) -> Iterator[Store]:
    made = fresh()
    yield made
    made.close()


def at(hours: float) -> datetime:
    return BEGIN + hours * HOUR


def incident(*spans: tuple[float, float | None], **fields: Any) -> Incident:
    """An incident that was open in these hours, each from and to, None for still."""
    events = []
    for begun, over in spans:
        events.append(finding(at(begun), f"broke-{begun:g}", "a", **fields))
        events += [] if over is None else [finding(at(over), f"held-{over:g}")]
    (found,) = incidents_of(*events)
    return found


def test_the_open_ones_come_first_and_of_them_those_that_are_worst_for_readers(empty: Store) -> None:
    lone = put_dataset(empty, concern_of("lone"))
    read = put_dataset(empty, concern_of("read", "BI", "forecast"))
    numbers = {
        "held back, read": put_incident(empty, read, incident((5, None))),
        "closed": put_incident(empty, lone, incident((1, 2))),
        "served": put_incident(empty, lone, incident((9, None), visible=True)),
        "closed last": put_incident(empty, lone, incident((1, 3))),
        "held back": put_incident(empty, lone, incident((4, None))),
        "held back, older": put_incident(empty, lone, incident((3, None))),
        "quarantined": put_incident(empty, lone, incident((9, None), visible=True, partly=True)),
    }
    names = {number: name for name, number in numbers.items()}
    open_ = ["served", "quarantined", "held back, read", "held back, older", "held back"]
    assert [names[each.number] for each in list_incidents(empty, NOW)] == open_
    assert [names[each.number] for each in list_incidents(empty, NOW, closed=True)] == [*open_, "closed last", "closed"]
    for name in ("read", "shop.read"):
        assert [names[each.number] for each in list_incidents(empty, NOW, name=name)] == ["held back, read"]


def test_how_often_a_promise_broke_is_counted_over_28_days_and_all_its_incidents(empty: Store) -> None:
    id_ = put_dataset(empty, concern_of())
    put_incident(empty, id_, incident((-700, -690)))  # before
    put_incident(empty, id_, incident((-200, -190), (-180, -170)))
    last = put_incident(empty, id_, incident((5, None)))
    other = put_incident(empty, put_dataset(empty, concern_of("other")), incident((5, None)))
    assert {each.number: each.broke for each in list_incidents(empty, NOW)} == {last: 3, other: 1}


def test_a_key_names_the_newest_incident_of_its_promise(empty: Store) -> None:
    id_ = put_dataset(empty, concern_of())
    put_incident(empty, id_, incident((-200, -190)))
    last = put_incident(empty, id_, incident((5, None)))
    (line,) = list_incidents(empty, NOW)
    for which in (line.key, line.key.upper(), str(last)):
        found = incident_detail(empty, which, NOW)
        assert found is not None
        assert found.line == line
    assert incident_detail(empty, "0123456789ab", NOW) is incident_detail(empty, "99", NOW) is None
    assert incident_detail(empty, "9" * 30, NOW) is None


def test_the_cause_and_what_it_caused_name_each_other(empty: Store) -> None:
    orders = put_incident(empty, put_dataset(empty, concern_of()), incident((1, 9)))
    mart = put_incident(empty, put_dataset(empty, concern_of("mart"), ["orders"]), incident((2, None)))
    put_incident(empty, put_dataset(empty, concern_of("else")), incident((2, None)))
    above, below = (incident_detail(empty, str(number), NOW) for number in (orders, mart))
    assert above is not None
    assert below is not None
    assert above.joined == (Reference(mart, "shop", "mart", owner="Shop team", support=("#orders-help",)),)
    assert below.line.cause == Reference(orders, "shop", "orders", owner="Shop team", support=("#orders-help",))
    assert (above.line.cause, below.joined) == (None, ())


def test_what_people_did_is_told_of_the_incident_that_it_was_about(store: Store) -> None:
    """On each database: through the fold, from the records of runs."""
    store.record(record(0, {"a": "failed"}), now=at(1))
    (first,) = list_incidents(store, NOW)
    act(store, first.number, Deed.NOTE, "ada", "seen", None, at(2))
    store.record(record(1, {"a": "passed"}), now=at(25))
    store.record(record(9, {"a": "failed"}), now=at(217))
    (second,) = list_incidents(store, at(220))
    assert second.number != first.number
    act(store, second.number, Deed.ACK, "bob", "", None, at(218))
    one, two = (incident_detail(store, str(each), at(220)) for each in (first.number, second.number))
    assert one is not None
    assert two is not None
    assert [each.by for each in one.acts] == ["ada"]
    assert [each.by for each in two.acts] == ["bob"]
    assert two.line.incident.state == "acknowledged"
    assert one.times == Times(detect=timedelta(minutes=5), notify=None, repair=timedelta(days=1))


def test_a_message_says_on_which_channels_it_arrived(empty: Store) -> None:
    id_ = put_dataset(empty, concern_of())
    each = incident((1, None))
    number = put_incident(empty, id_, each)
    arrived, lost = (put_message(empty, id_, told(Told.OPENED, each, 1, number)) for _ in range(2))
    put_message(empty, id_, told(Told.REMINDER, each, 26, number), routed=False)
    with empty.writing() as connection:
        for channel, when, error in (("mail", None, "refused"), ("slack", at(2), "")):
            row = {"channel": channel, "delivered_at": when, "tries": 1, "error": error, "refused": bool(error)}
            connection.execute(delivery.insert().values(message_id=arrived, **row))
    found = incident_detail(empty, str(number), NOW)
    assert found is not None
    assert arrived < lost
    assert [(message.notice.told, message.arrived, message.nobody) for message in found.messages] == [
        (Told.OPENED, at(2), False), (Told.OPENED, None, True), (Told.REMINDER, None, False),
    ]  # fmt: skip
    assert found.messages[0].deliveries == (
        DeliveryLine("mail", None, 1, "refused", refused=True), DeliveryLine("slack", at(2), 1),
    )  # fmt: skip
    assert found.times.notify == HOUR


def told(what: Told, each: Incident, hours: float, number: int = 1) -> Notice:
    return Notice(what, OWNER, at(hours), concern_of(), (Standing(number, each),))


HELD, GOOD = "new data is held back, readers keep what they had", "readers get data that breaks the promise"
ACK = Act(at(2), "a", Deed.ACK, "ada", "looking")
SLACK = (DeliveryLine("slack", at(1.5)),)
WORSE = incidents_of(
    finding(at(0), "first"), finding(at(1), "broke-1", "a"), finding(at(3), "worse", "a", visible=True)
)
# The incident, what people did, the messages, and the timeline: (hour, kind, text).
TIMELINES: dict[str, tuple[Incident, list[Act], list[MessageLine], list[tuple[float, str, str]]]] = {
    "open": (incident((1, None)), [], [], [(1, "opened", "first found by run broke-1"), (1, "effect", HELD)]),
    "held": (incident((1, 4)), [], [], [
        (1, "opened", "first found by run broke-1"), (1, "effect", HELD), (4, "held", "holds again in run held-4"),
    ]),
    "again": (incident((1, 4), (9, None)), [], [], [
        (1, "opened", "first found by run broke-1"), (4, "held", "holds again in run held-4"),
        (9, "reopened", "broke again in run broke-9"), (9, "effect", HELD),
    ]),
    "people": (incident((1, None)), [
        ACK, Act(at(3), "a", Deed.MUTE, "ada", "known", at(9)), Act(at(4), "a", Deed.NOTE, "bob", "a return"),
        Act(at(5), "a", Deed.MUTE, "ada", "found it", at(5)),
    ], [], [
        (1, "opened", "first found by run broke-1"), (1, "effect", HELD), (2, "ack", "ada has it: looking"),
        (3, "mute", "muted until 2026-03-01 09:00 UTC: known"), (4, "note", "a return"),
        (5, "unmute", "not muted any more: found it"),
    ]),
    "accepted": (
        incidents_of(finding(at(1), "broke-1", "a"), Act(at(2), "a", Deed.ACCEPT, "ada", "as it is"))[0],
        [Act(at(2), "a", Deed.ACCEPT, "ada", "as it is")], [],
        [(1, "opened", "first found by run broke-1"), (1, "effect", HELD), (2, "accepted", "accepted as it is: as it is")],
    ),
    "told": (incident((1, None)), [], [
        MessageLine(told(Told.OPENED, incident((1, None)), 1), True, (*SLACK, DeliveryLine("mail", None, 3, "timeout"))),
        MessageLine(told(Told.REMINDER, incident((1, None)), 26), True),
        MessageLine(told(Told.REMINDER, incident((1, None)), 50), False),
        MessageLine(told(Told.REMINDER, incident((1, None)), 74), True, expired=True),
    ], [
        (1, "opened", "first found by run broke-1"), (1, "effect", HELD),
        (1, "untold", "has not yet told the owner by mail: it is open (timeout)"),
        (1.5, "told", "told the owner by slack: it is open"),
        (26, "untold", "nobody was told, there is no channel for the owner (#orders-help, Shop team): it is still open"),
        (50, "untold", "not sent yet to the owner: it is still open"),
        (74, "untold", "not sent to the owner within 7 days, and over by then: it is still open"),
    ]),
    "worse": (WORSE[0], [], [
        MessageLine(told(Told.OPENED, incident((1, None)), 1), True, SLACK),
        MessageLine(told(Told.WORSE, WORSE[0], 3), True, (DeliveryLine("slack", None, 1, "gone", refused=True),)),
    ], [
        (1, "opened", "first found by run broke-1"), (1, "effect", HELD),
        (1.5, "told", "told the owner by slack: it is open"), (3, "effect", GOOD),
        (3, "untold", "could not tell the owner by slack: readers are affected (gone)"),
    ]),
    "worse, of which nobody is told": (WORSE[0], [], [
        MessageLine(told(Told.OPENED, incident((1, None)), 1), True, SLACK),
    ], [
        (1, "opened", "first found by run broke-1"), (1, "effect", HELD),
        (1.5, "told", "told the owner by slack: it is open"), (3, "effect", GOOD),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", TIMELINES)
def test_the_timeline(name: str) -> None:
    each, acts, messages, said = TIMELINES[name]
    assert [(entry.at, entry.kind, entry.text) for entry in timeline(each, acts, messages)] == [
        (at(hours), kind, text) for hours, kind, text in said
    ]


@pytest.mark.parametrize("each", Told)
def test_a_timeline_knows_every_message(each: Told) -> None:
    line = MessageLine(told(each, incident((1, None)), 1), True, SLACK)
    assert [entry.kind for entry in timeline(incident((1, None)), (), (line,))].count("told") == 1


def test_a_timeline_says_who() -> None:
    assert timeline(incident((1, 4)), [ACK])[2:] == (
        Entry(at(2), "ack", "ada has it: looking", "ada"),
        Entry(at(4), "held", "holds again in run held-4", "held-4"),
    )
