"""A baseline made from data, wherever that is, and kept in a file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlglot import exp

from headgate.checks.baseline import Baseline
from headgate.checks.baseline_json import dump, load
from headgate.contract import Dataset
from headgate.errors import CallError
from headgate.past.drift.pin import Pinning, add, pin
from headgate.places import Place, Relation, Session, Stored, written_as
from headgate.scan import filter_rows, parse_condition, typed_view


def baseline_of(dataset: Dataset, place: Place, wanted: Pinning, *, now: datetime, where: str = "") -> Baseline:
    """Return a new baseline of data, as the contract has its types.

    Args:
        where: a condition in SQL: only these rows are counted.

    Raises:
        CallError: the data was not found, or cannot be pinned.
        QueryError, TransientError: it cannot be read.
    """
    with _reading(dataset, place, where, now) as (relation, session):
        return pin(
            dataset, relation, session, wanted, at=now, data=str(place), where=_shown(where, dataset, relation, session)
        )


def added_to(
    baseline: Baseline, dataset: Dataset, place: Place, *, now: datetime, where: str = "", as_segment: str = ""
) -> Baseline:
    """Return a baseline with more data, counted in the bins that it has; see `baseline_of` and `pin.add`."""
    with _reading(dataset, place, where, now) as (relation, session):
        return add(baseline, relation, session, at=now, as_segment=as_segment)


def _shown(where: str, dataset: Dataset, relation: Relation, session: Session) -> str:
    """Return a condition as a baseline keeps it: without values of a classified column."""
    if not where:
        return ""
    names = {column.name for column in parse_condition(relation.columns, where, session).find_all(exp.Column)}
    hidden = {prop.column for prop in dataset.properties if prop.hides}
    return "a condition on a classified column" if names & hidden else where


@contextmanager
def _reading(dataset: Dataset, place: Place, where: str, now: datetime) -> Iterator[tuple[Relation, Session]]:
    place = written_as(place, dataset.settings)
    with place.connect(label=f"{dataset.contract.id}@{dataset.contract.version} {dataset.name}") as session:
        relation = session.read(place)
        if relation.text:
            relation = session.keep(typed_view(dataset, relation, session), relation.name)
        elif not isinstance(place, Stored):
            relation = session.view(typed_view(dataset, relation, session), relation.name)
        yield (filter_rows(relation, where, session, now) if where else relation), session


def read(file: Path) -> Baseline | None:
    """Return the baseline in a file; None if it does not exist. Raises CallError."""
    try:
        return load(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CallError(f"{file}: {error}; delete it to pin a new one") from None


@contextmanager
def alone(contract: Path) -> Iterator[None]:
    """Let one command at a time write baselines beside a contract: what is added to one would be lost otherwise."""
    with contract.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def write(baseline: Baseline, file: Path) -> None:
    """Write a baseline to a file, whole or not at all. Raises CallError."""
    text = dump(baseline)
    try:
        load(text)
    except ValueError as error:
        raise CallError(f"{file} was not written: a baseline of this data cannot be read again: {error}") from None
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(file)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise CallError(f"{file}: {error.strerror}") from None
