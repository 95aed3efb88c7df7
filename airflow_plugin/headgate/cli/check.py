"""headgate check."""

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
    import_from_here,
    override_of,
    pairs_of,
    policy_option,
    references_option,
    server_option,
    show,
    verbose_option,
)
from headgate.errors import CallError
from headgate.fitness.refresh import refresh
from headgate.gate import check as check_data
from headgate.gate import check_schema, data_of, holds_back, is_own, needs_past, policy_for
from headgate.json_schema import check_described, schema_of
from headgate.render.answers import CheckAnswer
from headgate.report import Run


@click.command(short_help="Check data against its contract.")
@click.argument("contract")
@click.argument("data", required=False)
@server_option
@click.option("--where", metavar="CONDITION", help="Check only the rows for which this SQL condition is TRUE.")
@policy_option
@references_option
@examples_option
@verbose_option
@click.option("--schema-only", is_flag=True, help="Check the columns alone: names, types, constraints. No row is read.")
@click.option("--strict", is_flag=True, help="Exit 1 if a service level is broken.")
@click.option("--explain", is_flag=True, help="Show what proves each check, the SQL, and its share of the cost.")
@format_option(CheckAnswer)
@exits
def check(
    contract: str,
    data: str | None,
    server: str | None,
    where: str | None,
    on_breach: str | None,
    references: tuple[str, ...],
    show_examples: bool | None,
    verbose: bool,
    schema_only: bool,
    strict: bool,
    explain: bool,
    form: str,
) -> int:
    """Check DATA against CONTRACT[#DATASET].

    DATA is a .csv, .json or .parquet path, a folder of Parquet files, FILE.duckdb#schema.table, or postgresql://USER@HOST/DATABASE#schema.table.

    With --schema-only, DATA may also be a JSON Schema (a .json file) or a pydantic model (module:Model).

    Without DATA, the dataset's own table on the contract's server is checked.

    Exit: 0 pass, or only warned of; 1 a breach; 2 the contract or the call is wrong; 3 could not be measured.
    """
    dataset = dataset_of(contract)
    if schema_only and (where or references):
        raise CallError("--schema-only reads no rows; leave out --where and --reference")
    import_from_here()
    schema = schema_of(data) if schema_only else None
    if schema:
        report = check_described(dataset, schema)
        policy = policy_for(dataset, report, override_of(on_breach))
        show(CheckAnswer(report, policy, verbose=verbose, explain=explain), form)
        return code_of(report) if holds_back(report, policy) else 0
    place, near = data_of(dataset, data, server)
    with lineage.emitted(f"{dataset.contract.id}.{dataset.name}.check") as ran:
        ran.on_error = lambda: lineage.planned_facets(dataset, Run(), place.lineage, failed=True)
        report = (
            check_schema(dataset, place, near=near)
            if schema_only
            else check_data(
                dataset,
                place,
                near=near,
                references=pairs_of(references),
                show_examples=show_examples,
                where=where,
                past=history.known_past(dataset, place.lineage) if needs_past(dataset) else None,
            )
        )
        policy = policy_for(dataset, report, override_of(on_breach))
        ran.found = lambda: lineage.check_facets(report, place, dataset, policy=str(policy))
        ran.failed = holds_back(report, policy)
    show(CheckAnswer(report, policy, verbose=verbose, explain=explain), form)
    if not schema_only:
        around = history.Surroundings(where or "", own=is_own(dataset, place), passes=not ran.failed)
        record = history.RunRecord.of_check(report, str(policy), part=where is not None, around=around)
        history.told(record, at_once=bool(alerts.configured()))
        alerts.send_due(lineage=0)
        refresh(dataset, place)
    return code_of(report) if ran.failed else BREACH if strict and report.broken_levels else 0
