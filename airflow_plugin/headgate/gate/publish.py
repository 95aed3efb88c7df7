"""Write, audit, publish: stage the data, check it there, make it visible in one atomic step."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sqlglot import exp

from headgate import publishing
from headgate.checks import Column
from headgate.contract import Dataset
from headgate.errors import CallError, HeadgateError
from headgate.gate.apply import Gate, Progress
from headgate.gate.audit import ensure_dataset, find_references, label_of
from headgate.gate.counterpart import with_counterparts
from headgate.gate.empty import is_empty, not_empty
from headgate.gate.outcome import Outcome
from headgate.gate.past import PastValues, with_past
from headgate.gate.policy import Override, may_quarantine
from headgate.gate.remaining_rows import reads_existing_rows, with_existing_rows
from headgate.gate.retry import retry_on_conflict
from headgate.gate.target import target_of
from headgate.places import (
    MODES,
    UPSERT,
    DataLike,
    Mode,
    Publication,
    Relation,
    Session,
    WriteMode,
    place_of,
    written_as,
)
from headgate.plural import counted
from headgate.report import Run
from headgate.scan import parse_condition, typed_view


def publish(
    dataset: Dataset,
    source: DataLike,
    target: DataLike | None = None,
    *,
    run: Run | None = None,
    server: str | None = None,
    mode: Mode = "replace",
    where: str | None = None,
    on_breach: str | list[str] | Override | None = None,
    references: Mapping[str, DataLike] | None = None,
    allow_older: bool = False,
    show_examples: bool | None = None,
    past: PastValues | str | None = None,
    progress: Progress = lambda step: None,
    run_key: str | None = None,
    now: datetime | None = None,
) -> Outcome:
    """Stage the source beside the target, audit what was staged, and publish only what may pass.

    The source is read again on every call; a rerun with the same run key replaces what that key published and
    quarantined. Data, quarantine and the record of the run are written in one transaction.

    Args:
        dataset: `Contract.load(path)["orders"]`.
        source: a path, a DataFrame, a table's name beside the target, or a place.
        target: a table (`FILE.duckdb#schema.table` or its name on the server); by default the dataset's physicalName
            on the contract's server.
        run: names what this run publishes and quarantines, its data interval, and the time that it is about (by default
            the clock's; a rerun keeps its first).
        server: which of the contract's servers the target is on, where it has several.
        mode: `replace` the table, or with `where` the part of it for which that SQL condition is true; `append` once
            per run key; `upsert` by the contract's `publishKeys`, else by the primary key; `swap`: as replace, by a
            new table in the place of the old one (PostgreSQL).
        where: the part that is replaced, a partition for example; the source has no other rows.
        on_breach: a policy in place of the contract's, named as such in the outcome.
        references: for foreign keys, where each referenced dataset is; by default its table beside the target.
        allow_older: publish even over a newer data interval.
        show_examples: as in `check`.
        past: as in `check`.
        progress: called with each step's name as it begins, and with the rows that it came to.
        run_key, now: deprecated, for `run=Run(key=…, now=…)`; they go with headgate 0.4.

    Raises:
        CallError: source or target cannot be what is meant, the columns of the source do not fit the target's, or
            newer data is already served.
        TransientError: the target is locked or away; nothing was changed.
    """
    ensure_dataset(dataset)
    about = _run(run, run_key, now)
    place = target_of(dataset, target, server)
    origin = written_as(place_of(source, near=place), dataset.settings)
    override = on_breach if isinstance(on_breach, Override) else Override.of(on_breach, "call")
    moment = about.now or clock()

    def attempt() -> Outcome:
        with place.connect(write=True, label=label_of(dataset, about)) as session:
            progress("staging")
            try:
                version = session.version(place)
                with session.source(origin) as (reader, relation):
                    how = mode_of(dataset, mode, where, relation, session)
                    (state,) = session.states(place)
                    session.can.ensure_mode(place, how)
                    session.admit(place, how, state, quarantines=may_quarantine(dataset, override))
                    view = typed_view(dataset, relation, reader)
                    types = {p.column: p.physical_type for p in dataset.properties if p.logical_type}
                    names = [p.column for p in dataset.properties]
                    staged = publishing.stage(session, place, view, reader, about.key, str(origin), types, state, names)
                publishing.fit(session, staged, how)
                found = find_references(dataset, session, references, place)
                existing = publishing.existing_rows(session, staged, how)
                judged = with_counterparts(dataset, references, place, whole=how.whole)
                judged = with_past(judged, past, replace(about, now=moment))
                judged = with_existing_rows(judged, existing) if existing is not None else judged
                if state.exists and is_empty(staged.relation, session):
                    judged = not_empty(judged, session, staged, how)
                outcome = Gate(
                    judged,
                    session,
                    staged,
                    source=origin,
                    mode=how,
                    run=about,
                    now=moment,
                    override=override,
                    references=found,
                    existing=existing,
                    examples=dataset.show_examples if show_examples is None else show_examples,
                    progress=progress,
                ).outcome()
                if not outcome.published:
                    return outcome
                progress("switching")
                # Where keys were looked for among rows that stay, or rows would be replaced by none, these must be the
                # same rows still.
                looks_at_target = not outcome.report.rows or (not how.whole and reads_existing_rows(dataset))
                at = clock()
                entry = publishing.switch(
                    session,
                    staged,
                    _record(outcome, moment, at),
                    how,
                    allow_older=allow_older,
                    at=at,
                    forget=dataset.quarantine_retention.before(at),
                    unless_moved=version if looks_at_target else None,
                )
                outcome = replace(outcome, rows_before=entry.rows_before)
                if not outcome.rows_set_aside:
                    return outcome
                (aside,) = publishing.batches(session, place, about.key)
                return replace(outcome, aside=aside)
            finally:
                # What cannot be removed now is removed by the next run of this key; the outcome is the same either way.
                with contextlib.suppress(HeadgateError):
                    publishing.discard(session, place, about.key)

    outcome = retry_on_conflict(attempt, progress)
    progress(f"published {counted(outcome.rows_published, 'row')}" if outcome.published else str(outcome.status))
    return outcome


def _run(run: Run | None, run_key: str | None, now: datetime | None) -> Run:
    """Return the run, whichever arguments the caller used. Raises CallError if it is given twice, or has no key."""
    if run is not None and not isinstance(run, Run):
        raise CallError(f"run={run!r:.40} is not a Run: pass run=Run(key=…)")
    if run_key is not None or now is not None:
        said = "publish(run_key=…, now=…) is deprecated and goes with headgate 0.4; pass run=Run(key=…, now=…)"
        warnings.warn(said, DeprecationWarning, stacklevel=3)
        given = run or Run()
        for name, one, other in (("run_key", run_key, given.key or None), ("now", now, given.now)):
            if one is not None and other is not None and one != other:
                raise CallError(f"{name} is given twice, as {one} and, in the run, as {other}: pass run alone")
        run = replace(given, key=given.key if run_key is None else run_key, now=now or given.now)
    if run is None or not run.key.strip():
        raise CallError("the run key is empty; it names what this run publishes, so that a rerun can replace it")
    if "\0" in run.key or any("\ud800" <= c <= "\udfff" for c in run.key):
        raise CallError(f"the run key {run.key!a} contains NUL or surrogate characters; give another")
    return run


def mode_of(dataset: Dataset, mode: Mode, where: str | None, relation: Relation, session: Session) -> WriteMode:
    """Return the write mode. Raises CallError if it is not a valid one, or lacks what it needs."""
    if mode not in MODES:
        raise CallError(f"{mode!r} is not a valid mode; expected one of {', '.join(MODES)}")
    if where is not None and mode != "replace":
        raise CallError(f"where says which part is replaced; with mode={mode!r} nothing is")
    if mode == UPSERT and not dataset.publish_keys:
        raise CallError(
            f"an upsert needs a key: {dataset.contract.file} gives {dataset.name} neither a primary key nor publishKeys"
        )
    # A column that the contract promises and the source lacks is for the audit to find.
    columns = [*(Column(p.column, "", frozenset()) for p in dataset.properties), *relation.columns]
    condition = parse_condition(columns, where, session) if where is not None else None
    if condition is not None and condition.find(exp.CurrentTimestamp):
        raise CallError(f"where {where!r} is another part when a rerun asks; write the date or the time itself")
    # However it is written: what a part is called tells it from others.
    part = session.sql(condition.unnest()) if condition is not None else None
    return WriteMode(mode, condition, part, dataset.publish_keys if mode == UPSERT else ())


def clock() -> datetime:
    return datetime.now(UTC)


def _record(outcome: Outcome, now: datetime, at: datetime) -> Publication:
    report, named = outcome.report, outcome.target.lineage
    return Publication(
        run_key=report.run.key,
        target=str(outcome.target),
        mode=outcome.mode.kind,
        part=outcome.mode.part,
        contract_id=report.contract_id,
        contract_version=report.contract_version,
        contract_commit=report.contract_commit,
        dataset=report.dataset,
        verdict=str(report.verdict),
        policy=str(outcome.policy),
        outcome=str(outcome.status),
        rows_published=outcome.rows_published,
        rows_set_aside=outcome.rows_set_aside,
        run_at=now,
        interval_start=report.run.interval_start,
        interval_end=report.run.interval_end,
        place_namespace=named.namespace if named else None,
        place_name=named.name if named else None,
        published_at=at,
        written_at=at,
    )
