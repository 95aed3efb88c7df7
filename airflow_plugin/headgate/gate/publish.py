"""Write, audit, publish: build aside, check aside, make visible in one atomic step."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from sqlglot import exp

from headgate.checks import CATALOGUE, DATA, Check
from headgate.contract import Dataset
from headgate.errors import CallError, HeadgateError
from headgate.gate.audit import audit, find_references, label_of, must_be_dataset
from headgate.gate.outcome import Outcome
from headgate.gate.policy import Override, Policy, Status, policy_for
from headgate.gate.target import target_of
from headgate.places import (
    MODES,
    UPSERT,
    Mode,
    MovedError,
    Place,
    Publisher,
    Record,
    Relation,
    Session,
    Stale,
    Target,
    place_of,
)
from headgate.report import Report, Run, Verdict, shortened
from headgate.report import Status as CheckStatus
from headgate.scan import Plan, condition_on, typed_view

Progress = Callable[[str], None]


def publish(
    dataset: Dataset,
    source: Any,
    target: Any = None,
    *,
    run_key: str,
    server: str | None = None,
    mode: str = "replace",
    where: str | None = None,
    on_breach: str | list[str] | Override | None = None,
    references: Mapping[str, Any] | None = None,
    run: Run | None = None,
    now: datetime | None = None,
    allow_older: bool = False,
    show_examples: bool | None = None,
    progress: Progress = lambda step: None,
) -> Outcome:
    """Stage the source beside the target, audit what was staged, and publish only what may pass.

    The source is read again on every call; a rerun with the same `run_key` replaces what that key published and set
    aside. Data, quarantine and the record of the run are written in one transaction.

    Args:
        dataset: `Contract.load(path)["orders"]`.
        source: a path, a DataFrame, a table's name beside the target, or a place.
        target: a table (`FILE.duckdb#schema.table` or its name on the server); by default the dataset's physicalName
            on the contract's server.
        run_key: names what this run publishes and sets aside.
        server: which of the contract's servers the target is on, where it has several.
        mode: `replace` the table, or with `where` the part of it for which that SQL condition is true; `append` once
            per run key; `upsert` by the contract's `publishKeys`, else by the primary key; `swap`: as replace, by a
            new table in the place of the old one (on DuckDB there is no other way).
        where: the part that is replaced, a partition for example; the source has no other rows.
        on_breach: a policy in place of the contract's, named as such in the outcome.
        references: for foreign keys, where each referenced dataset is; by default its table beside the target.
        run: the data interval; `key` is filled in.
        now: the time of the run, aware; by default the clock's. A rerun keeps its first.
        allow_older: publish even over a newer data interval.
        show_examples: as in `check`.
        progress: called with each step's name as it begins.

    Raises:
        CallError: source or target cannot be what is meant, the columns of the source do not fit the target's, or
            newer data is already served.
        TransientError: the target is locked or away; nothing was changed.
    """
    must_be_dataset(dataset)
    if not run_key.strip():
        raise CallError("run_key is empty; it names what this run publishes, so that a rerun can replace it")
    if "\0" in run_key or any("\ud800" <= c <= "\udfff" for c in run_key):
        raise CallError(f"run_key {run_key!a} has characters that no text can hold; give another")
    place = target_of(dataset, target, server)
    origin = place_of(source, near=place)
    override = on_breach if isinstance(on_breach, Override) else Override.of(on_breach, "call")
    about = Run(run_key, *((run.interval_start, run.interval_end) if run else (None, None)))
    moment = now or datetime.now(UTC)

    def attempt() -> Outcome:
        with place.connect(write=True, label=label_of(dataset, about)) as session:
            progress("staging")
            try:
                version = session.version(place)
                with session.source(origin) as (reader, relation):
                    how = mode_of(dataset, mode, where, relation, session)
                    session.admit(place, how)
                    view = typed_view(dataset, relation, reader)
                    types = {p.column: p.physical_type for p in dataset.properties if p.logical_type}
                    staged = session.stage(place, view, reader, run_key, str(origin), types)
                session.fit(place, run_key, how, {p.column for p in dataset.properties})
                found = find_references(dataset, session, references, place)
                standing = session.standing(place, run_key, how)
                outcome = _Gate(
                    beside(dataset, standing) if standing is not None else dataset,
                    session,
                    staged,
                    target=place,
                    source=origin,
                    mode=how,
                    run=about,
                    now=moment,
                    override=override,
                    references=found,
                    standing=standing,
                    examples=dataset.show_examples if show_examples is None else show_examples,
                    progress=progress,
                ).decide()
                if not outcome.published:
                    return outcome
                progress("switching")
                session.switch(
                    place,
                    _record(outcome, moment),
                    how,
                    allow_older=allow_older,
                    forget=dataset.quarantine_retention.before(moment),
                    # Where keys were looked for among rows that stay, these must be the same rows still.
                    unless_moved=version if not how.whole and _looks_beside(dataset) else None,
                )
                if not outcome.rows_set_aside:
                    return outcome
                (aside,) = [a for a in session.batches_aside(place) if a.run_key == run_key]
                return replace(outcome, aside=aside)
            finally:
                # What cannot be removed now is removed by the next run of this key; the outcome stands either way.
                with contextlib.suppress(HeadgateError):
                    session.discard(place, run_key)

    outcome = _until_it_stands(attempt, progress)
    progress(str(outcome.status))
    return outcome


# How often a publish begins again because another one came between its audit and its switch.
_TURNS = 5


def _until_it_stands(attempt: Callable[[], Outcome], progress: Progress) -> Outcome:
    for _ in range(_TURNS - 1):
        try:
            return attempt()
        except MovedError as error:
            progress(f"{error}; again")
    return attempt()


# What a rule calls the rows of the target that stay as they are, and these with the staged ones.
TARGET, WHOLE = "the target's other rows", "the target's rows then"


def beside(dataset: Dataset, standing: Relation) -> Dataset:
    """The dataset with what its keys mean where other rows stay in the target: a key of theirs is not new, and a
    foreign key to the dataset itself may lead to them."""
    held = [k for k in _unique(dataset) if all(column in standing.by_name for column in k.columns)]
    new = [
        replace(k, key=f"{k.key}.new", type="key_is_new", args={"to": TARGET, "to_columns": k.columns}) for k in held
    ]
    own = {k.key: replace(k, args={**k.args, "to": WHOLE}) for k in dataset.checks if k.args.get("to") == dataset.name}
    return replace(dataset, rules=(*(own.get(rule.key, rule) for rule in dataset.rules), *new))


def both(relation: Relation, standing: Relation) -> exp.Expr:
    """The rows of two relations, with the columns that both have."""
    listed = [exp.column(name, quoted=True) for name in relation.by_name if name in standing.by_name]
    parts = [exp.select(*listed).from_(each.as_data) for each in (relation, standing)]
    return exp.union(*parts, distinct=False).subquery()


def _unique(dataset: Dataset) -> list[Check]:
    return [k for k in dataset.checks if CATALOGUE[k.type].keys == "unique" and k.where is None]


def _looks_beside(dataset: Dataset) -> bool:
    """Whether rules look at the target's other rows."""
    return bool(_unique(dataset)) or any(dataset.name in check.reads for check in dataset.checks)


def mode_of(dataset: Dataset, mode: str, where: str | None, relation: Relation, session: Session) -> Mode:
    """Raises CallError where the mode is none, or lacks what it needs."""
    if mode not in MODES:
        raise CallError(f"{mode!r} is no mode of publishing; allowed: {', '.join(MODES)}")
    if where is not None and mode != "replace":
        raise CallError(f"where says which part is replaced; with mode={mode!r} nothing is")
    if mode == UPSERT and not dataset.publish_keys:
        raise CallError(
            f"an upsert needs a key: {dataset.contract.file} gives {dataset.name} neither a primary key nor publishKeys"
        )
    condition = condition_on(relation.columns, where, session) if where is not None else None
    return Mode(mode, condition, where, dataset.publish_keys if mode == UPSERT else ())


def _record(outcome: Outcome, now: datetime) -> Record:
    report = outcome.report
    return Record(
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
    )


@dataclass(frozen=True)
class _Gate:
    """Where verdict and policy meet, for one staged relation."""

    dataset: Dataset
    session: Publisher
    staged: Relation
    target: Target
    source: Place
    mode: Mode
    run: Run
    now: datetime
    override: Override | None
    references: Mapping[str, exp.Expr]
    standing: Relation | None
    examples: bool
    progress: Progress

    def audit(self, relation: Relation) -> tuple[Report, Plan]:
        return self._audit(relation, self.dataset, self.standing)

    def _audit(self, relation: Relation, dataset: Dataset, standing: Relation | None) -> tuple[Report, Plan]:
        references = dict(self.references)
        if standing is not None:
            references |= {TARGET: standing.source, WHOLE: both(relation, standing)}
        return audit(
            dataset,
            relation,
            self.session,
            stored=True,
            references=references,
            run=self.run,
            examples=self.examples,
        )

    def audit_again(self, rest: Relation, before: Report) -> tuple[Report, Plan]:
        """Audit what remains. What no row broke before is not asked again, unless what it looks into is another now: a
        foreign key finds fewer rows of its own dataset, and in an upsert the target keeps more of its own."""
        others = {self.dataset.name, WHOLE, *([TARGET] if self.mode.kind == UPSERT else [])}
        passed = {r.key for r in before.results if r.status is CheckStatus.PASSED and r.unexpected == 0}
        passed -= {check.key for check in self.dataset.checks if others & {*check.reads}}
        asked = [rule for rule in self.dataset.rules if rule.key not in passed]
        standing = self.session.standing(self.target, self.run.key, self.mode, marked=False)
        return self._audit(rest, replace(self.dataset, rules=tuple(asked)), standing)

    def decide(self) -> Outcome:
        self.progress("auditing")
        report, plan = self.audit(self.staged)
        policy = policy_for(self.dataset, report, self.override)
        held = report.verdict is Verdict.BREACH or (report.verdict is Verdict.UNKNOWN and not report.draft)
        if not held:
            return self._everything(report, policy, [])
        notes: list[str] = []
        if report.verdict is Verdict.BREACH:
            for name in policy.chain:
                if name == "warn":
                    return self._everything(report, policy, notes)
                if name == "halt":
                    break
                answer = (
                    self._quarantine(report, plan, policy)
                    if name == "quarantine"
                    else self._keep(report, policy, notes)
                )
                if isinstance(answer, Outcome):
                    return answer
                notes.append(answer)
        return self._outcome(Status.HALTED, report, policy, notes=tuple(notes))

    def _everything(self, report: Report, policy: Policy, notes: list[str]) -> Outcome:
        """Publish all rows, unless an upsert could not tell them apart."""
        if lacking := self._without_key(self.staged):
            return self._outcome(Status.HALTED, report, policy, notes=(*notes, lacking))
        notes = [*notes, *_lost_cells(report)]
        return self._outcome(Status.PUBLISHED, report, policy, rows_published=report.rows, notes=tuple(notes))

    def _without_key(self, relation: Relation) -> str | None:
        """Why `relation` cannot be upserted: what no rule of the contract was asked, or what a policy lets pass."""
        rows = self.session.without_key(relation, self.mode) if self.mode.kind == UPSERT else 0
        return f"no upsert: {rows:,} rows have no key of their own ({', '.join(self.mode.keys)})" if rows else None

    def _keep(self, report: Report, policy: Policy, notes: list[str]) -> Outcome | str:
        """Leave what the target serves, marked stale; or say why that cannot be done."""
        served = self.session.served(self.target)
        if served is None:
            return "no last good version: nothing was published yet"
        limit = self.dataset.max_staleness
        if limit is not None and served.run_at < limit.before(self.now):
            return f"no last good version: that of {served.run_at.isoformat()} is older than {limit}"
        self.progress("marking as stale")
        broken = [r.key for r in report.failed if r.severity == "error"]
        stale = self.session.mark_stale(self.target, Stale(self.now, self.run.key, shortened(broken)))
        return self._outcome(
            Status.KEPT_LAST_GOOD, report, policy, served=replace(served, stale=stale), notes=tuple(notes)
        )

    def _quarantine(self, report: Report, plan: Plan, policy: Policy) -> Outcome | str:
        """Set the unexpected rows aside and audit what remains; or say why that cannot be done."""
        reasons = dict(self._reasons(report, plan))
        if not reasons:
            return "no quarantine: what failed is not about single rows"
        self.progress("setting aside")
        aside = self.session.set_aside(self.target, self.run.key, reasons)
        limit = self.dataset.max_quarantine_percent
        if aside == report.rows:
            return "no quarantine: no row would be left"
        if Fraction(100 * aside, report.rows) > Fraction(limit):
            return f"no quarantine: {aside:,} of {report.rows:,} rows are bad, more than {limit} %"
        self.progress("auditing again")
        rest = self.session.remaining(self.target, self.run.key, str(self.source))
        again, _ = self.audit_again(rest, report)
        if again.verdict in (Verdict.BREACH, Verdict.UNKNOWN):
            broken = [r.key for r in (*again.failed, *again.not_measured) if r.severity == "error" and not r.excused]
            return f"no quarantine: without the {aside:,} bad rows the rest still breaks {shortened(broken)}"
        if lacking := self._without_key(rest):
            return lacking
        quarantine = self.target.quarantine
        return self._outcome(
            Status.PUBLISHED_PARTLY,
            report,
            policy,
            rows_published=report.rows - aside,
            rows_set_aside=aside,
            quarantine=quarantine,
            reaudit=again,
        )

    def _outcome(self, status: Status, report: Report, policy: Policy, **values: Any) -> Outcome:
        return Outcome(status, report, policy, self.source, self.target, self.mode, **values)

    def _reasons(self, report: Report, plan: Plan) -> Iterator[tuple[str, exp.Expr]]:
        """The failed error-level row checks that setting rows aside can mend, each with its condition."""
        checks = {check.key: check for check in plan.checks}
        for result in report.results:
            if (
                result.status is CheckStatus.FAILED
                and result.severity == "error"
                and result.unexpected
                and result.set_aside
                and plan.knows_rows(checks[result.key])
            ):
                yield result.key, self._but_one(checks[result.key], plan.condition(checks[result.key]))

    def _but_one(self, check: Check, condition: exp.Expr) -> exp.Expr:
        """Of duplicates, the contract may keep the first or the last by a column; what decides between equals is the
        rest of the row."""
        if self.dataset.keep is None or CATALOGUE[check.type].keys != "unique":
            return condition
        which, by = self.dataset.keep
        columns = self.staged.by_name
        if by not in columns:
            raise CallError(f"keep {which} by {by}: the data has no column '{by}'; it has {', '.join(columns)}")
        order = [exp.Ordered(this=exp.column(by, DATA, quoted=True), desc=which == "last", nulls_first=False)]
        order += [
            exp.Ordered(this=exp.cast(exp.column(c, DATA, quoted=True), "TEXT"), nulls_first=False) for c in columns
        ]
        row = exp.Window(
            this=exp.RowNumber(),
            partition_by=[exp.column(c, DATA, quoted=True) for c in check.columns],
            order=exp.Order(expressions=order),
        )
        return exp.and_(condition, exp.GT(this=row, expression=exp.Literal.number(1)))


def _lost_cells(report: Report) -> list[str]:
    """What a publish of all rows must own up to: a cell that did not cast has no place in a typed table."""
    cells = sum(r.unexpected or 0 for r in report.failed if r.type == "type")
    return [f"{cells:,} cells that did not cast were published as NULL"] if cells else []
