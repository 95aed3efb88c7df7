"""Proposals as a contract: YAML text with a comment on each, and TODO lines for what data cannot show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from headgate.draft.propose import DraftProperty, Proposal
from headgate.draft.quoting import quoted, scalar
from headgate.plural import counted

_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Draft:
    """A contract drafted from data. `server` is an ODCS server, empty where the data has none that can be named."""

    source: str
    rows: int
    dataset: str
    physical_name: str
    properties: tuple[DraftProperty, ...]
    server: Mapping[str, Any]

    def __str__(self) -> str:
        """The contract as YAML."""
        return "\n".join(_lines(self)) + "\n"

    @property
    def id(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.dataset.lower()).strip("-") or "data"


_HEAD = """\
# TODO what the data means, and what it may be used for
# description: {purpose: ..., limitations: ...}
# TODO who answers for it, and where consumers reach them
# team: {name: ...}
# support: [{channel: ..., url: ...}]
# TODO what else is promised
# slaProperties: [{property: latency, value: 24, unit: h}]"""

_SERVERS = """\
# TODO where it is published and checked
# servers: [{server: warehouse, type: duckdb, database: warehouse.duckdb, schema: main}]"""

_TAIL = """\
# TODO what happens on a breach: halt (the default), last_known_good, quarantine, warn, or a list;
# and whether enums are open (values may be added) or closed
# customProperties:
#   - {property: onBreach, value: [quarantine, halt], vendor: headgate}
#   - {property: enumPolicy, value: closed, vendor: headgate}"""


def _lines(draft: Draft) -> Iterator[str]:
    yield f"# Drafted by `headgate init` from {quoted(draft.source)}: {counted(draft.rows, 'row')}, all of them read."
    yield "# To finish it: fill in what says TODO, decide on each proposal, set the status. A draft only warns."
    yield from (
        f"{key}: {value}"
        for key, value in (
            ("apiVersion", "v3.2.0"),
            ("kind", "DataContract"),
            ("id", quoted(draft.id)),
            ("version", "0.1.0"),
            ("status", "draft  # TODO active, from when on a breach shall be acted upon"),
        )
    )
    yield _HEAD
    yield f"servers: {scalar([dict(draft.server)])}" if draft.server else _SERVERS
    yield "schema:"
    yield f"  - name: {quoted(draft.dataset)}"
    if draft.physical_name != draft.dataset:
        yield f"    physicalName: {quoted(draft.physical_name)}"
    yield "    # TODO description: ..., and one for each property that its name does not explain"
    yield "    properties:"
    for prop in draft.properties:
        if prop.seen:
            yield f"      # {prop.seen}"
        yield f"      - name: {quoted(prop.name)}"
        for proposal in prop.proposals:
            yield from _entry(proposal, "        ")
    if draft.rows:
        yield "    quality:"
        said = "how many rows must there be at least?"
        yield f"      - {{metric: rowCount, mustBeGreaterThan: 0}}  # {draft.rows:,} were seen; {said}"
    yield _TAIL


def _entry(proposal: Proposal, indent: str) -> Iterator[str]:
    """A key with its comment behind it, or above it where the line would be long."""
    value, comment = proposal.value, proposal.comment
    listed = isinstance(value, list) and value and isinstance(value[0], dict)
    line, *below = (
        [f"{indent}{proposal.key}:", *_items(value, indent)] if listed else _block(proposal.key, value, indent)
    )
    if comment and len(line) + 4 + len(comment) > _WIDTH:
        yield f"{indent}# {comment}"
    elif comment:
        line += f"  # {comment}"
    yield line
    yield from below


def _block(key: str, value: Any, indent: str) -> Iterator[str]:
    """A key with its value on one line where that is short enough, else below it."""
    line = f"{indent}{key}: {scalar(value)}"
    if len(line) <= _WIDTH or not isinstance(value, dict | list):
        yield line
        return
    yield f"{indent}{key}:"
    if isinstance(value, list):
        yield from _items(value, indent)
    else:
        for name, item in value.items():
            yield from _block(quoted(name), item, f"{indent}  ")


def _items(values: list[Any], indent: str) -> Iterator[str]:
    for value in values:
        line = f"{indent}  - {scalar(value)}"
        if len(line) <= _WIDTH or not isinstance(value, dict):
            yield line
            continue
        first, *rest = (line for name, item in value.items() for line in _block(quoted(name), item, f"{indent}    "))
        yield f"{indent}  - {first.lstrip()}"
        yield from rest
