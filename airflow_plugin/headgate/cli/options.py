"""What the commands share: options, exit codes, and how arguments become values."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.errors import CallError, ContractError, HeadgateError, TransientError

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.report import Report

BREACH, WRONG, UNKNOWN = 1, 2, 3
# Control characters beyond those that JSON escapes itself.
_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)
policy_option = click.option(
    "--on-breach",
    metavar="POLICY",
    help="In place of the contract's: halt, last_known_good, quarantine, warn, or a comma list.",
)
references_option = click.option(
    "--reference", "references", multiple=True, metavar="DATASET=DATA", help="Where a dataset of a foreign key is."
)
server_option = click.option("--server", help="Which of the contract's servers.")
examples_option = click.option(
    "--show-examples/--no-examples", default=None, help="Show values of unclassified columns."
)
verbose_option = click.option("--verbose", "-v", is_flag=True, help="List what passed as well.")


def show_json(value: Any) -> None:
    """Print `value`; what could steer a terminal is escaped, as JSON may."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    click.echo(_STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def exits(command: Callable[..., int]) -> Callable[..., None]:
    """Errors as one clear message and an exit code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(*args, **kwargs)
        except (CallError, ContractError) as error:
            click.echo(str(error), err=True)
            code = WRONG
        except TransientError as error:
            click.echo(f"not possible now, try again: {error}", err=True)
            code = UNKNOWN
        except HeadgateError as error:
            click.echo(f"could not be measured: {error}", err=True)
            code = UNKNOWN
        except Exception as error:  # whatever it is, it is not a breach
            click.echo(f"could not be measured: {type(error).__name__}: {error}", err=True)
            code = UNKNOWN
        sys.exit(code)

    return run


def dataset_of(contract: str) -> Dataset:
    from headgate.rules import Contract

    path, _, name = ("", "", contract) if Path(contract).exists() else contract.rpartition("#")
    return Contract.load(path or name).only(name if path else None)


def override_of(policy: str | None) -> Any:
    from headgate.gate import Override

    return Override.of([part.strip() for part in policy.split(",")] if policy else None, "command line")


def pairs_of(references: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(reference.partition("=")[::2] for reference in references)
    for name, data in pairs.items():
        if not data:
            raise CallError(f"--reference {name}: write it as DATASET=DATA")
    return pairs


def code_of(report: Report) -> int:
    from headgate.report import Verdict

    return UNKNOWN if report.verdict is Verdict.UNKNOWN else BREACH


def show_report(report: Report, verbose: bool) -> None:
    from headgate.render.text import render

    click.echo(render(report, width=_width(), colour=sys.stdout.isatty(), verbose=verbose))


def show_explanation(report: Report) -> None:
    from headgate.render.explain import render

    click.echo(render(report, width=_width()))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Lines under names, as wide as the terminal."""
    from headgate.render.text import table

    click.echo(table(columns, rows, _width()))


def _width() -> int:
    return max(80, shutil.get_terminal_size((120, 24)).columns)
