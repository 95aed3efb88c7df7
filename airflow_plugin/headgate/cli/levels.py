"""headgate levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headgate import alerts, history
from headgate.cli.options import BREACH, UNKNOWN, WRONG, complain, dataset_of, exits, format_option, server_option, show
from headgate.contract import Dataset
from headgate.contract.find import contracts_below
from headgate.errors import CallError, ContractError, HeadgateError
from headgate.fitness.recorded import recorded_here
from headgate.gate import data_of, levels_now
from headgate.history.budget import history_budget
from headgate.levels import (
    NOTHING,
    Clock,
    Facts,
    LevelResult,
    Status,
    budgets,
    levels_of,
    measured,
    observe,
    unmeasured,
)
from headgate.places import Place
from headgate.render.answers import FolderLevelsAnswer, LevelsAnswer
from headgate.rules import Contract

if TYPE_CHECKING:
    from headgate.history.record import RunRecord


@click.command(short_help="Measure the service levels of contracts.")
@click.argument("contract")
@click.argument("data", required=False)
@server_option
@format_option(LevelsAnswer)
@exits
def levels(contract: str, data: str | None, server: str | None, form: str) -> int:
    """Measure the service levels of CONTRACT[#DATASET], and the needs of its consumers, by the clock.

    DATA is what `headgate check` takes. By default it is the dataset's own table on the contract's server.

    CONTRACT may be a folder: of every contract below it, each dataset that has service levels is measured on its
    server; what cannot be reached is unknown.

    Without DATA it is a watch: the history keeps what was found, and incidents are opened and closed by it.

    Read are the oldest and the newest value of the columns that the service levels name, and what headgate has
    published there.

    Exit: 0 kept, or prose that nobody can measure; 1 one is broken; 2 the contract or the call is wrong; 3 one could
    not be measured, also because its value in the contract is wrong.
    """
    if Path(contract).is_dir():
        return _of_folder(Path(contract), data, server, form)
    dataset = dataset_of(contract)
    place, _ = data_of(dataset, data, server)
    clock = Clock(datetime.now(UTC))
    facts = observe(dataset, place, clock=clock, known=_known(dataset, place, clock))
    results = measured(dataset, facts, clock)
    show(LevelsAnswer(dataset.name, str(place), results, budgets(dataset, facts, clock)), form)
    if data is None and results:
        _tell([history.RunRecord.of_watch(dataset, place.lineage, results, clock.now)])
    return _code(results)


def _of_folder(folder: Path, data: str | None, server: str | None, form: str) -> int:
    if data is not None:
        raise CallError(f"{folder} is a folder, whose datasets are measured where they are; leave out DATA")
    clock, wrong = Clock(datetime.now(UTC)), False
    files = list(contracts_below(folder))
    if not files:
        raise CallError(f"{folder}: no contract found")
    answers: list[LevelsAnswer] = []
    records: list[RunRecord] = []
    for file in files:
        try:
            answers += _answers(Contract.load(file), server, clock, records)
        except (CallError, ContractError) as error:
            complain(str(error))
            wrong = True
    show(FolderLevelsAnswer(tuple(answers)), form)
    _tell(records)
    return WRONG if wrong else _code([result for answer in answers for result in answer.results])


def _answers(contract: Contract, server: str | None, clock: Clock, records: list[RunRecord]) -> Iterator[LevelsAnswer]:
    """Yield the answer of each dataset that has service levels, and add what the history keeps of it to `records`."""
    file = str(contract.file)
    for dataset in contract:
        if not levels_of(dataset):
            continue
        try:
            place, _ = data_of(dataset, None, server)
        except CallError as error:
            yield LevelsAnswer(dataset.name, "no place", unmeasured(dataset, clock, str(error)), contract=file)
            continue
        results, facts = levels_now(dataset, place, clock, _known(dataset, place, clock))
        records.append(history.RunRecord.of_watch(dataset, place.lineage, results, clock.now))
        yield LevelsAnswer(dataset.name, str(place), results, budgets(dataset, facts, clock), file)


def _tell(records: Sequence[RunRecord]) -> None:
    """Keep what was found in the history, as a watch of Airflow does, and send what is due. Never raises."""
    for record in records:
        history.told(record, at_once=bool(alerts.configured()))
    if records:
        history_budget.begin(records[0].run_key)  # no task is held up
        alerts.send_due(lineage=0)


def _code(results: Sequence[LevelResult]) -> int:
    statuses = {result.status for result in results}
    if Status.BROKEN in statuses:
        return BREACH
    return UNKNOWN if Status.UNKNOWN in statuses or any(result.faulty for result in results) else 0


def _known(dataset: Dataset, place: Place, clock: Clock) -> Facts:
    """Return what history knows of bad rows and of outages; nothing where there is none, or it cannot be read."""
    recorded = recorded_here()
    try:
        return recorded.known(dataset, place.lineage, clock) if recorded else NOTHING
    except HeadgateError as error:
        complain(f"the history is left out: {error}")
        return NOTHING
