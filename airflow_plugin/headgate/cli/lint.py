"""headgate lint."""

from __future__ import annotations

from pathlib import Path

import click

from headgate.cli.options import WRONG, exits, format_option, show
from headgate.lint.lint import contract_files
from headgate.lint.lint import lint as lint_file
from headgate.render.answers import LintAnswer


@click.command(short_help="Say what is wrong in contracts, and what they lack.")
@click.argument("contracts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit 2 for a warning as well.")
@click.option("--rules", is_flag=True, help="List every rule of the contracts, executed or not, with the reason.")
@click.option("--explain", is_flag=True, help="Say why each rule matters.")
@format_option(LintAnswer)
@exits
def lint(contracts: tuple[Path, ...], strict: bool, rules: bool, explain: bool, form: str) -> int:
    """Read CONTRACTS (files, or folders of contracts) and say what is wrong in them and what they lack.

    Problems are errors (the contract does not load), warnings (it says less than was meant) and notes (advice).
    """
    files = list(contract_files(contracts))
    if not files:
        click.echo("no contract found (a YAML or JSON file with `kind: DataContract`); name the files", err=True)
        return WRONG
    answer = LintAnswer(tuple(lint_file(path) for path in files), strict=strict, explain=explain, rules=rules)
    show(answer, form)
    failing = ("error", "warning") if strict else ("error",)
    return WRONG if any(linted.count(level) for linted in answer.files for level in failing) else 0
