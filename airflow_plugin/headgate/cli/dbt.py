"""headgate dbt."""

from __future__ import annotations

from pathlib import Path

import click

from headgate.cli.options import BREACH, exits, format_option, show_json
from headgate.errors import CallError


@click.group()
def dbt() -> None:
    """A contract in a dbt project."""


@dbt.command()
@click.argument("contracts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--project", type=click.Path(path_type=Path), default=".", show_default=True, help="The dbt project.")
@click.option("--check", "check_only", is_flag=True, help="Write nothing; exit 1 where something is out of date.")
@click.option(
    "--node",
    "nodes",
    multiple=True,
    metavar="DATASET=NODE",
    help="The model or source table of a dataset: orders=raw.orders.",
)
@format_option
@exits
def sync(contracts: tuple[Path, ...], project: Path, check_only: bool, nodes: tuple[str, ...], form: str) -> int:
    """Write the checks of CONTRACTS into the properties files of a dbt project, as data tests."""
    from headgate.dbt import sync as sync_tests
    from headgate.rules import Contract

    loaded = {path: Contract.load(path) for path in contracts}
    ids = [contract.id for contract in loaded.values()]
    if twice := [f"{path} ({c.id})" for path, c in loaded.items() if ids.count(c.id) > 1]:
        raise CallError(f"contracts with the same id would replace each other's tests: {', '.join(twice)}")
    chosen = dict(_chosen(node) for node in nodes)
    if unknown := chosen.keys() - {name for contract in loaded.values() for name in contract.datasets}:
        raise CallError(f"--node {', '.join(sorted(unknown))}: no dataset of the contracts has that name")
    answers = []
    for path, contract in loaded.items():
        synced = sync_tests(contract, project, check_only=check_only, chosen=chosen)
        changed = [str(file) for file in synced.changed]
        answers.append(
            {"contract": str(path), "tested": synced.tested, "skipped": [*synced.skipped], "changed": changed}
        )
        if form == "json":
            continue
        for name, node in synced.tested.items():
            click.echo(f"{path}#{name}: tested on {node}")
        for name, others in synced.skipped.items():
            why = f"; {others}" if others else ""
            click.echo(f"{path}#{name}: the project has no such model or source table{why}")
        for file in changed:
            click.echo(f"{file}: {'out of date; run headgate dbt sync' if check_only else 'written'}")
    if form == "json":
        show_json(answers)
    return BREACH if check_only and any(answer["changed"] for answer in answers) else 0


def _chosen(option: str) -> tuple[str, str]:
    dataset, equals, node = option.partition("=")
    if not (dataset and equals and node):
        raise CallError(f"'{option}' is not a valid --node; expected DATASET=NODE, such as orders=raw.orders")
    return dataset, node
