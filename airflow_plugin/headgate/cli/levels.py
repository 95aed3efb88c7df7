"""headgate levels."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from headgate.cli.options import BREACH, UNKNOWN, dataset_of, exits, format_option, server_option, show
from headgate.gate import data_of
from headgate.levels import Clock, Status, budgets, measured, observe
from headgate.render.answers import LevelsAnswer


@click.command(short_help="Measure the service levels of a contract.")
@click.argument("contract")
@click.argument("data", required=False)
@server_option
@format_option(LevelsAnswer)
@exits
def levels(contract: str, data: str | None, server: str | None, form: str) -> int:
    """Measure the service levels of CONTRACT[#DATASET], and the needs of its consumers, by the clock.

    DATA is what `headgate check` takes. By default it is the dataset's own table on the contract's server.

    Read are the oldest and the newest value of the columns that the service levels name, and what headgate has
    published there.

    Exit: 0 kept, or prose that nobody can measure; 1 one is broken; 2 the contract or the call is wrong; 3 one could
    not be measured.
    """
    dataset = dataset_of(contract)
    place, _ = data_of(dataset, data, server)
    clock = Clock(datetime.now(UTC))
    facts = observe(dataset, place)
    results = measured(dataset, facts, clock)
    show(LevelsAnswer(dataset.name, str(place), results, budgets(dataset, facts, clock)), form)
    statuses = {result.status for result in results}
    return BREACH if Status.BROKEN in statuses else UNKNOWN if Status.UNKNOWN in statuses else 0
