"""headgate quarantine: list quarantined rows, release them, or drop them."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from headgate import history
from headgate.cli.options import (
    BREACH,
    Renamed,
    complain,
    dataset_of,
    examples_option,
    exits,
    format_option,
    pairs_of,
    references_option,
    server_option,
)
from headgate.cli.options import show as show_answer
from headgate.cli.store import open_flushed
from headgate.contract.service_levels import duration
from headgate.errors import CallError, HeadgateError
from headgate.fitness.recorded import recorded_here
from headgate.gate import drop as drop_rows
from headgate.gate import quarantined, rows_aside, target_of
from headgate.gate import release as release_rows
from headgate.plural import counted
from headgate.render.answers import BatchesAnswer, DropAnswer, ReleaseAnswer, RowsAnswer
from headgate.render.masking import masked

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.places import Target

run_key_option = click.option("--run-key", required=True, help="Whose rows: the key of the run that quarantined them.")


@click.group(short_help="List, show, release or drop quarantined rows.")
def quarantine() -> None:
    """Quarantined rows are kept beside the data, in TARGET__quarantine, until a person decides.

    CONTRACT[#DATASET] and TARGET are as for `headgate publish`.
    """


@quarantine.command("list")
@click.argument("contract")
@click.argument("target", required=False)
@server_option
@format_option(BatchesAnswer)
@exits
def list_(contract: str, target: str | None, server: str | None, form: str) -> int:
    """List the runs that quarantined rows, and why."""
    found = quarantined(dataset_of(contract), target, server=server)
    show_answer(BatchesAnswer(tuple(found)), form)
    return 0


@quarantine.command()
@click.argument("contract")
@click.argument("target", required=False)
@run_key_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many rows.")
@examples_option
@server_option
@format_option(RowsAnswer)
@exits
def show(
    contract: str,
    target: str | None,
    run_key: str,
    limit: int,
    show_examples: bool | None,
    server: str | None,
    form: str,
) -> int:
    """Show some of the rows that a run quarantined. Values are masked unless they may be shown."""
    dataset = dataset_of(contract)
    rows = rows_aside(dataset, target, run_key=run_key, limit=limit, server=server)
    shown = dataset.show_examples if show_examples is None else show_examples
    show_answer(RowsAnswer(masked(rows, dataset, shown=shown), masked=not shown), form)
    return 0


@quarantine.command()
@click.argument("contract")
@click.argument("target", required=False)
@run_key_option
@click.option("--fingerprint", "fingerprint", required=True, metavar="CODE", cls=Renamed, old=("--accepted",),
              help="Which rows you looked at: their fingerprint, as `list` shows it.")  # fmt: skip
@click.option("--why", required=True, help="The reason; it is kept.")
@click.option("--by", help="Who lets them pass; by default your user name.")
@click.option("--allow-older", is_flag=True, help="Release even where the target was replaced since.")
@references_option
@server_option
@format_option(ReleaseAnswer)
@exits
def release(
    contract: str,
    target: str | None,
    run_key: str,
    fingerprint: str,
    why: str,
    by: str | None,
    allow_older: bool,
    references: tuple[str, ...],
    server: str | None,
    form: str,
) -> int:
    """Publish the rows that a run quarantined, exactly once; they may break the rules they broke, and no others."""
    dataset = dataset_of(contract)
    done = release_rows(
        dataset,
        target,
        run_key=run_key,
        accepted=fingerprint,
        by=by or getpass.getuser(),
        why=why,
        server=server,
        references=pairs_of(references),
        allow_older=allow_older,
        progress=lambda step: click.echo(f"… {step}", err=True) if form == "text" else None,
    )
    show_answer(ReleaseAnswer(done), form)
    if not done.refused and not done.before:
        _note(dataset, done.target, run_key, done.by, f"released {counted(done.rows, 'row')} from quarantine: {why}")
    return BREACH if done.refused else 0


@quarantine.command()
@click.argument("contract")
@click.argument("target", required=False)
@click.option("--run-key", help="Whose rows: the key of the run that quarantined them.")
@click.option("--older-than", metavar="TIME", help="All rows quarantined longer ago than this, such as '30 d'.")
@server_option
@format_option(DropAnswer)
@exits
def drop(
    contract: str, target: str | None, run_key: str | None, older_than: str | None, server: str | None, form: str
) -> int:
    """Delete quarantined rows for good."""
    try:
        before = duration(older_than).before(datetime.now(UTC)) if older_than else None
    except ValueError as error:
        raise CallError(f"--older-than: {error}") from None
    dataset = dataset_of(contract)
    rows = drop_rows(dataset, target, run_key=run_key, before=before, server=server)
    show_answer(DropAnswer(rows), form)
    if rows and run_key:
        by, said = getpass.getuser(), f"dropped {counted(rows, 'row')} from quarantine"
        _note(dataset, target_of(dataset, target, server), run_key, by, said)
    return 0


def _note(dataset: Dataset, target: Target, run_key: str, by: str, text: str) -> None:
    """Note in the incidents of a run what became of its rows; what cannot be noted is said, and fails nothing."""
    try:
        recorded = recorded_here()
        if recorded is None or target.lineage is None:
            return
        with open_flushed(None) as asked:
            about = dataset.contract.id, dataset.name
            history.released(asked.store, about, target.lineage, run_key, by, text, datetime.now(UTC))
    except HeadgateError as error:
        complain(f"no incident knows of it: {error}")
