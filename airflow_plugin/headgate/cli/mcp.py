"""headgate mcp."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from headgate import mcp as agents
from headgate.cli.graph import graph_at
from headgate.cli.options import exits, server_option
from headgate.contract import Dataset
from headgate.errors import CallError, MissingExtraError
from headgate.fitness.ask import folders
from headgate.fitness.recorded import recorded_here
from headgate.lineage.graph import Graph
from headgate.mcp.contracts import Contracts
from headgate.mcp.tools import Tools


@click.command(short_help="Serve agents: a read-only MCP server on stdio.")
@click.option(
    "--contracts",
    metavar="FOLDER",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where contracts are; by default HEADGATE_CONTRACTS.",
)
@click.option("--from", "source", metavar="SOURCE", help="Where lineage is, as for `headgate impact`; by default none.")
@server_option
@exits
def mcp(contracts: tuple[Path, ...], source: str | None, server: str | None) -> int:
    """Serve the Model Context Protocol on stdin and stdout, for an agent that starts this command.

    Its tools: list_datasets, status, contract, impact, explain. They read only, take names of datasets, and give no
    values of the data.
    """
    known = contracts or tuple(folders())
    if not known:
        raise CallError("no contracts are known: give --contracts FOLDER, or set HEADGATE_CONTRACTS")
    if find_spec("mcp") is None:
        raise MissingExtraError("the package mcp", "mcp")

    def lineage(dataset: Dataset) -> Graph:
        return graph_at(source or "", dataset.physical_name)

    tools = Tools(Contracts(*known), server=server, recorded=recorded_here(), lineage=lineage if source else None)
    agents.server_of(tools).run("stdio")
    return 0
