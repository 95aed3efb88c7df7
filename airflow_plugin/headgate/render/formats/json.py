"""JSON: for programs. What could steer a terminal is escaped, as JSON may."""

from __future__ import annotations

import json
import re
from typing import Any

from headgate.checks.baseline_json import to_dict
from headgate.compare.shadow.serial import run_dict
from headgate.render import history, incidents, linted, reconciled, registry
from headgate.render.answers import (
    ActAnswer,
    BaselineAnswer,
    BatchesAnswer,
    CheckAnswer,
    DatasetHistoryAnswer,
    DiffAnswer,
    DraftAnswer,
    DropAnswer,
    ExportAnswer,
    FlushAnswer,
    FolderLevelsAnswer,
    HistoryAnswer,
    HistoryExportAnswer,
    HistoryFlushAnswer,
    HistoryPruneAnswer,
    HistoryRebuildAnswer,
    ImpactAnswer,
    ImportAnswer,
    IncidentAnswer,
    IncidentsAnswer,
    LevelsAnswer,
    LineageStatusAnswer,
    LintAnswer,
    ProjectAnswer,
    PublishAnswer,
    ReconcileAnswer,
    RegistryCheckAnswer,
    RegistryDiffAnswer,
    RegistryPushAnswer,
    ReleaseAnswer,
    ReportAnswer,
    ResultsAnswer,
    RowsAnswer,
    SchemaAnswer,
    ShadowAnswer,
    StatusAnswer,
    SyncAnswer,
    TraceAnswer,
)
from headgate.render.format import Format, View
from headgate.render.messages import delivered_dict
from headgate.report import serial

FORMAT = Format("json", "for programs")
# Control characters beyond those that JSON escapes itself.
_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def document(value: Any) -> str:
    """Return a JSON-ready value as indented text."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


@FORMAT.of(CheckAnswer)
def _check(answer: CheckAnswer, view: View) -> str:
    explained = {"explain": answer.report.explain()} if answer.explain else {}
    return document(answer.report.to_dict() | {"policy": str(answer.policy)} | explained)


@FORMAT.of(ReconcileAnswer)
def _reconcile(answer: ReconcileAnswer, view: View) -> str:
    if answer.report is not None:
        return document(answer.report.to_dict())
    return document({"verdict": answer.verdict, "results": [reconciled.to_dict(each) for each in answer.results]})


@FORMAT.of(BaselineAnswer)
def _baseline(answer: BaselineAnswer, view: View) -> str:
    return document({"file": str(answer.file), **to_dict(answer.baseline)})


@FORMAT.of(PublishAnswer)
def _publish(answer: PublishAnswer, view: View) -> str:
    return document(answer.outcome.to_dict())


@FORMAT.of(StatusAnswer)
def _status(answer: StatusAnswer, view: View) -> str:
    return document({"place": answer.place} | answer.fitness.to_dict())


@FORMAT.of(LintAnswer)
def _lint(answer: LintAnswer, view: View) -> str:
    return document([linted.to_dict(file) for file in answer.files])


@FORMAT.of(LevelsAnswer)
def _levels(answer: LevelsAnswer, view: View) -> str:
    return document(_measured(answer))


@FORMAT.of(FolderLevelsAnswer)
def _folder_levels(answer: FolderLevelsAnswer, view: View) -> str:
    return document([_measured(each) for each in answer.answers])


def _measured(answer: LevelsAnswer) -> dict[str, Any]:
    return {
        **({"contract": answer.contract} if answer.contract else {}),
        "dataset": answer.dataset,
        "place": answer.place,
        "levels": [result.to_dict() for result in answer.results],
        "budgets": [budget.to_dict() for budget in answer.budgets],
    }


@FORMAT.of(DiffAnswer)
def _diff(answer: DiffAnswer, view: View) -> str:
    return document([diff.to_dict() for diff in answer.diffs])


@FORMAT.of(BatchesAnswer)
def _batches(answer: BatchesAnswer, view: View) -> str:
    return document(
        [
            {
                "run_key": batch.run_key,
                "rows": batch.rows,
                "reasons": dict(batch.reasons),
                "run_at": batch.run_at.isoformat(),
                "set_aside_at": batch.set_aside_at.isoformat(),
                "contract_version": batch.contract_version,
                "accepted": batch.fingerprint,  # the old name
                "fingerprint": batch.fingerprint,
            }
            for batch in answer.batches
        ]
    )


@FORMAT.of(RowsAnswer)
def _rows(answer: RowsAnswer, view: View) -> str:
    return document([dict(row) for row in answer.rows])


@FORMAT.of(ReleaseAnswer)
def _release(answer: ReleaseAnswer, view: View) -> str:
    return document(answer.released.to_dict())


@FORMAT.of(DropAnswer)
def _drop(answer: DropAnswer, view: View) -> str:
    return document({"rows": answer.rows})


@FORMAT.of(SchemaAnswer)
def _schema(answer: SchemaAnswer, view: View) -> str:
    schema = answer.schema
    lost = [{"key": each.key, "reason": each.reason} for each in schema.lost]
    return document({"dataset": answer.dataset, "type": schema.type, "schema": schema.text, "lost": lost})


@FORMAT.of(DraftAnswer)
def _draft(answer: DraftAnswer, view: View) -> str:
    draft = answer.draft
    confidential = [p.name for p in draft.properties if p.confidential]
    said = {"dataset": draft.dataset, "rows": draft.rows, "confidential": confidential}
    return document(
        {"file": str(answer.file), **said} if answer.file else {"file": None, **said, "contract": str(draft)}
    )


@FORMAT.of(ProjectAnswer)
def _project(answer: ProjectAnswer, view: View) -> str:
    return document({"changed": [str(file) for file in answer.changed]})


@FORMAT.of(SyncAnswer)
def _sync(answer: SyncAnswer, view: View) -> str:
    return document(
        [
            {
                "contract": str(path),
                "tested": synced.tested,
                "skipped": [*synced.skipped],
                "disabled": [*synced.disabled],
                "ungated": dict(synced.ungated),
                "changed": [str(file) for file in synced.changed],
            }
            for path, synced in answer.synced.items()
        ]
    )


@FORMAT.of(ResultsAnswer)
def _results(answer: ResultsAnswer, view: View) -> str:
    return document(
        [
            result.report.to_dict()
            | {"tests": dict(result.tests), "gate": result.gate.to_dict() if result.gate else None}
            for result in answer.results
        ]
    )


@FORMAT.of(ImportAnswer)
def _import(answer: ImportAnswer, view: View) -> str:
    imported = answer.imported
    written: dict[str, Any] = {"file": str(answer.file)} if answer.file else {"file": None, "contract": imported.text}
    return document({**written, "lost": list(imported.lost), "unexecuted": list(imported.unexecuted)})


@FORMAT.of(ExportAnswer)
def _export(answer: ExportAnswer, view: View) -> str:
    exported = answer.exported
    written: dict[str, Any] = {"file": str(answer.file)} if answer.file else {"file": None, "suite": exported.suite}
    return document({**written, "lost": list(exported.lost), "notes": list(exported.notes)})


@FORMAT.of(FlushAnswer)
def _flush(answer: FlushAnswer, view: View) -> str:
    return document([flushed.to_dict() for flushed in answer.flushed])


@FORMAT.of(LineageStatusAnswer)
def _lineage_status(answer: LineageStatusAnswer, view: View) -> str:
    return document([queue.to_dict() for queue in answer.queues])


@FORMAT.of(ImpactAnswer)
def _impact(answer: ImpactAnswer, view: View) -> str:
    return document(answer.impact.to_dict())


@FORMAT.of(TraceAnswer)
def _trace(answer: TraceAnswer, view: View) -> str:
    return document(answer.trace.to_dict())


@FORMAT.of(HistoryAnswer)
def _history(answer: HistoryAnswer, view: View) -> str:
    return document([history.home_dict(each) for each in answer.standings])


@FORMAT.of(DatasetHistoryAnswer)
def _dataset_history(answer: DatasetHistoryAnswer, view: View) -> str:
    return document([history.dataset_dict(each) for each in answer.datasets])


@FORMAT.of(ReportAnswer)
def _report_folder(answer: ReportAnswer, view: View) -> str:
    until = serial.moment_text(answer.valid_until)
    said = {"index": str(answer.index), "pages": answer.pages, "states": dict(answer.states)}
    return document(said | {"open_incidents": answer.incidents, "valid_until": until})


@FORMAT.of(IncidentsAnswer)
def _incidents(answer: IncidentsAnswer, view: View) -> str:
    return document([incidents.line_dict(each, view.at) for each in answer.incidents])


@FORMAT.of(IncidentAnswer)
def _incident(answer: IncidentAnswer, view: View) -> str:
    return document(incidents.detail_dict(answer.detail, view.at) | {"page": answer.page or None})


@FORMAT.of(ActAnswer)
def _act(answer: ActAnswer, view: View) -> str:
    return document([incidents.line_dict(each, view.at) for each in answer.lines])


@FORMAT.of(HistoryFlushAnswer)
def _history_flush(answer: HistoryFlushAnswer, view: View) -> str:
    return document(
        {
            "delivered": answer.delivered,
            "refused": answer.refused,
            "waiting": answer.waiting,
            "error": answer.error,
            "messages": delivered_dict(answer.messages) if answer.messages is not None else None,
        }
    )


@FORMAT.of(HistoryRebuildAnswer)
def _history_rebuild(answer: HistoryRebuildAnswer, view: View) -> str:
    skipped = {str(file): reason for file, reason in answer.skipped.items()}
    return document({"recorded": answer.recorded, "skipped": skipped})


@FORMAT.of(HistoryPruneAnswer)
def _history_prune(answer: HistoryPruneAnswer, view: View) -> str:
    return document({"deleted": answer.deleted})


@FORMAT.of(HistoryExportAnswer)
def _history_export(answer: HistoryExportAnswer, view: View) -> str:
    return document({"file": str(answer.file), "results": answer.results})


@FORMAT.of(ShadowAnswer)
def _shadow(answer: ShadowAnswer, view: View) -> str:
    return document(run_dict(answer.run))


@FORMAT.of(RegistryCheckAnswer)
def _registry_check(answer: RegistryCheckAnswer, view: View) -> str:
    return document([registry.finding_dict(each) for each in answer.findings])


@FORMAT.of(RegistryPushAnswer)
def _registry_push(answer: RegistryPushAnswer, view: View) -> str:
    return document([registry.pushed_dict(each) for each in answer.pushed])


@FORMAT.of(RegistryDiffAnswer)
def _registry_diff(answer: RegistryDiffAnswer, view: View) -> str:
    return document([registry.difference_dict(each) for each in answer.differences])
