"""Write, audit, publish: build aside, check aside, make visible in one atomic step."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from sqlglot import exp

from headgate.contract import Dataset
from headgate.errors import CallError, HeadgateError
from headgate.gate.audit import audit, find_references, must_be_dataset
from headgate.gate.policy import Override, Policy, Status, policy_for
from headgate.gate.target import target_of
from headgate.places import Place, Publisher, Record, Relation, Table, place_of
from headgate.report import Report, Run, Verdict, shortened
from headgate.report import Status as CheckStatus
from headgate.scan import Plan, typed_view

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What happened. `report` is of the audit of everything staged; `reaudit` of what remained after quarantine.

    `quarantine` is the table that holds the rows set aside. `notes` say why a policy of the chain did not apply.
    """

    status: Status
    report: Report
    policy: Policy
    source: Place
    target: Table
    rows_published: int = 0
    rows_set_aside: int = 0
    quarantine: Table | None = None
    reaudit: Report | None = None
    notes: tuple[str, ...] = ()

    @property
    def published(self) -> bool:
        return self.status in (Status.PUBLISHED, Status.PUBLISHED_PARTLY)

    def __str__(self) -> str:
        """One line, the same in the log, the XCom, the report and the event."""
        match self.status:
            case Status.PUBLISHED:
                said = f"published {self.rows_published:,} rows to {self.target}"
            case Status.PUBLISHED_PARTLY:
                said = (
                    f"published {self.rows_published:,} rows to {self.target}, "
                    f"set {self.rows_set_aside:,} aside in {self.quarantine}"
                )
            case _:
                said = f"halted, {self.target} is unchanged"
        return "; ".join((said, *self.notes)) + f" · verdict {self.report.verdict}, policy {self.policy}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "outcome": str(self.status),
            "summary": str(self),
            "policy": str(self.policy),
            "source": str(self.source),
            "target": str(self.target),
            "rows_published": self.rows_published,
            "rows_set_aside": self.rows_set_aside,
            "quarantine": str(self.quarantine) if self.quarantine else None,
            "notes": list(self.notes),
            "report": self.report.to_dict(),
        }


def publish(
    dataset: Dataset,
    source: Any,
    target: Any = None,
    *,
    run_key: str,
    server: str | None = None,
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
        on_breach: a policy in place of the contract's, named as such in the outcome.
        references: for foreign keys, where each referenced dataset is; by default its table beside the target.
        run: the data interval; `key` is filled in.
        now: the time of the run, aware; by default the clock's. A rerun keeps its first.
        allow_older: publish even over a newer data interval.
        show_examples: as in `check`.
        progress: called with each step's name as it begins.

    Raises:
        CallError: source or target cannot be what is meant, or newer data is already served.
        TransientError: the target is locked or away; nothing was changed.
    """
    must_be_dataset(dataset)
    if not run_key.strip():
        raise CallError("run_key is empty; it names what this run publishes, so that a rerun can replace it")
    place = target_of(dataset, target, server)
    origin = place_of(source, near=place)
    override = on_breach if isinstance(on_breach, Override) else Override.of(on_breach, "call")
    about = Run(run_key, *((run.interval_start, run.interval_end) if run else (None, None)))
    with place.connect(write=True) as session:
        progress("staging")
        relation = session.read(origin)
        try:
            staged = session.stage(place, typed_view(dataset, relation, session), run_key, str(origin))
            gate = _Gate(
                dataset,
                session,
                staged,
                target=place,
                source=origin,
                run=about,
                override=override,
                references=find_references(dataset, session, references, place),
                examples=dataset.show_examples if show_examples is None else show_examples,
                progress=progress,
            )
            outcome = gate.decide()
            if outcome.published:
                progress("switching")
                session.switch(place, _record(outcome, now or datetime.now(UTC)), allow_older=allow_older)
        finally:
            # What cannot be removed now is removed by the next run of this key; the outcome stands either way.
            with contextlib.suppress(HeadgateError):
                session.discard(place, run_key)
    progress(str(outcome.status))
    return outcome


def _record(outcome: Outcome, now: datetime) -> Record:
    report = outcome.report
    return Record(
        run_key=report.run.key,
        target=str(outcome.target),
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
    target: Table
    source: Place
    run: Run
    override: Override | None
    references: Mapping[str, exp.Expr]
    examples: bool
    progress: Progress

    def audit(self, relation: Relation) -> tuple[Report, Plan]:
        return audit(
            self.dataset,
            relation,
            self.session,
            stored=True,
            references=self.references,
            run=self.run,
            examples=self.examples,
        )

    def decide(self) -> Outcome:
        self.progress("auditing")
        report, plan = self.audit(self.staged)
        policy = policy_for(self.dataset, report, self.override)
        held = report.verdict is Verdict.BREACH or (report.verdict is Verdict.UNKNOWN and not report.draft)
        if not held:
            lost = tuple(_lost_cells(report))
            return self._outcome(Status.PUBLISHED, report, policy, rows_published=report.rows, notes=lost)
        notes: list[str] = []
        if report.verdict is Verdict.BREACH:
            for name in policy.chain:
                if name == "warn":
                    notes += _lost_cells(report)
                    return self._outcome(
                        Status.PUBLISHED, report, policy, rows_published=report.rows, notes=tuple(notes)
                    )
                if name == "quarantine":
                    answer = self._quarantine(report, plan, policy)
                    if isinstance(answer, Outcome):
                        return answer
                    notes.append(answer)
                if name == "halt":
                    break
        return self._outcome(Status.HALTED, report, policy, notes=tuple(notes))

    def _quarantine(self, report: Report, plan: Plan, policy: Policy) -> Outcome | str:
        """Set the unexpected rows aside and audit what remains; or say why that cannot be done."""
        reasons = dict(_reasons(report, plan))
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
        again, _ = self.audit(self.session.remaining(self.target, self.run.key, str(self.source)))
        if again.verdict in (Verdict.BREACH, Verdict.UNKNOWN):
            broken = [r.key for r in (*again.failed, *again.not_measured) if r.severity == "error" and not r.excused]
            return f"no quarantine: without the {aside:,} bad rows the rest still breaks {shortened(broken)}"
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
        return Outcome(status, report, policy, self.source, self.target, **values)


def _lost_cells(report: Report) -> list[str]:
    """What a publish of all rows must own up to: a cell that did not cast has no place in a typed table."""
    cells = sum(r.unexpected or 0 for r in report.failed if r.type == "type")
    return [f"{cells:,} cells that did not cast were published as NULL"] if cells else []


def _reasons(report: Report, plan: Plan) -> Iterator[tuple[str, exp.Expr]]:
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
            yield result.key, plan.condition(checks[result.key])
