"""What the data, its ledger and history tell of a dataset: the one module of the room that reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from headgate.contract import Dataset
from headgate.errors import DataNotFoundError, HeadgateError
from headgate.fitness.evidence import Evidence, Trouble, Unreadable
from headgate.fitness.recorded import Recorded
from headgate.gate import data_of
from headgate.levels import NOTHING, Clock, asks_data, fresh_until, measured, observe
from headgate.places import DataLike, Place, Target
from headgate.publishing import batches


def place_served(dataset: Dataset, data: DataLike | None = None, server: str | None = None) -> Place:
    """Return where readers find a dataset: `data`, else its own table on the contract's server.

    Raises:
        CallError: it cannot be told.
    """
    return data_of(dataset, data, server)[0]


def evidence(
    dataset: Dataset, place: Place, clock: Clock, *, recorded: Recorded | None = None, upstream: Iterable[Trouble] = ()
) -> Evidence:
    """Return what is known of a dataset at a place. What cannot be read stands in `unreadable`.

    Args:
        recorded: the history; None where there is no history.
    """
    found = replace(of_ledger(dataset, place, recorded=recorded), upstream=tuple(upstream))
    try:
        known = recorded.known(dataset, place.lineage, clock) if recorded and not found.unreadable else NOTHING
        facts = observe(dataset, place, clock=clock, known=known)
        if not asks_data(dataset):
            with place.connect() as session:
                session.read(place)  # what is not there is not fit for use, whatever is known of it
    except HeadgateError as error:
        # What nobody ever published is said so, and not as data that is lost.
        missing = isinstance(error, DataNotFoundError) and isinstance(place, Target)
        if missing and not found.publications and found.check is None:
            return found
        return replace(found, unreadable=(*found.unreadable, Unreadable("the data cannot be read", str(error))))
    return replace(found, levels=measured(dataset, facts, clock), fresh_until=fresh_until(dataset, facts, clock))


def of_ledger(dataset: Dataset, place: Place, *, recorded: Recorded | None = None) -> Evidence:
    """Return what the ledger of a place and history have of a dataset; the data itself is not read."""
    found = Evidence()
    unreadable: list[Unreadable] = []
    if isinstance(place, Target):
        try:
            with place.connect() as session:
                ledger = session.ledger(place)
                found = replace(
                    found,
                    publications=tuple(ledger.publications()),
                    stale=ledger.stale() if ledger.there else None,
                    quarantine=tuple(batches(session, place)),
                    released=tuple(ledger.releases()),
                )
        except DataNotFoundError:
            pass  # nothing was published there yet
        except HeadgateError as error:
            unreadable.append(Unreadable("what was published cannot be read", str(error)))
    if recorded is not None:
        try:
            check, part, attempt = recorded.latest(dataset, place.lineage)
            found = replace(found, check=check, part=part, attempt=attempt)
        except HeadgateError as error:
            unreadable.append(Unreadable("history cannot be read", str(error)))
    return replace(found, unreadable=tuple(unreadable))
