"""The command `headgate`. Exit codes: 0 pass or warn, 1 breach, 2 the contract or the call is wrong, 3 unknown."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate import __version__
from headgate.errors import CallError, ContractError, HeadgateError

if TYPE_CHECKING:
    from headgate.contract import Contract, Dataset
    from headgate.report import Report

BREACH, WRONG, UNKNOWN = 1, 2, 3

_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)
_policy = click.option(
    "--on-breach", metavar="POLICY", help="In place of the contract's: halt, quarantine, warn, or a comma list."
)
_references = click.option(
    "--reference", "references", multiple=True, metavar="DATASET=DATA", help="Where a dataset of a foreign key is."
)
_server = click.option("--server", help="Which of the contract's servers.")
_examples = click.option("--show-examples/--no-examples", default=None, help="Show values of unclassified columns.")
_verbose = click.option("--verbose", "-v", is_flag=True, help="List what passed as well.")


def _exits(command: Callable[..., int]) -> Callable[..., None]:
    """Errors as one clear message and an exit code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(*args, **kwargs)
        except (CallError, ContractError) as error:
            click.echo(str(error), err=True)
            code = WRONG
        except HeadgateError as error:
            click.echo(f"could not be measured: {error}", err=True)
            code = UNKNOWN
        except Exception as error:  # whatever it is, it is not a breach
            click.echo(f"could not be measured: {type(error).__name__}: {error}", err=True)
            code = UNKNOWN
        sys.exit(code)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="headgate")
def main() -> None:
    """Data contracts (ODCS) enforced at the boundaries of data pipelines."""


@main.command()
@click.argument("contracts", nargs=-1, required=True, type=click.Path(path_type=Path))
@_format
@_exits
def lint(contracts: tuple[Path, ...], form: str) -> int:
    """Read CONTRACTS and say what is wrong in them, and which of their rules are not executed."""
    from headgate.contract import Contract

    answers: list[dict[str, Any]] = []
    wrong = False
    for path in contracts:
        try:
            contract = Contract.load(path)
        except ContractError as error:
            wrong = True
            answers.append({"file": str(path), "problems": [_problem(p) for p in error.problems]})
            if form == "text":
                click.echo(str(error))
            continue
        unchecked = [
            {"dataset": d.name, "key": r.key, "reason": r.reason, "line": r.source.line}
            for d in contract
            for r in d.unchecked
        ]
        rules = sum(len(d.rules) for d in contract)
        answers.append({"file": str(path), "problems": [], "rules": rules, "not_executed": unchecked})
        if form == "text":
            _say_lint(path, contract, rules, len(unchecked))
    if form == "json":
        click.echo(json.dumps(answers, ensure_ascii=False, indent=2))
    return WRONG if wrong else 0


@main.command()
@click.argument("contract")
@click.argument("data", required=False)
@_server
@_policy
@_references
@_examples
@_verbose
@_format
@_exits
def check(
    contract: str,
    data: str | None,
    server: str | None,
    on_breach: str | None,
    references: tuple[str, ...],
    show_examples: bool | None,
    verbose: bool,
    form: str,
) -> int:
    """Check DATA (a .csv or .parquet path, or FILE.duckdb#schema.table) against CONTRACT[#DATASET].

    Without DATA, the dataset's own table on the contract's server is checked.
    """
    from headgate.gate import check as check_data
    from headgate.gate import holds_back, home_of, policy_for

    dataset = _dataset(contract)
    near = home_of(dataset, server)
    if data is None and near is None:
        raise CallError(
            f"{contract} does not say where its data is: give DATA, or --server where it has several servers"
        )
    report = check_data(dataset, data or near, near=near, references=_pairs(references), show_examples=show_examples)
    policy = policy_for(dataset, report, _override(on_breach))
    if form == "json":
        click.echo(json.dumps(report.to_dict() | {"policy": str(policy)}, ensure_ascii=False, indent=2))
    else:
        _show(report, verbose)
        click.echo(f"verdict {report.verdict}, policy {policy}")
    return _code(report) if holds_back(report, policy) else 0


@main.command()
@click.argument("contract")
@click.argument("source")
@click.argument("target", required=False)
@click.option("--run-key", required=True, help="Names what this run publishes; a rerun of the same key replaces it.")
@_server
@_policy
@_references
@_examples
@click.option("--allow-older", is_flag=True, help="Publish even over a newer data interval.")
@click.option("--strict", is_flag=True, help="Exit 1 where rows were set aside.")
@_verbose
@_format
@_exits
def publish(
    contract: str,
    source: str,
    target: str | None,
    run_key: str,
    server: str | None,
    on_breach: str | None,
    references: tuple[str, ...],
    show_examples: bool | None,
    allow_older: bool,
    strict: bool,
    verbose: bool,
    form: str,
) -> int:
    """Publish SOURCE to TARGET, a table, only if it keeps CONTRACT[#DATASET].

    TARGET is FILE.duckdb#schema.table, or a table on the contract's server; by default the dataset's physicalName.
    """
    from headgate.gate import Status
    from headgate.gate import publish as publish_data

    outcome = publish_data(
        _dataset(contract),
        source,
        target,
        run_key=run_key,
        server=server,
        on_breach=_override(on_breach),
        references=_pairs(references),
        allow_older=allow_older,
        show_examples=show_examples,
        progress=lambda step: click.echo(f"… {step}", err=True) if form == "text" else None,
    )
    if form == "json":
        click.echo(json.dumps(outcome.to_dict(), ensure_ascii=False, indent=2))
    else:
        _show(outcome.report, verbose)
        click.echo(str(outcome))
    if not outcome.published:
        return _code(outcome.report)
    return BREACH if strict and outcome.status is Status.PUBLISHED_PARTLY else 0


@main.group()
def dbt() -> None:
    """A contract in a dbt project."""


@dbt.command()
@click.argument("contracts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--project", type=click.Path(path_type=Path), default=".", show_default=True, help="The dbt project.")
@click.option("--check", "check_only", is_flag=True, help="Write nothing; exit 1 where something is out of date.")
@_format
@_exits
def sync(contracts: tuple[Path, ...], project: Path, check_only: bool, form: str) -> int:
    """Write the checks of CONTRACTS into the properties files of a dbt project, as data tests."""
    from headgate.contract import Contract
    from headgate.dbt import sync as sync_tests

    loaded = {path: Contract.load(path) for path in contracts}
    ids = [contract.id for contract in loaded.values()]
    if twice := [f"{path} ({c.id})" for path, c in loaded.items() if ids.count(c.id) > 1]:
        raise CallError(f"contracts with the same id would replace each other's tests: {', '.join(twice)}")
    answers = []
    for path, contract in loaded.items():
        synced = sync_tests(contract, project, check_only=check_only)
        changed = [str(file) for file in synced.changed]
        answers.append({"contract": str(path), "tested": synced.tested, "skipped": synced.skipped, "changed": changed})
        if form == "json":
            continue
        for name, node in synced.tested.items():
            click.echo(f"{path}#{name}: tested on {node}")
        for name in synced.skipped:
            click.echo(f"{path}#{name}: the project has no such model or source table")
        for file in changed:
            click.echo(f"{file}: {'out of date; run headgate dbt sync' if check_only else 'written'}")
    if form == "json":
        click.echo(json.dumps(answers, ensure_ascii=False, indent=2))
    return BREACH if check_only and any(answer["changed"] for answer in answers) else 0


def _say_lint(path: Path, contract: Contract, rules: int, unchecked: int) -> None:
    blocking = 0
    for rule in (rule for dataset in contract for rule in dataset.unchecked):
        decides = rule.severity == "error" and not rule.excused
        blocking += decides
        effect = "; so no verdict can be reached: make it a warning, or name it in allowNotExecuted" if decides else ""
        click.echo(f"{path}:{rule.source.line}: not executed: {rule.key}: {rule.reason}{effect}")
    if contract.is_draft:
        click.echo(f"{path}: its status is {contract.status}: a breach only warns, nothing is held back")
    state = "well-formed, but no verdict can be reached" if blocking else "ok"
    click.echo(f"{path}: {state}, {rules - unchecked} of {rules} rules can be executed")


def _dataset(contract: str) -> Dataset:
    from headgate.contract import Contract

    path, _, name = ("", "", contract) if Path(contract).exists() else contract.rpartition("#")
    return Contract.load(path or name).only(name if path else None)


def _override(policy: str | None) -> Any:
    from headgate.gate import Override

    return Override.of([part.strip() for part in policy.split(",")] if policy else None, "command line")


def _pairs(references: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(reference.partition("=")[::2] for reference in references)
    for name, data in pairs.items():
        if not data:
            raise CallError(f"--reference {name}: write it as DATASET=DATA")
    return pairs


def _code(report: Report) -> int:
    from headgate.report import Verdict

    return UNKNOWN if report.verdict is Verdict.UNKNOWN else BREACH


def _show(report: Report, verbose: bool) -> None:
    import shutil

    from headgate.report.text import render

    width = max(80, shutil.get_terminal_size((120, 24)).columns)
    click.echo(render(report, width=width, colour=sys.stdout.isatty(), verbose=verbose))


def _problem(problem: Any) -> dict[str, Any]:
    return {"rule": problem.rule, "line": problem.line, "column": problem.column, "message": problem.message}
