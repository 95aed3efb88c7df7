"""The service levels at a gate: measured beside the checks, by the clock of the run. They never fail the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from headgate.contract import Dataset
from headgate.errors import DataNotFoundError, HeadgateError, QueryError
from headgate.levels import NOTHING, Clock, ClockKind, Facts, LevelResult, PublicationFact, measured, unmeasured
from headgate.levels.observe import asks_data, facts_of, facts_of_publication, never_published, observe
from headgate.places import APPEND, Place, Publication, Relation, Session, Statements, Target, WriteMode
from headgate.report import Run


def clock_of(run: Run) -> Clock:
    """Return the clock of a run: the end of its data interval, else the time that it is about, else the wall clock. A
    backfill gets the answer of its day."""
    if run.interval_end is not None:
        return Clock(run.interval_end, ClockKind.INTERVAL_END)
    if run.now is not None:
        return Clock(run.now, ClockKind.RUN)
    return Clock(datetime.now(UTC))


def levels_now(
    dataset: Dataset, place: Place, clock: Clock, known: Facts = NOTHING
) -> tuple[tuple[LevelResult, ...], Facts]:
    """Return the service levels of a dataset where it is, and what they were measured by, whatever is wrong there: what
    cannot be reached is unknown, and what does not exist where headgate may publish was never published.

    Args:
        known: what history has of bad rows and of outages.
    """
    try:
        facts = observe(dataset, place, clock=clock, known=known)
    except DataNotFoundError as error:
        if not isinstance(place, Target):
            return unmeasured(dataset, clock, str(error)), Facts()
        facts = never_published(known)
    except HeadgateError as error:
        return unmeasured(dataset, clock, str(error)), Facts()
    return measured(dataset, facts, clock), facts


def levels_in_place(
    dataset: Dataset, place: Place, relation: Relation, session: Session, run: Run
) -> tuple[LevelResult, ...]:
    """Return the service levels of data where it is. `relation` has all of its rows, with the contract's types.

    Raises:
        TransientError: the platform cannot be asked now.
    """
    clock = clock_of(run)
    facts = facts_of(dataset, place, relation, session, clock) if asks_data(dataset) else Facts()
    return measured(dataset, facts, clock)


def levels_once_published(
    dataset: Dataset,
    staged: Relation,
    existing: Relation | None,
    session: Session,
    records: Sequence[Publication] | None,
    mode: WriteMode,
    run: Run,
    rows: int,
) -> tuple[LevelResult, ...]:
    """Return the service levels that a dataset has once what is staged is published. One that is unknown only because
    the dataset is young holds nothing back: only publishing makes it older.

    Args:
        existing: the rows that stay in the target.
        records: what the ledger of the target has; None if it cannot be read.
        rows: how many rows are staged.

    Raises:
        TransientError: the platform cannot be asked now.
    """
    clock = clock_of(run)
    if not asks_data(dataset):
        return measured(dataset, Facts(), clock)
    own = PublicationFact(clock.now, interval=run.interval, rows=rows, run_at=run.now or clock.now, whole=mode.whole)
    others = None
    if records is not None:
        others = [record for record in records if record.run_key != run.key]
        if before := next((record for record in records if record.run_key == run.key), None):
            first = before.published_at  # which a rerun keeps
            own = replace(own, published_at=first or before.run_at, exact=first is not None, run_at=before.run_at)
    appended = mode.kind == APPEND
    facts = facts_of_publication(dataset, staged, existing, session, clock, others, own, appended=appended)
    return tuple(replace(each, halts=each.halts and not each.young) for each in measured(dataset, facts, clock))


def records_before(dataset: Dataset, target: Target, session: Statements) -> list[Publication] | None:
    """Return what the ledger of a target has, if the service levels ask for it; None if it cannot be read."""
    if not asks_data(dataset):
        return []
    try:
        return session.ledger(target).publications()
    except QueryError:
        return None
