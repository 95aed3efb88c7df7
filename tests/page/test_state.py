"""What the page says of a dataset: only what was measured, and recently, is green."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from headgate.history import Kind, act
from headgate.history.store import Store
from headgate.incidents import Deed
from headgate.page.ask import Ask
from headgate.page.overview import overview
from headgate.page.state import State, fresh_until
from headgate.page.usable import usable

from tests.support.history import BEGIN
from tests.support.page import NOW, freshness, result, run

DAY = timedelta(days=1)
FAILED, WARNS = result("a", "failed"), result("a", "failed", severity="warning")
UNKNOWN, NOTHING = result("a", "errored", failed=None), result("a", "not_executed", failed=None)
# The last run of ten, one a day; when the page is looked at; and what it says: the state, "may I use it", and why.
CASES: dict[str, tuple[Any, timedelta, State, str, str]] = {
    "holds": (run(10), timedelta(), State.HOLDS, "yes", ""),
    "held back": (run(10, "orders", "shop", FAILED), timedelta(), State.BROKEN, "yes, but", "newer data was held back"),
    "served broken": (
        run(10, "orders", "shop", FAILED, outcome="published"), timedelta(), State.BROKEN, "no", "breaks 1 promise"
    ),
    "quarantined": (
        run(10, "orders", "shop", FAILED, outcome="published_partly", rows_quarantined=40),
        timedelta(), State.BROKEN, "yes, but", "40 rows in quarantine",
    ),
    "warns": (run(10, "orders", "shop", WARNS), timedelta(), State.WARNED, "yes, but", "1 promise that only warns"),
    "unknown": (run(10, "orders", "shop", UNKNOWN), timedelta(), State.UNKNOWN, "unknown", "could not be measured"),
    "not executed": (run(10, "orders", "shop", NOTHING), timedelta(), State.UNKNOWN, "unknown", "could not be measured"),
    "without a rule": (run(10, results=()), timedelta(), State.UNKNOWN, "unknown", "nothing was measured"),
    "not run for two days": (run(10), 2 * DAY, State.HOLDS, "yes", ""),
    "not run for four days": (run(10), 4 * DAY, State.QUIET, "unknown", "not run since"),
    "fresh": (run(10, levels=(freshness(2),)), timedelta(), State.HOLDS, "yes", ""),
    "late since": (run(10, levels=(freshness(2),)), DAY, State.LATE, "no", "older than promised"),
    "late, and no age": (
        run(10, levels=(freshness(30, observed=None),)), timedelta(), State.LATE, "no", "older than promised"
    ),
    "its freshness is not known": (
        run(10, levels=(freshness(2, status="unknown", observed=None),)), timedelta(), State.UNKNOWN, "unknown", "freshness",
    ),
    "its freshness is not known yet": (
        run(10, levels=(freshness(2, status="unknown", observed=None, young=True),)), timedelta(), State.HOLDS, "yes", ""
    ),
    "another level is broken": (
        run(10, levels=(freshness(2, name="availability", status="broken"),)),
        timedelta(), State.WARNED, "yes, but", "availability",
    ),
    "a level of a consumer is broken": (
        run(10, levels=(freshness(30, consumer="ml"),)), timedelta(), State.HOLDS, "yes", ""
    ),
    "dated in the future": (run(10), -DAY, State.UNKNOWN, "unknown", "a clock is wrong"),
    "a draft that breaks": (
        run(10, "orders", "shop", FAILED, draft=True, outcome="published"), timedelta(), State.WARNED, "no", "breaks 1 promise"
    ),
    "a draft": (run(10, draft=True), timedelta(), State.HOLDS, "yes, but", "draft"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_state_and_the_answer(name: str, store: Store, ask: Callable[..., Ask]) -> None:
    last, later, state, answer, why = CASES[name]
    for day in range(1, 10):
        store.record(run(day))
    store.record(last)
    (line,) = overview(ask(now=NOW + later)).lines
    found = usable(line, NOW + later)
    assert (line.state, found.answer) == (state, answer)
    assert why in " ".join(found.reasons)
    assert (line.state.style == "good") is (state is State.HOLDS)


def test_a_part_that_was_checked_alone_is_not_green(store: Store, ask: Callable[..., Ask]) -> None:
    store.record(run(10, kind=Kind.PART, outcome=None))
    (line,) = overview(ask()).lines
    assert (line.state, usable(line, NOW).answer) == (State.UNKNOWN, "unknown")
    store.record(run(9.9))
    (line,) = overview(ask()).lines
    assert (line.state, usable(line, NOW).answer) == (State.HOLDS, "yes")


def test_rows_of_an_earlier_run_wait(store: Store, ask: Callable[..., Ask]) -> None:
    """A day that was quarantined, and a good one after it; until a person decides, or they are old."""
    store.record(run(9, "orders", "shop", FAILED, outcome="published_partly", rows_quarantined=40))
    store.record(run(10))
    (line,) = overview(ask()).lines
    assert (line.state, usable(line, NOW).answer, line.waiting and line.waiting.rows) == (State.WARNED, "yes, but", 40)
    (later,) = overview(ask(now=NOW + 31 * DAY)).lines
    assert later.waiting is None


def test_only_one_state_is_green() -> None:
    assert [state for state in State if state.style == "good" or state.sign == "✔"] == [State.HOLDS]


def test_a_single_run_is_not_held_to_a_habit(store: Store, ask: Callable[..., Ask]) -> None:
    store.record(run(10))
    states = [overview(ask(now=NOW + days * DAY)).lines[0].state for days in (0, 20, 40, 100)]
    assert states == [State.HOLDS, State.HOLDS, State.HOLDS, State.QUIET]


FRESH: dict[str, tuple[list[dict[str, Any]], float | None]] = {
    "none": ([], None),
    "one": ([freshness(2, 24)], 22),
    "broken already": ([freshness(30, 24)], -6),
    "the first that ends": ([freshness(2, 24), freshness(1, 4)], 3),
    "of a consumer": ([freshness(2, 24, consumer="ml")], None),
    "not measured": ([freshness(2, 24, observed=None)], None),
    "in months": ([freshness(2, 24, promised={"value": "P1M", "unit": "duration"})], None),
    "another level": ([freshness(2, 24, name="latency")], None),
}


@pytest.mark.parametrize("name", FRESH)
def test_until_when_data_is_fresh(name: str) -> None:
    levels, hours = FRESH[name]
    found = fresh_until(levels)
    at = BEGIN + timedelta(days=10)
    assert (found and found.until) == (None if hours is None else at + timedelta(hours=hours))


def test_trouble_comes_first(shop: Store, ask: Callable[..., Ask]) -> None:
    found = overview(ask())
    assert [(line.name, line.state) for line in found.lines] == [
        ("shop.orders", State.BROKEN), ("shop.refunds", State.BROKEN),
        ("shop.customers", State.HOLDS), ("shop.stock", State.HOLDS),
    ]  # fmt: skip
    assert [each.incident.current_effect for each in found.incidents] == ["quarantined", "held_back"]


def test_what_a_person_accepted_is_still_broken(shop: Store, ask: Callable[..., Ask]) -> None:
    (number,) = [each.number for each in overview(ask()).incidents if each.concern.dataset == "orders"]
    act(shop, number, Deed.ACCEPT, "olga", "known", None, NOW)
    line = next(line for line in overview(ask()).lines if line.dataset == "orders")
    assert (line.state, line.incidents) == (State.BROKEN, ())
    assert usable(line, NOW).answer == "yes, but"
