"""headgate impact: the blast radius of a dataset, and where data of a moment came from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from headgate.cli.graph import default_source, graph_at, promised
from headgate.cli.options import exits, format_option, show
from headgate.errors import CallError
from headgate.lineage.blast_radius import impact_of
from headgate.lineage.contract_changes import with_contract_changes
from headgate.lineage.find import find, find_promised
from headgate.lineage.trace import trace
from headgate.render import FORMATS
from headgate.render.answers import ImpactAnswer, TraceAnswer


@click.command(short_help="Say what depends on a dataset, and whom it concerns.")
@click.argument("dataset", metavar="DATASET[.COLUMN]")
@click.option("--from", "source", metavar="SOURCE", help="A file or folder of OpenLineage events, dbt's target folder, "
              "or the URL of Marquez. By default MARQUEZ_URL, OPENLINEAGE_URL, or ./target of dbt.")  # fmt: skip
@click.option("--upstream", is_flag=True, help="What the dataset depends on, instead.")
@click.option("--at", metavar="TIME", help="With --upstream: which publications served then (2026-03-03T10:00; UTC "
              "unless it has a zone), and what differed from the ones before.")  # fmt: skip
@click.option(
    "--nominal", is_flag=True, help="TIME is one of the runs' data intervals, not of the clock: for backfills."
)
@click.option(
    "--contracts",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False),
    help="With --at: a folder of the git repository with the contracts, to grade what changed in them.",
)
@click.option("--depth", type=click.IntRange(min=1), help="How many jobs away at most; by default all.")
@format_option(ImpactAnswer)
@exits
def impact(
    dataset: str,
    source: str | None,
    upstream: bool,
    at: str | None,
    nominal: bool,
    contracts: str | None,
    depth: int | None,
    form: str,
) -> int:
    """Say what is downstream of a dataset or column: with distance, columns, owners, consumers, exposures.

    DATASET is its name in lineage, or the last part of it, or CONTRACT.odcs.yaml[#DATASET].
    """
    moment = _moment(at)
    if moment is None and nominal:
        raise CallError("--nominal says what --at means; give --at TIME")
    if moment is None and contracts:
        raise CallError("--contracts adds to what --at shows; give --at TIME")
    if moment is not None:
        if not upstream:
            raise CallError("--at looks upstream; give --upstream as well")
        if depth is not None:
            raise CallError("--depth does not go with --at, which goes back to the first inputs")
        if not FORMATS[form].shows(TraceAnswer):
            raise CallError(f"--at has no format {form}; give text, json or markdown")
    contract = promised(dataset)
    wanted = contract[0].physical_name if contract else dataset
    graph = graph_at(source or default_source(), wanted, upstream=upstream, depth=depth)
    if contract:
        about, column = contract
        name = find_promised(graph, about.contract.id, about.name, about.physical_name)
    else:
        name, column = find(graph, dataset)
    if moment is not None:
        if column:
            raise CallError(f"--at is about whole datasets; give {name.name} without its column '{column}'")
        found = trace(graph, name, moment, nominal=nominal)
        if not nominal and not any(each.publication for each in found.served):
            first = min(run.at for runs in graph.history.values() for run in runs)
            click.echo(f"the first run known ended {first:%Y-%m-%d %H:%M} UTC; for data intervals: --nominal", err=True)
        show(TraceAnswer(with_contract_changes(found, Path(contracts)) if contracts else found), form)
    else:
        show(ImpactAnswer(impact_of(graph, name, column, upstream=upstream, depth=depth)), form)
    return 0


def _moment(at: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(at) if at else None
    except ValueError:
        raise CallError(f"--at {at}: not a time; write it as 2026-03-03T10:00, with a zone or in UTC") from None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
