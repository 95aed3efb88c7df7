"""headgate dbt."""

from __future__ import annotations

from pathlib import Path

import click

from headgate.cli.drafting import ensure_writable, force_option, write
from headgate.cli.options import BREACH, UNKNOWN, exits, format_option, show, verbose_option
from headgate.dbt import DbtResult, draft_contract, emit_results, read_results
from headgate.dbt import init as init_project
from headgate.dbt import sync as sync_tests
from headgate.errors import CallError
from headgate.render.answers import DraftAnswer, ProjectAnswer, ResultsAnswer, SyncAnswer
from headgate.render.escaping import plain
from headgate.rules import Contract

project_option = click.option(
    "--project", type=click.Path(path_type=Path), default=".", show_default=True, help="The dbt project."
)


@click.group()
def dbt() -> None:
    """A contract in a dbt project."""


@dbt.command()
@project_option
@click.option(
    "--package", type=click.Path(path_type=Path), help="The folder dbt_macros of headgate, where it is not found."
)
@click.option("--check", "check_only", is_flag=True, help="Write nothing; exit 1 where something is missing.")
@format_option(ProjectAnswer)
@exits
def init(project: Path, package: Path | None, check_only: bool, form: str) -> int:
    """Make a dbt project ready for contracts: the package, its entry under dispatch, and a folder for contracts."""
    changed = init_project(project, package, check_only=check_only)
    show(ProjectAnswer(changed, check_only), form)
    return BREACH if check_only and changed else 0


@dbt.command()
@click.argument("contracts", nargs=-1, required=True, type=click.Path(path_type=Path))
@project_option
@click.option(
    "--check",
    "check_only",
    is_flag=True,
    help="Write nothing; exit 1 where a file is out of date, or a dataset has no test.",
)
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
    return BREACH if check_only and not all(one.is_complete for one in synced.values()) else 0


@dbt.command()
@click.argument("node", metavar="MODEL")
@project_option
@click.option(
    "--output",
    "-o",
    help="The file to write; `-` prints it. By default ID.odcs.yaml in the project's folder contracts.",
)
@force_option
@format_option(DraftAnswer)
@exits
def contract(node: str, project: Path, output: str | None, force: bool, form: str) -> int:
    """Draft a contract of MODEL from what the project says of it.

    MODEL is a model, seed or snapshot (orders), a version of a model (orders.v2), or a source table (raw.orders).

    Read are target/manifest.json, which `dbt parse` writes, and target/catalog.json, which `dbt docs generate` writes
    (dbt v2: `dbt compile --write-catalog`). The draft says what it found no words for.
    """
    draft, found = draft_contract(project, node)
    for note in draft.notes:
        click.echo(plain(note), err=True)
    if output == "-":
        show(DraftAnswer(draft, node), form)
        return 0
    file = Path(output) if output else project / "contracts" / f"{draft.id}.odcs.yaml"
    ensure_writable(file, force)
    write(draft, file, make_folder=True)
    then = f"headgate dbt sync {file} --project {project}" + (
        f" --node {found.dataset}={found.name}" if found.shared else ""
    )
    show(DraftAnswer(draft, node, file, then), form)
    return 0


@dbt.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option(
    "--strict",
    is_flag=True,
    help="Exit 1 where dbt only warned of a broken promise, or a gate held rows back; 3 where it only warned of an "
    "unknown one.",
)
@verbose_option
@format_option(ResultsAnswer)
@exits
def results(folder: Path, strict: bool, verbose: bool, form: str) -> int:
    """Show what the last dbt build or dbt test found of each contract.

    FOLDER is the dbt project, or its target folder.

    Where OpenLineage is configured, each dataset has an event with an assertion for each rule.

    Exit: 0 pass, only warned of, or a gate published the good rows or kept the last good ones; 1 a breach; 2 no results
    of one run of dbt build or dbt test; 3 something was not measured, or its test was skipped or ended with an error.
    """
    found = read_results(folder)
    if not found:
        raise CallError(f"{folder}: the last dbt command tested no contract; run headgate dbt sync, then dbt build")
    show(ResultsAnswer(found, verbose=verbose), form)
    emit_results(found, folder)
    codes = {_code(result, strict=strict) for result in found}
    # What is downstream of a breach was skipped because of it: the breach is what happened.
    return BREACH if BREACH in codes else max(codes)


def _code(result: DbtResult, *, strict: bool) -> int:
    report = result.report
    if (result.is_breach and (report.broken or not report.unknown)) or (strict and report.failed):
        return BREACH
    return UNKNOWN if result.holds_back or (strict and report.unknown) else 0


def _chosen(option: str) -> tuple[str, str]:
    dataset, equals, node = option.partition("=")
    if not (dataset and equals and node):
        raise CallError(f"'{option}' is not a valid --node; expected DATASET=NODE, such as orders=raw.orders")
    return dataset, node
