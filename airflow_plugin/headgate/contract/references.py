"""References between properties: `schema/orders/properties/id` by id, `orders.id` by name, `other.yaml#…` elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from headgate.checks import Check, Unchecked
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.contract.rulebook import Rulebook

_FULLY_QUALIFIED = re.compile(r"/?schema/([A-Za-z0-9_-]+)((?:/properties/[A-Za-z0-9_-]+)+)\Z")


class References:
    """The relationships of one dataset."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book

    def rules(self, link: Mapping[str, Any], path: Path, prop: Property | None) -> Iterator[Check | Unchecked]:
        sources = [prop.name] if prop else _names(link["from"])
        targets = _names(link["to"])
        key = f"{prop.name}.foreignKey" if prop else str(link.get("id") or "foreignKey")
        said = f"{', '.join(sources)} is found in {', '.join(targets)}"
        if len(sources) != len(targets):
            self.book.problem(
                path, "relationship-length", f"{len(sources)} from and {len(targets)} to; they go in pairs"
            )
            return
        if elsewhere := [name for name in targets if "#" in name]:
            yield from self._elsewhere(key, path, said, prop, sources, targets, elsewhere)
            return
        if (prop and prop.within) or any(name.count(".") > 1 and "/" not in name for name in (*sources, *targets)):
            yield self.book.unchecked(
                key, path, said, "a foreign key of, or to, a place inside a value is not executed"
            )
            return
        here = {name: (self.book.raw, prop.name) if prop else self._resolve(name) for name in sources}
        there = {name: self._resolve(name) for name in targets}
        dangling = [name for name, found in (here | there).items() if found is None]
        if dangling:
            self.book.problem(
                path,
                "dangling-reference",
                f"'{dangling[0]}' names no property in this contract{self._hint(dangling[0])}",
                "warning",
            )
            yield self.book.unchecked(key, path, said, f"'{dangling[0]}' names no property in this contract")
            return
        objects = {id(found[0]): found[0] for found in there.values() if found}
        if len(objects) != 1 or any(found and found[0] is not self.book.raw for found in here.values()):
            self.book.problem(path, "relationship-object", "'from' names columns of this object, 'to' of one other")
            return
        target = next(iter(objects.values()))
        columns = {p["name"]: p.get("physicalName") or p["name"] for p in target.get("properties") or []}
        props = [self.book.by_name[found[1]] for found in here.values() if found]
        args = {"to": target["name"], "to_columns": tuple(columns[found[1]] for found in there.values() if found)}
        yield self.book.check(key, "foreign_key", path, *props, args=args)

    def _elsewhere(
        self,
        key: str,
        path: Path,
        said: str,
        prop: Property | None,
        sources: list[str],
        targets: list[str],
        elsewhere: list[str],
    ) -> Iterator[Check | Unchecked]:
        """A foreign key to another contract: the file beside this one is read, a URL never."""
        files = {name.partition("#")[0] for name in targets}
        if len(files) != 1 or len(elsewhere) != len(targets):
            self.book.problem(path, "relationship-object", "'to' names columns of one object of one contract")
            return
        file = files.pop()
        if "://" in file:
            yield self.book.unchecked(key, path, said, "nothing is fetched from a URL; refer to a file beside this one")
            return
        try:
            other = self.book.other(file)
        except ValueError as error:
            self.book.problem(path, "dangling-reference", f"'{elsewhere[0]}': {error}", "warning")
            yield self.book.unchecked(key, path, said, str(error))
            return
        resolved = [_resolve(other, name.partition("#")[2]) for name in targets]
        here = [(self.book.raw, prop.name) if prop else self._resolve(name) for name in sources]
        for name, found in zip((*targets, *sources), (*resolved, *here), strict=True):
            if found is None:
                reason = f"'{name}' names no property{_without_id(other, name)}"
                self.book.problem(path, "dangling-reference", reason, "warning")
                yield self.book.unchecked(key, path, said, reason)
                return
        targets_found = [found for found in resolved if found]
        if len({id(found[0]) for found in targets_found}) != 1:
            self.book.problem(path, "relationship-object", "'to' names columns of one object of one contract")
            return
        target = targets_found[0][0]
        columns = {p["name"]: p.get("physicalName") or p["name"] for p in target.get("properties") or []}
        props = [self.book.by_name[found[1]] for found in here if found]
        # The dataset is named with its contract's file; a reference of that name says where it is.
        args = {"to": f"{file}#{target['name']}", "to_columns": tuple(columns[found[1]] for found in targets_found)}
        yield self.book.check(key, "foreign_key", path, *props, args=args)

    def _resolve(self, reference: str) -> tuple[Mapping[str, Any], str] | None:
        return _resolve(self.book.root, reference)

    def _hint(self, reference: str) -> str:
        import difflib

        names = [
            f"{candidate['name']}.{prop['name']}"
            for candidate in self.book.root.get("schema") or []
            for prop in candidate.get("properties") or []
        ]
        near = difflib.get_close_matches(reference, names, 1)
        return f"; did you mean '{near[0]}'?" if near else ""


def _resolve(root: Mapping[str, Any], reference: str) -> tuple[Mapping[str, Any], str] | None:
    """A reference by id (schema/x/properties/y) or by name (x.y) as (schema object, property name)."""
    by, parts = "name", reference.split(".")
    if match := _FULLY_QUALIFIED.match(reference):
        by, parts = "id", [match[1], *match[2].split("/properties/")[1:]]
    for candidate in root.get("schema") or []:
        for prop in candidate.get("properties") or []:
            if [candidate.get(by), prop.get(by)] == parts:
                return candidate, prop["name"]
    return None


def _without_id(root: Mapping[str, Any], reference: str) -> str:
    """A hint where a reference by ids is made of the names of what has no ids."""
    match = _FULLY_QUALIFIED.match(reference.partition("#")[2])
    if not match:
        return ""
    found = _resolve(root, ".".join([match[1], *match[2].split("/properties/")[1:]]))
    return "; it goes by ids: give the dataset and the property there an `id` each" if found else "; it goes by ids"


def _names(reference: Any) -> list[str]:
    return list(reference) if isinstance(reference, list) else [reference]
