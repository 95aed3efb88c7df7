"""A year of runs with planted breaches: each is opened once and closed once, whatever the order of arrival."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest
from headgate.incidents import Finding, Incident, Lines, fold

from tests.support.year import BEGIN, DAY, KINDS, Year, year

ORDERS = int(os.environ.get("HEADGATE_INCIDENT_ORDERS", "40"))
SOON = timedelta(minutes=10)


def in_order(of: Year) -> Lines:
    return fold(of.findings)


def arrived(batches: list[list[Finding]]) -> Lines:
    """Fold findings as they arrive, each batch at once, as the store does."""
    seen: list[Finding] = []
    lines: Lines = {}
    newest, published = BEGIN, False
    for batch in batches:
        if len(batch) == 1 and batch[0].at > newest:
            (one,) = batch
            newer = [each for each in seen if each.interval_end > one.interval_end] if one.broken else ()
            after = fold(batch, {rule: line[-1:] for rule, line in lines.items()}, published=published, newer=newer)
            lines = {rule: (*lines.get(rule, ())[:-1], *after[rule]) for rule in after}
            seen += batch
        else:
            seen = sorted([*seen, *batch], key=lambda each: each.order)
            lines = fold(seen)
        newest = max(newest, *(each.at for each in batch))
        published = published or any(each.visible for each in batch)
    return lines


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_planted_is_opened_and_closed_once(kind: str) -> None:
    of = year(kind, 7)
    found: list[Incident] = [each for line in in_order(of).values() for each in line]
    assert len(of.planted) >= 5
    assert sorted((each.rule, (each.opened - BEGIN) // DAY, len(each.episodes)) for each in found) == sorted(
        (each.rule, each.first, each.episodes) for each in of.planted
    )
    assert not any(each.open for each in found)
    # It is found by the first run that breaks it, and over with the first that holds.
    for each in of.planted:
        (same,) = (i for i in found if i.rule == each.rule and (i.opened - BEGIN) // DAY == each.first)
        assert same.opened - (BEGIN + each.first * DAY) < SOON
        last = each.end if not each.flaps else each.first + 2 * each.episodes - 1
        assert same.closed is not None
        assert timedelta() < same.closed - (BEGIN + last * DAY) < SOON


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_in_any_order_of_arrival(kind: str) -> None:
    """Every second time in an order of its own, else mostly in order and some of it late, as from the spool of a worker
    that was away."""
    of = year(kind, 7)
    expected = in_order(of)
    for order in range(ORDERS):
        chance = random.Random(f"{kind} {order}")
        assert arrived(_shuffled(of, chance) if order % 2 else _late(of, chance)) == expected


def _shuffled(of: Year, chance: random.Random) -> list[list[Finding]]:
    findings = chance.sample(of.findings, len(of.findings))
    batches, at = [], 0
    while at < len(findings):
        size = chance.choice((1, 20, 50, 100))
        batches.append(findings[at : at + size])
        at += size
    return batches


def _late(of: Year, chance: random.Random) -> list[list[Finding]]:
    late = set(chance.sample(range(len(of.findings)), 20))
    came = [[each] for number, each in enumerate(of.findings) if number not in late]
    for number in sorted(late, reverse=True):
        came.insert(chance.randrange(min(number, len(came)), len(came) + 1), [of.findings[number]])
    return came
