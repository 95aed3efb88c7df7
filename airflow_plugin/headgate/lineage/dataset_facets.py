"""What the facets of an OpenLineage dataset say of it. Anything that is not of the expected type is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from headgate.contract.consumers import Consumer, consumers_of
from headgate.lineage.event import moment
from headgate.lineage.graph import Broken, Node, Publication, Support
from headgate.naming import PlaceName

Facets = Mapping[str, Any]


def mapping(value: Any) -> Mapping[str, Any]:
    """Return `value` where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list."""
    yield from (each for each in value if isinstance(each, Mapping)) if isinstance(value, list) else ()


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def place_name(dataset: Mapping[str, Any]) -> PlaceName | None:
    """Return the name of a dataset of an event; None where it has none."""
    namespace, name = text(dataset.get("namespace")), text(dataset.get("name"))
    return PlaceName(namespace, name) if name else None


def learn(node: Node, facets: Facets) -> Node:
    """Return the node with what newer facets say of it: documentation, ownership, schema and headgate_contract."""
    if said := text(mapping(facets.get("documentation")).get("description")):
        node = replace(node, description=said)
    if owners := tuple(dict.fromkeys(_owners(facets))):
        node = replace(node, owners=owners)
    fields = objects(mapping(facets.get("schema")).get("fields"))
    if columns := tuple(name for each in fields if (name := text(each.get("name")))):
        node = replace(node, columns=columns)
    if contract := mapping(facets.get("headgate_contract")):
        support = tuple(
            Support(channel, text(each.get("url")))
            for each in objects(contract.get("support"))
            if (channel := text(each.get("channel")))
        )
        node = replace(
            node,
            contract=text(contract.get("contract")) or node.contract,
            version=text(contract.get("version")) or node.version,
            commit=text(contract.get("commit")) or node.commit,
            url=text(contract.get("url")) or node.url,
            dataset=text(contract.get("dataset")) or node.dataset,
            owners=(text(contract.get("owner")),) if text(contract.get("owner")) else node.owners,
            support=support or node.support,
            consumers=_consumers(contract.get("consumers")) or node.consumers,
        )
    return node


def _owners(facets: Facets) -> Iterator[str]:
    for each in objects(mapping(facets.get("ownership")).get("owners")):
        if name := text(each.get("name")):
            yield name


def _consumers(value: Any) -> tuple[Consumer, ...]:
    """Return those that can be read: an event is not refused for one that cannot."""
    found: list[Consumer] = []
    for item in value if isinstance(value, list) else []:
        try:
            found += consumers_of(item)
        except ValueError:
            continue
    return tuple(found)


def told(publication: Publication, contract: Mapping[str, Any]) -> Publication:
    """Return the publication with what the facet headgate_contract says of the run."""
    rows = {name: count for name, count in mapping(contract.get("rows")).items() if isinstance(count, int)}
    failed = tuple(
        Broken(text(each.get("rule")), text(each.get("statement")), text(each.get("observed")),
               text(each.get("severity")) or "error")
        for each in objects(contract.get("failed"))
    )  # fmt: skip
    interval = mapping(contract.get("interval"))
    return replace(
        publication,
        about=moment(contract.get("runAt")) or moment(interval.get("end")) or publication.about,
        outcome=text(contract.get("outcome")) or publication.outcome,
        contract=text(contract.get("contract")),
        version=text(contract.get("version")),
        commit=text(contract.get("commit")),
        url=text(contract.get("url")),
        verdict=text(contract.get("verdict")),
        policy=text(contract.get("policy")) or publication.policy,
        run_key=text(contract.get("runKey")) or publication.run_key,
        rows=rows,
        failed=failed,
        stale_since=text(contract.get("staleSince")),
        stale_reason=text(contract.get("staleReason")),
    )
