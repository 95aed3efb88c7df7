"""What people do about incidents, written to the store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from headgate.errors import DataNotFoundError
from headgate.history.incidents import do
from headgate.history.notices import incident_of, lock
from headgate.history.store import Store
from headgate.history.tables import dataset, incident, is_at
from headgate.incidents import Act, Deed
from headgate.naming import PlaceName


def act(
    store: Store,
    numbers: int | Iterable[int],
    deed: Deed,
    by: str,
    text: str,
    until: datetime | None,
    now: datetime,
    *,
    run_key: str = "",
) -> None:
    """Write what a person did about an incident, or about each of some, at the time `now`, and what follows from it, in
    one transaction: all of it, or nothing.

    Args:
        until: the end of a mute; one that is not later than `now` ends it.
        run_key: of a release, the run whose rows it is about.

    Raises:
        DataNotFoundError: there is no incident of a number.
        ServerError, TransientError: as `Store.writing`.
    """
    wanted = {numbers} if isinstance(numbers, int) else set(numbers)
    with store.writing() as connection:
        rows = connection.execute(
            sa.select(incident.c.id, incident.c.dataset_id, incident.c.rule)
            .where(incident.c.id.in_(wanted))
            .order_by(incident.c.dataset_id, incident.c.id)
        ).all()
        if missing := wanted - {row.id for row in rows}:
            raise DataNotFoundError(f"there is no incident {', '.join(map(str, sorted(missing)))}")
        # Nobody else writes to the datasets until the transaction ends.
        ids = {row.dataset_id for row in rows}
        lock(connection, *ids)
        for dataset_id in sorted(ids):
            rules = dict.fromkeys(row.rule for row in rows if row.dataset_id == dataset_id)
            do(connection, dataset_id, [Act(now, rule, deed, by, text, until, run_key) for rule in rules], now)


def released(
    store: Store, about: tuple[str, str], place: PlaceName, run_key: str, by: str, text: str, now: datetime
) -> tuple[int, ...]:
    """Write that a person released or dropped the rows that a run quarantined to each incident that is open and broken
    in that run, which closes it as far as these rows go; return their numbers.

    Args:
        about: the contract's id, and the dataset's name.

    Raises:
        ServerError, TransientError: as `Store.writing`.
    """
    query = (
        sa.select(incident.c.id, incident.c.body)
        .join(dataset, dataset.c.id == incident.c.dataset_id)
        .where(dataset.c.contract == about[0], dataset.c.name == about[1], is_at(place), incident.c.closed.is_(None))
        .order_by(incident.c.id)
    )
    with store.reading() as connection:
        found = [(row.id, incident_of(row)) for row in connection.execute(query)]
    numbers = tuple(id_ for id_, each in found if any(slot.run_key == run_key for slot in each.slots))
    if numbers:
        act(store, numbers, Deed.RELEASE, by, text, None, now, run_key=run_key)
    return numbers
