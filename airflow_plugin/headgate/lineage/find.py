"""Which dataset of a graph a person means."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from headgate.errors import CallError
from headgate.lineage.graph import Graph, Kind, Node, short_name
from headgate.naming import PlaceName

_SHOWN = 5


def find(graph: Graph, text: str) -> tuple[PlaceName, str]:
    """Return the dataset, and the column or "", that DATASET[.COLUMN] names.

    DATASET is the name in lineage, with or without its namespace, or its last parts: `analytics.orders`, `orders`. Case
    does not count.

    Raises:
        CallError: no dataset, or several, have the name; the message lists names that are near.
    """
    parts = text.split(".")
    for length in range(len(parts), 0, -1):
        dataset, column = ".".join(parts[:length]), ".".join(parts[length:])
        if found := find_all(graph, dataset):
            return _only(found, text).name, column
    raise CallError(f"'{text}' is not in the lineage{_of(graph)}{_near(graph, text)}")


def find_all(graph: Graph, dataset: str) -> list[Node]:
    """Return the datasets that a name may mean: those whose whole name it is, else those whose name ends so."""
    wanted = dataset.lower()
    exact, ending = [], []
    for node in graph.nodes.values():
        names = [name.lower() for name in _names(node)]
        if wanted in names:
            exact.append(node)
        elif any(name.endswith((f".{wanted}", f"/{wanted}")) for name in names):
            ending.append(node)
    found = exact or ending
    return [node for node in found if node.kind is Kind.TABLE] or found


def find_promised(graph: Graph, contract: str, dataset: str, table: str) -> PlaceName:
    """Return the dataset that a contract is about: by the contract that lineage tells of it, else by its table's name.

    Args:
        contract: its id.
        dataset: the name of its schema object.
        table: the physical name of that.

    Raises:
        CallError: none or several may be meant.
    """
    known = [node.name for node in graph.nodes.values() if (node.contract, node.dataset) == (contract, dataset)]
    ends = (f".{table}", f"/{table}")
    names = [name for name in known if name.name == table or name.name.endswith(ends)] or known
    return names[0] if len(names) == 1 else find(graph, table)[0]


def _names(node: Node) -> Iterator[str]:
    for each in (node.name, *node.aliases):
        yield each.name
        yield str(each)
        yield f"{each.namespace.rstrip('/')}/{each.name.lstrip('/')}"


def _only(found: list[Node], text: str) -> Node:
    if len(found) == 1:
        return found[0]
    shown = "".join(f"\n  {node.name}" for node in sorted(found, key=lambda node: str(node.name))[:20])
    raise CallError(f"'{text}' is the name of {len(found)} datasets; give more of one of them:{shown}")


def _of(graph: Graph) -> str:
    return f" of {graph.source}" if graph.source else ""


def _near(graph: Graph, text: str) -> str:
    if not graph.nodes:
        return ", which has no datasets"
    shorts: dict[str, PlaceName] = {}
    for node in graph.nodes.values():
        shorts.setdefault(node.short.lower(), node.name)
        shorts.setdefault(node.name.name.lower(), node.name)
    word = text.lower()
    near = difflib.get_close_matches(word, shorts, _SHOWN, 0.6)
    near += difflib.get_close_matches(short_name(word), shorts, _SHOWN, 0.6)
    names = list(dict.fromkeys(shorts[name].name for name in near))
    if names:
        return "; names near it are " + ", ".join(names[:_SHOWN])
    return "; it has, for example, " + ", ".join(sorted(node.name.name for node in graph.nodes.values())[:_SHOWN])
