"""What is read and written by what: datasets, jobs, columns, and what is known of each dataset."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from headgate.contract.consumers import Consumer
from headgate.naming import PlaceName


class Kind(StrEnum):
    """What a node is: data, or where lineage ends: an exposure of dbt, a job that reads and writes no data."""

    TABLE = "table"
    EXPOSURE = "exposure"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Support:
    """Where to ask: a channel, and its URL if it has one."""

    channel: str
    url: str = ""

    def __str__(self) -> str:
        return f"{self.channel} {self.url}".strip()


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that data broke: its key, what it says, what was found, its severity."""

    rule: str
    statement: str
    observed: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        said = self.statement or self.rule
        return f"{said}: {self.observed}" if self.observed else said


@dataclass(frozen=True, slots=True)
class Publication:
    """What a run did to a dataset, as its event says. Texts are empty, counts and times None, where it does not.

    Args:
        at: when it became visible: the time of the run's last event.
        started_at: the time of its first event.
        about: the time that the run is for: that of its data interval.
        job, run_id: of OpenLineage.
        outcome: of headgate: published, published_partly, kept_last_good, halted. Other writers say none.
        completed: whether the run ended well.
        inputs: what the run read.
    """

    at: datetime
    started_at: datetime
    about: datetime | None
    job: str
    run_id: str
    completed: bool
    inputs: tuple[PlaceName, ...] = ()
    outcome: str = ""
    contract: str = ""
    version: str = ""
    commit: str = ""
    url: str = ""
    verdict: str = ""
    policy: str = ""
    run_key: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    failed: tuple[Broken, ...] = ()
    stale_since: str = ""
    stale_reason: str = ""

    @property
    def serves(self) -> bool:
        """Whether readers have seen this run's data from then on."""
        return self.completed and self.outcome in ("", "published", "published_partly", "released")


@dataclass(frozen=True, slots=True)
class Node:
    """A dataset, an exposure or a job at the end, with what is known of it. `aliases` are its other names."""

    name: PlaceName
    kind: Kind = Kind.TABLE
    description: str = ""
    owners: tuple[str, ...] = ()
    support: tuple[Support, ...] = ()
    contract: str = ""
    version: str = ""
    commit: str = ""
    url: str = ""
    dataset: str = ""
    consumers: tuple[Consumer, ...] = ()
    columns: tuple[str, ...] = ()
    last: Publication | None = None
    aliases: tuple[PlaceName, ...] = ()

    @property
    def with_owners(self) -> str:
        """The name, and in brackets who owns it, where that is known."""
        owners = ", ".join(self.owners)
        return f"{self.name.name} ({owners})" if owners else self.name.name

    @property
    def short(self) -> str:
        """The last part of the name: a table without database and schema, a file without its folder."""
        return short_name(self.name.name)


@dataclass(frozen=True, slots=True)
class Job:
    """A job, and the names of what it reads and writes."""

    name: PlaceName
    inputs: frozenset[PlaceName]
    outputs: frozenset[PlaceName]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a dataset; the column is empty for the dataset as a whole."""

    dataset: PlaceName
    column: str = ""


# Stands for a column that nothing names: any of the dataset.
ANY = "*"
# For each column that is written, the columns that it is made from. Under the column "" stand those by which rows are
# chosen: every column depends on them.
ColumnLineage = Mapping[Field, frozenset[Field]]


@dataclass(frozen=True)
class Graph:
    """Lineage as a value: nodes by name, jobs, columns made from columns, and each dataset's publications by time."""

    nodes: Mapping[PlaceName, Node] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    columns: ColumnLineage = field(default_factory=dict)
    history: Mapping[PlaceName, tuple[Publication, ...]] = field(default_factory=dict)
    source: str = ""

    def node(self, name: PlaceName) -> Node:
        """Return what is known of a dataset: at least its name."""
        return self.nodes.get(name) or Node(name)

    def named(self, name: PlaceName) -> PlaceName:
        """Return the name under which the graph has a dataset: its own, or that of the dataset it is an alias of."""
        return next((node.name for node in self.nodes.values() if name in node.aliases), name)

    @functools.cached_property
    def readers(self) -> Mapping[PlaceName, tuple[Job, ...]]:
        """The jobs that read each dataset."""
        return _grouped((name, job) for job in self.jobs for name in job.inputs)

    @functools.cached_property
    def writers(self) -> Mapping[PlaceName, tuple[Job, ...]]:
        """The jobs that write each dataset."""
        return _grouped((name, job) for job in self.jobs for name in job.outputs)

    @functools.cached_property
    def made_from(self) -> Mapping[PlaceName, Mapping[PlaceName, Mapping[str, tuple[str, ...]]]]:
        """Written dataset, read dataset, written column: the read columns that it is made from."""
        found: dict[PlaceName, dict[PlaceName, dict[str, list[str]]]] = defaultdict(lambda: defaultdict(dict))
        for out, sources in self.columns.items():
            for source in sorted(sources, key=lambda each: (str(each.dataset), each.column)):
                found[out.dataset][source.dataset].setdefault(out.column, []).append(source.column)
        return {o: {i: {c: tuple(f) for c, f in cs.items()} for i, cs in each.items()} for o, each in found.items()}

    @functools.cached_property
    def known_columns(self) -> Mapping[PlaceName, tuple[str, ...]]:
        """The columns of each dataset that its schema or column lineage names."""
        found: dict[PlaceName, dict[str, None]] = defaultdict(dict)
        for node in self.nodes.values():
            found[node.name].update(dict.fromkeys(node.columns))
        for out, sources in self.columns.items():
            for each in (out, *sources):
                if each.column and each.column != ANY:
                    found[each.dataset][each.column] = None
        return {name: tuple(columns) for name, columns in found.items()}


def short_name(name: str) -> str:
    """Return the last part of a dataset's name: `customers` of `db.schema.customers`, `x.csv` of `/landing/x.csv`."""
    if "/" in name:
        return name.rstrip("/").rpartition("/")[2]
    return name.rpartition(".")[2]


def _grouped(pairs: Iterable[tuple[PlaceName, Any]]) -> dict[PlaceName, tuple[Any, ...]]:
    found: dict[PlaceName, list[Any]] = defaultdict(list)
    for name, item in pairs:
        found[name].append(item)
    return {name: tuple(items) for name, items in found.items()}
