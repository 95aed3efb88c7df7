"""headgate lint."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate import __version__
from headgate.cli.options import WRONG, exits, show_json

if TYPE_CHECKING:
    from headgate.checks import Check, Unchecked
    from headgate.errors import Problem
    from headgate.lint.lint import Linted

_KINDS = {"error": "error", "warning": "warning", "note": "notice"}
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command(short_help="Say what is wrong in contracts, and what they lack.")
@click.argument("contracts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit 2 on warnings as well.")
@click.option("--rules", is_flag=True, help="List every rule of the contracts, executed or not, with the reason.")
@click.option("--explain", is_flag=True, help="Say why each rule matters.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="How to print: github are annotations of a pull request, sarif is for code scanning.",
)
@exits
def lint(contracts: tuple[Path, ...], strict: bool, rules: bool, explain: bool, form: str) -> int:
    """Read CONTRACTS (files, or folders of *.odcs.yaml) and say what is wrong in them and what they lack.

    Problems are errors (the contract does not load), warnings (it says less than was meant) and notes (advice).
    """
    from headgate.lint.lint import contract_files
    from headgate.lint.lint import lint as lint_file

    files = list(contract_files(contracts))
    if not files:
        click.echo("there is no *.odcs.yaml below what was given; name the files", err=True)
        return WRONG
    linted = [lint_file(path) for path in files]
    if form == "text":
        _text(linted, explain=explain, rules=rules)
    else:
        _PRINTERS[form](linted)
    failing = ("error", "warning") if strict else ("error",)
    return WRONG if any(found.count(level) for found in linted for level in failing) else 0


def _text(linted: list[Linted], *, explain: bool, rules: bool) -> None:
    from headgate.lint.rules import RULES
    from headgate.render.text import plain

    for found in linted:
        for problem in found.problems:
            level = click.style(problem.level, fg=_COLOURS[problem.level]) if sys.stdout.isatty() else problem.level
            where = plain(f"{problem.file}:{problem.line}:{problem.column}")
            click.echo(f"{where}: {level}: {plain(problem.message)} [{problem.rule}]")
            if explain:
                click.echo(f"    why: {RULES[problem.rule]}")
        for rule in _answer(found).get("rules", []) if rules else ():
            state = "executed" if rule["executed"] else f"not executed: {rule['reason']}"
            click.echo(plain(f"{found.file}:{rule['line']}: {rule['dataset']}: {rule['key']}: {state}"))
        click.echo(plain(f"{found.file}: {_state(found)}"))


def _state(found: Linted) -> str:
    counts = [
        f"{found.count(level)} {level}{'s' * (found.count(level) > 1)}" for level in _COLOURS if found.count(level)
    ]
    if found.contract is None:
        return ", ".join(counts)
    declared, executed = _rules(found)
    blocked = any(r.severity == "error" and not r.excused for d in found.contract for r in d.unchecked)
    state = "well-formed, but no verdict can be reached" if blocked else "ok"
    return ", ".join((state, f"{executed} of {declared} rules can be executed", *counts))


def _rules(found: Linted) -> tuple[int, int]:
    """(declared, executed)"""
    assert found.contract is not None
    declared = sum(len(dataset.rules) for dataset in found.contract)
    return declared, declared - sum(len(dataset.unchecked) for dataset in found.contract)


def _json(linted: list[Linted]) -> None:
    show_json([_answer(found) for found in linted])


def _answer(found: Linted) -> dict[str, Any]:
    answer: dict[str, Any] = {"file": str(found.file), "problems": [_problem(p) for p in found.problems]}
    if found.contract is not None:
        answer["rules"] = [
            {"dataset": dataset.name, **_rule(rule)} for dataset in found.contract for rule in dataset.rules
        ]
        declared, executed = _rules(found)
        answer["coverage"] = {"executed": executed, "declared": declared}
    return answer


def _rule(rule: Check | Unchecked) -> dict[str, Any]:
    from headgate.checks import Unchecked

    said = {"key": rule.key, "path": rule.source.path, "line": rule.source.line}
    if isinstance(rule, Unchecked):
        return {**said, "executed": False, "reason": rule.reason, "excused": rule.excused}
    return {**said, "executed": True, "type": rule.type}


def _problem(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("level", "rule", "line", "column", "message")}


def _github(linted: list[Linted]) -> None:
    from headgate.render.annotations import annotation

    for found in linted:
        for p in found.problems:
            click.echo(annotation(_KINDS[p.level], p.message, file=p.file, line=p.line, column=p.column, title=p.rule))


def _sarif(linted: list[Linted]) -> None:
    from headgate.lint.rules import RULES
    from headgate.render.sarif import sarif

    problems = [problem for found in linted for problem in found.problems]
    show_json(sarif(problems, RULES, __version__))


_PRINTERS = {"json": _json, "github": _github, "sarif": _sarif}
