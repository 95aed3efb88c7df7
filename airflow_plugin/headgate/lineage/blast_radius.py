"""What depends on a dataset or a column, and what it depends on: pure functions of a graph.

Where column lineage is known between two datasets, only the columns made from an affected one are affected; where it
is not, the whole dataset is, and says so.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from headgate.contract.consumers import Consumer
from headgate.errors import CallError
from headgate.lineage.graph import ANY, Field, Graph, Job, Kind, Node
from headgate.naming import PlaceName


@dataclass(frozen=True, slots=True)
class Step:
    """How lineage leads to a dataset: from which one, by which job."""

    dataset: PlaceName
    job: str


@dataclass(frozen=True, slots=True)
class Affected:
    """A dataset, exposure or job that is reached.

    `distance` is the smallest number of jobs between; `columns` are those that are reached by column lineage;
    `any_column` says that any column may be concerned: column lineage is not known on the way, or chooses rows by it.
    """

    node: Node
    distance: int
    columns: tuple[str, ...]
    any_column: bool
    through: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        node = self.node
        told = {
            "namespace": node.name.namespace,
            "name": node.name.name,
            "kind": str(node.kind),
            "distance": self.distance,
            "columns": list(self.columns),
            "any_column": self.any_column,
            "through": [{"namespace": s.dataset.namespace, "name": s.dataset.name, "job": s.job} for s in self.through],
        }
        return told | knowledge(node)


def knowledge(node: Node) -> dict[str, Any]:
    """Return what is known of a dataset, as JSON has it."""
    last = node.last
    told: dict[str, Any] = {
        "description": node.description or None,
        "owners": list(node.owners),
        "support": [{"channel": s.channel, "url": s.url} for s in node.support],
        "contract": node.contract or None,
        "version": node.version or None,
        "consumers": [consumer.to_dict() for consumer in node.consumers],
    }
    if last:
        told["last"] = {"at": last.at.isoformat(), "verdict": last.verdict or None, "outcome": last.outcome or None}
    return told


@dataclass(frozen=True, slots=True)
class Person:
    """Who is concerned, as `role` (owner or consumer), and where to reach them; `of` are the datasets."""

    name: str
    role: str
    contacts: tuple[str, ...]
    of: tuple[PlaceName, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """The answer: from where, in which direction, and what is reached, by distance and name."""

    start: Node
    column: str
    upstream: bool
    affected: tuple[Affected, ...]
    source: str = ""

    @property
    def people(self) -> tuple[Person, ...]:
        """Owners of what is reached, and consumers, of the start as well; downstream a consumer who says what it reads
        counts where that is reached."""
        found: dict[tuple[str, str], tuple[dict[str, None], dict[PlaceName, None]]] = {}
        for node, columns in self._nodes():
            for owner in node.owners:
                _add(found, owner, "owner", map(str, node.support), node.name)
            for consumer in node.consumers:
                if _reads(consumer, columns):
                    _add(found, consumer.name, "consumer", filter(None, (consumer.contact,)), node.name)
        return tuple(Person(name, role, tuple(to), tuple(of)) for (name, role), (to, of) in found.items())

    def _nodes(self) -> Iterator[tuple[Node, tuple[str, ...] | None]]:
        """Each node, and the columns of it that are concerned; None: any."""
        yield self.start, (self.column,) if self.column else None
        for each in self.affected:
            yield each.node, None if each.any_column or not self.column else each.columns

    def to_dict(self) -> dict[str, Any]:
        return {
            "dataset": {"namespace": self.start.name.namespace, "name": self.start.name.name},
            "column": self.column or None,
            "direction": "upstream" if self.upstream else "downstream",
            "source": self.source or None,
            **knowledge(self.start),
            "affected": [each.to_dict() for each in self.affected],
            "people": [
                {"name": p.name, "role": p.role, "contacts": list(p.contacts), "of": [str(name) for name in p.of]}
                for p in self.people
            ],
        }


def _add(found: Any, name: str, role: str, contacts: Iterable[str], of: PlaceName) -> None:
    known, datasets = found.setdefault((name, role), ({}, {}))
    known.update(dict.fromkeys(contacts))
    datasets[of] = None


def _reads(consumer: Consumer, columns: tuple[str, ...] | None) -> bool:
    return columns is None or any(map(consumer.may_read, columns))


def impact_of(
    graph: Graph, name: PlaceName, column: str = "", *, upstream: bool = False, depth: int | None = None
) -> Impact:
    """Return everything downstream (or upstream) of a dataset, or of one of its columns.

    Args:
        depth: the greatest distance, in jobs; None is all.

    Raises:
        CallError: the dataset has a schema without such a column.
    """
    columns = graph.known_columns.get(name, ())
    if column and columns:
        # Without a schema, lineage may name only some of them.
        column = _spelled(column, columns, name, complete=bool(graph.node(name).columns))
    # A dataset without a column is followed as a whole; its columns are, to show what is made from them.
    start = [Field(name, column)] if column else [Field(name), *(Field(name, each) for each in columns)]
    step = _upstream if upstream else _downstream
    distances, through = _walk(graph, start, step, depth)
    reached: dict[PlaceName, list[Field]] = defaultdict(list)
    for each in distances:
        reached[each.dataset].append(each)
    affected = []
    for place, fields in reached.items():
        if place == name:
            continue
        found = tuple(sorted(each.column for each in fields if each.column))
        unknown = any(not each.column for each in fields) and bool(column or not found)
        affected.append(
            Affected(
                graph.node(place),
                min(distances[each] for each in fields),
                found,
                unknown and graph.node(place).kind is Kind.TABLE,
                tuple(sorted(through[place], key=lambda s: (str(s.dataset), s.job))),
            )
        )
    affected.sort(key=lambda each: (each.distance, str(each.node.name)))
    return Impact(graph.node(name), column, upstream, tuple(affected), graph.source)


def _spelled(column: str, columns: tuple[str, ...], name: PlaceName, *, complete: bool) -> str:
    """Return a column as the dataset spells it; case does not count where that is not ambiguous."""
    if column in columns:
        return column
    same = [each for each in columns if each.lower() == column.lower()]
    if len(same) == 1:
        return same[0]
    if not complete:
        return column
    raise CallError(f"{name.name} has no column '{column}'; its columns are {', '.join(sorted(columns))}")


# From a column: the columns one job away, and that job.
_Steps = Callable[[Graph, Field], Iterator[tuple[Field, Job]]]


def _walk(
    graph: Graph, start: list[Field], step: _Steps, depth: int | None
) -> tuple[dict[Field, int], dict[PlaceName, set[Step]]]:
    distances = dict.fromkeys(start, 0)
    through: dict[PlaceName, set[Step]] = defaultdict(set)
    queue = deque(start)
    while queue:
        here = queue.popleft()
        if depth is not None and distances[here] >= depth:
            continue
        for there, job in step(graph, here):
            if there.dataset != here.dataset:
                through[there.dataset].add(Step(here.dataset, job.name.name))
            if there not in distances:
                distances[there] = distances[here] + 1
                queue.append(there)
    return distances, through


def _downstream(graph: Graph, here: Field) -> Iterator[tuple[Field, Job]]:
    for job in graph.readers.get(here.dataset, ()):
        for out in job.outputs:
            known = graph.made_from.get(out, {}).get(here.dataset)
            if not here.column or known is None:
                yield Field(out), job
                continue
            for column, sources in known.items():
                if here.column in sources or ANY in sources:
                    # What chooses rows concerns the whole.
                    yield Field(out, column), job


def _upstream(graph: Graph, here: Field) -> Iterator[tuple[Field, Job]]:
    for job in graph.writers.get(here.dataset, ()):
        for source in job.inputs:
            known = graph.made_from.get(here.dataset, {}).get(source)
            if not here.column or known is None:
                yield Field(source), job
                continue
            for column in dict.fromkeys((*known.get(here.column, ()), *known.get("", ()))):
                yield Field(source, "" if column == ANY else column), job
