"""A big history that is written at once has the same rows as one that Store.record writes run by run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from headgate.history import tell_all
from headgate.history.incident_read import list_incidents
from headgate.history.read import home
from headgate.history.store import Store
from headgate.history.tables import dataset, upstream
from headgate.incidents import Effect

from tests.support.big_history import Platform
from tests.support.bulk_history import fill
from tests.support.history import contents

# Of each kind one: broken, caused by another, warned, unmeasured, closed, with levels, with another version of a rule.
SMALL, NUMBERS = Platform(500, 6, 14), (3, 5, 7, 10, 11, 12, 17, 30, 33, 47, 61)


def test_it_is_what_the_store_writes(store: Store, fresh: Callable[[], Any]) -> None:
    fill(store, map(SMALL.records, NUMBERS))
    one_by_one = fresh()
    for record in sorted((each for number in NUMBERS for each in SMALL.records(number)), key=lambda each: each.at):
        one_by_one.record(record, now=record.at)
    assert contents(store) == contents(one_by_one)
    assert made_from(store) == made_from(one_by_one)
    one_by_one.close()


def test_it_has_all_that_a_page_shows(store: Store) -> None:
    fill(store, map(SMALL.records, NUMBERS))
    assert [each.last.verdict for each in home(store)] == ["breach"] * 3 + ["unknown"] + ["warn"] + ["pass"] * 6
    assert any(each.last.rows_quarantined for each in home(store))
    found = list_incidents(store, SMALL.now, closed=True)
    assert {each.incident.current_effect for each in found} == {*Effect} - {Effect.LATE}
    assert [each.cause is not None for each in found if each.incident.open].count(True) > 0
    assert {each.incident.state for each in found} == {"open", "closed"}


def test_more_is_recorded_after_it(store: Store) -> None:
    """The ids go on where it ended."""
    fill(store, map(SMALL.records, NUMBERS))
    before = len(contents(store)["report"])
    for record in Platform(500, 6, 15).records(1):
        store.record(record, now=record.at)
    assert len(contents(store)["report"]) == before + 15
    assert tell_all(store, SMALL.now) > 0


def made_from(store: Store) -> list[tuple[Any, ...]]:
    query = sa.select(dataset.c.contract, upstream.c.place).select_from(upstream.join(dataset))
    with store.reading() as connection:
        return sorted(map(tuple, connection.execute(query)))
