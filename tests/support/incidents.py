"""Incidents in a store: datasets with what they are made from and who reads them, and the rows of what was folded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from headgate.contract.consumers import consumers_of
from headgate.history.store import Store
from headgate.history.tables import concern, dataset, incident, message, message_incident, upstream
from headgate.incidents import Act, Broken, Concern, Finding, Incident, Kind, Mark, Notice, fold
from headgate.naming import PlaceName

from tests.support.history import BEGIN

OVER_500 = Broken("amount is at most 500", failed=37, rows=100_000, columns=("amount",))


def place(name: str) -> PlaceName:
    return PlaceName("postgres://db:5432", f"shop.public.{name}")


def finding(at: datetime, key: str = "run", *broken: str, **fields: Any) -> Finding:
    """What a publish found of the rules `a` and `b`; `broken` are those that do not hold."""
    values: dict[str, Any] = {
        "kind": Kind.PUBLISH,
        "version": "1.2.0",
        "promises": frozenset({"a", "b", *broken}),
        "broken": dict.fromkeys(broken, OVER_500),
        "visible": not broken,
    }
    return Finding(at, key, **values | fields)


def incidents_of(*events: Finding | Act, rule: str = "a") -> tuple[Incident, ...]:
    """The incidents of a rule after events."""
    return fold(sorted(events, key=lambda each: each.order)).get(rule, ())


def concern_of(name: str = "orders", *consumers: Any, **fields: Any) -> Concern:
    values: dict[str, Any] = {
        "place": place(name),
        "version": "1.2.0",
        "owner": "Shop team",
        "support": ("#orders-help",),
        "consumers": consumers_of(list(consumers)) if consumers else (),
    }
    return Concern("shop", name, **values | fields)


def put_dataset(store: Store, about: Concern, made_from: Iterable[str] = ()) -> int:
    """Write a dataset, whom it concerns, and of which tables it is made; return its id."""
    where = about.place or PlaceName("", "")
    names = {"contract": about.contract, "name": about.dataset, "namespace": where.namespace, "place": where.name}
    with store.writing() as connection:
        id_: int = connection.execute(dataset.insert().values(names).returning(dataset.c.id)).scalar_one()
        connection.execute(concern.insert().values(dataset_id=id_, at=BEGIN, body=json.dumps(about.to_dict())))
        for source in map(place, made_from):
            row = {"dataset_id": id_, "namespace": source.namespace, "place": source.name}
            connection.execute(upstream.insert().values(row))
    return id_


def put_incident(store: Store, dataset_id: int, each: Incident, marks: dict[str, Mark] | None = None) -> int:
    """Write an incident; return its number."""
    said = {recipient: mark.to_dict() for recipient, mark in (marks or {}).items()}
    values = {
        "dataset_id": dataset_id,
        "rule": each.rule,
        "opened": each.opened,
        "closed": each.closed,
        "pages": each.pages,
        "body": json.dumps(each.to_dict()),
        "marks": json.dumps(said),
    }
    with store.writing() as connection:
        number: int = connection.execute(incident.insert().values(values).returning(incident.c.id)).scalar_one()
    return number


def put_message(store: Store, dataset_id: int, notice: Notice, *, routed: bool = True) -> int:
    """Write a message about incidents; return its id."""
    values = {
        "dataset_id": dataset_id,
        "at": notice.at,
        "told": str(notice.told),
        "recipient": notice.recipient,
        "body": json.dumps(notice.to_dict()),
        "routed": routed,
    }
    with store.writing() as connection:
        id_: int = connection.execute(message.insert().values(values).returning(message.c.id)).scalar_one()
        for each in notice.about:
            connection.execute(message_incident.insert().values(message_id=id_, incident_id=each.number))
    return id_
