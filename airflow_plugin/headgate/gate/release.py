"""Releasing quarantined rows: a person lets exactly these rows pass although they broke exactly these rules."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlglot import exp

from headgate import publishing
from headgate.checks import CATALOGUE
from headgate.contract import Dataset
from headgate.errors import CallError, DataNotFoundError, HeadgateError, QueryError, TargetRefusedError
from headgate.gate.audit import audit, ensure_dataset, find_references, label_of
from headgate.gate.counterpart import with_counterparts
from headgate.gate.past import with_past
from headgate.gate.retry import retry_on_conflict
from headgate.gate.target import target_of
from headgate.places import (
    APPEND,
    UPSERT,
    DataLike,
    Publication,
    QuarantinedBatch,
    Relation,
    ReleaseRequest,
    Staged,
    Statements,
    Target,
    WriteMode,
)
from headgate.plural import agreeing, counted
from headgate.report import CheckResult, Report, Run, Verdict, shortened
from headgate.scan import filter_rows


@dataclass(frozen=True)
class ReleaseResult:
    """What became of a request to release: `rows` of `target`, or why none (`refused`).

    `report` is of these rows alone, `together` of the target with them, as far as that was audited. `lossy` of the rows
    have cells that did not cast, which are NULL in the target.

    A request that was carried out before is not carried out again: then `before` is true.
    """

    target: Target
    run_key: str
    by: str
    why: str
    rows: int = 0
    lossy: int = 0
    before: bool = False
    refused: str | None = None
    report: Report | None = None
    together: Report | None = None

    def __str__(self) -> str:
        if self.refused:
            return f"nothing was released into {self.target}: {self.refused}"
        if self.before:
            return f"the rows that {self.run_key} quarantined of {self.target} were released before; nothing was done"
        lossy = f", {self.lossy:,} of them with cells that did not cast and are NULL now" if self.lossy else ""
        said = f"approved by {self.by}: {self.why} (of {self.run_key})"
        return f"released {counted(self.rows, 'row')} into {self.target}{lossy}, {said}"

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, without values of the data."""
        names = ("run_key", "by", "why", "rows", "lossy", "before", "refused")
        return {"summary": str(self), "target": str(self.target)} | {name: getattr(self, name) for name in names}


def release(
    dataset: Dataset,
    target: DataLike | None = None,
    *,
    run_key: str,
    accepted: str,
    by: str,
    why: str,
    server: str | None = None,
    references: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    allow_older: bool = False,
    progress: Callable[[str], None] = lambda step: None,
) -> ReleaseResult:
    """Publish the rows that a run quarantined, exactly once, in the mode in which the run published the others.

    The rows are checked again, alone and together with the target. They may break the rules that they were quarantined
    for, as those were then, and no other rule that holds now. The rows, the quarantine without them, and who let them
    pass, are written in one transaction.

    Args:
        dataset: `Contract.load(path)["orders"]`.
        target: where the run published; by default the dataset's table on the contract's server.
        run_key: whose rows.
        accepted: the code of the very rows that the person looked at (`headgate quarantine list`, the XCom `accepted`
            of a publish).
        by: who lets them pass.
        why: the reason, which is kept.
        server: which of the contract's servers the target is on, where it has several.
        references: for foreign keys, where each referenced dataset is; by default its table beside the target.
        now: the time of the release, aware; by default the clock's.
        allow_older: release even where another run has replaced the target, or that part of it, since.

    Raises:
        CallError: nothing of the run is there, it is not what was accepted, or the target was replaced since.
        TransientError: the target is locked or away; nothing was changed.
    """
    ensure_dataset(dataset)
    for name, value in (("by", by), ("why", why), ("accepted", accepted)):
        if not value.strip():
            raise CallError(f"{name} is empty; a release keeps who let rows pass, why, and which rows they saw")
    place = target_of(dataset, target, server)
    run = Run(run_key)

    def attempt() -> ReleaseResult:
        with place.connect(write=True, label=label_of(dataset, run)) as session:
            version, record = session.version(place), session.ledger(place).record(run_key)
            if record is None and publishing.batches(session, place, run_key):
                raise CallError(
                    f"the rows of {run_key} were quarantined by the gate of a dbt model, and nothing is released into "
                    f"{place}: dbt builds it from its sources. Repair the source, or accept such rows in the contract "
                    "(change the rule, or give it onBreach: warn), and run dbt build again; then drop these rows"
                )
            if record is None:
                raise DataNotFoundError(f"the run {run_key} published nothing into {place}")
            mode = WriteMode(record.mode, None, record.part, dataset.publish_keys if record.mode == UPSERT else ())
            if mode.kind == UPSERT and not mode.keys:
                raise CallError(
                    f"{run_key} was upserted by a key, and {dataset.contract.file} gives {dataset.name} none now"
                )
            found = next(iter(publishing.batches(session, place, run_key)), None)
            reasons = tuple(reason for reason, _ in found.reasons) if found else ()
            rules = _Accepted.of(found) if found else None
            asked = ReleaseRequest(run_key, accepted, reasons, by, why, now or datetime.now(UTC), mode)
            if found is None or rules is None or found.fingerprint != accepted:
                publishing.release(
                    session, place, None, asked, unless_moved=version
                )  # raises, unless it was done before
                return ReleaseResult(place, run_key, by, why, before=True)
            if rules.digests is None and found.contract_version != dataset.contract.version:
                return ReleaseResult(place, run_key, by, why, refused=_unrecorded(found, dataset))
            try:
                progress("staging")
                staged = publishing.stage_batch(session, place, run_key, f"what {run_key} quarantined")
                if not allow_older:
                    _ensure_newest(session, place, record, staged.relation)
                progress("auditing")
                found_there = find_references(dataset, session, references, place)
                judged = with_counterparts(with_past(dataset, None, run, whole=False), references, place)
                recheck = _Recheck(judged, session, place, run, found_there)
                report, together, refused = recheck.refused(staged, mode, rules)
                if refused is not None:
                    return ReleaseResult(place, run_key, by, why, refused=refused, report=report, together=together)
                lossy = _with_raw(publishing.quarantined_rows(session, place, run_key), session)
                progress("releasing")
                rows = publishing.release(session, place, staged, asked, unless_moved=version)
                return ReleaseResult(place, run_key, by, why, rows, lossy, report=report, together=together)
            finally:
                with contextlib.suppress(HeadgateError):
                    publishing.discard(session, place, run_key)

    return retry_on_conflict(attempt, progress)


def _with_raw(aside: Relation, session: Statements) -> int:
    """Return how many rows have cells that did not cast."""
    raw = exp.column("headgate_raw", quoted=True)
    return int(session.rows(exp.select(exp.Count(this=raw)).from_(aside.as_data))[0][0])


def _ensure_newest(session: Statements, target: Target, record: Publication, staged: Relation) -> None:
    """Raise CallError if a later run has replaced the target, or a part of it that the staged rows are in."""
    in_whole = record.part is None and record.mode != APPEND
    for later in session.ledger(target).replaced_since(record.run_key):
        if later.part is None or later.part == record.part or in_whole or _some_in(later.part, staged, session):
            raise TargetRefusedError(
                f"{target} was published again since, by the run {later.run_key}: these rows are older. "
                "To publish them all the same, allow it: allow_older=True (--allow-older)"
            )


def _some_in(part: str, staged: Relation, session: Statements) -> bool:
    """Return whether any rows are in a part, or may be: the part may be defined by a column that the rows lack."""
    try:
        inside = filter_rows(staged, part, session)
        return bool(session.rows(exp.select("1").from_(inside.as_data).limit(1)))
    except (CallError, QueryError):
        return True


def _unrecorded(found: QuarantinedBatch, dataset: Dataset) -> str:
    return (
        f"{found.run_key} quarantined these rows under version {found.contract_version} of the contract, with a "
        f"headgate that did not record what its rules said; this is version {dataset.contract.version}. Release them "
        f"with version {found.contract_version}, or publish {found.run_key} again and release what that quarantines"
    )


@dataclass(frozen=True)
class _Accepted:
    """The rules that a person accepts as broken: those that the rows were quarantined for, as they were then, under
    that version of the contract.

    `digests` is None if only the keys were recorded; the contract then has the same version.
    """

    version: str
    keys: frozenset[str]
    digests: frozenset[str] | None

    @classmethod
    def of(cls, found: QuarantinedBatch) -> _Accepted:
        keys = frozenset(reason for reason, _ in found.reasons)
        if found.rules is None:
            return cls(found.contract_version, keys, None)
        return cls(found.contract_version, keys, frozenset(found.rules[key] for key in keys if key in found.rules))

    def has(self, result: CheckResult) -> bool:
        return result.key in self.keys if self.digests is None else result.digest in self.digests

    def others(self, results: Iterable[CheckResult]) -> str:
        """Return those of `results` that were not accepted, for a message; empty if all were."""
        return shortened(
            [f"{r.key} (changed since)" if r.key in self.keys else r.key for r in results if not self.has(r)]
        )


@dataclass(frozen=True)
class _Recheck:
    dataset: Dataset
    session: Statements
    target: Target
    run: Run
    references: Mapping[str, Any]

    def audit(self, relation: Relation) -> Report:
        return audit(
            self.dataset,
            relation,
            self.session,
            stored=True,
            references=self.references,
            run=self.run,
            examples=False,
            place=self.target.lineage,
        ).report

    def refused(self, staged: Staged, mode: WriteMode, accepted: _Accepted) -> tuple[Report, Report | None, str | None]:
        """Return the report of the rows alone, that of the target with them, and why they may not be released: rules
        that were not accepted, rows that an upsert cannot tell apart, a promise that the target keeps now and would
        break."""
        report = self.audit(staged.relation)
        if report.verdict is Verdict.UNKNOWN:
            return report, None, f"not measured: {shortened([r.key for r in report.unknown])}"
        changed = accepted.version != self.dataset.contract.version
        if new := accepted.others(r for r in report.broken if r.set_aside or (changed and _of_column(r))):
            return report, None, f"the rows also break {new}, which was not accepted"
        if mode.kind == UPSERT and (rows := publishing.without_key(self.session, staged.relation, mode)):
            said = agreeing(rows, "shares a key or has a NULL in it", "share a key or have a NULL in it")
            return report, None, f"{rows:,} of them {said} ({', '.join(mode.keys)})"
        both = self.audit(publishing.with_target(self.session, staged, mode))
        together = sorted((*both.broken, *both.unknown), key=lambda r: r.key)
        if accepted.others(together):
            already = {r.key for r in self.audit(self.session.read(self.target)).failed}
            if new := accepted.others(r for r in together if r.key not in already):
                return report, both, f"with them {self.target} would break {new}"
        return report, both, None


def _of_column(result: CheckResult) -> bool:
    """Return whether the rule is broken by the column as such: it is missing, or has the wrong type, for every row."""
    return bool(result.columns) and CATALOGUE[result.type].examine is not None


def quarantined(
    dataset: Dataset, target: DataLike | None = None, *, server: str | None = None
) -> list[QuarantinedBatch]:
    """Return what the quarantine of a dataset's target holds, one batch per run key, the oldest first."""
    place = target_of(dataset, target, server)
    with place.connect(write=True) as session:
        return publishing.batches(session, place)


def rows_aside(
    dataset: Dataset, target: DataLike | None = None, *, run_key: str, limit: int = 20, server: str | None = None
) -> list[dict[str, Any]]:
    """Return some of the rows that a run quarantined, by column, headgate's own included. They are values of the
    data."""
    place = target_of(dataset, target, server)
    with place.connect(write=True) as session:
        if not publishing.batches(session, place, run_key):
            raise DataNotFoundError(f"{place.quarantine} holds nothing of the run {run_key}")
        relation = publishing.quarantined_rows(session, place, run_key)
        names = [column.name for column in relation.columns]
        rows = session.rows(f"SELECT * FROM {session.sql(relation.as_data)} LIMIT {int(limit)}")  # noqa: S608
        return [dict(zip(names, row, strict=True)) for row in rows]


def drop(
    dataset: Dataset,
    target: DataLike | None = None,
    *,
    run_key: str | None = None,
    before: datetime | None = None,
    server: str | None = None,
) -> int:
    """Delete the rows that a run quarantined, or all that were quarantined before a point in time; return how many.
    They cannot be restored."""
    place = target_of(dataset, target, server)
    if (run_key is None) == (before is None):
        raise CallError("pass run_key or before (--run-key, --older-than) to say which rows to drop")
    with place.connect(write=True) as session:
        return publishing.drop(session, place, run_key=run_key, before=before)
