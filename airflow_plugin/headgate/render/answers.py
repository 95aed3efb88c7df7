"""What each command answers: the values that it made, and what the caller wants to see of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from headgate.alerts import Delivered
    from headgate.changes.change import Diff
    from headgate.checks.baseline import Baseline
    from headgate.compare.shadow.found import ShadowRun
    from headgate.dbt.results import DbtResult
    from headgate.dbt.sync import Synced
    from headgate.draft.write import Draft
    from headgate.fitness import Fitness
    from headgate.gate import Outcome, Policy, ReleaseResult
    from headgate.gx.exporting import Exported
    from headgate.gx.importing import Imported
    from headgate.history.incident_views import IncidentDetail, IncidentLine
    from headgate.history.views import DatasetStanding, RuleStanding, RunLine
    from headgate.levels import Budget, LevelResult
    from headgate.lineage import Flushed, QueueStatus
    from headgate.lineage.blast_radius import Impact
    from headgate.lineage.trace import Trace
    from headgate.lint.lint import Linted
    from headgate.places import QuarantinedBatch
    from headgate.report import Report
    from headgate.streams.registry.finding import Pushed, SubjectDifference, SubjectFinding
    from headgate.streams.schemas import Schema


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """Of `headgate check`. `verbose` lists what passed as well, `explain` says how the report came about."""

    report: Report
    policy: Policy
    verbose: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True)
class ReconcileAnswer:
    """Of `headgate reconcile`: of each comparison what must agree, whether it does (verdict), what was found as
    `CheckResult.reconciled` has it, why it was not compared (`reason`), and some differences. With `report`, these are
    the rules of a contract. `explain` says how it was found out."""

    results: tuple[ReconcileResult, ...]
    verdict: str
    report: Report | None = None
    explain: bool = False


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """One comparison."""

    statement: str
    status: str
    found: Mapping[str, Any]
    observed: str = ""
    reason: str = ""
    examples: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineAnswer:
    """Of `headgate baseline`: the baseline, the file that it was written to, and the contract."""

    baseline: Baseline
    file: Path
    contract: Path


@dataclass(frozen=True, slots=True)
class PublishAnswer:
    """Of `headgate publish`."""

    outcome: Outcome
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class LintAnswer:
    """Of `headgate lint`. `strict`: warnings fail as well; `explain` says why a rule of lint matters; `rules` lists
    those of the contracts."""

    files: tuple[Linted, ...]
    strict: bool = False
    explain: bool = False
    rules: bool = False


@dataclass(frozen=True, slots=True)
class DiffAnswer:
    """Of `headgate diff`. `strict`: a RISK that is not agreed fails as well."""

    diffs: tuple[Diff, ...]
    strict: bool = False


@dataclass(frozen=True, slots=True)
class ShadowAnswer:
    """Of `headgate shadow`."""

    run: ShadowRun


@dataclass(frozen=True, slots=True)
class LevelsAnswer:
    """Of `headgate levels`: the results of a dataset at a place, and its error budgets. `contract` is the file, where
    there are several."""

    dataset: str
    place: str
    results: tuple[LevelResult, ...]
    budgets: tuple[Budget, ...] = ()
    contract: str = ""


@dataclass(frozen=True, slots=True)
class FolderLevelsAnswer:
    """Of `headgate levels FOLDER`: an answer for each dataset that has service levels."""

    answers: tuple[LevelsAnswer, ...]


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """Of `headgate report`: the first page, how many pages there are, how many datasets are in which state, how many
    incidents are open, and when the first promised freshness ends."""

    index: Path
    pages: int
    states: Mapping[str, int]
    incidents: int
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """Of `headgate status`: the answer about a dataset at a place."""

    fitness: Fitness
    place: str


@dataclass(frozen=True, slots=True)
class BatchesAnswer:
    """Of `headgate quarantine list`."""

    batches: tuple[QuarantinedBatch, ...]


@dataclass(frozen=True, slots=True)
class RowsAnswer:
    """Of `headgate quarantine show`: rows of which every value that may not be shown is masked already.

    `masked`: so are those of columns without a classification.
    """

    rows: tuple[Mapping[str, Any], ...]
    masked: bool = True


@dataclass(frozen=True, slots=True)
class ReleaseAnswer:
    """Of `headgate quarantine release`."""

    released: ReleaseResult


@dataclass(frozen=True, slots=True)
class DropAnswer:
    """Of `headgate quarantine drop`: how many rows."""

    rows: int


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """Of `headgate init` and `headgate dbt contract`. `file` is what was written, None where the draft itself is to be
    shown; `then` is the command after `headgate lint`, by default `headgate check`."""

    draft: Draft
    data: str
    file: Path | None = None
    then: str = ""


@dataclass(frozen=True, slots=True)
class SchemaAnswer:
    """Of `headgate schema`: a dataset in one of the languages of schemas."""

    dataset: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class ProjectAnswer:
    """Of `headgate dbt init`: the files that lacked something. `check_only`: nothing was written."""

    changed: tuple[Path, ...]
    check_only: bool = False


@dataclass(frozen=True, slots=True)
class SyncAnswer:
    """Of `headgate dbt sync`: what became of each contract, by its path. `check_only`: nothing was written."""

    synced: Mapping[Path, Synced]
    check_only: bool = False


@dataclass(frozen=True, slots=True)
class ResultsAnswer:
    """Of `headgate dbt results`: what dbt found of each dataset. `verbose` lists what passed as well."""

    results: tuple[DbtResult, ...]
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """Of `headgate gx import`. `file` is what was written, None where the contract itself is to be shown."""

    imported: Imported
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class ExportAnswer:
    """Of `headgate gx export`. `file` is what was written, None where the suite itself is to be shown."""

    exported: Exported
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class FlushAnswer:
    """Of `headgate lineage flush`: what was done for each destination."""

    flushed: tuple[Flushed, ...]


@dataclass(frozen=True, slots=True)
class LineageStatusAnswer:
    """Of `headgate lineage status`: what waits for each destination, in the spools that were looked at."""

    queues: tuple[QueueStatus, ...]
    folders: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ImpactAnswer:
    """Of `headgate impact`: what depends on a dataset, or what it depends on."""

    impact: Impact


@dataclass(frozen=True, slots=True)
class TraceAnswer:
    """Of `headgate impact --upstream --at`: what served then, and what it was made from."""

    trace: Trace


@dataclass(frozen=True, slots=True)
class HistoryAnswer:
    """Of `headgate history`: what stands of every dataset."""

    standings: tuple[DatasetStanding, ...]


@dataclass(frozen=True, slots=True)
class DatasetHistory:
    """What stands of a dataset at a place, its rules, and its last runs, the newest first."""

    standing: DatasetStanding
    rules: tuple[RuleStanding, ...]
    runs: tuple[RunLine, ...]


@dataclass(frozen=True, slots=True)
class DatasetHistoryAnswer:
    """Of `headgate history DATASET`: at each place where a dataset of that name is."""

    datasets: tuple[DatasetHistory, ...]


@dataclass(frozen=True, slots=True)
class HistoryFlushAnswer:
    """Of `headgate history flush`: `error` is why `waiting` runs still wait; `messages` is what became of the messages
    about incidents, and `faults` what could not be done with them, in words. Without a channel there are none."""

    delivered: int
    refused: int
    waiting: int
    error: str | None
    messages: Delivered | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryRebuildAnswer:
    """Of `headgate history rebuild`: how many reports were recorded, and the files that were not, with the reason."""

    recorded: int
    skipped: Mapping[Path, str]


@dataclass(frozen=True, slots=True)
class HistoryPruneAnswer:
    """Of `headgate history prune`: how many reports were deleted."""

    deleted: int


@dataclass(frozen=True, slots=True)
class HistoryExportAnswer:
    """Of `headgate history export`: how many results are in the file."""

    file: Path
    results: int


@dataclass(frozen=True, slots=True)
class IncidentsAnswer:
    """Of `headgate incidents list`. `closed`: the closed ones are among them."""

    incidents: tuple[IncidentLine, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class IncidentAnswer:
    """Of `headgate incidents show`. `trace` is from what the data was made when the promise broke, None where lineage
    is not known here: `command` asks for it, and `why` says what is in the way. `page` is the address of its view,
    empty where no page is configured."""

    detail: IncidentDetail
    command: str
    trace: Trace | None = None
    why: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class ActAnswer:
    """Of `headgate incidents ack`, `mute`, `note` and `accept`: the incidents after that, and what was done."""

    lines: tuple[IncidentLine, ...]
    said: str


@dataclass(frozen=True, slots=True)
class RegistryCheckAnswer:
    """Of `headgate registry check`."""

    findings: tuple[SubjectFinding, ...]


@dataclass(frozen=True, slots=True)
class RegistryPushAnswer:
    """Of `headgate registry push`."""

    pushed: tuple[Pushed, ...]


@dataclass(frozen=True, slots=True)
class RegistryDiffAnswer:
    """Of `headgate registry diff`."""

    differences: tuple[SubjectDifference, ...]
