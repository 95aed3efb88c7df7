"""What earlier runs measured of the rules of a dataset: the past of the numbers that it promises to be normal."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headgate.errors import HeadgateError, TransientError
from headgate.gate.past import PastValues, instant_of
from headgate.history.address import DAYS, store_url
from headgate.history.bound import call_until
from headgate.history.listener import deliver_to, waiting_records
from headgate.history.opening import demand_libraries, demand_store, open_store
from headgate.history.record import Kind
from headgate.history.tables import dataset, is_at, report, result, rule
from headgate.naming import PlaceName

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.history.store import Store

# So long may reading the past hold up a run.
SECONDS = 2.0


def past_of(store: Store, about: tuple[str, str], place: PlaceName | None, since: datetime) -> PastValues:
    """Return what the runs of a dataset, a contract's id and a name, measured at a place since a moment: by the key of
    the rule, when (a moment of the day that the run is about) and what, the oldest first. Checks of some of the rows
    have no part in it.

    Raises:
        TransientError: the store cannot be used now.
    """
    contract, name = about
    nowhere = sa.and_(dataset.c.namespace == "", dataset.c.place == "")
    query = (
        sa.select(rule.c.key, report.c.interval_end, report.c.moment, result.c.value)
        .join(rule, rule.c.id == result.c.rule_id)
        .join(report, report.c.id == result.c.report_id)
        .join(dataset, dataset.c.id == report.c.dataset_id)
        .where(nowhere if place is None else is_at(place), dataset.c.contract == contract, dataset.c.name == name)
        .where(report.c.kind != str(Kind.PART), report.c.moment >= since, result.c.value.is_not(None))
        .order_by(report.c.moment, report.c.at)
    )
    found: defaultdict[str, list[tuple[datetime, float]]] = defaultdict(list)
    with store.reading() as connection:
        rows: list[Any] = list(connection.execute(query))
    for key, end, moment, value in rows:
        found[key].append((instant_of(end, moment), value))
    return found


def known_past(
    dataset: Dataset, place: PlaceName | None, url: str | None = None, *, now: datetime | None = None
) -> PastValues | str:
    """Return what the history at `url` (as of `store_url`) knows of a dataset's past, as of `past_of`; or why it cannot
    be told, which fails nothing. It takes a few seconds at most.

    Args:
        now: the time of the run, by default that of the clock.
    """
    deadline = time.monotonic() + SECONDS
    about, since = (dataset.contract.id, dataset.name), (now or datetime.now(UTC)) - timedelta(days=DAYS)
    try:
        where = store_url(url)
        if where is None:
            return "no history is kept: its store is configured as 'none'"
        demand_libraries()
        waiting = waiting_records()
        if waiting.waiting():
            deliver_to(where, waiting, deadline - SECONDS / 2)
        try:
            demand_store(where)
        except TransientError:
            return {}  # no run was recorded yet
        return call_until(deadline, lambda: _read(where, about, place, since), "headgate past")
    except (HeadgateError, TimeoutError) as error:
        return f"the history cannot be read: {error or 'no answer'}"


def _read(url: str, about: tuple[str, str], place: PlaceName | None, since: datetime) -> PastValues:
    store = open_store(url, seconds=SECONDS)
    try:
        return past_of(store, about, place, since)
    finally:
        store.close()
