"""One schema object of a contract in its document: what the reader of its rules needs to know."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headgate.contract.document import Document, Path
from headgate.contract.model import Property, classifies
from headgate.contract.properties import nested_of
from headgate.contract.values import typed
from headgate.sql.dialects import dialect_of

# A value that a property's type cannot hold.
IMPOSSIBLE = object()


class SchemaObject:
    """A schema object at `path` of a document: `raw` is its YAML, `properties` and `settings` as they were read, `keys`
    the parts of its primary key in their order."""

    def __init__(
        self,
        document: Document,
        root: Mapping[str, Any],
        raw: Mapping[str, Any],
        path: Path,
        properties: tuple[Property, ...],
        settings: Mapping[str, Any],
    ) -> None:
        self.document, self.root, self.raw, self.path = document, root, raw, path
        self.properties, self.settings = properties, settings
        self.by_name = {p.name: p for p in properties}
        self.keys = sorted((p for p in properties if p.primary_key), key=lambda p: p.primary_key_position)

    def loose(self, value: Any, prop: Property) -> Any:
        """Return `value` as the property's logical type; IMPOSSIBLE if the type cannot hold it: a number column cannot
        hold `n/a`."""
        try:
            return typed(value, prop)
        except ValueError:
            return IMPOSSIBLE

    @functools.cached_property
    def dialect(self) -> str:
        """The SQL dialect that the contract's queries are written in."""
        return dialect_of([str(server.get("type")) for server in self.root.get("servers") or []])

    @functools.cached_property
    def tables(self) -> dict[str, str]:
        """Return the names that a query may use for the contract's datasets; a dataset's own name comes first."""
        objects = [(raw["name"], str(raw.get("physicalName") or raw["name"])) for raw in self.root.get("schema") or []]
        return tables_of(objects, self.root.get("servers") or [])

    def hides(self, names: Iterable[str]) -> bool:
        """Return whether this dataset, or one of those named, has a column whose values must not be shown."""
        todo = [raw for raw in self.root.get("schema") or [] if raw["name"] in names]
        while todo:
            raw = todo.pop()
            if classifies(raw.get("classification"), raw.get("logicalType"), raw.get("logicalTypeOptions") or {}):
                return True
            todo += [inner for inner, _ in nested_of(raw, ())]
        return any(p.hides for p in self.properties)


def tables_of(objects: Sequence[tuple[str, str]], servers: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the names that a query may use for the datasets of a contract, (name, physical name) each; a dataset's own
    name comes first."""
    named: dict[str, str] = {}
    holders = [holder for server in servers for holder in _holders(server)]
    for dataset, physical in objects:
        for table in (dataset, physical, physical.rpartition(".")[2]):
            for name in (table, *(f"{holder}.{table}" for holder in holders)):
                named.setdefault(name, dataset)
    return named | {dataset: dataset for dataset, _ in objects}


def _holders(server: Mapping[str, Any]) -> list[str]:
    """Return what a table's name may begin with on a server: its schema, its database, or both. Each platform has its
    own words for the two."""
    inner = [str(server[key]) for key in ("schema", "dataset", "namespace") if server.get(key)]
    outer = [str(server[key]) for key in ("database", "catalog", "project") if server.get(key)]
    return [*inner, *outer, *(f"{first}.{second}" for first in outer for second in inner)]
