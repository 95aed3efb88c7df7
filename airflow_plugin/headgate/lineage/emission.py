"""Lineage of a command, of Python code, or of dbt: what Airflow's provider does for tasks."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headgate import lineage

if TYPE_CHECKING:
    from openlineage.client import OpenLineageClient

    from headgate.lineage.facets import Facets

log = logging.getLogger(__name__)
_FILES = (Path("openlineage.yml"), Path.home() / ".openlineage" / "openlineage.yml")


@dataclass
class EmittedRun:
    """One run, as its code tells it.

    `found` are the facets of what was found, `on_error` those of a run that ends by an error instead; each is made only
    if it is sent. `failed` says whether what was found is a failure.
    """

    job: str
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    found: Callable[[], Facets] | None = None
    on_error: Callable[[], Facets] | None = None
    failed: bool = False


@contextmanager
def emitted(job: str, client: Callable[[], OpenLineageClient | None] | None = None) -> Iterator[EmittedRun]:
    """Send what became of a run to where OpenLineage is configured to send events, through the spool.

    Nothing is sent where it is not configured, and what fails here never fails the run.

    Args:
        job: its name; in the run of a parent (OPENLINEAGE_PARENT_ID) the parent's name stands before it.
        client: gives the client where several runs share one, and so its bound of time; by default each has its own.
    """
    run = EmittedRun(job)
    try:
        yield run
    except BaseException:
        _send(run, run.on_error, client or lineage.client, failed=True)
        raise
    _send(run, run.found, client or lineage.client, failed=run.failed)


def _send(
    run: EmittedRun,
    facets: Callable[[], Facets] | None,
    client: Callable[[], OpenLineageClient | None],
    *,
    failed: bool,
) -> None:
    if facets is None or not _may_be_configured(os.environ):
        return
    try:
        if (to := client()) is None:
            return
        for event in lineage.run_events(facets(), run.job, failed=failed, began=run.began):
            to.emit(event)
    except Exception as error:
        # A contract's words must not steer a terminal.
        said = (text if text.isprintable() else ascii(text) for text in (run.job, str(error)))
        log.warning("no lineage event of %s: %s", *said)


def _may_be_configured(environment: Mapping[str, Any]) -> bool:
    """Return whether it is worth loading the client, which takes longer than many a check."""
    named = any(name.startswith("OPENLINEAGE") or name == "AIRFLOW__OPENLINEAGE__TRANSPORT" for name in environment)
    return named or any(file.exists() for file in _FILES)
