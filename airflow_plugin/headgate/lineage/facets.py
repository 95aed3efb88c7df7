"""What a run read and wrote, as OpenLineage datasets with their facets: said where Marquez shows it.

Assertions of what was audited stand on the input, which has them also when the run fails; those of what was published
stand among the facets of the output, for `outputFacets` are not shown on a dataset. An output that was not written
keeps its version, and so its assertions: a run that fails changes its description alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    base_subset_dataset,
    column_lineage_dataset,
    data_quality_assertions_dataset,
    dataset_version_dataset,
    datasource_dataset,
    documentation_dataset,
    documentation_job,
    output_statistics_output_dataset,
    ownership_dataset,
    schema_dataset,
    source_code_location_job,
    symlinks_dataset,
    test_run,
)

from headgate.contract import Dataset
from headgate.gate import Outcome
from headgate.gate import Status as OutcomeStatus
from headgate.lineage import words
from headgate.lineage.account import Account
from headgate.lineage.clean import clean
from headgate.lineage.contract_facet import Role, contract_facet, outcome_facet
from headgate.naming import PlaceName
from headgate.places import Place
from headgate.report import CheckResult, Report, Run, Status

Assertions = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet


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


def facets_of(account: Account) -> Facets:
    """Return the facets of whatever is known of a run."""
    inputs = [_source(account, account.source)] if account.source else []
    outputs = [_target(account, account.target)] if account.target else []
    if account.quarantine:
        outputs.append(_quarantine(account, account.quarantine))
    run = {} if account.report is None else {"test": _tests(account.report), "headgate_outcome": outcome_facet(account)}
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
        of_input["dataQualityAssertions"] = Assertions(assertions=_assertions(results))
    if account.data:
        where = base_subset_dataset.LocationSubsetCondition(locations=[clean(account.data)])
        of_input["subset"] = base_subset_dataset.InputSubsetInputDatasetFacet(inputCondition=where)
    safe = named.safe
    return InputDataset(safe.namespace, safe.name, facets=facets, inputFacets=of_input)


def _target(account: Account, named: PlaceName) -> OutputDataset:
    columns, outcome = _columns(account), account.outcome
    facets = _common(account, named, "target", columns, words.target_line(account)) | _lineage(account, columns)
    results = account.published_results
    if results is not None:
        facets["dataQualityAssertions"] = Assertions(assertions=_assertions(results))
    elif outcome is not None and outcome.status is OutcomeStatus.KEPT_LAST_GOOD:
        facets["dataQualityAssertions"] = Assertions(assertions=_last_good(outcome, account.dataset))
    if version := account.served_version:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(clean(version))
    return _output(named, facets, outcome.rows_published if outcome and outcome.published else None)


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


def _assertions(results: Iterable[CheckResult]) -> list[Any]:
    """Return one assertion for each check that was executed. Marquez shows (column, assertion) alone, and as one row
    what has the same two: a label that is there twice gets the check's key."""
    known: set[tuple[str | None, str]] = set()
    found = []
    for result in results:
        if result.status is Status.NOT_EXECUTED:
            continue
        column = clean(result.columns[0]) if len(result.columns) == 1 else None
        label = clean(words.label(result))
        label = label if (column, label) not in known else f"{label} [{clean(result.key)}]"
        known.add((column, label))
        found.append(
            data_quality_assertions_dataset.Assertion(
                assertion=label,
                success=result.status is Status.PASSED,
                column=column,
                severity="error" if result.severity == "error" else "warn",
                name=clean(result.key),
                description=clean(result.statement),
                expected=result.expected or None,
                actual=clean(result.reason or result.observed) or None,
            )
        )
    return found


def _last_good(outcome: Outcome, dataset: Dataset) -> list[Any]:
    """Return what is known to hold of the version that the target still serves.

    It passed the error-level rules of its contract's version; if that is the version of today, each is listed.
    """
    served = outcome.served
    assert served is not None
    said = f"passed the audit of version {served.contract_version} of its contract when {served.run_key} published it"
    if served.verdict in ("pass", "warn") or served.outcome == OutcomeStatus.PUBLISHED_PARTLY:
        if served.contract_version == dataset.contract.version:
            kept = (r for r in outcome.report.results if r.severity == "error" and r.status is not Status.NOT_EXECUTED)
            return [
                data_quality_assertions_dataset.Assertion(
                    assertion=clean(result.statement),
                    success=True,
                    column=clean(result.columns[0]) if len(result.columns) == 1 else None,
                    severity="error",
                    name=clean(result.key),
                    description=clean(said),
                )
                for result in kept
            ]
        return [data_quality_assertions_dataset.Assertion(assertion=clean(said), success=True, severity="error")]
    said = f"{served.run_key} published it in spite of the verdict {served.verdict}"
    return [data_quality_assertions_dataset.Assertion(assertion=clean(said), success=False, severity="error")]


def _tests(report: Report) -> Any:
    """Return all checks as a facet of the run, where one that was not executed has a place too (status skip)."""
    status = {Status.PASSED: "pass", Status.NOT_EXECUTED: "skip"}
    tests = [
        test_run.TestExecution(
            name=clean(r.key),
            status=status.get(r.status, "fail"),
            severity="error" if r.severity == "error" else "warn",
            type=r.type or "not_executed",
            description=clean(r.statement),
            expected=r.expected or None,
            actual=clean(r.reason or r.observed) or None,
        )
        for r in report.results
    ]
    return test_run.TestRunFacet(tests=tests)
