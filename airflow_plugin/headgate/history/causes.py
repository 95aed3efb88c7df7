"""What caused an incident: an incident of a dataset that its own is made from."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from headgate.history.tables import concern, dataset, incident, upstream

_OF = sa.select(
    incident.c.id,
    incident.c.dataset_id,
    incident.c.opened,
    incident.c.closed,
    incident.c.body,
    dataset.c.contract,
    dataset.c.name,
    dataset.c.namespace,
    dataset.c.place,
    concern.c.body.label("concern"),
).select_from(incident.join(dataset).outerjoin(concern, concern.c.dataset_id == incident.c.dataset_id))


def causes(connection: sa.Connection, ids: Collection[int]) -> dict[int, int]:
    """Return, by the ids of incidents, those that caused them.

    The cause is the earliest incident that pages of a dataset that the incident's is made from, and that was open when
    the incident's last episode began.
    """
    if not ids:
        return {}
    rows = connection.execute(_OF.where(incident.c.id.in_(ids))).all()
    since = {row.id: _since(row) for row in rows}
    oldest = min(since.values())
    lasting = sa.or_(incident.c.closed.is_(None), incident.c.closed > oldest)
    candidates = connection.execute(
        _OF.where(incident.c.pages, lasting, incident.c.opened <= max(since.values())).order_by(
            incident.c.opened, incident.c.id
        )
    ).all()
    made_from = _made_from(connection, {row.dataset_id for row in rows})
    found = {}
    for row in rows:
        begun = since[row.id]
        cause = next(
            (
                each
                for each in candidates
                if (each.opened, each.dataset_id) < (begun, row.dataset_id)
                and (each.closed is None or each.closed > begun)
                and each.dataset_id != row.dataset_id
                and ((each.namespace, each.place) in made_from.get(row.dataset_id, ()) or _names(each, row))
            ),
            None,
        )
        if cause is not None:
            found[row.id] = cause.id
    return found


def downstream_of(connection: sa.Connection, dataset_id: int) -> list[int]:
    """Return the datasets with incidents that are open, which are made from a dataset."""
    above = connection.execute(
        sa.select(dataset.c.id, dataset.c.namespace, dataset.c.place, concern.c.body.label("concern"))
        .select_from(dataset.outerjoin(concern))
        .where(dataset.c.id == dataset_id)
    ).one()
    others = connection.execute(
        sa.select(dataset.c.id, dataset.c.contract, dataset.c.name).where(
            dataset.c.id != dataset_id,
            sa.exists().where(incident.c.dataset_id == dataset.c.id, sa.not_(incident.c.settled)),
        )
    ).all()
    if not others:
        return []
    made_from = _made_from(connection, {each.id for each in others})
    here = (above.namespace, above.place)
    return [each.id for each in others if here in made_from.get(each.id, ()) or _names(above, each)]


def _made_from(connection: sa.Connection, ids: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    for row in connection.execute(sa.select(upstream).where(upstream.c.dataset_id.in_(ids))):
        found.setdefault(row.dataset_id, set()).add((row.namespace, row.place))
    return found


def _names(above: Any, below: Any) -> bool:
    """Return whether a consumer in the contract of one dataset makes the other of it."""
    if not above.concern:
        return False
    names: Sequence[str] = (below.name, f"{below.contract}.{below.name}")
    return any(each.get("dataset") in names for each in json.loads(above.concern)["consumers"])


def _since(row: Any) -> Any:
    from_body = json.loads(row.body)["episodes"][-1]["opened"]
    return type(row.opened).fromisoformat(from_body)
