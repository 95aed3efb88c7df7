"""What the store makes of records: incidents, and who is told what of them, in the order of arrival."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from headgate.history import Kind, RunRecord, Surroundings, outages
from headgate.history.acts import act
from headgate.history.incident_read import list_incidents
from headgate.history.incident_retention import prune_incidents
from headgate.history.notices import tell_all
from headgate.history.store import Store
from headgate.history.tables import dataset, finding, message
from headgate.incidents import Deed, Notice
from headgate.naming import PlaceName

from tests.support.history import BEGIN, PLACE, record

CHURN = {"name": "churn score", "contact": "#ml", "reads": ["amount"]}
MAIL = {"name": "newsletter", "reads": ["email"]}
FRESH = {"name": "dashboard", "needs": [{"property": "freshness", "value": 1, "unit": "h"}]}


def orders(day: float, status: str = "passed", **fields: Any) -> RunRecord:
    """A run of the orders: a rule on the column amount has a status."""
    made = record(day, {"amount.max": status}, **fields)
    results = tuple(replace(each, columns=("amount",)) for each in made.results)
    known = {"consumers": (CHURN, MAIL, FRESH), "support": ("#orders-help",)}
    return replace(made, results=results, **known)


def warned(day: float, **fields: Any) -> RunRecord:
    return orders(day, "failed", outcome="published", **fields)


def late(hour: float, *levels: tuple[str, str, str]) -> RunRecord:
    """What a watch found at an hour of the second day: levels by name, status and consumer."""
    at = BEGIN + timedelta(days=2, hours=hour)
    found = tuple(
        {"key": f"{consumer}.{name}" if consumer else name, "name": name, "status": status, "consumer": consumer,
         "statement": f"{name} is kept", "reason": "", "at": at.isoformat(), "clock": "wall_clock", "halts": False,
         "promised": {"value": 3600, "unit": "s"}, "observed": {"value": 7200, "unit": "s"}}
        for name, status, consumer in levels
    )  # fmt: skip
    return replace(
        orders(2), kind=Kind.WATCH, run_key=f"watch {hour}", interval=(None, None), at=at, moment=at, outcome=None,
        results=(), levels=found,
    )  # fmt: skip


def told(store: Store) -> list[str]:
    """The messages, in their order: dataset, what, to whom."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(message, dataset.c.name).join(dataset).order_by(message.c.id)).all()
    return [f"{row.name} {row.told} {row.recipient}" for row in rows]


def notices(store: Store) -> list[Notice]:
    with store.reading() as connection:
        return [
            Notice.from_dict(json.loads(body))
            for body in connection.scalars(sa.select(message.c.body).order_by(message.c.id))
        ]


def write(store: Store, *records: RunRecord) -> None:
    for each in records:
        store.record(each, now=each.at)


OWNER, ML, MAILS = "orders opened owner", "orders opened consumer:churn score", "orders opened consumer:newsletter"
CASES: dict[str, tuple[list[RunRecord], list[str]]] = {
    "all is well": ([orders(1), orders(2)], []),
    "a halt that left readers good data": ([orders(1), orders(2, "failed")], [OWNER]),
    "the last good version is kept": ([orders(1, "failed", outcome="kept_last_good")], [OWNER]),
    "in quarantine": ([orders(1, "failed", outcome="published_partly")], [OWNER]),
    "published under warn: those who read the column": ([warned(1)], [OWNER, ML, "orders opened consumer:dashboard"]),
    "broken day after day: a reminder a day": (
        [orders(day, "failed") for day in (1, 1.5, 2, 2.5, 3)], [OWNER, "orders still_open owner", "orders still_open owner"],
    ),
    "tries of a run": ([orders(1, "failed", at=at) for at in (1, 1.01, 1.02)], [OWNER]),
    "it holds again": ([orders(1, "failed"), orders(2)], [OWNER, "orders closed owner"]),
    "who was told is told": (
        [warned(1), orders(2)],
        [OWNER, ML, "orders opened consumer:dashboard", "orders closed owner",
         "orders closed consumer:churn score", "orders closed consumer:dashboard"],
    ),
    "again": (
        [orders(1, "failed"), orders(2), orders(3, "failed")],
        [OWNER, "orders closed owner", "orders reopened owner"],
    ),
    "worse": (
        [orders(1, "failed"), warned(1.5)],
        [OWNER, ML, "orders opened consumer:dashboard", "orders worse owner"],
    ),
    "a draft": ([orders(1, "failed", draft=True)], []),
    "a draft no more": ([orders(1, "failed", draft=True), orders(2, "failed")], [OWNER]),
    "found late, and over": (
        [orders(2), orders(1, "failed")], ["orders over owner"],
    ),
    "late for all": ([late(1, ("freshness", "broken", ""))], [OWNER, ML, MAILS]),
    "late for one": ([late(1, ("freshness", "broken", "dashboard"))], ["orders opened consumer:dashboard"]),
    "late, and fresh again": (
        [late(1, ("freshness", "broken", "dashboard")), late(2, ("freshness", "kept", "dashboard"))],
        ["orders opened consumer:dashboard", "orders closed consumer:dashboard"],
    ),
    "a count of incidents tells nobody": ([late(1, ("availability", "broken", ""))], []),
    "unknown": ([orders(1, "failed"), orders(2, "errored", outcome="halted")], [OWNER]),
}  # fmt: skip


@pytest.mark.parametrize(("records", "expected"), CASES.values(), ids=CASES)
def test_who_is_told_what(records: list[RunRecord], expected: list[str], fresh: Callable[[], Store]) -> None:
    store = fresh()
    write(store, *records)
    assert told(store) == expected
    write(store, *records)  # once more, as after a crash
    assert told(store) == expected
    store.close()


def child(number: int, day: float, status: str) -> RunRecord:
    made = record(day, {f"rule{number}": status}, at=day + 0.01 * number)
    place = PlaceName("postgres://db:5432", f"shop.public.child{number}")
    return replace(made, dataset=f"child{number}", place=place, around=Surroundings(upstream=(PLACE,)))


def test_one_breach_upstream_and_five_children_are_one_page(store: Store) -> None:
    children = range(1, 6)
    write(store, orders(1), *(child(number, 1, "passed") for number in children))
    write(store, warned(2), *(child(number, 2, "failed") for number in children))
    assert [line for line in told(store) if "consumer" not in line] == ["orders opened owner"]
    lines = {each.concern.dataset: each for each in list_incidents(store, BEGIN + timedelta(days=2, hours=3))}
    assert len(lines) == 6
    root = lines["orders"].number
    assert {each.cause.number for name, each in lines.items() if name != "orders" and each.cause} == {root}
    # A day later: the page names them all.
    write(store, warned(3.1))
    assert notices(store)[-1].also == tuple(f"child{number}" for number in children)
    # The children follow: nobody is told of those, and what was told is told to be over.
    write(store, orders(3.2), *(child(number, 3.2, "passed") for number in children))
    after = [line for line in told(store) if "consumer" not in line]
    assert after == ["orders opened owner", "orders still_open owner", "orders closed owner"]


def test_a_child_that_does_not_follow_is_told_of(store: Store) -> None:
    write(store, warned(2), child(1, 2, "failed"), child(2, 2, "failed"), orders(2.5))
    before = told(store)
    write(store, child(1, 3, "failed"))
    assert told(store)[len(before) :] == ["child1 opened owner"]
    assert tell_all(store, BEGIN + timedelta(days=3, hours=13)) == 1
    assert told(store)[-1] == "child2 opened owner"


def test_what_left_readers_good_data_explains_no_bad_data_below(store: Store) -> None:
    served = replace(child(1, 2, "failed"), outcome="published", consumers=({"name": "board"},))
    write(store, orders(1), orders(2, "failed"), served, child(2, 2, "failed"))
    below = ["child1 opened owner", "child1 opened consumer:board"]
    assert told(store) == ["orders opened owner", *below]


def test_a_muted_cause_silences_nobody(store: Store) -> None:
    write(store, warned(2))
    at = BEGIN + timedelta(days=2, hours=1)
    (line,) = list_incidents(store, at)
    act(store, line.number, Deed.MUTE, "olga", "known", at + timedelta(days=9), at)
    write(store, child(1, 2.1, "failed"))
    assert told(store)[-1] == "child1 opened owner"


def test_the_page_names_what_it_spreads_to(store: Store) -> None:
    write(store, warned(2), child(1, 2, "failed"), child(2, 2, "failed"))
    opened = [line for line in told(store) if "consumer" not in line]
    assert opened == ["orders opened owner"]
    at = BEGIN + timedelta(days=2, hours=1)
    assert (tell_all(store, at), tell_all(store, at)) == (1, 0)
    assert (told(store)[-1], notices(store)[-1].also) == ("orders spread owner", ("child1", "child2"))


def test_what_a_person_does_comes_after_what_the_person_saw(store: Store) -> None:
    """The clock of the worker is three days ahead."""
    write(store, orders(4, "failed"))
    now = BEGIN + timedelta(days=1)
    (line,) = list_incidents(store, now)
    act(store, line.number, Deed.ACCEPT, "olga", "it is known", None, now)
    assert list_incidents(store, now) == ()


def test_a_consumer_in_the_contract_says_who_is_downstream(store: Store) -> None:
    made = replace(warned(2), consumers=({"name": "finance", "dataset": "shop.child1"},))
    write(store, made, replace(child(1, 2, "failed"), around=Surroundings()))
    assert [line for line in told(store) if "consumer" not in line] == ["orders opened owner"]


def test_a_mute_silences_all_but_the_end(store: Store) -> None:
    at = BEGIN + timedelta(days=1, hours=1)
    write(store, orders(1, "failed"))
    (line,) = list_incidents(store, at)
    act(store, line.number, Deed.MUTE, "olga", "known", at + timedelta(days=3), at)
    write(store, orders(2, "failed"), orders(3, "failed"))
    assert told(store) == ["orders opened owner"]
    assert tell_all(store, at + timedelta(days=3)) == 1
    write(store, orders(4.5))
    assert told(store) == ["orders opened owner", "orders still_open owner", "orders closed owner"]


def test_an_acknowledgement_ends_the_reminders(store: Store) -> None:
    at = BEGIN + timedelta(days=1, hours=1)
    write(store, orders(1, "failed"))
    (line,) = list_incidents(store, at)
    act(store, line.number, Deed.ACK, "olga", "", None, at)
    write(store, orders(2, "failed"), orders(3))
    assert told(store) == ["orders opened owner", "orders acknowledged owner", "orders closed owner"]


def test_outages(store: Store) -> None:
    write(store, orders(1), warned(2), orders(3), orders(4, "failed"), late(60, ("freshness", "broken", "")))
    day = timedelta(days=1)
    five = timedelta(minutes=5)
    found = [
        ((each.start - BEGIN) / day, (each.end - BEGIN) / day if each.end else None, each.readable)
        for each in outages(store, PLACE, "orders", BEGIN)
    ]
    assert found == [
        ((2 * day + five) / day, (3 * day + five) / day, False),
        ((4 * day + five) / day, None, True),
        # Due an hour after its newest row, which was two hours old at noon of the fifth day.
        ((4 * day + timedelta(hours=11)) / day, None, False),
    ]


def test_a_rebuilt_history_tells_nobody(store: Store) -> None:
    store.record(orders(1, "failed"), tells=False)
    assert len(list_incidents(store, BEGIN)) == 1
    assert told(store) == []
    write(store, orders(1.5, "failed"))
    assert told(store) == []


def test_what_is_over_for_long_is_deleted_and_the_rest_folds_as_before(store: Store) -> None:
    write(store, orders(1, "failed"), orders(2), orders(40), warned(41), orders(42), orders(60))
    now = BEGIN + timedelta(days=62)
    assert prune_incidents(store, 30, now) == 1
    assert [each.incident.opened for each in list_incidents(store, now, closed=True)] == [warned(41).at]
    # A run that comes late is folded into what is left; of what is older than that nothing is known any more.
    write(store, orders(41.5, "failed"), orders(20, "failed"))
    found = [(each.incident.opened - BEGIN).days for each in list_incidents(store, now, closed=True)]
    assert found == [41]


def test_what_a_watch_finds_again_and_again_is_thinned(store: Store) -> None:
    hours = (3, 3.25, 3.5, 3.75, 4, 4.25, 4.5)
    found = ("kept", "kept", "kept", "broken", "broken", "broken", "kept")
    write(store, *(late(hour, ("freshness", status, "")) for hour, status in zip(hours, found, strict=True)))
    before = list_incidents(store, BEGIN, closed=True)
    with store.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(finding)) == 7
    prune_incidents(store, 30, BEGIN + timedelta(days=9, hours=6))
    with store.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(finding)) == 5
    store.record(late(3.1, ("freshness", "kept", "")), now=BEGIN)
    assert list_incidents(store, BEGIN, closed=True) == before
