"""headgate publish."""

from __future__ import annotations

import click

from headgate import alerts, history, lineage
from headgate.cli.options import (
    BREACH,
    code_of,
    dataset_of,
    examples_option,
    exits,
    format_option,
    override_of,
    pairs_of,
    policy_option,
    references_option,
    server_option,
    show,
    verbose_option,
)
from headgate.fitness.refresh import refresh
from headgate.gate import Status, needs_past, target_of
from headgate.gate import publish as publish_data
from headgate.places import place_of
from headgate.places.records import MODES, Mode
from headgate.render.answers import PublishAnswer
from headgate.report import Run


@click.command(short_help="Publish data only if it meets its contract.")
@click.argument("contract")
@click.argument("source")
@click.argument("target", required=False)
@click.option("--run-key", required=True, help="Names what this run publishes; a rerun of the same key replaces it.")
@server_option
@policy_option
@references_option
@examples_option
@click.option("--mode", type=click.Choice(MODES), default="replace", show_default=True,
              help="How the rows meet what TARGET holds.")  # fmt: skip
@click.option("--where", metavar="CONDITION", help="Replace only the part for which this SQL condition is TRUE.")
@click.option("--allow-older", is_flag=True, help="Publish even over a newer data interval.")
@click.option("--strict", is_flag=True, help="Exit 1 if rows were quarantined, or the last good version was kept.")
@verbose_option
@format_option(PublishAnswer)
@exits
def publish(
    contract: str,
    source: str,
    target: str | None,
    run_key: str,
    server: str | None,
    on_breach: str | None,
    references: tuple[str, ...],
    show_examples: bool | None,
    mode: Mode,
    where: str | None,
    allow_older: bool,
    strict: bool,
    verbose: bool,
    form: str,
) -> int:
    """Publish SOURCE to TARGET, only if it keeps CONTRACT[#DATASET].

    SOURCE is what `headgate check` takes as DATA, or a table beside TARGET.

    TARGET is a table on the contract's server, FILE.duckdb#schema.table, postgresql://…#schema.table, or a folder of
    Parquet files: lake/orders/ or s3://BUCKET/orders. By default it is the dataset's physicalName on the server.

    Exit: 0 published, or as the policy wants it; 1 a breach; 2 the contract or the call is wrong; 3 not measured.
    """
    dataset, run = dataset_of(contract), Run(run_key)
    there = target_of(dataset, target, server)
    here = place_of(source, near=there)
    with lineage.emitted(f"{dataset.contract.id}.{dataset.name}.publish") as ran:
        ran.on_error = lambda: lineage.planned_facets(dataset, run, here.lineage, there.lineage, failed=True)
        outcome = publish_data(
            dataset,
            here,
            there,
            run=run,
            server=server,
            mode=mode,
            where=where,
            on_breach=override_of(on_breach),
            references=pairs_of(references),
            allow_older=allow_older,
            show_examples=show_examples,
            past=history.known_past(dataset, there.lineage) if needs_past(dataset) else None,
            progress=lambda step: click.echo(f"… {step}", err=True) if form == "text" else None,
        )
        ran.found = lambda: lineage.publish_facets(outcome, dataset)
        ran.failed = outcome.halted
    show(PublishAnswer(outcome, verbose=verbose), form)
    history.told(history.RunRecord.of_publish(outcome), at_once=bool(alerts.configured()))
    alerts.send_due(lineage=0)
    refresh(dataset, there)
    if outcome.halted:
        return code_of(outcome.report)
    return BREACH if strict and outcome.status in (Status.PUBLISHED_PARTLY, Status.KEPT_LAST_GOOD) else 0
