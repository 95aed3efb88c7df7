"""Who is concerned: OpenLineage datasets and facets of a report and an outcome, and the way of events to their server.

The OpenLineage client imports this by name, also in processes that know nothing else of headgate: names load when used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.lineage.backlog import Flushed, QueueStatus, flush, status
    from headgate.lineage.configuration import client
    from headgate.lineage.emission import emitted
    from headgate.lineage.facets import Facets, check_facets, gate_facets, planned_facets, publish_facets
    from headgate.lineage.runs import run_events
    from headgate.lineage.transport import SpoolTransport

_HOME = {
    "Facets": "facets",
    "Flushed": "backlog",
    "QueueStatus": "backlog",
    "SpoolTransport": "transport",
    "check_facets": "facets",
    "client": "configuration",
    "emitted": "emission",
    "flush": "backlog",
    "gate_facets": "facets",
    "planned_facets": "facets",
    "publish_facets": "facets",
    "run_events": "runs",
    "status": "backlog",
}
__all__ = [
    "Facets",
    "Flushed",
    "QueueStatus",
    "SpoolTransport",
    "check_facets",
    "client",
    "emitted",
    "flush",
    "gate_facets",
    "planned_facets",
    "publish_facets",
    "run_events",
    "status",
]


__getattr__ = lazily(__name__, {name: f"{__name__}.{file}:{name}" for name, file in _HOME.items()})
