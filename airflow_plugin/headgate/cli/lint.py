"""headgate lint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.options import WRONG, exits, format_option
from headgate.errors import ContractError

if TYPE_CHECKING:
    from headgate.contract import Contract


@click.command()
@click.argument("contracts", nargs=-1, required=True, type=click.Path(path_type=Path))
@format_option
@exits
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


def _problem(problem: Any) -> dict[str, Any]:
    return {"rule": problem.rule, "line": problem.line, "column": problem.column, "message": problem.message}
