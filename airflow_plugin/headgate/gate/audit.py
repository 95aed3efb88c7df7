"""The audit: one dataset checked on one relation."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlglot import exp

from headgate.checks import CATALOGUE, Check
from headgate.checks.drift import DRIFT
from headgate.checks.reconciliation import RECONCILIATION
from headgate.contract import Dataset
from headgate.errors import CallError, QueryError
from headgate.gate import counterpart
from headgate.gate.alone import alone
from headgate.gate.levels import levels_in_place
from headgate.gate.past import PastValues, with_past
from headgate.gate.target import neighbour_of, own_of
from headgate.naming import PlaceName
from headgate.places import DataLike, Place, Relation, Session, Statements, Stored, Target, place_of, written_as
from headgate.report import NO_RUN, Report, Run, judge
from headgate.rules import Contract
from headgate.scan import Measurements, Plan, filter_rows, measure, measure_schema, plan, typed_view, validate_condition
from headgate.sql.clock import at


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit: the report, and what it was made from."""

    report: Report
    plan: Plan
    measured: Measurements

    def condition(self, check: Check) -> exp.Expr | None:
        """TRUE for a row that is unexpected under `check`; None if the check does not decide about single rows."""
        found = self.measured.by_key[check.key]
        return None if found.partial else self.plan.condition(check, found.unexpected_when)


def audit(
    dataset: Dataset,
    relation: Relation,
    session: Session,
    *,
    stored: bool,
    references: Mapping[str, exp.Expr],
    run: Run,
    examples: bool,
    place: PlaceName | None,
    now: datetime | None = None,
) -> Audit:
    """Plan, measure, judge. By default a foreign key of a dataset to itself refers to the rows under audit.

    `place` is the report's name for the place of the rows; `now` the current time of queries, by default the run's.
    """
    references = {dataset.name: relation.source, **references}
    planned = plan(
        _as_of(dataset.checks, now or run.now or datetime.now(UTC)),
        relation,
        session,
        stored=stored,
        references=references,
        primary_key=dataset.primary_key,
    )
    measured = measure(planned, session, examples=examples)
    return Audit(judge(dataset, relation, measured, run, place=place, shown=examples), planned, measured)


def _as_of(checks: tuple[Check, ...], now: datetime) -> tuple[Check, ...]:
    """Return the checks as of a moment: the current time of their queries is a literal."""
    return tuple(_moment_of(check, now) for check in checks)


def _moment_of(check: Check, now: datetime) -> Check:
    if "query" in check.args:
        return replace(check, args={**check.args, "query": at(check.args["query"], now)})
    if CATALOGUE[check.type].timed:
        return replace(check, args={**check.args, "now": now})
    return counterpart.as_of(check, now)


def find_references(
    dataset: Dataset, session: Session, given: Mapping[str, Any] | None, near: Place | None, data: Place | None = None
) -> dict[str, exp.Expr]:
    """Return the relation of every dataset that a foreign key refers to: the given one, else its table beside `near`,
    else, where `data` is the dataset's own of one of the contract's servers, the other's own there.

    A dataset that is not found is left out; its checks are then not executed, and the verdict is unknown.
    """
    found: dict[str, exp.Expr] = {}
    wanted = {name for check in dataset.checks for name in check.reads} - {dataset.name}
    against = {check.args["against"] for check in dataset.checks if "against" in check.args}
    for name in set(given or {}) - wanted - against:
        dataset.contract[name]  # raises where the contract has no such dataset
    for name in wanted:
        other = _referenced(dataset, name)
        if given and name in given:
            found[name] = _read(other, place_of(given[name], near=near), session)
            continue
        home = own_of(other) if other.contract is not dataset.contract else None
        if home is None and isinstance(near, Stored):
            home = near.beside(other.physical_name)
        if home is None and data is not None:
            home = neighbour_of(dataset, data, other)
        if home is not None:
            with contextlib.suppress(CallError):
                found[name] = _read(other, home, session)
    return found


def _read(dataset: Dataset, place: Place, session: Session) -> exp.Expr:
    """Return a dataset's rows as the contract has their types."""
    relation = session.read(written_as(place, dataset.settings))
    return relation.source if isinstance(place, Stored) else typed_view(dataset, relation, session).subquery()


def _referenced(dataset: Dataset, name: str) -> Dataset:
    """Return the dataset `name` of the same contract, or FILE#NAME of the contract in a neighbouring file."""
    file, _, there = name.rpartition("#")
    if not file:
        return dataset.contract[name]
    return Contract.load(dataset.contract.file.parent / file)[there]


def ensure_dataset(dataset: object) -> None:
    """Raise CallError if a path or a whole contract is given instead of a dataset."""
    if not isinstance(dataset, Dataset):
        raise CallError(f"{dataset!r} is not a dataset; expected Contract.load(path)['name of the dataset']")


def label_of(dataset: Dataset, run: Run) -> str:
    """Return the label that tells a place who connects."""
    contract = dataset.contract
    return " ".join(filter(None, (f"{contract.id}@{contract.version}", dataset.name, run.key)))


def check(
    dataset: Dataset,
    data: DataLike,
    *,
    references: Mapping[str, DataLike] | None = None,
    run: Run = NO_RUN,
    show_examples: bool | None = None,
    near: Place | None = None,
    where: str | None = None,
    past: PastValues | str | None = None,
) -> Report:
    """Check data against its contract without changing anything. Its service levels are measured too, on all rows.

    Args:
        dataset: `Contract.load(path)["orders"]`.
        data: a path, a DataFrame (pandas, polars, Arrow) or a place.
        references: for foreign keys, where each referenced dataset is; by default its table beside the data.
        run: the run's key and data interval, carried in the report.
        show_examples: whether values of unclassified columns may be shown; by default as the contract says.
        where: a condition in SQL on the columns as the contract has them: only these rows are checked. The current
            time in it is the run's.
        near: where the tables of the datasets referred to are, if the data is not a table itself.
        past: what earlier runs measured of the rules on what is normal, by their keys (`headgate.history.past_of`), or
            why that is not known.

    Raises:
        CallError: the data was not found.
        TransientError: the place could not be reached now.
    """
    ensure_dataset(dataset)
    now = run.now or datetime.now(UTC)
    place = written_as(place_of(data, near=near), dataset.settings)
    dataset = counterpart.with_counterparts(
        dataset, references, place if isinstance(place, Stored) else near, whole=where is None
    )
    dataset = with_past(dataset, past, run, whole=where is None)
    with place.connect(label=label_of(dataset, run)) as session:
        relation = session.read(place)
        stored = isinstance(place, Stored)
        if relation.text:
            relation = session.keep(typed_view(dataset, relation, session), relation.name)
        elif not stored:
            relation = session.view(typed_view(dataset, relation, session), relation.name)
        found = find_references(dataset, session, references, place if stored else near, place)
        rows = relation
        if where is not None:
            found[dataset.name] = relation.source  # a foreign key to itself may lead out of the part
            rows = filter_rows(relation, where, session, now)
        examples = dataset.show_examples if show_examples is None else show_examples
        stale = _stale(place, session)
        try:
            report = audit(
                dataset,
                rows,
                session,
                stored=stored,
                references=found,
                run=run,
                examples=examples,
                place=place.lineage,
                now=now,
            ).report
        except QueryError:
            if where is not None:
                validate_condition(relation, where, session, now)
            raise
        levels = levels_in_place(dataset, place, relation, session, run)
    return replace(report, stale=stale, levels=levels)


def reconcile(
    dataset: Dataset,
    data: DataLike,
    *,
    references: Mapping[str, DataLike] | None = None,
    run: Run = NO_RUN,
    show_examples: bool | None = None,
    near: Place | None = None,
) -> Report:
    """Check whether data agrees with the datasets that its contract names, and nothing else.

    Args, Raises: as of `check`; `references` say where the other datasets are. CallError also if the contract names
    none.
    """
    ensure_dataset(dataset)
    only = alone(dataset, RECONCILIATION, "that it agrees with another dataset")
    report = check(only, data, references=references, run=run, show_examples=show_examples, near=near)
    return replace(report, levels=())


def measure_drift(
    dataset: Dataset,
    data: DataLike,
    *,
    run: Run = NO_RUN,
    show_examples: bool | None = None,
    near: Place | None = None,
    where: str | None = None,
) -> Report:
    """Check whether data has drifted from the baselines that its contract names, and nothing else.

    Args, Raises: as of `check`. CallError also if the contract has no such rule.
    """
    ensure_dataset(dataset)
    only = alone(dataset, DRIFT, "`drift` that compares it with a baseline")
    report = check(only, data, run=run, show_examples=show_examples, near=near, where=where)
    return replace(report, levels=())


def check_schema(dataset: Dataset, data: DataLike, *, near: Place | None = None, run: Run = NO_RUN) -> Report:
    """Check the columns of data against its contract: names, types, and of a table also constraints and the members of
    enums. No row is read, and none has to be there; rules about rows are not executed, and excused.

    Args, Raises: as of `check`.
    """
    ensure_dataset(dataset)
    place = place_of(data, near=near)
    with place.connect(label=label_of(dataset, run)) as session:
        relation = session.read(place)
        stored = isinstance(place, Stored)
        if not stored:
            relation = session.view(typed_view(dataset, relation, session), relation.name)
        measured = measure_schema(dataset.checks, relation, session, stored=stored)
        relation = replace(relation, name=f"{relation.name}, which were not read")
        return judge(dataset, relation, measured, run, place=place.lineage)


def _stale(place: Place, session: Session) -> str:
    """Return why newer data than `place` serves was held back, as far as this user may know."""
    if not (isinstance(place, Target) and isinstance(session, Statements)):
        return ""
    with contextlib.suppress(QueryError):  # headgate's own tables may be closed to who only reads
        ledger = session.ledger(place)
        return str((ledger.stale() if "stale" in ledger.there else None) or "")
    return ""
