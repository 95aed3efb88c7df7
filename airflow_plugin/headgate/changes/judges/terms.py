"""Judges of what stands around the data: servers, roles, team, status, price."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from headgate.changes.change import ABSENT
from headgate.changes.delta import Delta, items_of

# Where a reader goes to; everything else of a server is how it is reached or read.
PLACE = (
    "type", "host", "port", "database", "schema", "catalog", "project", "dataset", "account", "location", "path",
    "serviceName", "endpointUrl", "url", "topic", "stream", "region", "regionName", "format", "delimiter",
)  # fmt: skip
_ACCESS = {"none": 0, "read": 1, "readonly": 1, "read-only": 1, "r": 1, "write": 2, "readwrite": 2, "read-write": 2,
           "rw": 2, "admin": 3, "owner": 3}  # fmt: skip
_UNBORN = ("draft", "proposed")
_DYING = ("active", "deprecated", "retired")


def _place(server: Mapping[str, Any]) -> dict[str, Any]:
    return {name: server[name] for name in PLACE if name in server}


def _server(delta: Delta) -> str:
    """What is removed is still there where another server is the same place, or serves the same environment."""
    if delta.event == "added":
        return "added"
    return "kept" if _is_kept(delta.old, delta) else "removed"


def _server_place(delta: Delta) -> str:
    return "kept" if _is_kept(delta.before("server"), delta) else "moved"


def _is_kept(server: Mapping[str, Any], delta: Delta) -> bool:
    place, environment, kind, own = _place(server), server.get("environment"), server.get("type"), delta.after("server")
    return any(
        (environment and other.get("environment") == environment)
        or (other.get("type") == kind and _place(other) == place)
        for other in items_of(delta.new_trail[0].value.get("servers"))
        if other is not own
    )


def _server_type(delta: Delta) -> str:
    """ODCS has two names for PostgreSQL."""
    return "same" if {delta.old, delta.new} <= {"postgres", "postgresql"} else _server_place(delta)


def _access(delta: Delta) -> str:
    old, new = (_ACCESS[str(side or "none").lower().replace(" ", "")] for side in (delta.old, delta.new))
    return "same" if old == new else "tightened" if new > old else "loosened"


def _status(delta: Delta) -> str:
    old, new = (str(side or "active").lower() for side in (delta.old, delta.new))
    if old == new:
        return "same"
    if old in _UNBORN and new in (*_UNBORN, "active"):
        return "born"
    if new in _UNBORN:
        return "withdrawn"
    if old == "deprecated" and new == "active":
        return "revived"
    return new if new in ("deprecated", "retired") else "changed"


def _owned(member: Mapping[str, Any]) -> bool:
    return "owner" in str(member.get("role") or "").lower()


def _member(delta: Delta) -> str:
    return "owner" if any(map(_owned, (delta.before("member"), delta.after("member")))) else delta.event


def _amount(delta: Delta) -> str:
    old, new = (Decimal(0) if side is ABSENT else Decimal(side) for side in (delta.old, delta.new))
    return "same" if old == new else "raised" if new > old else "lowered"


def _currency(delta: Delta) -> str:
    return "same" if str(delta.old).upper() == str(delta.new).upper() else "changed"


JUDGES = {
    "server": _server,
    **{f"server.{name}": _server_place for name in PLACE},
    "server.type": _server_type,
    "role.access": _access,
    "contract.status": _status,
    "team.form": lambda delta: "same",
    "member": _member,
    **{f"member.{name}": _member for name in ("username", "name", "role", "dateIn", "dateOut", "replacedByUsername")},
    "price.priceAmount": _amount,
    "price.priceCurrency": _currency,
}
