"""The contract that the table of changes starts from, and how an edit is made in it."""

from __future__ import annotations

import copy
import json
from typing import Any

from headgate.changes.change import Diff
from headgate.changes.grade import compare
from headgate.contract.document import Document, read

from tests.support.contracts import load

BASE: dict[str, Any] = {
    "apiVersion": "v3.2.0",
    "kind": "DataContract",
    "id": "shop",
    "version": "1.0.0",
    "status": "active",
    "domain": "sales",
    "team": {"name": "Shop team", "members": [{"username": "ann", "role": "Owner"}, {"username": "bob"}]},
    "support": [{"channel": "#shop", "url": "https://a.example"}],
    "roles": [{"role": "reader", "access": "read"}],
    "servers": [
        {
            "server": "prod",
            "type": "postgres",
            "host": "db",
            "port": 5432,
            "database": "shop",
            "schema": "public",
            "environment": "prod",
        }
    ],
    "price": {"priceAmount": 10, "priceCurrency": "EUR", "priceUnit": "month"},
    "slaProperties": [
        {"property": "latency", "value": 4, "unit": "h", "element": "orders.at"},
        {"property": "retention", "value": 1, "unit": "y"},
        {"property": "availability", "value": 99.9, "unit": "%"},
        {"property": "endOfLife", "value": "2030-01-01"},
    ],
    "schema": [
        {
            "id": "o",
            "name": "orders",
            "physicalType": "table",
            "quality": [{"id": "volume", "metric": "rowCount", "mustBeGreaterThan": 100}],
            "properties": [
                {"id": "p1", "name": "order_id", "logicalType": "string", "primaryKey": True},
                {"id": "p2", "name": "line", "logicalType": "integer"},
                {"id": "p3", "name": "amount", "logicalType": "number"},
                {
                    "id": "p4",
                    "name": "status",
                    "logicalType": "string",
                    "enum": [{"id": "e1", "value": "paid", "label": "Paid"}, {"value": "open"}],
                },
                {"name": "note", "logicalType": "string"},
                {"name": "at", "logicalType": "timestamp"},
                {"name": "customer", "logicalType": "string"},
                {"name": "tags_", "logicalType": "array", "items": {"logicalType": "string"}},
            ],
        },
        {
            "name": "customers",
            "properties": [{"name": "id", "logicalType": "string"}, {"name": "key", "logicalType": "string"}],
        },
    ],
}
# The first word of an edit's path.
PLACES: dict[str, tuple[str | int, ...]] = {
    "contract": (),
    "schema": ("schema",),
    "orders": ("schema", 0),
    **{p["name"]: ("schema", 0, "properties", i) for i, p in enumerate(BASE["schema"][0]["properties"])},
}
LEVELS = [level["property"] for level in BASE["slaProperties"]]
GONE = "-"


def edited(edits: dict[str, Any]) -> dict[str, Any]:
    """The base contract with each `path` set to its value: `-` removes it, `path+` appends, `path!` reverses."""
    contract = copy.deepcopy(BASE)
    for written, value in edits.items():
        first, *rest = written.rstrip("+!").split(".")
        if first == "sla":
            first, rest = "contract", ["slaProperties", str(LEVELS.index(rest[0])), *rest[1:]]
        *path, last = [*PLACES[first], *(int(part) if part.isdigit() else part for part in rest)]
        here: Any = contract
        for part in path:
            if isinstance(here, dict) and part not in here:
                here[part] = {}
            here = here[part]
        if written.endswith("+"):
            here[last] = [*here.get(last, []), value]
        elif written.endswith("!"):
            here[last] = here[last][::-1]
        elif value == GONE:
            here.pop(last, None)
        else:
            here[last] = value
    return contract


def document(contract: dict[str, Any], name: str = "c.odcs.yaml") -> Document:
    """As a file would be read; a contract that is wrong is an error of the table."""
    load(contract)
    return read(json.dumps(contract, indent=1), name)


def graded(old: dict[str, Any], new: dict[str, Any], **more: Any) -> Diff:
    return compare(document(old), document(new), **more)


def said(diff: Diff) -> tuple[str, ...]:
    """Each change as "rule C P bump"."""
    return tuple(f"{c.rule} {c.consumers} {c.producers} {c.bump}" for c in diff.changes)
