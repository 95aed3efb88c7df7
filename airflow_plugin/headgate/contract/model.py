"""A contract as immutable values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from headgate.checks import DATE_OR_TIMESTAMP, Check, Source, Unchecked
from headgate.contract.consumers import Consumer
from headgate.contract.context import NO_CONTEXT, Context
from headgate.contract.service_levels import Duration, ServiceLevel
from headgate.errors import CallError, Problem

PUBLIC = frozenset({"public", "open"})
_NOWHERE = Source("", 0)


def classifies(classification: str | None, kind: str | None, options: Mapping[str, Any]) -> bool:
    """Return whether values of a property must not be shown: any classification but public, or a password."""
    hint = kind == "string" and options.get("format") == "password"
    return hint or (classification is not None and classification.lower() not in PUBLIC)


@dataclass(frozen=True, slots=True)
class Property:
    """One column, or a place inside one. `column` is its name in the data: the physicalName, else the name.

    `within` leads from the column to this place (see Check.within), and `nested` are the places directly inside; the
    name of such a place is the whole path: address.zip, tags[].

    `dated` marks a `date` of ODCS 3.0, which has no other type for a timestamp: it is read as a timestamp, and columns
    of dates serve it as well.

    `examples` are those of a classified property, and of no other: they are only kept to be masked. `settings` are
    those of headgate's settings that stand at the property itself.
    """

    name: str
    column: str
    logical_type: str | None = None
    physical_type: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    classification: str | None = None
    primary_key: bool = False
    primary_key_position: int = -1
    missing_values: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    nested: tuple[Property, ...] = ()
    dated: bool = False
    examples: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def promised_type(self) -> str | None:
        """The logical type that a column must serve."""
        return DATE_OR_TIMESTAMP if self.dated else self.logical_type

    @property
    def needs_zone(self) -> bool:
        """Whether a text must say its zone to be a moment: one is promised, and no `defaultTimezone` is given."""
        options = self.options
        return self.logical_type == "timestamp" and options.get("timezone") is True and "defaultTimezone" not in options

    @property
    def classified(self) -> bool:
        """Whether values must not be shown: any classification but public."""
        return classifies(self.classification, self.logical_type, self.options)

    @property
    def hides(self) -> bool:
        """Whether this, or anything inside it, must not be shown."""
        return self.classified or any(inner.hides for inner in self.nested)


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the contract, where its data is; `fields` are ODCS's for the type, `unset` the environment variables
    that they need and that are not set, and `settings` headgate's of its own."""

    name: str
    type: str
    fields: Mapping[str, Any]
    unset: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Dataset:
    """One schema object of a contract: its columns, and every rule as a Check, or as Unchecked with the reason.

    `source` is its position in the contract.
    """

    contract: Contract
    name: str
    physical_name: str
    description: str
    properties: tuple[Property, ...]
    rules: tuple[Check | Unchecked, ...]
    settings: Mapping[str, Any]
    source: Source = _NOWHERE
    context: Context = NO_CONTEXT

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(rule for rule in self.rules if isinstance(rule, Check))

    @property
    def unchecked(self) -> tuple[Unchecked, ...]:
        return tuple(rule for rule in self.rules if isinstance(rule, Unchecked))

    @property
    def primary_key(self) -> tuple[str, ...]:
        keys = [p for p in self.properties if p.primary_key]
        return tuple(p.column for p in sorted(keys, key=lambda p: p.primary_key_position))

    @property
    def on_breach(self) -> tuple[str, ...]:
        value: tuple[str, ...] = self.settings["onBreach"]
        return value

    @property
    def max_quarantine_percent(self) -> Decimal:
        value: Decimal = self.settings["maxQuarantinePercent"]
        return value

    @property
    def max_staleness(self) -> Duration | None:
        value: Duration | None = self.settings["maxStaleness"]
        return value

    @property
    def quarantine_retention(self) -> Duration:
        value: Duration = self.settings["quarantineRetention"]
        return value

    @property
    def keep(self) -> tuple[str, str] | None:
        """Which of several duplicates a quarantine leaves: (first or last, by which column)."""
        value: tuple[str, str] | None = self.settings["keep"]
        return value

    @property
    def publish_keys(self) -> tuple[str, ...]:
        """The columns by which an upsert finds the row to replace."""
        columns = {p.name: p.column for p in self.properties}
        return tuple(columns.get(name, name) for name in self.settings["publishKeys"]) or self.primary_key

    @property
    def allow_empty(self) -> bool:
        """Whether a publish may replace some rows with none."""
        value: bool = self.settings["allowEmpty"]
        return value

    @property
    def consumers(self) -> tuple[Consumer, ...]:
        """Who reads the data, as far as the contract says."""
        value: tuple[Consumer, ...] = self.settings["consumers"]
        return value

    @property
    def show_examples(self) -> bool:
        value: bool = self.settings["showExamples"]
        return value


@dataclass(frozen=True, eq=False)
class Contract:
    """One ODCS document, as values; `headgate.Contract` loads one. `contract["orders"]` is a Dataset; iterating yields
    them in the order of the file.

    `unreadable_levels` are service levels whose value is not valid, most of them prose: each with its `problem`.
    `remarks` are problems of level warning that were found while loading. `git_commit` is the commit that the file was
    last changed in, with "+changes" if it differs from it; None outside git. `description` has the texts purpose,
    limitations and usage, as far as they are given.
    """

    file: Path
    id: str
    name: str
    version: str
    api_version: str
    status: str
    owner: str
    support: tuple[str, ...]
    servers: tuple[Server, ...]
    datasets: Mapping[str, Dataset]
    service_levels: tuple[ServiceLevel, ...] = ()
    unreadable_levels: tuple[ServiceLevel, ...] = ()
    remarks: Sequence[Problem] = ()
    git_commit: str | None = None
    description: Mapping[str, str] = field(default_factory=dict)
    context: Context = NO_CONTEXT
    domain: str = ""

    def __getitem__(self, name: str) -> Dataset:
        try:
            return self.datasets[name]
        except KeyError:
            raise CallError(
                f"{self.file}: no dataset '{name}'; the contract has {', '.join(self.datasets) or 'none'}"
            ) from None

    def __iter__(self) -> Iterator[Dataset]:
        return iter(self.datasets.values())

    def only(self, name: str | None = None) -> Dataset:
        """Return the dataset `name`, or the only one if no name is given."""
        if name is not None:
            return self[name]
        if not self.datasets:
            raise CallError(f"{self.file} has no dataset: its `schema` is empty; add one")
        if len(self.datasets) != 1:
            raise CallError(
                f"{self.file} has {len(self.datasets)} datasets; name one of {', '.join(self.datasets)}, "
                f"e.g. {self.file}#{next(iter(self.datasets))}"
            )
        return next(iter(self))

    @property
    def is_draft(self) -> bool:
        """Whether the contract is a draft or proposed; it then warns and never holds anything back."""
        return self.status.lower() in ("draft", "proposed")

    def server(self, name: str | None = None) -> Server:
        """Return the server `name`, or the only one.

        Raises:
            CallError: none or several match.
        """
        found = [s for s in self.servers if name is None or s.name == name]
        if len(found) == 1:
            return found[0]
        asked = f"server '{name}'" if name else "server"
        have = ", ".join(s.name for s in self.servers) or "none"
        hint = (
            ": choose one, with --server NAME or server="
            if self.servers
            else "; declare one, or give the data or target as FILE.duckdb#schema.table"
        )
        raise CallError(f"{self.file}: {'no' if not found else 'more than one'} {asked}; the contract has {have}{hint}")
