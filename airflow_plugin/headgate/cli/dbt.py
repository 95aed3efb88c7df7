"""headgate dbt."""

from __future__ import annotations

from pathlib import Path

import click

from headgate.cli.options import BREACH, exits, format_option, show
from headgate.dbt import sync as sync_tests
from headgate.errors import CallError
from headgate.render.answers import SyncAnswer
from headgate.rules import Contract


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
@click.option("--gate", is_flag=True, help="Give the models a gate: built aside, published only if they pass.")
@format_option(SyncAnswer)
@exits
def sync(
    contracts: tuple[Path, ...], project: Path, check_only: bool, nodes: tuple[str, ...], gate: bool, form: str
) -> int:
    """Write the checks of CONTRACTS into the properties files of a dbt project, as data tests."""
    loaded = {path: Contract.load(path) for path in contracts}
    ids = [contract.id for contract in loaded.values()]
    if twice := [f"{path} ({c.id})" for path, c in loaded.items() if ids.count(c.id) > 1]:
        raise CallError(f"contracts with the same id would replace each other's tests: {', '.join(twice)}")
    chosen = dict(_chosen(node) for node in nodes)
    if unknown := chosen.keys() - {name for contract in loaded.values() for name in contract.datasets}:
        raise CallError(f"--node {', '.join(sorted(unknown))}: no dataset of the contracts has that name")
    synced = {}
    for path, contract in loaded.items():
        synced[path] = sync_tests(contract, project, check_only=check_only, chosen=chosen, gate=gate)
        if form == "text":  # what is written is told at once: the next contract may be refused
            show(SyncAnswer({path: synced[path]}, check_only), form)
    if form != "text":
        show(SyncAnswer(synced, check_only), form)
    return BREACH if check_only and any(one.changed for one in synced.values()) else 0


def _chosen(option: str) -> tuple[str, str]:
    dataset, equals, node = option.partition("=")
    if not (dataset and equals and node):
        raise CallError(f"'{option}' is not a valid --node; expected DATASET=NODE, such as orders=raw.orders")
    return dataset, node
