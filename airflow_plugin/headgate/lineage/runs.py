"""The OpenLineage events of one run: its start and its end, both with all that it read and wrote."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import job_type_job, parent_run
from openlineage.client.uuid import generate_new_uuid

from headgate.errors import ConfigurationError
from headgate.lineage.contract_facet import HOME
from headgate.lineage.facets import Facets


def run_events(
    facets: Facets,
    job: str,
    *,
    failed: bool,
    began: datetime,
    environment: Mapping[str, str] | None = None,
) -> tuple[RunEvent, RunEvent]:
    """Return the START event at `began`, an aware time, and the terminal event, now; `environment` names the job.

    The job's namespace is OPENLINEAGE_NAMESPACE, else "default". Below a parent (OPENLINEAGE_PARENT_ID and
    OPENLINEAGE_ROOT_PARENT_ID, each namespace/name/run id, as of dbt-ol) it is the parent's, and the name begins with
    the parent's.

    Raises:
        ConfigurationError: a parent is written otherwise.
    """
    environment = os.environ if environment is None else environment
    namespace, run_facets = environment.get("OPENLINEAGE_NAMESPACE", "default"), dict(facets.run)
    if parent := environment.get("OPENLINEAGE_PARENT_ID"):
        namespace, name, run_id = _parent(parent)
        root = _parent(environment.get("OPENLINEAGE_ROOT_PARENT_ID") or parent)
        run_facets["parent"] = parent_run.ParentRunFacet(
            parent_run.Run(run_id),
            parent_run.Job(namespace, name),
            root=parent_run.Root(parent_run.RootRun(root[2]), parent_run.RootJob(root[0], root[1])),
        )
        job = f"{name}.{job}"
    kind = job_type_job.JobTypeJobFacet(processingType="BATCH", integration="HEADGATE", jobType="JOB")
    run = generate_new_uuid()

    def event(state: RunState, at: datetime, inputs: list[InputDataset], outputs: list[OutputDataset]) -> Any:
        return RunEvent(
            eventType=state,
            eventTime=at.isoformat(),
            producer=HOME,
            run=Run(str(run), facets=run_facets),
            job=Job(namespace, job, facets={**facets.job, "jobType": kind}),
            inputs=inputs,
            outputs=outputs,
        )

    named = [InputDataset(one.namespace, one.name, facets=one.facets) for one in facets.inputs]
    written = [OutputDataset(one.namespace, one.name, facets=_static(one.facets)) for one in facets.outputs]
    end = RunState.FAIL if failed else RunState.COMPLETE
    return (
        event(RunState.START, began, named, written),
        event(end, datetime.now(UTC), facets.inputs, facets.outputs),
    )


def _static(facets: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the facets of an output without what is only true once it is written."""
    return {name: facet for name, facet in (facets or {}).items() if name != "dataQualityAssertions"}


def _parent(text: str) -> tuple[str, str, str]:
    parts = text.rsplit("/", 2)
    if len(parts) != 3 or not all(parts):
        raise ConfigurationError(f"'{text}' is not a valid parent run; expected NAMESPACE/JOB/RUN_ID")
    return parts[0], parts[1], parts[2]
