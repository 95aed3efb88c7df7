"""Where lineage is read from: a file or folder of events, or a Marquez server."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from headgate.lineage.blast_radius import Impact, impact_of
from headgate.lineage.events import events_in, graph_from_events
from headgate.lineage.find import find
from headgate.lineage.graph import Graph
from headgate.lineage.trace import Trace, trace


def is_url(source: str) -> bool:
    """Return whether a source of lineage is the address of a server."""
    return urlsplit(source).scheme in ("http", "https")


def graph_from(events: str | Path) -> Graph:
    """Return the graph of the OpenLineage events in a file (JSON lines), or in the files of a folder.

    Raises:
        DataNotFoundError: the path does not exist.
        CallError: a line is no event.
    """
    return graph_from_events(events_in(Path(events)), str(events))


def impact(graph: Graph, dataset: str, *, upstream: bool = False, depth: int | None = None) -> Impact:
    """Return everything downstream of DATASET or DATASET.COLUMN, with distance, owners and consumers.

    Args:
        graph: of `graph_from`, `graph_from_marquez` or `headgate.dbt.lineage.graph_of`.
        upstream: what it depends on, instead.
        depth: the greatest distance, in jobs; None is all.

    Raises:
        CallError: no dataset, or several, have the name; the dataset has no such column.
    """
    name, column = find(graph, dataset)
    return impact_of(graph, name, column, upstream=upstream, depth=depth)


def trace_back(graph: Graph, dataset: str, at: datetime, *, nominal: bool = False) -> Trace:
    """Return which publication of a dataset served at a moment (aware), and which of its inputs.

    Args:
        nominal: `at` is a time of data intervals, not of the clock.

    Raises:
        CallError: no dataset, or several, have the name; the graph has no events.
    """
    return trace(graph, find(graph, dataset)[0], at, nominal=nominal)
