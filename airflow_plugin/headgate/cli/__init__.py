"""The command `headgate`. Exit codes: 0 pass or warn, 1 breach, 2 the contract or the call is wrong, 3 unknown."""

from __future__ import annotations

import gc
import importlib

import click

from headgate import __version__

# Each command with its short help. Its module is imported, with all that it needs, when it is called.
COMMANDS = {
    "init": "Draft a contract from data.",
    "schema": "Print a dataset as Avro, JSON Schema or Protobuf.",
    "lint": "Say what is wrong in contracts, and what they lack.",
    "diff": "Grade every change of a contract.",
    "check": "Check data against its contract.",
    "reconcile": "Compare two datasets that must agree.",
    "baseline": "Pin what a dataset holds now, to see drift later.",
    "publish": "Publish data only if it meets its contract.",
    "shadow": "Compare a candidate with what production made.",
    "levels": "Measure the service levels of a contract.",
    "status": "May I use this data now?",
    "history": "Say what checks and publishes found.",
    "incidents": "List what is broken, say who has it, and mute it.",
    "report": "Write the pages of what is broken into a folder.",
    "impact": "Say what depends on a dataset, and whom it concerns.",
    "registry": "The schema of a contract in a registry.",
    "mcp": "Serve agents: a read-only MCP server on stdio.",
    "quarantine": "List, show, release or drop quarantined rows.",
    "lineage": "Deliver lineage events that wait.",
    "dbt": "A contract in a dbt project.",
    "gx": "Suites of Great Expectations, in and out.",
}


class Commands(click.Group):
    """The commands, each loaded when it is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"headgate.cli.{name}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="headgate")
def main() -> None:
    """Data contracts (ODCS) enforced at the boundaries of data pipelines."""
    # A command lives for a moment and leaves little behind: collecting that at every turn is a tenth of its time.
    gc.set_threshold(200_000, 50, 50)
