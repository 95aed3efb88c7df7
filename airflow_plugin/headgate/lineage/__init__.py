"""Who is concerned: OpenLineage datasets and facets of a report and an outcome, the way of events to their server, and
what depends on a dataset.

from headgate.lineage import graph_from, impact

impact(graph_from("lineage.jsonl"), "customer_features.tenure").affected

The OpenLineage client imports this by name, also in processes that know nothing else of headgate: names load when used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.lineage.backlog import Flushed, QueueStatus, flush, status
    from headgate.lineage.blast_radius import Impact
    from headgate.lineage.configuration import client
    from headgate.lineage.emission import emitted
    from headgate.lineage.events import graph_from_events
    from headgate.lineage.facets import (
        Facets,
        check_facets,
        gate_facets,
        planned_facets,
        publish_facets,
        release_facets,
    )
    from headgate.lineage.graph import Graph
    from headgate.lineage.marquez import graph_from_marquez
    from headgate.lineage.runs import run_events
    from headgate.lineage.source import graph_from, impact, trace_back
    from headgate.lineage.transport import SpoolTransport

_HOMES = {
    "Facets": "facets",
    "Flushed": "backlog",
    "Graph": "graph",
    "Impact": "blast_radius",
    "QueueStatus": "backlog",
    "SpoolTransport": "transport",
    "check_facets": "facets",
    "client": "configuration",
    "emitted": "emission",
    "flush": "backlog",
    "gate_facets": "facets",
    "graph_from": "source",
    "graph_from_events": "events",
    "graph_from_marquez": "marquez",
    "impact": "source",
    "planned_facets": "facets",
    "publish_facets": "facets",
    "release_facets": "facets",
    "run_events": "runs",
    "status": "backlog",
    "trace_back": "source",
}
__all__ = [
    "Facets",
    "Flushed",
    "Graph",
    "Impact",
    "QueueStatus",
    "SpoolTransport",
    "check_facets",
    "client",
    "emitted",
    "flush",
    "gate_facets",
    "graph_from",
    "graph_from_events",
    "graph_from_marquez",
    "impact",
    "planned_facets",
    "publish_facets",
    "release_facets",
    "run_events",
    "status",
    "trace_back",
]


__getattr__ = lazily(__name__, {name: f"{__name__}.{home}:{name}" for name, home in _HOMES.items()})
