"""What people do about incidents, written to the store."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from headgate.errors import DataNotFoundError
from headgate.history.incidents import do
from headgate.history.store import Store
from headgate.history.tables import dataset, incident
from headgate.incidents import Act, Deed


def act(store: Store, number: int, deed: Deed, by: str, text: str, until: datetime | None, now: datetime) -> None:
    """Write what a person did about an incident at the time `now`, and what follows from it, in one transaction.

    Args:
        until: the end of a mute; one that is not later than `now` ends it.

    Raises:
        DataNotFoundError: there is no incident of this number.
        ServerError, TransientError: as `Store.writing`.
    """
    with store.writing() as connection:
        row = connection.execute(
            sa.select(incident.c.dataset_id, incident.c.rule).where(incident.c.id == number)
        ).one_or_none()
        if row is None:
            raise DataNotFoundError(f"there is no incident {number}")
        # Nobody else writes to the dataset until the transaction ends.
        connection.execute(sa.select(dataset.c.id).where(dataset.c.id == row.dataset_id).with_for_update())
        do(connection, row.dataset_id, Act(now, row.rule, deed, by, text, until), now)
