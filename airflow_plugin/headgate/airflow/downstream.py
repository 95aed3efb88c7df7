"""Who reads a dataset that broke its contract, by the lineage that `[headgate] lineage` names."""

from __future__ import annotations

from logging import Logger
from typing import TYPE_CHECKING

from headgate.airflow import late
from headgate.airflow.config import setting
from headgate.airflow.timeout import call_with_timeout

if TYPE_CHECKING:
    from headgate.lineage import Impact
    from headgate.naming import PlaceName

# A breach waits for lineage no longer than this.
BUDGET_S = 2.0
_SHOWN = 20


def also_reads(name: PlaceName | None, log: Logger) -> list[str]:
    """Return the datasets, exposures and jobs downstream of a dataset, with their owners; none where no lineage is
    configured. What goes wrong is logged: an observer never breaks the observed."""
    source = setting("lineage")
    if not source or name is None:
        return []
    found: list[str] = []
    fault = call_with_timeout(
        lambda: found.extend(each.node.with_owners for each in _impact(source, name).affected), bound_s=BUDGET_S
    )
    if fault:
        log.warning("who else is affected is not known: [headgate] lineage: %s", fault)
    return [*found] if len(found) <= _SHOWN else [*found[:_SHOWN], f"and {len(found) - _SHOWN} more"]


def _impact(source: str, name: PlaceName) -> Impact:
    if late.is_url(source):
        graph = late.graph_from_marquez(source, str(name), timeout_s=BUDGET_S)
    else:
        graph = late.graph_from(source)
    return late.impact_of(graph, graph.named(name))
