"""Who reads the columns of a contract, by lineage: what `headgate diff --lineage` grades changes by."""

from __future__ import annotations

from collections import defaultdict

from headgate.changes.delta import items_of
from headgate.cli.graph import graph_at
from headgate.contract.document import Document
from headgate.errors import CallError
from headgate.lineage.blast_radius import impact_of
from headgate.lineage.find import find_promised
from headgate.lineage.graph import Graph
from headgate.lineage.source import is_url
from headgate.naming import PlaceName


def readers_of(contract: Document, source: str) -> dict[str, list[str]]:
    """Return who reads what of a contract's datasets directly: {"dataset.column": names}, and under "dataset" those of
    whom it is not known which columns they read. Where lineage does not know a dataset, that stands there: what is
    unknown counts as read.

    Raises:
        DataNotFoundError, CallError: the file or folder cannot be read.
        TransientError: Marquez cannot be reached.
    """
    files = None if is_url(source) else graph_at(source, "")
    found: dict[str, list[str]] = {}
    for raw in items_of(contract.value.get("schema")):
        dataset = str(raw.get("name"))
        table = str(raw.get("physicalName") or dataset)
        try:
            graph = files or graph_at(source, table, depth=1)
            name = find_promised(graph, str(contract.value.get("id")), dataset, table)
        except CallError as error:
            found[dataset] = [f"unknown ({str(error).splitlines()[0]})"]
        else:
            promised = [str(p.get("physicalName") or p.get("name")) for p in items_of(raw.get("properties"))]
            found |= _readers(graph, name, dataset, promised)
    return found


def _readers(graph: Graph, name: PlaceName, dataset: str, promised: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    known: set[PlaceName] = set()
    columns = graph.known_columns.get(name, ())
    # Without a schema, lineage may name only some columns.
    for column in columns if graph.node(name).columns else dict.fromkeys((*columns, *promised)):
        for each in impact_of(graph, name, column, depth=1).affected:
            if not each.any_column and each.columns:
                found[f"{dataset}.{column}"].append(each.node.with_owners)
                known.add(each.node.name)
    others = [each for each in impact_of(graph, name, depth=1).affected if each.node.name not in known]
    if others:
        found[dataset] = [each.node.with_owners for each in others]
    return dict(found)
