"""OpenLineage events by hand."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import documentation_dataset

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


def event(
    job: str,
    seconds: float = 0,
    kind: str = "COMPLETE",
    inputs: tuple[str, ...] = (),
    outputs: tuple[str, ...] = (),
    run: str = "",
    said: str = "",
) -> RunEvent:
    """Of that many seconds after 2 March 2026."""
    about: dict[str, Any] = {}
    if said:
        about["documentation"] = documentation_dataset.DocumentationDatasetFacet(description=said)
    return RunEvent(
        eventTime=(BEGIN + timedelta(seconds=seconds)).isoformat(),
        eventType=RunState[kind],
        run=Run(run or str(uuid.uuid4())),
        job=Job("tests", job),
        inputs=[InputDataset("tests", name, facets=dict(about)) for name in inputs],
        outputs=[OutputDataset("tests", name, facets=dict(about)) for name in outputs],
        producer="https://example.com/tests",
    )
