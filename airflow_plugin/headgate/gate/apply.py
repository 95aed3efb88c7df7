"""The gate: where verdict and policy meet, for one staged relation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlglot import exp

from headgate import publishing
from headgate.checks import CATALOGUE, DATA, Check, RuleId
from headgate.contract import Dataset
from headgate.errors import CallError
from headgate.gate.audit import Audit, audit
from headgate.gate.decision import Step, decide, too_many
from headgate.gate.levels import levels_once_published, records_before
from headgate.gate.outcome import Outcome
from headgate.gate.policy import Override, Policy
from headgate.gate.remaining_rows import TARGET, WHOLE, union_rows
from headgate.places import UPSERT, Place, Publication, Relation, Staged, Staleness, Statements, Target, WriteMode
from headgate.places.records import Status
from headgate.plural import agreeing, counted
from headgate.report import Report, Run, Verdict, shortened
from headgate.report import Status as CheckStatus

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Gate:
    """Where verdict and policy meet, for one staged relation."""

    dataset: Dataset
    session: Statements
    staged: Staged
    source: Place
    mode: WriteMode
    run: Run
    now: datetime
    override: Override | None
    references: Mapping[str, exp.Expr]
    existing: Relation | None
    examples: bool
    progress: Progress

    @property
    def target(self) -> Target:
        return self.staged.target

    @cached_property
    def records(self) -> list[Publication] | None:
        """What was published before."""
        return records_before(self.dataset, self.target, self.session)

    def audit(self, relation: Relation) -> Audit:
        return self._audit(relation, self.dataset, self.existing)

    def _audit(self, relation: Relation, dataset: Dataset, existing: Relation | None) -> Audit:
        references = dict(self.references)
        if existing is not None:
            references |= {TARGET: existing.source, WHOLE: union_rows(relation, existing)}
        found = audit(
            dataset,
            relation,
            self.session,
            stored=True,
            references=references,
            run=self.run,
            examples=self.examples,
            place=self.source.lineage,
            now=self.now,
        )
        rows = found.report.rows
        levels = levels_once_published(
            dataset, relation, existing, self.session, self.records, self.mode, self.run, rows
        )
        return replace(found, report=replace(found.report, levels=levels))

    def audit_again(self, rest: Relation, before: Report) -> Report:
        """Audit what remains after quarantine. A check that no row broke before is skipped, unless what it refers to
        has changed: a foreign key to the dataset itself finds fewer rows, and in an upsert the target keeps more of its
        own."""
        others = {self.dataset.name, WHOLE, *([TARGET] if self.mode.kind == UPSERT else [])}
        passed = {r.key for r in before.results if r.status is CheckStatus.PASSED and r.unexpected == 0}
        passed -= {check.key for check in self.dataset.checks if others & {*check.reads}}
        asked = [rule for rule in self.dataset.rules if rule.key not in passed]
        existing = publishing.existing_rows(self.session, self.staged, self.mode, marked=False)
        return self._audit(rest, replace(self.dataset, rules=tuple(asked)), existing).report

    def outcome(self) -> Outcome:
        """Audit what is staged, and carry out what the policy decides, up to the switch."""
        self.progress("auditing")
        found = self.audit(self.staged.relation)
        self.progress(f"audited {counted(found.report.rows, 'row')}, verdict {found.report.verdict}")
        decision = decide(self.dataset, found.report, self.override)
        notes: list[str] = []
        for step in decision.steps:
            answer = self._applied(step, found, decision.policy, notes)
            if isinstance(answer, Outcome):
                return answer
            notes.append(answer)
        raise AssertionError(decision)  # the last step can always be done

    def _applied(self, step: Step, found: Audit, policy: Policy, notes: list[str]) -> Outcome | str:
        """Return the outcome of a step, or why it cannot be done."""
        match step:
            case Step.PUBLISH:
                return self._everything(found.report, policy, notes)
            case Step.QUARANTINE:
                return self._quarantine(found, policy)
            case Step.KEEP_LAST_GOOD:
                return self._keep(found.report, policy, notes)
        if ended := found.report.ended:
            notes = [*notes, f"nothing is published after the endOfLife of {self.dataset.name}: {ended.reason}"]
        return self._outcome(Status.HALTED, found.report, policy, notes=tuple(notes))

    def _everything(self, report: Report, policy: Policy, notes: list[str]) -> Outcome:
        """Publish all rows, unless the mode cannot: an upsert cannot tell them apart, or a column that it needs is
        missing."""
        if lacking := self._misfit(self.staged.relation):
            return self._outcome(Status.HALTED, report, policy, notes=(*notes, lacking))
        notes = [*notes, *_lost_cells(report)]
        return self._outcome(Status.PUBLISHED, report, policy, rows_published=report.rows, notes=tuple(notes))

    def _misfit(self, relation: Relation) -> str | None:
        """Return why `relation` cannot be published in this mode, though no rule says so, or a policy lets it pass."""
        if missing := publishing.lacking(self.staged, self.mode):
            return f"no {self.mode}: the source has no column {', '.join(missing)}"
        rows = publishing.without_key(self.session, relation, self.mode) if self.mode.kind == UPSERT else 0
        if not rows:
            return None
        said = agreeing(rows, "shares a key or has a NULL in it", "share a key or have a NULL in it")
        return f"no upsert: {counted(rows, 'row')} {said} ({', '.join(self.mode.keys)})"

    def _keep(self, report: Report, policy: Policy, notes: list[str]) -> Outcome | str:
        """Keep what the target serves, marked as stale; or return why that cannot be done."""
        served = self.session.ledger(self.target).served(self.mode.part) if self.staged.before.exists else None
        if served is None:
            return "no last good version: nothing was published yet"
        limit = self.dataset.max_staleness
        if limit is not None and served.run_at < limit.before(self.now):
            return f"no last good version: that of {served.run_at.isoformat()} is older than {limit}"
        self.progress("marking as stale")
        why = shortened(report.not_kept)
        noted = Staleness(self.now, self.run.key, why, self.mode.part)
        stale = publishing.mark_stale(self.session, self.target, noted)
        return self._outcome(
            Status.KEPT_LAST_GOOD, report, policy, served=replace(served, stale=stale), notes=tuple(notes)
        )

    def _quarantine(self, found: Audit, policy: Policy) -> Outcome | str:
        """Quarantine the unexpected rows and audit what remains; or return why that cannot be done."""
        report = found.report
        reasons = dict(self._reasons(found))
        if not reasons:
            return "no quarantine: what failed is not about single rows"
        self.progress("quarantining")
        aside = publishing.set_aside(self.session, self.staged, reasons)
        self.progress(f"{counted(aside, 'row')} to quarantine")
        if reason := too_many(self.dataset, aside, report.rows):
            return f"no quarantine: {reason}"
        self.progress("auditing again")
        rest = publishing.remaining(self.session, self.staged)
        again = self.audit_again(rest, report)
        if again.verdict in (Verdict.BREACH, Verdict.UNKNOWN):
            bad = counted(aside, "bad row")
            return f"no quarantine: without the {bad} the rest still breaks {shortened(again.not_kept)}"
        if lacking := self._misfit(rest):
            return lacking
        quarantine = self.target.quarantine
        return self._outcome(
            Status.PUBLISHED_PARTLY,
            report,
            policy,
            rows_published=report.rows - aside,
            rows_set_aside=aside,
            quarantine=quarantine,
            quarantine_columns=publishing.own_columns(self.session),
            reaudit=again,
        )

    def _outcome(self, status: Status, report: Report, policy: Policy, **values: Any) -> Outcome:
        return Outcome(status, report, policy, self.source, self.target, self.mode, **values)

    def _reasons(self, found: Audit) -> Iterator[tuple[RuleId, exp.Expr]]:
        """Yield the failed error-level row checks that a quarantine can repair, each with its condition."""
        checks = {check.key: check for check in found.plan.checks}
        for result in found.report.broken:
            if not (result.unexpected and result.set_aside):
                continue
            check = checks[result.key]
            if (condition := found.condition(check)) is not None:
                yield check.id, self._but_one(check, condition)

    def _but_one(self, check: Check, condition: exp.Expr) -> exp.Expr:
        """Return the condition without the one row of duplicates that the contract keeps: the first or the last by a
        column; equal ones are ordered by the rest of the row."""
        if self.dataset.keep is None or CATALOGUE[check.type].guaranteed_by != "unique":
            return condition
        which, by = self.dataset.keep
        columns = self.staged.relation.by_name
        if by not in columns and by.lower() in self.staged.declared:
            return condition  # a promised column is missing: nothing that is quarantined mends that
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
    """Return a note about the cells that did not cast, which a publish of all rows loses: a typed table cannot hold
    them."""
    cells = sum(r.unexpected or 0 for r in report.failed if CATALOGUE[r.type].casts)
    return [f"{cells:,} cells that did not cast were published as NULL"] if cells else []
