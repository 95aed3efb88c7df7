"""Who a change concerns, and whose agreement it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headgate.changes.change import Level, Person
from headgate.changes.delta import Delta, Node, items_of
from headgate.changes.judges.columns import column_of
from headgate.changes.judges.settings import inherited, own
from headgate.contract.consumers import Consumer

# "dataset.column": the readers that lineage knows.
Readers = Mapping[str, Sequence[str]]


def owner(root: Mapping[str, Any]) -> Person | None:
    """The team, or whoever has the role of an owner; the team answers to its name and to those of its owners."""
    team = root.get("team")
    team = {"members": team} if isinstance(team, list) else team if isinstance(team, dict) else {}
    names = [team.get("name")]
    for member in items_of(team.get("members")):
        if "owner" in str(member.get("role") or "").lower() and not member.get("dateOut"):
            names += [member.get("name"), member.get("username")]
    found = tuple(dict.fromkeys(str(name) for name in names if name))
    return Person("owner", found) if found else None


def support(root: Mapping[str, Any]) -> list[Person]:
    known = [item for item in items_of(root.get("support")) if item.get("channel")]
    return [Person("support", (str(item["channel"]),), str(item.get("url") or "")) for item in known]


def consumers(trail: Sequence[Node]) -> list[Person]:
    """Those of the dataset; of the contract as a whole, those of all its datasets as well. Of a column, those that may
    read it: the others say what they read."""
    return [Person("consumer", (each.name,), each.contact) for each in _consumers(trail)]


def _consumers(trail: Sequence[Node]) -> list[Consumer]:
    found = list(inherited(trail, "consumers"))
    if not any(node.kind == "object" for node in trail):
        for raw in items_of(trail[0].value.get("schema")):
            found += own(Node("object", raw, ("schema",)), "consumers") or ()
    column = ".".join(str(node.value["name"]) for node in _properties(trail))
    return [each for each in dict.fromkeys(found) if not column or each.may_read(column)]


def _properties(trail: Sequence[Node]) -> list[Node]:
    return [node for node in trail if node.kind == "property" and node.value.get("name")]


def readers(delta: Delta, known: Readers | None) -> list[Person] | None:
    """The readers of what changed, by lineage, and those consumers who say that they read it; None where nothing is
    known of lineage."""
    if known is None:
        return None
    dataset = delta.before("object")
    if not dataset:
        return None
    columns = [node.value for node in _properties(delta.old_trail)]
    found = [each.name for each in _consumers(delta.old_trail) if each.reads] if columns else []
    for name in {str(dataset.get("name")), str(column_of(dataset))}:
        for path in {".".join(str(c.get("name")) for c in columns), ".".join(str(column_of(c)) for c in columns)}:
            place = f"{name}.{path}".rstrip(".").lower()
            for key, people in known.items():
                key = key.lower()
                # Who reads a structure reads what is in it, and the other way round.
                if key == place or key.startswith(f"{place}.") or (columns and f"{place}.".startswith(f"{key}.")):
                    found += people
    return [Person("reader", (name,)) for name in dict.fromkeys(found)]


def concerned(delta: Delta, lineage: list[Person] | None) -> tuple[Person, ...]:
    """Everybody: owners before and after, consumers, readers, and where to ask."""
    old, new = delta.old_trail[0].value, delta.new_trail[0].value
    owners = [person for person in (owner(old), owner(new)) if person]
    people = [*owners, *consumers(delta.old_trail), *consumers(delta.new_trail), *(lineage or []), *support(new)]
    return tuple({(p.part, p.names[0]): p for p in reversed(people)}.values())[::-1]


def needed(delta: Delta, consumers_level: Level, producers_level: Level, rule: str) -> tuple[Person, ...]:
    """Who must have agreed: to a break of what consumers were promised every consumer of the old contract (a list
    that the change itself makes does not count), the owner where none is listed; to a risk, and to what only data
    and producers may break, the owner; a new owner accepts the office."""
    old, new = delta.old_trail[0].value, delta.new_trail[0].value
    if max(consumers_level, producers_level) < Level.RISK:
        return ()
    if consumers_level is Level.BREAK and (asked := consumers(delta.old_trail)):
        return tuple(asked)
    found = (owner(new) or owner(old)) if rule == "owner-changed" else (owner(old) or owner(new))
    return (found,) if found else ()
