"""headgate lineage: deliver the lineage events that wait in the spool, or say what waits."""

from __future__ import annotations

import click

from headgate.cli.options import UNKNOWN, exits, format_option, show
from headgate.errors import CallError
from headgate.lineage import flush as flush_queues
from headgate.lineage import status as status_of
from headgate.lineage.backlog import spools
from headgate.render.answers import FlushAnswer, LineageStatusAnswer

spool_option = click.option(
    "--spool",
    metavar="FOLDER",
    help="The folder of the spool; by default HEADGATE_SPOOL, else in your state folder.",
)


@click.group(short_help="Deliver lineage events that wait.")
def lineage() -> None:
    """Lineage events that could not be delivered at once wait in the spool.

    They go to the OpenLineage transport that is configured (OPENLINEAGE__TRANSPORT, openlineage.yml).
    """


@lineage.command()
@spool_option
@click.option("--budget", type=click.FloatRange(min=0.1), default=60.0, show_default=True, metavar="SECONDS",
              help="How long it may take.")  # fmt: skip
@format_option(FlushAnswer)
@exits
def flush(spool: str | None, budget: float, form: str) -> int:
    """Deliver what waits, oldest first. Exits 3 where something still waits."""
    try:
        flushed = flush_queues(spool, seconds=budget)
    except OSError as error:
        raise CallError(f"the spool cannot be used: {error.filename or spool}: {error.strerror}") from None
    show(FlushAnswer(tuple(flushed)), form)
    return UNKNOWN if any(each.waiting or each.error for each in flushed) else 0


@lineage.command()
@spool_option
@format_option(LineageStatusAnswer)
@exits
def status(spool: str | None, form: str) -> int:
    """Say what waits, for which server and since when, when it is tried again, and what was dropped."""
    show(LineageStatusAnswer(tuple(status_of(spool)), spools(spool)), form)
    return 0
