"""headgate lint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from headgate.cli.options import WRONG, exits, format_option, server_option, show
from headgate.contract.load import contract_bytes, document_of
from headgate.errors import CallError
from headgate.gate.verified import failing_queries
from headgate.lint.lint import Linted, contract_files
from headgate.lint.lint import lint as lint_file
from headgate.render.answers import LintAnswer


@click.command(short_help="Say what is wrong in contracts, and what they lack.")
@click.argument("contracts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit 2 for a warning as well.")
@click.option("--rules", is_flag=True, help="List every rule of the contracts, executed or not, with the reason.")
@click.option("--explain", is_flag=True, help="Say why each rule matters.")
@click.option("--data", is_flag=True, help="Run the verified queries of the contracts' context, to see that they run.")
@server_option
@format_option(LintAnswer)
@exits
def lint(
    contracts: tuple[Path, ...], strict: bool, rules: bool, explain: bool, data: bool, server: str | None, form: str
) -> int:
    """Read CONTRACTS (files, or folders of contracts) and say what is wrong in them and what they lack.

    Problems are errors (the contract does not load), warnings (it says less than was meant) and notes (advice).
    """
    files = list(contract_files(contracts))
    if not files:
        click.echo("no contract found (a YAML or JSON file with `kind: DataContract`); name the files", err=True)
        return WRONG
    for path in files if data else ():
        if not path.exists() and ("#" in str(path) or path.suffix == ".duckdb"):
            raise CallError(f"{path}: --data takes no value; it runs the queries on the contract's server")
    linted_files = [lint_file(path) for path in files]
    if data:
        linted_files = [_with_data(each, server) for each in linted_files]
    answer = LintAnswer(tuple(linted_files), strict=strict, explain=explain, rules=rules)
    show(answer, form)
    failing = ("error", "warning") if strict else ("error",)
    return WRONG if any(linted.count(level) for linted in answer.files for level in failing) else 0


def _with_data(linted: Linted, server: str | None) -> Linted:
    """Return what was found in a contract, and which of its verified queries do not run."""
    if linted.contract is None:
        return linted
    document = document_of(contract_bytes(linted.file), str(linted.file))
    failing = [
        document.problem(query.path, "verified-statement", f"the verified statement does not run: {reason}", "warning")
        for query, reason in failing_queries(linted.contract, server)
    ]
    return replace(linted, problems=tuple(sorted((*linted.problems, *failing))))
