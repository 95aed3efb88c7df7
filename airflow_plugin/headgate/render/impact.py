"""The blast radius in the forms for people: who is reached from whom, in words that all of them share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headgate.plural import counted

if TYPE_CHECKING:
    from headgate.lineage.blast_radius import Affected, Impact, Person
    from headgate.lineage.graph import Node

_COLUMNS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the tree: what is reached, at which depth, whether it is the last of its branch at each depth, and
    through which other datasets it is reached as well."""

    affected: Affected
    last: tuple[bool, ...]
    also: tuple[str, ...]


def tree(impact: Impact) -> Iterator[Branch]:
    """Yield what is reached as a tree: each once, below the first of those nearest to it."""
    children: dict[object, list[Affected]] = defaultdict(list)
    distances = {impact.start.name: 0} | {each.node.name: each.distance for each in impact.affected}
    for each in impact.affected:
        parents = [step.dataset for step in each.through if distances.get(step.dataset) == each.distance - 1]
        children[parents[0] if parents else impact.start.name].append(each)
    stack: list[tuple[Affected, tuple[bool, ...]]]
    stack = [(each, (index == 0,)) for index, each in enumerate(reversed(children[impact.start.name]))]
    while stack:
        each, last = stack.pop()
        others = dict.fromkeys(step.dataset for step in each.through if step.dataset in distances)
        yield Branch(each, last, tuple(name.name for name in list(others)[1:]))
        below = reversed(children[each.node.name])
        stack += [(child, (*last, index == 0)) for index, child in enumerate(below)]


def title(impact: Impact) -> str:
    """Return what was asked for: the dataset, with its column."""
    name = impact.start.name.name
    return f"{name}.{impact.column}" if impact.column else name


def about(node: Node) -> str:
    """Return what is known of a dataset in a line: contract, owner, where to ask, what a run did to it last."""
    said = [f"{node.contract} {node.version}".strip()] if node.contract else []
    said += [f"owner {', '.join(node.owners)}"] if node.owners else []
    said += [str(each) for each in node.support]
    if node.last and node.last.outcome:
        said.append(f"{node.last.outcome.replace('_', ' ')} {node.last.at:%Y-%m-%d %H:%M}")
    return " · ".join(said)


def columns(each: Affected) -> str:
    """Return the columns that are reached, as far as they are known."""
    if each.any_column:
        return "any column"
    shown = ", ".join(each.columns[:_COLUMNS_SHOWN])
    more = len(each.columns) - _COLUMNS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def name_of(node: Node) -> str:
    """Return the name of a node, with its kind where that is not a table."""
    return node.name.name if node.kind == "table" else f"{node.kind} {node.name.name.removeprefix('exposure.')}"


def sums(impact: Impact) -> str:
    """Return how much is reached, and how far it goes."""
    if not impact.affected:
        return "nothing, as far as lineage knows"
    kinds = [str(each.node.kind) for each in impact.affected]
    counts = [counted(kinds.count(kind), word) for kind, word in _KINDS.items() if kind in kinds]
    return f"{', '.join(counts)}, up to {counted(max(each.distance for each in impact.affected), 'step')} away"


_KINDS = {"table": "dataset", "exposure": "exposure", "job": "job"}


def person(who: Person) -> str:
    """Return somebody who is concerned: the role, the name, of what, and where to reach them."""
    of = ", ".join(dict.fromkeys(name.name for name in who.of))
    return " · ".join((f"{who.role} {who.name}: {of}", *who.contacts))


def direction(impact: Impact) -> str:
    return "depends on" if impact.upstream else "is read by"
