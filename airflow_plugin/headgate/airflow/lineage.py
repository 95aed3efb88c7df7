"""What a task says to Airflow's OpenLineage provider: what it reads and writes, and what became of it.

The provider asks on start, on completion and on failure, and catches what fails here: lineage never breaks a task.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headgate.airflow import late
from headgate.errors import HeadgateError

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.lineage import Facets
    from headgate.naming import PlaceName
    from headgate.places import Place


@dataclass(frozen=True)
class Plan:
    """What a task is going to read and to write, as its parameters say."""

    dataset: Dataset
    source: PlaceName | None
    target: PlaceName | None = None


def planned(plan: Callable[[], Plan | None], run: Any, link: Callable[[Dataset], str], *, failed: bool) -> Any:
    """Return inputs and outputs of a task that has not audited anything; empty if its parameters do not tell them, as
    where the contract is wrong."""
    try:
        known = plan()
    except HeadgateError:
        known = None
    if known is None:
        return late.OperatorLineage()
    facets = late.planned_facets(
        known.dataset, run, known.source, known.target, link=link(known.dataset), failed=failed
    )
    return told(facets)


def told(facets: Facets) -> Any:
    """Return the facets as the provider wants them."""
    return late.OperatorLineage(
        inputs=facets.inputs, outputs=facets.outputs, run_facets=facets.run, job_facets=facets.job
    )


def name_of(place: Place, written: Any, folder: str) -> PlaceName | None:
    """Return what lineage calls `place`: of a file whose path was `written` as a template, the name of the files of all
    runs."""
    own = place.lineage
    if own is None or own.segments or not isinstance(written, str) or "{" not in written:
        return own
    path = late.without_templates(written)
    if path is None:
        return own
    return late.files(path if "://" in path else str(Path(folder) / path))
