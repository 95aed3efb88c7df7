"""The store: the same tables whatever the order in which records arrive, and what stands after them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from headgate.checks import RuleId
from headgate.errors import ConfigurationError
from headgate.history import (
    Kind,
    RunRecord,
    at_place,
    bad_share,
    find,
    home,
    latest,
    open_store,
    prune,
    rules,
    run,
    runs,
    store_url,
    trend,
)
from headgate.history.store import Store
from headgate.naming import PlaceName
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.history import BEGIN, PLACE, contents, record

STATUSES = ["passed", "failed", "errored"]


def write(store: Store, records: Sequence[RunRecord]) -> Store:
    for each in records:
        store.record(each)
    return store


def standings(store: Store) -> dict[str, tuple[str, float]]:
    """The status of each rule, and the day since which it has it."""
    (each,) = home(store)
    return {rule.key: (rule.status, (rule.since - BEGIN) / timedelta(days=1)) for rule in rules(store, each.id)}


# --- the same run ----------------------------------------------------------------------------------------------------


def test_the_same_run_replaces(store: Store) -> None:
    write(store, [record(1, {"a": "failed", "b": "passed"}), record(1, {"a": "passed"}, at=2)])
    (each,) = home(store)
    assert [(line.run_key, line.verdict) for line in runs(store, each.id)] == [("day-1", "pass")]
    assert standings(store) == {"a": ("passed", 1)}


def test_an_earlier_try_that_comes_later_changes_nothing(store: Store) -> None:
    write(store, [record(1, {"a": "passed"}, at=2)])
    before = contents(store)
    write(store, [record(1, {"a": "failed"})])
    after = contents(store)
    # That it broke is known to incidents, and over.
    assert [len(after.pop(name)) - len(before.pop(name)) for name in ("finding", "incident")] == [1, 1]
    assert after == before


def test_a_rerun_of_an_old_interval_makes_nothing_older(store: Store) -> None:
    write(store, [record(1), record(2, {"id.required": "failed"}), record(1, at=9)])
    assert standings(store) == {"id.required": ("failed", 2)}
    (each,) = home(store)
    assert (each.last.run_key, each.recent, each.broken) == ("day-2", "pb", 1)


def test_a_rule_that_says_something_else_is_another(store: Store) -> None:
    first = record(1, {"a": "failed"})
    other = replace(first.results[0], rule=RuleId("a", "v1:other"))
    write(store, [first, replace(record(2, {"a": "failed"}), results=(other,))])
    assert standings(store) == {"a": ("failed", 2)}


LABELS = ["first", "second", "third"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (2, 0, 1), (1, 0, 2)])
def test_a_rule_is_called_as_the_newest_run_calls_it(order: tuple[int, ...], fresh: Callable[[], Store]) -> None:
    store = fresh()
    for day in order:
        made = record(day)
        store.record(replace(made, results=(replace(made.results[0], label=LABELS[day]),)))
    (each,) = home(store)
    assert [rule.label for rule in rules(store, each.id)] == ["third"]


SINCE = [
    ("pffp", {0: "failed"}, ("passed", 3)),
    ("pfff", {}, ("failed", 1)),
    ("pfff", {2: "passed"}, ("failed", 3)),  # a late run between
    ("ppff", {1: "failed"}, ("failed", 1)),
    ("p-ff", {}, ("failed", 2)),
    ("f-f", {}, ("failed", 0)),  # a run without the rule says nothing of it
]


@pytest.mark.parametrize(("days", "late", "expected"), SINCE)
def test_since_when(days: str, late: dict[int, str], expected: tuple[str, int], fresh: Callable[[], Store]) -> None:
    store, names = fresh(), {"p": "passed", "f": "failed"}
    for day, letter in enumerate(days):
        store.record(record(day, {"a": names[letter]} if letter in names else {}))
    for day, status in late.items():
        store.record(record(day, {"a": status}, at=20))
    assert standings(store) == {"a": expected}


# --- any order -------------------------------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[RunRecord]:
    """Runs of two datasets: intervals that repeat, tries of the same run, times of measuring that differ."""
    days = draw(st.lists(st.integers(0, 4), min_size=1, max_size=12))
    found = []
    for number, at in enumerate(draw(st.permutations(range(len(days))))):
        statuses = draw(st.dictionaries(st.sampled_from("abc"), st.sampled_from(STATUSES), max_size=3))
        kind = draw(st.sampled_from(Kind))
        key = draw(st.sampled_from([f"day-{days[number]}", f"again-{days[number]}"]))
        level = {
            "key": "freshness",
            "name": "freshness",
            "status": draw(st.sampled_from(["kept", "broken", "unknown"])),
            "statement": "the newest row is at most 4 hours old",
            "reason": "",
            "consumer": "",
            "at": (BEGIN + timedelta(days=draw(st.sampled_from([days[number], 5 + at])))).isoformat(),
        }
        made = record(days[number], statuses, at=5 + at, kind=kind, run_key=key, levels=(level,))
        found.append(replace(made, dataset=draw(st.sampled_from(["orders", "items"]))))
    return found


def undisturbed(records: Sequence[RunRecord]) -> dict[str, dict[str, tuple[str, datetime]]]:
    """What stands at the end, by the definition: the last runs in their order, each run by its last try. A part says
    nothing of the rules that it leaves out: these stand as the last run of the whole left them."""
    tries: dict[Any, RunRecord] = {}
    for each in sorted(records, key=lambda one: one.at):
        if each.kind is Kind.WATCH:
            continue
        tries[each.dataset, each.kind, each.run_key] = each
    found: dict[str, dict[str, tuple[str, datetime]]] = {}
    whole: dict[str, dict[str, tuple[str, datetime]]] = {}
    since: dict[Any, tuple[str, datetime]] = {}
    for each in sorted(tries.values(), key=lambda one: (one.moment, one.at)):
        for result in each.results:
            key = each.dataset, result.rule.key
            if since.get(key, ("",))[0] != result.status:
                since[key] = result.status, each.moment
        now = {result.rule.key: since[each.dataset, result.rule.key] for result in each.results}
        if each.kind is not Kind.PART:
            whole[each.dataset] = now
        found[each.dataset] = {**whole.get(each.dataset, {}), **now}
    return found


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_once_twice_or_in_any_order_it_is_the_same(
    fresh: Callable[[], Store], records: list[RunRecord], chance: random.Random
) -> None:
    shuffled = chance.sample(records, len(records))
    one, other = write(fresh(), records), write(fresh(), [*shuffled, *chance.sample(records, len(records))])
    assert contents(one) == contents(other)
    stands = {each.dataset: {rule.key: (rule.status, rule.since) for rule in rules(one, each.id)} for each in home(one)}
    assert stands == undisturbed(records)
    one.close()
    other.close()


# --- reading ---------------------------------------------------------------------------------------------------------


def days(count: int) -> list[RunRecord]:
    """Every third day is bad."""
    return [record(day, {"a": "failed" if day % 3 == 2 else "passed", "b": "passed"}) for day in range(count)]


def test_what_the_pages_ask(store: Store) -> None:
    write(store, [*days(9), record(3, kind=Kind.CHECK, run_key="look"), record(1, {}, place=None, dataset="frame")])
    first, second = home(store)
    assert (first.dataset, first.last.verdict, first.broken, first.rules) == ("orders", "breach", 1, 2)
    assert (first.since, first.recent) == (BEGIN + timedelta(days=8), "ppbpppbppb")
    assert (second.dataset, second.place, second.rules, second.since) == ("frame", None, 0, None)
    assert [each.key for each in rules(store, first.id)] == ["a", "b"]
    assert [line.run_key for line in runs(store, first.id, 2)] == ["day-8", "day-7"]
    found = trend(store, first.id, 3)
    assert [line.run_key for line in found.runs] == ["day-6", "day-7", "day-8"]
    assert {rule.key: [p.status for p in rule.points] for rule in found.rules} == {
        "a": ["passed", "passed", "failed"], "b": ["passed"] * 3,
    }  # fmt: skip
    (one,) = trend(store, first.id, 10, rule_id=found.rules[0].id).rules
    assert (one.key, [p.failed for p in one.points]) == ("a", [0, 0, 2, 0, 0, 2, 0, 0, 2])
    detail = run(store, first.id, "day-2", "publish")
    assert detail is not None
    assert [(rule.key, rule.points[0].status) for rule in detail.results] == [("a", "failed"), ("b", "passed")]
    assert run(store, first.id, "day-2", "check") is None
    last = latest(store, PLACE, "orders")
    assert [line and line.run_key for line in (last.check, last.publish)] == ["look", "day-8"]
    assert latest(store, PlaceName("x", "y"), "orders").publish is None
    shares = {each.dataset: (each.runs, each.bad) for each in bad_share(store, BEGIN + timedelta(days=30))}
    assert shares[first.id] == (8, 3)


@pytest.mark.parametrize(("name", "count"), [("orders", 2), ("shop.orders", 1), ("a.b.orders", 1), ("order", 0)])
def test_a_dataset_by_its_name(name: str, count: int, fresh: Callable[[], Store]) -> None:
    store = write(fresh(), [record(1), record(1, contract="a.b")])
    assert len(find(store, name)) == count
    assert len(at_place(store, PLACE)) == 2


def test_texts_that_a_database_cannot_hold(store: Store) -> None:
    write(store, [record(1, run_key="a\0b\udcff", owner="\0"), record(1, run_key="a\0b\udcff", at=3)])
    (each,) = home(store)
    assert [line.run_key for line in runs(store, each.id)] == ["a\ufffdb?"]


def test_times_are_aware_and_in_utc(store: Store) -> None:
    write(store, [record(1)])
    (each,) = home(store)
    assert each.last.moment == datetime(2026, 3, 2, tzinfo=UTC)
    assert each.last.moment.tzinfo is UTC
    assert each.last.interval == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))


# --- retention -------------------------------------------------------------------------------------------------------


def test_what_is_old_goes_and_what_was_found_last_stays(store: Store) -> None:
    look = record(0, kind=Kind.CHECK, run_key="look")
    write(store, [*days(9), look, record(1, dataset="quiet"), record(0, dataset="quiet")])
    assert prune(store, 3, BEGIN + timedelta(days=10)) == 8
    assert {each.dataset: len(runs(store, each.id)) for each in home(store)} == {"orders": 3, "quiet": 1}
    assert prune(store, 3, BEGIN + timedelta(days=10)) == 0
    keys = {(row[4], row[5]) for row in contents(store)["report"]}
    assert keys == {("publish", "day-7"), ("publish", "day-8"), ("check", "look"), ("publish", "day-1")}
    assert {(row[4], row[5]) for row in contents(store)["result"]} == keys


def test_secrets_of_the_url_are_not_shown() -> None:
    assert Store("postgresql://me:geheim@db.example.com/x?sslpassword=geheim").label == "postgresql db.example.com/x"


@pytest.mark.parametrize("url", ["postgresql://me:ge@heim@db/x", "postgresql://me:geheim@db:heim/x"])
def test_a_url_that_is_wrong_is_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match="URL of the store cannot be read") as refused:
        open_store(url)
    assert "heim" not in str(refused.value)


ADDRESSES = [
    ("sqlite:////a/b.db", None, "sqlite:////a/b.db"),
    (None, "postgresql://db/x", "postgresql://db/x"),
    ("sqlite:////a/b.db", "postgresql://db/x", "sqlite:////a/b.db"),
    (None, None, "sqlite:////state/headgate/history.db"),
    ("none", "postgresql://db/x", None),
    (None, "none", None),
]


@pytest.mark.parametrize(("given_", "variable", "expected"), ADDRESSES)
def test_where_it_is(given_: str, variable: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setenv("HEADGATE_STORE", variable or "")
    assert store_url(given_) == expected


@pytest.mark.parametrize("url", ["mysql://db/x", "history.db", "sqlite://", "sqlite:///:memory:"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        store_url(url)
