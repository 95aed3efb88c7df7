"""The promises of a contract that a candidate's rows, or the next version of the contract, break."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from headgate.checks import CATALOGUE
from headgate.compare.shadow.found import Output
from headgate.compare.shadow.settings import Settings
from headgate.contract import Dataset
from headgate.errors import HeadgateError, TransientError
from headgate.gate import check, home_of
from headgate.places import Place, Stored
from headgate.report import CheckResult, Run, Status


def judged(
    output: Output,
    dataset: Dataset | None,
    place: Place,
    settings: Settings,
    hidden: frozenset[str] = frozenset(),
    near: Place | None = None,
) -> Output:
    """Return the output with the promises of `dataset` that the rows at `place` break; columns `hidden` are masked
    there, and foreign keys refer to tables beside `near`. Raises TransientError."""
    if dataset is None:
        return output
    if near is None:
        with contextlib.suppress(HeadgateError):
            near = home_of(dataset)
    try:
        references = _references(dataset, place, near)
        run = Run(now=settings.now)
        report = check(dataset, place, near=near, references=references, run=run, show_examples=False)
    except TransientError:
        raise
    except HeadgateError as error:
        return replace(output, unjudged=(str(error),), is_unknown=True)
    broken, unjudged, is_unknown = [], [], False
    for result in report.results:
        if why := _why_unjudged(result, hidden, settings):
            unjudged.append(f"{result.statement}: {why}")
        elif result.status is Status.FAILED:
            broken.append(result)
        elif result.status is not Status.PASSED and result.severity == "error" and not result.excused:
            unjudged.append(f"{result.statement}: {result.reason or 'it could not be measured'}")
            is_unknown = True
    return replace(output, broken=tuple(broken), unjudged=tuple(unjudged), is_unknown=is_unknown)


def _references(dataset: Dataset, place: Place, near: Place | None) -> dict[str, Place]:
    """Return where the datasets are that foreign keys refer to: beside `near`, not beside the candidate's rows.

    One that cannot be read there is left out, and its rule is not executed.
    """
    found: dict[str, Place] = {}
    if not isinstance(near, Stored):
        return found
    for name in {name for each in dataset.checks for name in each.reads} - {dataset.name}:
        if other := dataset.contract.datasets.get(name):
            there = near.beside(other.physical_name)
            with contextlib.suppress(HeadgateError), place.connect() as session:
                session.read(there)
                found[name] = there
    return found


def _why_unjudged(result: CheckResult, hidden: frozenset[str], settings: Settings) -> str:
    """Return why a promise says nothing about the candidate's rows; "" if it does."""
    if hidden & set(result.columns):
        return "its column is masked"
    if settings.sample and result.type in CATALOGUE and CATALOGUE[result.type].compares:
        return "it is about all rows, and these are a sample"
    return ""
