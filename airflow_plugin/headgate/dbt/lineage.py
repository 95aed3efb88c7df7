"""Lineage as dbt's artifacts know it: what models refer to, exposures with their owners, and contracts by the tests
that `headgate dbt sync` wrote. Column lineage is not in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from headgate.contract.consumers import Consumer
from headgate.dbt.properties import KINDS
from headgate.dbt.target import document, reading
from headgate.errors import CallError, ContractError
from headgate.lineage.graph import Graph, Job, Kind, Node, Support
from headgate.naming import PlaceName
from headgate.rules import Contract


def graph_of(target: Path) -> Graph:
    """Return the graph of manifest.json, and of catalog.json where it is, in a target folder.

    The namespace of a table is the adapter's type: the artifacts do not say which server it is on.

    Raises:
        DataNotFoundError: manifest.json is not in the folder.
        CallError: the artifacts cannot be read.
    """
    manifest = document(target / "manifest.json", "dbt parse")
    catalog_file = target / "catalog.json"
    catalog = document(catalog_file, "dbt docs generate") if catalog_file.exists() else {}
    with reading(target):
        return _graph(target, manifest, {**(catalog.get("nodes") or {}), **(catalog.get("sources") or {})})


def _graph(target: Path, manifest: Any, catalog: Mapping[str, Any]) -> Graph:
    adapter = str((manifest.get("metadata") or {}).get("adapter_type") or "dbt")
    tables = {key: raw for key, raw in manifest["nodes"].items() if raw["resource_type"] in KINDS and _is_table(raw)}
    tables |= manifest["sources"]
    groups = {each["name"]: each for each in (manifest.get("groups") or {}).values()}
    nodes = {key: _table(adapter, raw, catalog.get(key), groups) for key, raw in tables.items()}
    for key, about in _contracts(manifest):
        if key in nodes:
            nodes[key] = _promised(nodes[key], about, target.resolve().parent)
    for key, raw in (manifest.get("exposures") or {}).items():
        nodes[key] = _exposure(adapter, raw)
    parents = {key: _parents(key, manifest, nodes) for key in nodes}
    jobs = tuple(
        Job(PlaceName("dbt", key), frozenset(nodes[parent].name for parent in parents[key]), frozenset({node.name}))
        for key, node in nodes.items()
        if parents[key]
    )
    return Graph({node.name: node for node in nodes.values()}, jobs, source=str(target))


def _parents(key: str, manifest: Any, nodes: Mapping[str, Node], seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the tables that a node reads; an ephemeral model is none, so that those it reads stand for it."""
    raw = manifest["nodes"].get(key) or (manifest.get("exposures") or {}).get(key) or {}
    raw = raw or (manifest.get("metrics") or {}).get(key) or (manifest.get("semantic_models") or {}).get(key) or {}
    found: set[str] = set()
    for parent in (raw.get("depends_on") or {}).get("nodes") or ():
        if parent in nodes:
            found.add(parent)
        elif parent not in seen:
            found |= _parents(parent, manifest, nodes, seen | {key, parent})
    return found


def _is_table(raw: Mapping[str, Any]) -> bool:
    return (raw.get("config") or {}).get("materialized") != "ephemeral"


def _table(
    adapter: str, raw: Mapping[str, Any], entry: Mapping[str, Any] | None, groups: Mapping[str, Mapping[str, Any]]
) -> Node:
    parts = (raw.get("database"), raw.get("schema"), raw.get("identifier") or raw.get("alias") or raw["name"])
    config = raw.get("config") or {}
    meta = config.get("meta") or raw.get("meta") or {}
    group = groups.get(str(config.get("group") or raw.get("group"))) or {}
    columns = (entry or {}).get("columns") or raw.get("columns") or {}
    return Node(
        PlaceName(adapter, ".".join(str(part) for part in parts if part)),
        description=str(raw.get("description") or ""),
        owners=tuple(_owner(group.get("owner"))) or tuple(_owner(meta.get("owner"))),
        columns=tuple(str(column.get("name")) for column in columns.values()),
        aliases=(PlaceName("dbt", ".".join(str(raw[key]) for key in ("source_name", "name") if key in raw)),),
    )


def _exposure(adapter: str, raw: Mapping[str, Any]) -> Node:
    owner = raw.get("owner") or {}
    email = str(owner.get("email") or "")
    return Node(
        PlaceName("dbt", f"exposure.{raw['name']}"),
        Kind.EXPOSURE,
        description=str(raw.get("description") or raw.get("label") or ""),
        owners=tuple(_owner(owner)),
        support=(Support(email),) if email else (),
        url=str(raw.get("url") or ""),
    )


def _owner(owner: Any) -> Iterator[str]:
    if isinstance(owner, Mapping):
        owner = owner.get("name") or owner.get("email")
    if isinstance(owner, str) and owner:
        yield owner


def _contracts(manifest: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each node that a test of a contract stands on, and the test's arguments."""
    for _, raw in sorted(manifest["nodes"].items()):
        about = raw.get("test_metadata") or {}
        if about.get("namespace") == "headgate" and about.get("name") == "contract":
            parents = raw["depends_on"]["nodes"]
            yield str(raw.get("attached_node") or (parents[-1] if parents else "")), about.get("kwargs") or {}


def _promised(node: Node, arguments: Mapping[str, Any], project: Path) -> Node:
    name, _, dataset = str(arguments.get("contract") or "").partition("#")
    contract, _, version = name.rpartition("@")
    about = arguments.get("about") or {}
    support = [str(each).partition(" ") for each in about.get("support") or ()]
    return replace(
        node,
        contract=contract,
        version=version,
        dataset=dataset,
        owners=(str(about["owner"]),) if about.get("owner") else node.owners,
        support=tuple(Support(channel, url) for channel, _, url in support),
        consumers=_consumers(project / str(about.get("file") or ""), dataset),
    )


def _consumers(file: Path, dataset: str) -> tuple[Consumer, ...]:
    """Return those of the contract's file, where it still is and can be read: the artifacts do not name them."""
    try:
        contract = Contract.load(file, with_commit=False) if file.is_file() else None
    except (CallError, ContractError):
        return ()
    return contract.datasets[dataset].consumers if contract and dataset in contract.datasets else ()
