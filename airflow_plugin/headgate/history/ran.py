"""Which DAGs ran a dataset, by the keys of its runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import sqlalchemy as sa

from headgate.history.dags import dag_of
from headgate.history.store import Store
from headgate.history.tables import dataset, finding, report


def dags_by_dataset(
    store: Store, contract: str | None = None, name: str | None = None
) -> Mapping[tuple[str, str], frozenset[str | None]]:
    """Return the DAGs that ran each dataset, by the contract's id and the dataset's name; None is a run outside of
    Airflow. Raises TransientError.

    Args:
        contract, name: only this dataset.
    """
    about = sa.select(dataset.c.contract, dataset.c.name)
    only = [] if contract is None else [dataset.c.contract == contract, dataset.c.name == name]
    ran: defaultdict[tuple[str, str], set[str | None]] = defaultdict(set)
    with store.reading() as connection:
        for table in (report, finding):
            keys = about.add_columns(table.c.run_key).join(table, table.c.dataset_id == dataset.c.id).where(*only)
            for row in connection.execute(keys.distinct()):
                ran[row.contract, row.name].add(dag_of(row.run_key))
    return {names: frozenset(dags) for names, dags in ran.items()}
