"""The fold: findings and what people did, in the order of the clock → incidents. Times are hours since the beginning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from headgate.incidents import Act, Broken, Deed, Finding, Kind, Severity, fold

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
RULES = frozenset({"a", "b"})


def hour(number: float) -> datetime:
    return BEGIN + timedelta(hours=number)


def finding(kind: str, at: float, broken: str = "", **more: Any) -> Finding:
    """A finding: `broken` are the letters of the rules that do not hold, `about` the end of its interval."""
    rules = {rule: Broken(f"{rule} holds", failed=1, rows=10) for rule in broken}
    known: dict[str, Any] = {"version": "1", "promises": RULES, "run_key": f"{kind} {at:g}"} | more
    if (about := known.pop("about", None)) is not None:
        known["interval_end"] = hour(about)
    return Finding(hour(at), kind=Kind(kind), broken=rules, **known)


def halted(at: float, broken: str, **more: Any) -> Finding:
    return finding("publish", at, broken, **more)


def published(at: float, broken: str = "", **more: Any) -> Finding:
    return finding("publish", at, broken, **{"visible": True} | more)


def check(at: float, broken: str = "", **more: Any) -> Finding:
    return finding("check", at, broken, **more)


def unlisted(at: float) -> Finding:
    """A publish that would have put no rows in the place of some."""
    empty = {"notEmpty": Broken("there are rows", unlisted=True)}
    return Finding(hour(at), "r", Kind.PUBLISH, "1", promises=RULES | {"notEmpty"}, broken=empty)


def part(at: float, where: str, broken: str = "") -> Finding:
    return finding("check_of_part", at, broken, part=where)


def level(at: float, clock: float, *, broken: bool, kind: str = "watch", **more: Any) -> Finding:
    """What a run said of the freshness by a clock."""
    late = {"fresh": Broken("at most 4 hours old", level=True, late=True)} if broken else {}
    return Finding(hour(at), f"{kind} {at:g}", Kind(kind), "1", clock=hour(clock), promises=frozenset({"fresh"}),
                   broken=late, **more)  # fmt: skip


def act(at: float, deed: str, until: float | None = None) -> Act:
    return Act(hour(at), "a", Deed(deed), "olga", "because", hour(until) if until is not None else None)


def release(at: float, run_key: str) -> Act:
    return Act(hour(at), "a", Deed.RELEASE, "olga", "because", run_key=run_key)


def told(*events: Finding | Act) -> list[str]:
    """Each incident in words: its rule, its episodes, and what readers have."""
    lines = fold(sorted(events, key=lambda each: each.order))
    said = []
    for rule, line in sorted(lines.items()):
        for each in line:
            episodes = [f"{_hour(e.opened)}-{_hour(e.closed) if e.closed else ''}{f' {e.how}' if e.how else ''}"
                        for e in each.episodes]  # fmt: skip
            said.append(f"{rule}: {', '.join(episodes)} {each.effect}")
    return said


def _hour(when: datetime) -> str:
    return f"{(when - BEGIN) / timedelta(hours=1):g}"


CASES: dict[str, tuple[list[Finding | Act], list[str]]] = {
    "nothing is broken": ([published(1)], []),
    "it holds again": ([halted(1, "a"), published(25)], ["a: 1-25 held held_back"]),
    "it is broken still": ([halted(1, "a"), halted(25, "a")], ["a: 1- held_back"]),
    "two promises": ([halted(1, "ab"), halted(2, "b")], ["a: 1-2 held held_back", "b: 1- held_back"]),
    # --- readers
    "published under warn": ([published(1, "a")], ["a: 1- served"]),
    "published partly": ([published(1, "a", partly=True)], ["a: 1- quarantined"]),
    "a check of what readers find": ([check(1, "a", own=True)], ["a: 1- served"]),
    "a check of what was published": ([published(1), check(2, "a")], ["a: 2- served"]),
    "a check of a source, which halts": ([check(1, "a")], ["a: 1- held_back"]),
    "a check of a source, which lets pass": ([check(1, "a", passes=True)], ["a: 1- served"]),
    "the worst counts": ([halted(1, "a"), published(2, "a"), halted(3, "a")], ["a: 1- served"]),
    # --- what repairs what
    "a check does not bring what was held back": ([halted(1, "a"), check(2)], ["a: 1- held_back"]),
    "a check closes what readers could read": ([published(1, "a"), check(2)], ["a: 1-2 held served"]),
    "a check does not empty the quarantine": ([published(1, "a", partly=True), check(2)], ["a: 1- quarantined"]),
    "held back for another reason": ([halted(1, "a"), halted(2, "b")], ["a: 1-2 held held_back", "b: 2- held_back"]),
    "readers still have it": ([published(1, "a"), halted(2, "b")], ["a: 1- served", "b: 2- held_back"]),
    "a publish replaces what a check found": ([check(1, "a", own=True), published(2)], ["a: 1-2 held served"]),
    "what readers got is not replaced by what is held back": (
        [published(1, "a"), halted(2, "a"), halted(3, "b")], ["a: 1- served", "b: 3- held_back"],
    ),
    "it is by a publish": ([published(1, "a"), halted(2, "a"), published(3)], ["a: 1-3 held served"]),
    "it is by a check, but for what is held back": (
        [published(1, "a"), halted(2, "a"), check(3), halted(4, "b")], ["a: 1-4 held served", "b: 4- held_back"],
    ),
    "a publish that breaks replaces what a check found": (
        [check(1, "a", own=True), published(2, "a", partly=True), published(3)], ["a: 1-3 held served"],
    ),
    "a publish of a part leaves the others": (
        [published(1, "a", part="x"), published(2, "a", part="y"), published(3, part="y")], ["a: 1- served"],
    ),
    # --- unknown
    "unknown keeps it open": ([halted(1, "a"), halted(2, "", unmeasured=frozenset("a"))], ["a: 1- held_back"]),
    "unknown opens nothing": ([halted(1, "", unmeasured=frozenset("a"))], []),
    # --- parts
    "a partition": ([halted(1, "a", part="day=1"), published(2, part="day=2")], ["a: 1- held_back"]),
    "its own rerun": ([halted(1, "a", part="day=1"), published(2, part="day=1")], ["a: 1-2 held held_back"]),
    "all of them": ([halted(1, "a", part="day=1"), published(2)], ["a: 1-2 held held_back"]),
    "two partitions": (
        [halted(1, "a", part="day=1"), halted(2, "a", part="day=2"), published(3, part="day=1"),
         published(4, part="day=2")],
        ["a: 1-4 held held_back"],
    ),
    "mapped tasks do not close each other": (
        [check(1, "a", part="map 0"), check(1.1, part="map 1"), check(1.2, part="map 2")],
        ["a: 1- held_back"],
    ),
    "an appended run": (
        [halted(1, "a", part="run 1", run_key="1"), published(25, part="run 2", run_key="2")],
        ["a: 1- held_back"],
    ),
    "an appended run, done again": (
        [halted(1, "a", part="run 1", run_key="1"), published(2, part="run 1", run_key="1")],
        ["a: 1-2 held held_back"],
    ),
    "some rows": ([part(1, "x = 1", "a"), part(2, "x = 2"), check(3)], ["a: 1-3 held held_back"]),
    "the same rows": ([part(1, "x = 1", "a"), part(2, "x = 1")], ["a: 1-2 held held_back"]),
    "some rows say nothing of all": ([check(1, "a", own=True), part(2, "x = 1")], ["a: 1- served"]),
    # --- tries
    "tries of a run": ([halted(1, "a", run_key="r"), halted(1.1, "a", run_key="r"), published(1.2, run_key="r")],
                       ["a: 1-1.2 held held_back"]),
    # --- intervals
    "an older interval closes nothing": (
        [halted(30, "a", about=24), published(31, about=0)], ["a: 30- held_back"],
    ),
    "the same interval does": ([halted(30, "a", about=24), published(31, about=24)], ["a: 30-31 held held_back"]),
    "an older interval breaks while a newer holds": (
        [published(30, about=24), halted(31, "a", about=0)], ["a: 31-31 superseded held_back"],
    ),
    "an older interval replaces what readers have": (
        [published(30, about=24), published(31, "a", about=0)], ["a: 31- served"],
    ),
    "an older partition breaks": (
        [published(30, about=24, part="day=2"), halted(31, "a", about=0, part="day=1")], ["a: 31- held_back"],
    ),
    "a run without an interval goes by the clock": (
        [check(1, "a", own=True), published(2, about=0)], ["a: 1-2 held served"],
    ),
    # --- again
    "again within 60 hours": (
        [halted(1, "a"), published(2), halted(61.9, "a"), published(63)],
        ["a: 1-2 held, 61.9-63 held held_back"],
    ),
    "again later": ([halted(1, "a"), published(2), halted(62.1, "a")], ["a: 1-2 held held_back", "a: 62.1- held_back"]),
    # --- another contract
    "the contract does not promise it any more": (
        [halted(1, "a"), published(2, version="2", promises=frozenset("b"))], ["a: 1-2 withdrawn held_back"],
    ),
    "the same version lacks it": (
        [halted(1, "a"), published(2, promises=frozenset("b"))], ["a: 1-2 withdrawn held_back"],
    ),
    "some rows and watches lack it": (
        [halted(1, "a"), part(2, "x"), level(3, 3, broken=False)], ["a: 1- held_back"],
    ),
    "what is named only where it is broken": ([unlisted(1), published(2)], ["notEmpty: 1-2 held held_back"]),
    "and is not repaired by a check": ([unlisted(1), check(2)], ["notEmpty: 1- held_back"]),
    # --- levels
    "late, then fresh": ([level(5, 5, broken=True), level(6, 6, broken=False)], ["fresh: 5-6 held late"]),
    "a gate's older clock closes nothing": (
        [level(5, 5, broken=True), level(6, 0, broken=False, kind="publish", visible=True)], ["fresh: 5- late"],
    ),
    "a need that is not known": (
        [level(5, 5, broken=True), level(6, 6, broken=False, unmeasured=frozenset({"fresh"}))], ["fresh: 5- late"],
    ),
    "rules do not end with a watch": ([halted(1, "a"), level(2, 2, broken=False)], ["a: 1- held_back"]),
    # --- people
    "accepted": ([published(1, "a"), act(2, "accept")], ["a: 1-2 accepted served"]),
    "accepted, and its run done again": (
        [published(1, "a", run_key="r"), act(2, "accept"), published(3, "a", run_key="r")],
        ["a: 1-2 accepted, 3- served"],
    ),
    "accepted, and found by a later run": (
        [published(1, "a"), act(2, "accept"), check(3, "a")], ["a: 1-2 accepted, 3- served"],
    ),
    "a person released the rows": ([published(1, "a", partly=True, run_key="r"), release(2, "r")],
                                   ["a: 1-2 accepted quarantined"]),
    "those of another run": ([published(1, "a", partly=True, run_key="r"), release(2, "q")], ["a: 1- quarantined"]),
    "acknowledged": ([halted(1, "a"), act(2, "ack")], ["a: 1- held_back"]),
    "accepted after it was over": ([halted(1, "a"), published(2), act(3, "accept")], ["a: 1-2 held held_back"]),
}  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), CASES.values(), ids=CASES)
def test_what_opens_and_closes(events: list[Finding | Act], expected: list[str]) -> None:
    assert told(*events) == expected


def test_one_by_one_is_the_same_as_all_at_once() -> None:
    for events, _ in CASES.values():
        ordered = sorted(events, key=lambda each: each.order)
        lines: Any = {}
        for number, each in enumerate(ordered):
            before = [one for one in ordered[:number] if isinstance(one, Finding)]
            published = any(one.visible for one in before)
            newer = [one for one in before if one.interval_end]
            lines = fold([each], lines, published=published, newer=newer)
        assert lines == fold(ordered)


def test_what_people_said_goes_with_the_episode() -> None:
    first = fold([halted(1, "a"), act(2, "ack"), act(2, "mute", until=30)])["a"][0]
    assert (first.state, first.muted(hour(29)), first.muted(hour(30))) == ("acknowledged", True, False)
    again = fold([published(3), halted(4, "a")], {"a": (first,)})["a"][0]
    assert (again.state, again.muted(hour(5))) == ("open", True)


def test_a_warning_and_a_draft_page_nobody() -> None:
    warned = fold([Finding(hour(1), "r", Kind.CHECK, promises=RULES, broken={"a": Broken("a", Severity.WARNING)})])
    draft = fold([check(1, "a", draft=True)])
    assert not warned["a"][0].pages
    assert not draft["a"][0].pages
    assert fold([check(2, "a")], draft)["a"][0].pages
