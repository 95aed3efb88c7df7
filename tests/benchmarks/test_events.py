"""The benchmark of one event: every tool takes the good ones, and headgate none of those that break the promise."""

from __future__ import annotations

import random

import pytest

from benchmarks.events import promise
from benchmarks.events.tools import TOOLS

INSTALLED = ("headgate", "pydantic", "jsonschema_rs", "jsonschema")
GOOD = [promise.event(random.Random(number), number) for number in range(20)]


def test_there_are_as_many_rules_as_is_said() -> None:
    assert (promise.RULES, len(promise.FIELDS)) == (33, 20)


@pytest.mark.parametrize("name", INSTALLED)
def test_every_tool_takes_good_events(name: str) -> None:
    tool = TOOLS[name]()
    assert tool.of_object is not None
    assert [tool.of_object(event) for event in GOOD] == [0] * len(GOOD)


@pytest.mark.parametrize("name", promise.BROKEN)
def test_headgate_takes_no_broken_event(name: str) -> None:
    assert TOOLS["headgate"]().of_bytes(promise.BROKEN[name]) == 1


def test_headgate_tells_every_reason() -> None:
    assert TOOLS["headgate"]().of_bytes(promise.TWO_FAULTS) == 2
