"""headgate status."""

from __future__ import annotations

from pathlib import Path

import click

from headgate.cli.options import BREACH, UNKNOWN, exits, format_option, server_option, show
from headgate.fitness import Answer, Fitness, view
from headgate.fitness.ask import configured, find
from headgate.fitness.ask import status as status_of
from headgate.fitness.catalogue import Catalogue
from headgate.fitness.read import place_served
from headgate.render.answers import StatusAnswer

_CODES = {Answer.YES: 0, Answer.DEGRADED: 0, Answer.NO: BREACH, Answer.UNKNOWN: UNKNOWN}


@click.command(short_help="May I use this data now?")
@click.argument("dataset")
@click.argument("data", required=False)
@click.option("--consumer", metavar="NAME", default="", help="Whose needs count besides what the contract promises.")
@click.option(
    "--contracts",
    metavar="FOLDER",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where contracts are, for names and for what is upstream; by default HEADGATE_CONTRACTS.",
)
@click.option("--save", is_flag=True, help="Save the answer beside the data, for the view headgate.fitness.")
@server_option
@format_option(StatusAnswer)
@exits
def status(
    dataset: str,
    data: str | None,
    consumer: str,
    contracts: tuple[Path, ...],
    save: bool,
    server: str | None,
    form: str,
) -> int:
    """Say whether a dataset may be used now: yes, degraded (yes, but), no or unknown, and why.

    DATASET is CONTRACT.odcs.yaml[#DATASET], or the name of a dataset of a contract in FOLDER.

    DATA is where it is, as for `headgate check`. By default it is the dataset's own table on the contract's server.

    Exit: 0 yes or degraded; 1 no; 2 the contract or the call is wrong; 3 unknown.
    """
    known = Catalogue.below(*contracts) if contracts else configured()
    about = find(dataset, known)
    place = place_served(about, data, server)

    def ask() -> list[Fitness]:
        return [status_of(about, place, consumer=consumer, contracts=known)]

    (found,) = view.save(place, ask) if save else ask()
    show(StatusAnswer(found, str(place)), form)
    return _CODES[found.answer]
