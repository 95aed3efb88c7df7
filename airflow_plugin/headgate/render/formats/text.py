"""Text: for people, at a terminal."""

from __future__ import annotations

import click

from headgate.lint.rules import RULES
from headgate.plural import agreeing, counted
from headgate.render import baseline as baselines
from headgate.render import explain, history, incidents, levels, linted, reconciled, registry
from headgate.render import impact as lineage
from headgate.render import report as reports
from headgate.render import shadow as shadows
from headgate.render import status as statuses
from headgate.render import trace as traces
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
from headgate.render.diff import text
from headgate.render.escaping import plain
from headgate.render.format import Format, View
from headgate.render.formats import json
from headgate.render.summary import count_verdicts

FORMAT = Format("text", "for people")
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@FORMAT.of(CheckAnswer)
def _check(answer: CheckAnswer, view: View) -> str:
    report = answer.report
    lines = [reports.render(report, width=view.width, colour=view.colour, verbose=answer.verbose)]
    if answer.explain:
        lines.append(explain.render(report, width=view.width))
    return "\n".join((*lines, plain(f"verdict {report.verdict}, policy {answer.policy}")))


@FORMAT.of(ReconcileAnswer)
def _reconcile(answer: ReconcileAnswer, view: View) -> str:
    return reconciled.render(answer, width=view.width, colour=view.colour)


@FORMAT.of(BaselineAnswer)
def _baseline(answer: BaselineAnswer, view: View) -> str:
    return baselines.render(answer, width=view.width, colour=view.colour)


@FORMAT.of(PublishAnswer)
def _publish(answer: PublishAnswer, view: View) -> str:
    report = answer.outcome.report
    shown = reports.render(report, width=view.width, colour=view.colour, verbose=answer.verbose)
    return f"{shown}\n{plain(answer.outcome)}"


@FORMAT.of(LevelsAnswer)
def _levels(answer: LevelsAnswer, view: View) -> str:
    return levels.render(answer, colour=view.colour)


@FORMAT.of(FolderLevelsAnswer)
def _folder_levels(answer: FolderLevelsAnswer, view: View) -> str:
    shown = (levels.render(each, colour=view.colour) for each in answer.answers)
    return "\n\n".join(shown) or "no dataset has service levels"


@FORMAT.of(StatusAnswer)
def _status(answer: StatusAnswer, view: View) -> str:
    return statuses.render(answer, colour=view.colour)


@FORMAT.of(LintAnswer)
def _lint(answer: LintAnswer, view: View) -> str:
    lines = []
    for file in answer.files:
        for problem in file.problems:
            level = click.style(problem.level, fg=_COLOURS[problem.level]) if view.colour else problem.level
            at = plain(f"{problem.file}:{problem.line}:{problem.column}")
            lines.append(f"{at}: {level}: {plain(problem.message)} [{problem.rule}]")
            if answer.explain:
                lines.append(f"    why: {RULES[problem.rule]}")
        for rule in linted.rules(file) if answer.rules else ():
            state = "executed" if rule["executed"] else f"not executed: {rule['reason']}"
            lines.append(plain(f"{file.file}:{rule['line']}: {rule['dataset']}: {rule['key']}: {state}"))
        lines.append(plain(f"{file.file}: {linted.state(file)}"))
    return "\n".join(lines)


@FORMAT.of(DiffAnswer)
def _diff(answer: DiffAnswer, view: View) -> str:
    return text(answer.diffs, strict=answer.strict, width=view.width, colour=view.colour)


@FORMAT.of(BatchesAnswer)
def _batches(answer: BatchesAnswer, view: View) -> str:
    lines = []
    for batch in answer.batches:  # a run key is long, and is copied
        reasons = ", ".join(f"{reason} ({rows:,})" for reason, rows in batch.reasons)
        about, at = (when.isoformat(timespec="seconds") for when in (batch.run_at, batch.set_aside_at))
        lines.append(plain(f"{batch.run_key}  fingerprint {batch.fingerprint}"))
        version = batch.contract_version
        said = f"{counted(batch.rows, 'row')} of {about}, quarantined {at}, contract {version}: {reasons}"
        lines.append(plain(f"  {said}"))
    return "\n".join(lines or ["no rows are quarantined"])


@FORMAT.of(RowsAnswer)
def _rows(answer: RowsAnswer, view: View) -> str:
    lines = []
    for number, row in enumerate(answer.rows, 1):
        reasons, raw = ", ".join(row["headgate_reasons"]), row.get("headgate_raw")
        cells = {name: value for name, value in row.items() if not name.startswith("headgate_")}
        if raw:
            cells["headgate_raw"] = raw
        width = max(map(len, cells), default=0)
        lines.append(f"row {number}: {reasons}")
        lines += [f"  {name:<{width}}  {'NULL' if value is None else value}" for name, value in cells.items()]
    if answer.masked:
        lines.append("values are masked; --show-examples shows those of columns without a classification")
    return "\n".join(map(plain, lines))


@FORMAT.of(ReleaseAnswer)
def _release(answer: ReleaseAnswer, view: View) -> str:
    return plain(answer.released)


@FORMAT.of(DropAnswer)
def _drop(answer: DropAnswer, view: View) -> str:
    return f"dropped {counted(answer.rows, 'row')}"


@FORMAT.of(SchemaAnswer)
def _schema(answer: SchemaAnswer, view: View) -> str:
    """The schema alone, to be written into a file."""
    return "\n".join(map(plain, answer.schema.text.removesuffix("\n").split("\n")))


@FORMAT.of(DraftAnswer)
def _draft(answer: DraftAnswer, view: View) -> str:
    draft, file = answer.draft, answer.file
    if file is None:
        return str(draft).removesuffix("\n")
    source = "a schema" if draft.rows is None else counted(draft.rows, "row")
    lines = [f"{file}: drafted from {source}, {counted(len(draft.properties), 'column')}"]
    if confidential := [p.name for p in draft.properties if p.confidential]:
        lines.append(f"without values of {', '.join(confidential)}, which look personal")
    # The server of the draft says where a table is; its URL may contain a password.
    check = ["headgate check", str(file)] + ([] if draft.server else [answer.data])
    check += ["--schema-only"] if draft.rows is None else []
    lines.append(f"next: fill in what says TODO, then `headgate lint {file}` and `{answer.then or ' '.join(check)}`")
    return "\n".join(map(plain, lines))


@FORMAT.of(ProjectAnswer)
def _project(answer: ProjectAnswer, view: View) -> str:
    if not answer.changed:
        return "nothing is missing"
    if answer.check_only:
        return "\n".join(plain(f"{file}: lacks something; run headgate dbt init") for file in answer.changed)
    written = [plain(f"{file}: written") for file in answer.changed]
    return "\n".join((*written, "next: `dbt deps`, then `headgate dbt sync` with your contracts"))


@FORMAT.of(SyncAnswer)
def _sync(answer: SyncAnswer, view: View) -> str:
    lines = []
    for path, synced in answer.synced.items():
        lines += [f"{path}#{name}: tested on {node}" for name, node in synced.tested.items()]
        for name, others in synced.skipped.items():
            why = f"; {others}" if others else ""
            state = "not enforced: " if answer.check_only else ""
            lines.append(f"{path}#{name}: {state}model or source table not found in the project{why}")
        for name in synced.disabled:
            lines.append(f"{path}#{name}: not enforced: dbt_project.yml switches its test off (data_tests: +enabled)")
        for name, kind in synced.ungated.items():
            lines.append(f"{path}#{name}: a {kind} gets no gate; its test stops the build of what reads it")
        done = "out of date; run headgate dbt sync" if answer.check_only else "written"
        lines += [f"{file}: {done}" for file in synced.changed]
    return "\n".join(map(plain, lines))


@FORMAT.of(ResultsAnswer)
def _results(answer: ResultsAnswer, view: View) -> str:
    lines = []
    for result in answer.results:
        shown = reports.render(
            result.report, width=view.width, colour=view.colour, verbose=answer.verbose, may_show=False
        )
        lines += [shown, plain(result), ""]
    return "\n".join((*lines, count_verdicts([result.report for result in answer.results])))


@FORMAT.of(ImportAnswer)
def _import(answer: ImportAnswer, view: View) -> str:
    return "" if answer.file else answer.imported.text.removesuffix("\n")


@FORMAT.of(ExportAnswer)
def _export(answer: ExportAnswer, view: View) -> str:
    return "" if answer.file else json.document(answer.exported.suite)


@FORMAT.of(FlushAnswer)
def _flush(answer: FlushAnswer, view: View) -> str:
    lines = []
    for flushed in answer.flushed:
        refused = f", {flushed.refused:,} refused" if flushed.refused else ""
        lines.append(f"{flushed.destination}: {counted(flushed.delivered, 'event')} delivered{refused}")
        if flushed.waiting or flushed.error:
            lines.append(f"  {_waiting(flushed.waiting)}: {flushed.error or 'they came meanwhile'}")
    return "\n".join(map(plain, lines))


@FORMAT.of(LineageStatusAnswer)
def _lineage_status(answer: LineageStatusAnswer, view: View) -> str:
    lines = []
    for queue in answer.queues:
        total = sum(queue.waiting.values())
        since = f", the oldest since {queue.oldest.isoformat(timespec='seconds')}" if queue.oldest else ""
        lines.append(f"{queue.destination}: {_waiting(total) if total else 'nothing waits'}{since}")
        lines += [f"  {count:>6,}  {job}" for job, count in queue.waiting.most_common()]
        if queue.next_try:
            lines.append(f"  not tried before {queue.next_try.isoformat(timespec='seconds')}: {queue.error}")
        if queue.refused:
            lines.append(f"  {counted(queue.refused, 'event')} refused, the last: {queue.last_refusal}")
        if queue.dropped:
            lines.append(f"  {counted(queue.dropped, 'event')} dropped because the spool was full")
        if total or queue.refused:
            lines.append(f"  in {queue.folder}")
    return "\n".join(map(plain, lines or [f"nothing waits in {folder}" for folder in answer.folders]))


def _waiting(events: int) -> str:
    return f"{counted(events, 'event')} {agreeing(events, 'waits', 'wait')}"


@FORMAT.of(ImpactAnswer)
def _impact(answer: ImpactAnswer, view: View) -> str:
    impact = answer.impact
    lines = [lineage.title(impact), *filter(None, (lineage.about(impact.start),))]
    lines.append(
        f"{lineage.direction(impact)} {lineage.sums(impact)}{f', by {impact.source}' if impact.source else ''}"
    )
    for branch in lineage.tree(impact):
        indent = "".join("   " if last else "│  " for last in branch.last[:-1])
        each = branch.affected
        said = (lineage.name_of(each.node), lineage.columns(each), lineage.about(each.node))
        also = f" (also from {', '.join(branch.also)})" if branch.also else ""
        lines.append(f"{indent}{'└─' if branch.last[-1] else '├─'} {' · '.join(filter(None, said))}{also}")
    if people := impact.people:
        lines += ["concerned:", *(f"  {lineage.person(who)}" for who in people)]
    return "\n".join(map(plain, lines))


@FORMAT.of(TraceAnswer)
def _trace(answer: TraceAnswer, view: View) -> str:
    trace = answer.trace
    lines = [traces.heading(trace), *(f"  {said}" for said in traces.findings(trace))]
    for one in trace.served:
        read_by = f", read by {one.read_by}" if one.read_by else ""
        lines += ["", f"{one.node.name.name}{read_by}"]
        lines += [f"  {what:<10}{text}" for what, text in traces.details(one)]
    return "\n".join(map(plain, lines))


@FORMAT.of(HistoryAnswer)
def _history(answer: HistoryAnswer, view: View) -> str:
    return history.render_home(answer.standings, colour=view.colour)


@FORMAT.of(DatasetHistoryAnswer)
def _dataset_history(answer: DatasetHistoryAnswer, view: View) -> str:
    return "\n\n".join(history.render_dataset(each, colour=view.colour) for each in answer.datasets)


@FORMAT.of(ReportAnswer)
def _report_folder(answer: ReportAnswer, view: View) -> str:
    states = ", ".join(f"{number} {state}" for state, number in answer.states.items()) or "no dataset"
    until = f"; valid until {answer.valid_until:%Y-%m-%d %H:%M} UTC" if answer.valid_until else ""
    incidents = counted(answer.incidents, "open incident")
    return plain(f"{answer.index}: {counted(answer.pages, 'page')}; {states}; {incidents}{until}")


@FORMAT.of(IncidentsAnswer)
def _incidents(answer: IncidentsAnswer, view: View) -> str:
    return incidents.render_list(answer.incidents, view.at, closed=answer.closed, colour=view.colour)


@FORMAT.of(IncidentAnswer)
def _incident(answer: IncidentAnswer, view: View) -> str:
    return incidents.render_detail(answer.detail, view.at, page=answer.page, colour=view.colour)


@FORMAT.of(ActAnswer)
def _act(answer: ActAnswer, view: View) -> str:
    named = (
        f"incident {each.number} ({each.concern.dataset}: {each.incident.broken.statement})" for each in answer.lines
    )
    return "\n".join(plain(f"{each}: {answer.said}") for each in named)


@FORMAT.of(HistoryFlushAnswer)
def _history_flush(answer: HistoryFlushAnswer, view: View) -> str:
    refused = f", {answer.refused:,} refused" if answer.refused else ""
    lines = [f"{counted(answer.delivered, 'run')} delivered{refused}"]
    if answer.waiting or answer.error:
        waits = agreeing(answer.waiting, "waits", "wait")
        lines.append(f"{counted(answer.waiting, 'run')} {waits}: {answer.error or 'they came meanwhile'}")
    if answer.messages is not None:
        lines.append(f"{counted(answer.messages.delivered, 'message')} delivered")
    lines += answer.faults
    return "\n".join(map(plain, lines))


@FORMAT.of(HistoryRebuildAnswer)
def _history_rebuild(answer: HistoryRebuildAnswer, view: View) -> str:
    skipped = [f"{file} is skipped: {reason}" for file, reason in answer.skipped.items()]
    return "\n".join(map(plain, (*skipped, f"{counted(answer.recorded, 'report')} recorded")))


@FORMAT.of(HistoryPruneAnswer)
def _history_prune(answer: HistoryPruneAnswer, view: View) -> str:
    return f"{counted(answer.deleted, 'report')} deleted"


@FORMAT.of(HistoryExportAnswer)
def _history_export(answer: HistoryExportAnswer, view: View) -> str:
    return plain(f"{answer.file}: {counted(answer.results, 'result')}")


@FORMAT.of(ShadowAnswer)
def _shadow(answer: ShadowAnswer, view: View) -> str:
    return shadows.text(answer.run)


@FORMAT.of(RegistryCheckAnswer)
def _registry_check(answer: RegistryCheckAnswer, view: View) -> str:
    return registry.check_text(answer, view.width, colour=view.colour)


@FORMAT.of(RegistryPushAnswer)
def _registry_push(answer: RegistryPushAnswer, view: View) -> str:
    return registry.push_text(answer, view.width, colour=view.colour)


@FORMAT.of(RegistryDiffAnswer)
def _registry_diff(answer: RegistryDiffAnswer, view: View) -> str:
    return registry.diff_text(answer, view.width, colour=view.colour)
