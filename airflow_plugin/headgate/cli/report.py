"""headgate report."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from headgate.cli.options import UNKNOWN, complain, exits, format_option, show
from headgate.cli.store import open_flushed, store_option
from headgate.fitness.ask import folders
from headgate.fitness.catalogue import Catalogue
from headgate.page.ask import Ask, Scope
from headgate.page.folder import write_folder
from headgate.render.answers import ReportAnswer


@click.command(short_help="Write the pages of what is broken into a folder.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--contracts", "known", type=click.Path(path_type=Path), multiple=True, metavar="FOLDER",
              help="Contracts that may never have run; by default the folders in HEADGATE_CONTRACTS.")  # fmt: skip
@click.option("--values/--no-values", default=False, show_default=True,
              help="Show numbers that were measured, such as sums. Whoever may open the folder sees them.")  # fmt: skip
@store_option
@format_option(ReportAnswer)
@exits
def report(folder: Path, known: tuple[Path, ...], values: bool, url: str | None, form: str) -> int:
    """Write the pages that Airflow shows into FOLDER, as files that need no server and no scripts: what is broken, who
    has it and who reads it, every contract, the last runs, incidents and the quarantine. An earlier report there is
    replaced.

    The pages say as of when they are, and until when the promised freshness holds.

    Exit: 0 written, whatever is broken; 2 the folder has something else in it; 3 runs wait that are not in the history
    yet, or it cannot be read.
    """
    places = known or folders()
    catalogue = Catalogue.below(*places) if places else None
    with open_flushed(url) as asked:
        scope = Scope(None, lambda _: values)
        done = write_folder(Ask(asked.store, scope, datetime.now(UTC), catalogue=catalogue), folder)
        counts = {str(state): number for state, number in done.overview.counts.items()}
        for file, why in catalogue.faulty if catalogue else ():
            complain(f"not in the report: {file}: {why.splitlines()[0]}")
        show(ReportAnswer(done.index, done.pages, counts, len(done.overview.incidents), done.valid_until), form)
    return UNKNOWN if asked.lacks else 0
