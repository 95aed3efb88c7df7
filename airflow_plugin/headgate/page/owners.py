"""The DAGs that an incident is of: who may act on it."""

from __future__ import annotations

from headgate.history.dags import dag_of
from headgate.history.incident_views import IncidentLine
from headgate.history.store import Store
from headgate.history.survey import dags


def dags_of_incident(store: Store, line: IncidentLine) -> frozenset[str | None]:
    """Return the DAGs whose runs found it; where no DAG did, such as for what a watch finds from outside, all that ran
    the dataset; None alone where no DAG ever did. Raises TransientError."""
    incident = line.incident
    keys = {slot.run_key for slot in incident.slots} | {episode.run_key for episode in incident.episodes}
    if found := {dag for key in keys if (dag := dag_of(key)) is not None}:
        return frozenset(found)
    return dags(store, [line.dataset]).get(line.dataset) or frozenset({None})
