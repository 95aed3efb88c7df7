"""What a run read and wrote, as OpenLineage datasets with their facets: said where Marquez shows it.

Assertions of what was audited stand on the input, which has them also when the run fails; those of what was published
stand among the facets of the output, for `outputFacets` are not shown on a dataset. An output that was not written
keeps its version, and so its assertions: a run that fails changes its description alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    base_subset_dataset,
    column_lineage_dataset,
    dataset_version_dataset,
    datasource_dataset,
    documentation_dataset,
    documentation_job,
    output_statistics_output_dataset,
    ownership_dataset,
    schema_dataset,
    source_code_location_job,
    symlinks_dataset,
)

from headgate.contract import Dataset
from headgate.gate import Outcome, ReleaseResult
from headgate.gate import Status as OutcomeStatus
from headgate.lineage import words
from headgate.lineage.account import Account
from headgate.lineage.assertions import assertions, last_good, tests
from headgate.lineage.clean import clean
from headgate.lineage.contract_facet import Role, contract_facet, outcome_facet
from headgate.naming import PlaceName
from headgate.places import Place, Target
from headgate.report import Report, Run
from headgate.report.serial import place_from


@dataclass(frozen=True, slots=True)
class Facets:
    """What a run read and wrote, and facets of the run and of its job, for OpenLineage events."""

    inputs: list[InputDataset] = field(default_factory=list)
    outputs: list[OutputDataset] = field(default_factory=list)
    run: dict[str, Any] = field(default_factory=dict)
    job: dict[str, Any] = field(default_factory=dict)


def check_facets(
    report: Report, place: Place, dataset: Dataset, *, policy: str = "", link: str = "", name: PlaceName | None = None
) -> Facets:
    """Return the facets of a check: the data is an input; nothing is written.

    Args:
        policy: what would have been done about a breach, in words.
        link: the address of the contract, where people read it.
        name: what lineage calls the data, if that is not the place's own name: one for the files of all days.
    """
    source = name or place.lineage
    data = str(place) if name and name != place.lineage else ""
    return facets_of(Account(dataset, report.run, source, report=report, policy=policy, link=link, data=data))


def gate_facets(
    report: Report, name: PlaceName, dataset: Dataset, gate: OutcomeStatus | None, *, policy: str = ""
) -> Facets:
    """Return the facets of a table that another program wrote and checked, as dbt does: an input.

    Where its `gate` did not publish all rows, the report is not of what the table serves: it has no assertions then,
    and loses those of dbt-ol, which shows a test that was skipped as a failed one.
    """
    return facets_of(Account(dataset, report.run, name, report=report, gate=gate, policy=policy))


def publish_facets(outcome: Outcome, dataset: Dataset, *, link: str = "", name: PlaceName | None = None) -> Facets:
    """Return the facets of a publish: the source is the audited input; target and quarantine are outputs.

    A target that was not written is named all the same: a failed run keeps its place in the graph. `link` and `name`
    (of the source) are as of `check_facets`.
    """
    own = outcome.source.lineage
    account = Account(
        dataset,
        outcome.report.run,
        source=name or own,
        target=outcome.target.lineage,
        quarantine=outcome.quarantine.lineage if outcome.quarantine else None,
        report=outcome.report,
        outcome=outcome,
        policy=str(outcome.policy),
        link=link,
        data=str(outcome.source) if name and name != own else "",
    )
    return facets_of(account)


def planned_facets(
    dataset: Dataset,
    run: Run,
    source: PlaceName | None,
    target: PlaceName | None = None,
    *,
    link: str = "",
    failed: bool = False,
) -> Facets:
    """Return the facets of a run that has not audited anything yet, or `failed` before it did."""
    return facets_of(Account(dataset, run, source, target, link=link, failed=failed))


def release_facets(
    dataset: Dataset,
    run: Run,
    target: Target,
    released: ReleaseResult | None = None,
    *,
    link: str = "",
    failed: bool = False,
) -> Facets:
    """Return the facets of a release: the quarantine is the input, the target the output.

    A run that releases nothing, since nothing was quarantined or it was released before, does not name the target: that
    would be a new version of it, without assertions. `failed` is as of `planned_facets`.
    """
    released = None if released and released.before else released
    report = released.report if released else None
    own, place = target.quarantine.lineage, target.lineage
    account = Account(dataset, run, own, place, report=report, released=released, link=link, failed=failed)
    outputs = [_target(account, place)] if place and (released or failed) else []
    about = facets_of(replace(account, target=None))
    return replace(about, inputs=[_released_from(account, own)] if own else [], outputs=outputs)


def facets_of(account: Account) -> Facets:
    """Return the facets of whatever is known of a run."""
    inputs = [_source(account, account.source)] if account.source else []
    inputs += _counterparts(account)
    outputs = [_target(account, account.target)] if account.target else []
    if account.quarantine:
        outputs.append(_quarantine(account, account.quarantine))
    run = {} if account.report is None else {"test": tests(account.report), "headgate_outcome": outcome_facet(account)}
    job: dict[str, Any] = {"documentation": documentation_job.DocumentationJobFacet(clean(words.job_line(account)))}
    if account.link:
        job["sourceCodeLocation"] = source_code_location_job.SourceCodeLocationJobFacet("git", account.link)
    return Facets(inputs, outputs, run, job)


def _source(account: Account, named: PlaceName) -> InputDataset:
    facets = _common(account, named, "source", _columns(account), words.source_line(account))
    of_input: dict[str, Any] = {}
    if account.report is not None:
        # Of another gate's rows that are not served: no assertion about what is, in place of those of the tests.
        is_served = account.gate in (None, OutcomeStatus.PUBLISHED)
        results = account.report.results if is_served else ()
        of_input["dataQualityAssertions"] = assertions(results)
    if account.data:
        where = base_subset_dataset.LocationSubsetCondition(locations=[clean(account.data)])
        of_input["subset"] = base_subset_dataset.InputSubsetInputDatasetFacet(inputCondition=where)
    safe = named.safe
    return InputDataset(safe.namespace, safe.name, facets=facets, inputFacets=of_input)


def _counterparts(account: Account) -> list[InputDataset]:
    """Return the datasets that this one was compared with: inputs of the run, of which it says nothing else."""
    results = account.report.results if account.report else ()
    places = dict.fromkeys(place_from(result.reconciled.get("place")) for result in results)
    named = [place.safe for place in places if place is not None and place != account.source]
    return [InputDataset(safe.namespace, safe.name) for safe in named]


def _released_from(account: Account, named: PlaceName) -> InputDataset:
    safe = named.safe
    facets = _common(account, named, "quarantine", {}, words.quarantine_line(account))
    return InputDataset(safe.namespace, safe.name, facets=facets)


def _target(account: Account, named: PlaceName) -> OutputDataset:
    columns, outcome = _columns(account), account.outcome
    facets = _common(account, named, "target", columns, words.target_line(account)) | _lineage(account, columns)
    results = account.published_results
    if results is not None:
        facets["dataQualityAssertions"] = assertions(results)
    elif outcome is not None and outcome.status is OutcomeStatus.KEPT_LAST_GOOD:
        facets["dataQualityAssertions"] = last_good(outcome, account.dataset)
    if version := account.served_version:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(clean(version))
    return _output(named, facets, account.rows_published)


def _quarantine(account: Account, named: PlaceName) -> OutputDataset:
    assert account.outcome is not None
    columns = _columns(account)
    whole = {**columns, **account.outcome.quarantine_columns}
    facets = _common(account, named, "quarantine", whole, words.quarantine_line(account)) | _lineage(account, columns)
    return _output(named, facets, account.outcome.rows_set_aside)


def _output(named: PlaceName, facets: dict[str, Any], rows: int | None) -> OutputDataset:
    statistics: dict[str, Any] = {}
    if rows is not None:
        counted = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=rows)
        statistics["outputStatistics"] = counted
    safe = named.safe
    return OutputDataset(safe.namespace, safe.name, facets=facets, outputFacets=statistics)


def _columns(account: Account) -> dict[str, str]:
    """Return the columns that were found, with their types in the words of the platform.

    Those that the contract promises are no substitute: a type that is spelled otherwise is another column in Marquez.
    """
    return {column.name: column.type for column in account.report.columns} if account.report else {}


def _common(account: Account, named: PlaceName, role: Role, columns: Mapping[str, str], line: str) -> dict[str, Any]:
    dataset = account.dataset
    about = {p.column: p.description for p in dataset.properties}
    fields = [
        schema_dataset.SchemaDatasetFacetFields(
            name=clean(name), type=clean(kind) or None, description=clean(about.get(name, "")) or None
        )
        for name, kind in columns.items()
    ]
    own = "" if role == "quarantine" else dataset.description
    safe = named.safe
    facets: dict[str, Any] = {
        "documentation": documentation_dataset.DocumentationDatasetFacet(clean(words.described(own, line))),
        "dataSource": datasource_dataset.DatasourceDatasetFacet(name=safe.namespace, uri=safe.source_uri),
        "headgate_contract": contract_facet(account, role),
    }
    if fields:
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields)
    if dataset.contract.owner:
        owner = ownership_dataset.Owner(name=clean(dataset.contract.owner), type="DATA_OWNER")
        facets["ownership"] = ownership_dataset.OwnershipDatasetFacet(owners=[owner])
    if also := [other.safe for other in named.also if other.safe != safe]:
        names = [symlinks_dataset.Identifier(other.namespace, other.name, "TABLE") for other in also]
        facets["symlinks"] = symlinks_dataset.SymlinksDatasetFacet(identifiers=names)
    return facets


def _lineage(account: Account, columns: Collection[str]) -> dict[str, Any]:
    """Each column comes from the source's of the same name, as it is."""
    if account.source is None or not columns:
        return {}
    safe = account.source.safe
    identity = column_lineage_dataset.Transformation("DIRECT", subtype="IDENTITY", masking=False)

    def read(name: str) -> Any:
        return column_lineage_dataset.InputField(safe.namespace, safe.name, name, transformations=[identity])

    fields = {
        name: column_lineage_dataset.Fields(
            inputFields=[read(name)], transformationDescription="as it is", transformationType="IDENTITY"
        )
        for name in map(clean, columns)
    }
    return {"columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields)}
