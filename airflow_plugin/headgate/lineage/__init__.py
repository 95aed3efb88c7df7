"""Who is concerned: OpenLineage datasets and facets of a report and an outcome; what depends on a dataset.

from headgate.lineage import graph_from, impact

impact(graph_from("lineage.jsonl"), "customer_features.tenure").affected
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.lineage.blast_radius import Impact
    from headgate.lineage.events import graph_from_events
    from headgate.lineage.facets import Facets, check_facets, publish_facets
    from headgate.lineage.graph import Graph
    from headgate.lineage.marquez import graph_from_marquez
    from headgate.lineage.source import graph_from, impact, trace_back

_HOMES = {
    "Facets": "facets",
    "Graph": "graph",
    "Impact": "blast_radius",
    "check_facets": "facets",
    "graph_from": "source",
    "graph_from_events": "events",
    "graph_from_marquez": "marquez",
    "impact": "source",
    "publish_facets": "facets",
    "trace_back": "source",
}
__all__ = [
    "Facets",
    "Graph",
    "Impact",
    "check_facets",
    "graph_from",
    "graph_from_events",
    "graph_from_marquez",
    "impact",
    "publish_facets",
    "trace_back",
]

__getattr__ = lazily(__name__, {name: f"headgate.lineage.{home}:{name}" for name, home in _HOMES.items()})
