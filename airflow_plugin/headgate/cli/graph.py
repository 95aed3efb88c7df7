"""Where the commands read lineage from, and the dataset of a contract that an argument names."""

from __future__ import annotations

import os
from pathlib import Path

from headgate.contract import Dataset
from headgate.contract.find import is_there, may_be_contract
from headgate.dbt.lineage import graph_of
from headgate.errors import CallError
from headgate.lineage.graph import Graph
from headgate.lineage.marquez import graph_from_marquez
from headgate.lineage.source import graph_from, is_url
from headgate.rules import Contract

_TARGET = Path("target")
# Where Marquez is, in the order in which they are looked at.
_VARIABLES = ("MARQUEZ_URL", "OPENLINEAGE_URL")


def default_source() -> str:
    """Return the source of lineage where none is given: the environment's, else dbt's target folder.

    Raises:
        CallError: there is neither.
    """
    for variable in _VARIABLES:
        if url := os.environ.get(variable):
            return url
    if (_TARGET / "manifest.json").is_file():
        return str(_TARGET)
    raise CallError(
        "no lineage is known here: give --from FILE (OpenLineage events), --from FOLDER (of events, or dbt's target), "
        "--from URL (Marquez), or set MARQUEZ_URL"
    )


def graph_at(source: str, dataset: str, *, upstream: bool = False, depth: int | None = None) -> Graph:
    """Return the graph of a source: the URL of Marquez, dbt's target folder, a file or folder of OpenLineage events.

    Of Marquez it is only what is downstream (or upstream) of `dataset`, up to `depth` jobs away.

    Raises:
        DataNotFoundError: the path does not exist.
        CallError: the source cannot be read; Marquez has no such dataset.
        TransientError: Marquez cannot be reached.
    """
    if is_url(source):
        return graph_from_marquez(source, dataset, upstream=upstream, depth=depth)
    path = Path(source)
    target = path.parent if path.name == "manifest.json" else path
    return graph_of(target) if (target / "manifest.json").is_file() else graph_from(path)


def promised(text: str) -> tuple[Dataset, str] | None:
    """Return the dataset of CONTRACT.odcs.yaml[#DATASET[.COLUMN]], and the column or ""; None for any other text.

    Raises:
        CallError: the contract has no such dataset.
        ContractError: the contract is wrong.
    """
    path, _, name = ("", "", text) if is_there(text) else text.rpartition("#")
    if not is_there(path or name) or not may_be_contract(path or name):
        return None
    contract = Contract.load(path or name, with_commit=False)
    if path and name not in contract.datasets and "." in name:
        dataset, _, column = name.partition(".")
        return contract[dataset], column
    return contract.only(name if path else None), ""
