"""The command `headgate`. Exit codes: 0 pass or warn, 1 breach, 2 the contract or the call is wrong, 3 unknown."""

from __future__ import annotations

import gc

import click

from headgate import __version__
from headgate.cli.check import check
from headgate.cli.dbt import dbt
from headgate.cli.diff import diff
from headgate.cli.gx import gx
from headgate.cli.init import init
from headgate.cli.lint import lint
from headgate.cli.publish import publish
from headgate.cli.quarantine import quarantine


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="headgate")
def main() -> None:
    """Data contracts (ODCS) enforced at the boundaries of data pipelines."""
    # A command lives for a moment and leaves little behind: collecting that at every turn is a tenth of its time.
    gc.set_threshold(200_000, 50, 50)


for command in (init, lint, diff, check, publish, quarantine, dbt, gx):
    main.add_command(command)
