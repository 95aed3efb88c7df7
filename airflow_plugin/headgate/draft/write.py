"""Proposals as a contract: YAML text with a comment on each, and TODO lines for what data cannot show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from headgate.contract.document import MAX_DEPTH
from headgate.draft.proposal import DraftProperty, Proposal, Rule
from headgate.draft.quoting import quoted, scalar
from headgate.errors import CallError

_WIDTH = 120


# What a guess means, by its name (Proposal.guess).
_GUESSES = {
    "required": "required: not one NULL was seen",
    "enum": "enum: all the values that were seen; is the list complete?",
    "bounds": "minimum and maximum: what was seen, rounded outwards",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A contract drafted from data, or from a description of it.

    `origin` says what it was drafted from, by which `command`, and how much of that was read. `rows` is None if there
    were none to read. `server` is an ODCS server, empty where the data has none that can be named. `owner`, `support`,
    `tags` and `levels` (slaProperties) are those that are known. `settings` are headgate's own of the dataset, and
    `notes` are for the person who finishes the draft. The contract's id is made of `named`, by default of the dataset.
    """

    origin: str
    dataset: str
    physical_name: str
    properties: tuple[DraftProperty, ...]
    rows: int | None = None
    server: Mapping[str, Any] = field(default_factory=dict)
    description: str | None = None
    rules: tuple[Rule, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    command: str = "headgate init"
    named: str = ""
    owner: str = ""
    support: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    levels: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        """Raise CallError if the contract would be nested more deeply than one can be read."""
        for prop in self.properties:
            for proposal in prop.proposals:
                if _ABOVE + _depth(proposal.value) > MAX_DEPTH:
                    raise CallError(
                        f"{quoted(prop.name)} is nested too deeply: a contract has at most {MAX_DEPTH} levels; "
                        "describe what is inside as a JSON text or an object without properties"
                    )

    def __str__(self) -> str:
        """The contract as YAML."""
        return "\n".join(_lines(self)) + "\n"

    @property
    def id(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", (self.named or self.dataset).lower()).strip("-") or "data"


# The levels around a value of a property: the contract, its schema, the dataset, its properties, the property.
_ABOVE = 5


def _depth(value: Any) -> int:
    """Return how many lists and mappings are in one another."""
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return depth


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
    yield f"# Drafted by `{draft.command}` from {draft.origin}."
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
    yield from _head(draft)
    yield f"servers: {scalar([dict(draft.server)])}" if draft.server else _SERVERS
    yield "schema:"
    yield f"  - name: {quoted(draft.dataset)}"
    if draft.physical_name != draft.dataset:
        yield f"    physicalName: {quoted(draft.physical_name)}"
    if draft.description:
        yield f"    description: {quoted(draft.description)}"
    else:
        yield "    # TODO description: ..., and one for each property that its name does not explain"
    if draft.tags:
        yield f"    tags: {scalar(list(draft.tags))}"
    if draft.settings:
        yield "    customProperties:"
        for name, value in draft.settings.items():
            yield f"      - {scalar({'property': name, 'value': value, 'vendor': 'headgate'})}"
    yield from (f"    # {note}" for note in draft.notes)
    guessed = {proposal.guess for prop in draft.properties for proposal in prop.proposals}
    if told := [said for name, said in _GUESSES.items() if name in guessed]:
        yield "    # What the rows suggest, to be decided on:"
        yield from (f"    #   {said}" for said in told)
    if draft.properties:
        yield "    properties:"
    for prop in draft.properties:
        yield from (f"      # {note}" for note in prop.notes)
        yield f"      - name: {quoted(prop.name)}"
        for proposal in prop.proposals:
            yield from _entry(proposal, "        ")
    if draft.rules:
        yield "    quality:"
    for rule in draft.rules:
        yield from _commented(f"      - {scalar(dict(rule.rule))}", rule.comment)
    yield _TAIL


def _head(draft: Draft) -> Iterator[str]:
    """What is known of the contract as a whole, and what only a person knows."""
    yield "# TODO what the data means, and what it may be used for"
    yield "# description: {purpose: ..., limitations: ...}"
    if not (draft.owner and draft.support):
        yield "# TODO who answers for it, and where consumers reach them"
    yield f"team: {scalar({'name': draft.owner})}" if draft.owner else "# team: {name: ...}"
    yield f"support: {scalar([dict(draft.support)])}" if draft.support else "# support: [{channel: ..., url: ...}]"
    yield "# TODO what else is promised"
    if draft.levels:
        yield f"slaProperties: {scalar([dict(level) for level in draft.levels])}"
    else:
        yield "# slaProperties: [{property: latency, value: 24, unit: h}]"


def _entry(proposal: Proposal, indent: str) -> Iterator[str]:
    """A key with its comment."""
    value, comment = proposal.value, proposal.comment
    listed = isinstance(value, list) and value and isinstance(value[0], dict)
    line, *below = (
        [f"{indent}{proposal.key}:", *_items(value, indent)] if listed else _block(proposal.key, value, indent)
    )
    yield from _commented(line, comment)
    yield from below


def _commented(line: str, comment: str) -> Iterator[str]:
    """A line with a comment behind it, or above it where the line would be long."""
    if comment and len(line) + 4 + len(comment) > _WIDTH:
        yield f"{line[: len(line) - len(line.lstrip())]}# {comment}"
        yield line
    else:
        yield line + (f"  # {comment}" if comment else "")


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
