"""A report as OpenLineage datasets: schema, and dataQualityAssertions on the input that was audited.

Assertions stand on an input because that is where both the run and the dataset show them, also when the run fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    data_quality_assertions_dataset,
    documentation_dataset,
    output_statistics_output_dataset,
    ownership_dataset,
    schema_dataset,
    test_run,
)
from openlineage.client.generated.base import RunFacet

from headgate.checks import Column
from headgate.contract import Dataset
from headgate.gate import Outcome
from headgate.naming import PlaceName
from headgate.places import Place
from headgate.places.ledger import comment_of
from headgate.report import CheckResult, Report, Status

# A namespace with any other character is accepted by Marquez and breaks it for good.
_LEGAL_NAMESPACE = re.compile(r"[a-zA-Z:;=/0-9_\-.@+]+\Z")


@dataclass(frozen=True, slots=True)
class Facets:
    """What a run read and wrote, for its OpenLineage events."""

    inputs: list[InputDataset] = field(default_factory=list)
    outputs: list[OutputDataset] = field(default_factory=list)
    run: dict[str, Any] = field(default_factory=dict)


def check_facets(report: Report, place: Place, dataset: Dataset) -> Facets:
    """Of a check: the data is an input; nothing is written."""
    named = _named(place)
    if named is None:
        return Facets(run=_run_facets(report))
    return Facets([_audited(report, named, dataset)], [], _run_facets(report))


def publish_facets(outcome: Outcome, dataset: Dataset) -> Facets:
    """Of a publish: the source is the audited input; target and quarantine are outputs of what was written."""
    report = outcome.report
    source, target = _named(outcome.source), _named(outcome.target)
    inputs = [_audited(report, source, dataset)] if source else []
    outputs = []
    if target:
        # A target that was not written is named all the same: a failed run keeps its place in the graph.
        rows = outcome.rows_published if outcome.published else None
        stale = outcome.served.stale if outcome.served else None
        outputs.append(_written(target, report.columns, rows, dataset, comment_of(dataset.description, stale)))
    if outcome.quarantine and (quarantine := _named(outcome.quarantine)):
        outputs.append(_written(quarantine, report.columns, outcome.rows_set_aside, dataset, dataset.description))
    return Facets(inputs, outputs, _run_facets(report) | {"headgate_outcome": _outcome(outcome)})


def _outcome(outcome: Outcome) -> RunFacet:
    """What happened, in the words of the log; of the facets that OpenLineage names none says it."""
    told = outcome.to_dict()
    served = told["served"] or {}
    return RunFacet().with_additional_properties(
        outcome=told["outcome"],
        summary=_clean(told["summary"]),
        policy=told["policy"],
        runKey=_clean(outcome.report.run.key),
        staleSince=served.get("stale_since"),
    )


def _named(place: Place) -> PlaceName | None:
    named = place.lineage
    return named if named and _LEGAL_NAMESPACE.match(named.namespace) else None


def _audited(report: Report, named: PlaceName, dataset: Dataset) -> InputDataset:
    assertions = [_assertion(r) for r in report.results if r.status in (Status.PASSED, Status.FAILED, Status.ERRORED)]
    facet = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(assertions=assertions)
    return InputDataset(
        named.namespace,
        named.name,
        facets=_dataset_facets(report.columns, dataset, dataset.description),
        inputFacets={"dataQualityAssertions": facet},
    )


def _written(
    named: PlaceName, columns: tuple[Column, ...], rows: int | None, dataset: Dataset, said: str | None
) -> OutputDataset:
    statistics = {}
    if rows is not None:
        statistics["outputStatistics"] = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
            rowCount=rows
        )
    return OutputDataset(
        named.namespace, named.name, facets=_dataset_facets(columns, dataset, said), outputFacets=statistics
    )


def _dataset_facets(columns: tuple[Column, ...], dataset: Dataset, said: str | None) -> dict[str, Any]:
    described = {p.column: p.description for p in dataset.properties}
    fields = [
        schema_dataset.SchemaDatasetFacetFields(
            name=_clean(c.name), type=c.type, description=described.get(c.name) or None
        )
        for c in columns
    ]
    facets: dict[str, Any] = {"schema": schema_dataset.SchemaDatasetFacet(fields=fields)}
    if said:
        facets["documentation"] = documentation_dataset.DocumentationDatasetFacet(description=said)
    if dataset.contract.owner:
        owner = ownership_dataset.Owner(name=dataset.contract.owner, type="DATA_OWNER")
        facets["ownership"] = ownership_dataset.OwnershipDatasetFacet(owners=[owner])
    return facets


def _assertion(result: CheckResult) -> data_quality_assertions_dataset.Assertion:
    """One check. The UI shows `assertion` and `column` alone and keys on both: the check's key tells them apart."""
    return data_quality_assertions_dataset.Assertion(
        assertion=_clean(f"{result.type}: {result.key}"),
        success=result.status is Status.PASSED,
        column=_clean(result.columns[0]) if len(result.columns) == 1 else None,
        severity="error" if result.severity == "error" else "warn",
        name=_clean(result.key),
        description=_clean(result.statement),
        expected=result.expected or None,
        actual=_clean(result.reason or result.observed) or None,
    )


def _run_facets(report: Report) -> dict[str, Any]:
    """The same as a run facet, where a check that was not executed has a place too (status skip)."""
    status = {Status.PASSED: "pass", Status.NOT_EXECUTED: "skip"}
    tests = [
        test_run.TestExecution(
            name=_clean(r.key),
            status=status.get(r.status, "fail"),
            severity="error" if r.severity == "error" else "warn",
            type=r.type or "not_executed",
            description=_clean(r.statement),
            expected=r.expected or None,
            actual=_clean(r.reason or r.observed) or None,
        )
        for r in report.results
    ]
    return {"test": test_run.TestRunFacet(tests=tests)}


def _clean(text: str) -> str:
    """Without NUL, which Marquez cannot store."""
    return text.replace("\0", "")
