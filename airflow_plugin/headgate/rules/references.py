"""References between properties: `schema/orders/properties/id` by id, `orders.id` by name, `other.yaml#…` elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from headgate.checks import Check, Unchecked
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.rules.builder import RuleBuilder
from headgate.suggest import nearest

_FULLY_QUALIFIED = re.compile(r"/?schema/([A-Za-z0-9_-]+)((?:/properties/[A-Za-z0-9_-]+)+)\Z")


class References:
    """The relationships of one dataset."""

    def __init__(self, builder: RuleBuilder) -> None:
        self.build = builder

    def rules(self, link: Mapping[str, Any], path: Path, prop: Property | None) -> Iterator[Check | Unchecked]:
        sources = [prop.name] if prop else _names(link["from"])
        targets = _names(link["to"])
        key = f"{prop.name}.foreignKey" if prop else str(link.get("id") or "foreignKey")
        said = f"{', '.join(sources)} is found in {', '.join(targets)}"
        yield from self.build.listed(self._rules(key, said, path, prop, sources, targets), key, path, said)

    def _rules(
        self, key: str, said: str, path: Path, prop: Property | None, sources: list[str], targets: list[str]
    ) -> Iterator[Check | Unchecked]:
        if len(sources) != len(targets):
            said = f"{len(sources)} from and {len(targets)} to; they go in pairs"
            self.build.refuse(path, "relationship-length", said)
        if any("#" in name for name in targets):
            yield from self._elsewhere(key, path, said, prop, sources, targets)
            return
        if (prop and prop.within) or any(name.count(".") > 1 and "/" not in name for name in (*sources, *targets)):
            yield self.build.unchecked(
                key, path, said, "a foreign key of, or to, a place inside a value is not executed"
            )
            return
        yield from self._found(key, path, said, prop, sources, targets, self.build.root, "")

    def _elsewhere(
        self, key: str, path: Path, said: str, prop: Property | None, sources: list[str], targets: list[str]
    ) -> Iterator[Check | Unchecked]:
        """Yield a foreign key to another contract, which is read from a file beside this one, never from a URL."""
        file, *others = {name.partition("#")[0] if "#" in name else "" for name in targets}
        if others:
            self.build.refuse(path, "relationship-object", "'to' names columns of one object of one contract")
        if "://" in file:
            yield self.build.unchecked(
                key, path, said, "nothing is fetched from a URL; refer to a file beside this one"
            )
            return
        try:
            root = self.build.other(file)
        except ValueError as error:
            self.build.refuse(path, "dangling-reference", f"'{targets[0]}': {error}")
        yield from self._found(key, path, said, prop, sources, targets, root, f"{file}#")

    def _found(
        self,
        key: str,
        path: Path,
        said: str,
        prop: Property | None,
        sources: list[str],
        targets: list[str],
        root: Mapping[str, Any],
        file: str,
    ) -> Iterator[Check | Unchecked]:
        """Yield the check of a foreign key to the contract `root`; its names begin with `file` if that is another
        one."""
        here = [(self.build.raw, prop.name) if prop else _resolve(self.build.root, name) for name in sources]
        there = [_resolve(root, name.removeprefix(file)) for name in targets]
        for name, found in zip((*sources, *targets), (*here, *there), strict=True):
            if found is None:
                hint = _without_id(root, name) if file else _way_out(root, name)
                self.build.refuse(path, "dangling-reference", f"'{name}' names no property{hint}")
        objects = {id(found[0]): found[0] for found in there if found}
        if len(objects) != 1 or any(found and found[0] is not self.build.raw for found in here):
            said = "'from' names columns of this object, 'to' of one other"
            self.build.refuse(path, "relationship-object", said)
        (target,) = objects.values()
        columns = {p["name"]: p.get("physicalName") or p["name"] for p in target.get("properties") or []}
        props = [self.build.by_name[found[1]] for found in here if found]
        # A dataset of another contract is named with its file; a reference of that name says where it is.
        args = {"to": f"{file}{target['name']}", "to_columns": tuple(columns[found[1]] for found in there if found)}
        yield self.build.check(key, "foreign_key", path, *props, args=args)


def _resolve(root: Mapping[str, Any], reference: str) -> tuple[Mapping[str, Any], str] | None:
    """Return a reference by id (schema/x/properties/y) or by name (x.y) as (schema object, property name)."""
    by, parts = "name", reference.split(".")
    if match := _FULLY_QUALIFIED.match(reference):
        by, parts = "id", [match[1], *match[2].split("/properties/")[1:]]
    for candidate in root.get("schema") or []:
        for prop in candidate.get("properties") or []:
            if [candidate.get(by), prop.get(by)] == parts:
                return candidate, prop["name"]
    return None


def _way_out(root: Mapping[str, Any], reference: str) -> str:
    """Return a hint for a reference that this contract does not resolve: a property of a dataset that it has may be
    misspelt; a dataset that it does not have is one of another contract."""
    columns = {d["name"]: [p["name"] for p in d.get("properties") or []] for d in root.get("schema") or []}
    dataset, _, _ = reference.partition(".")
    here = " in this contract"
    if "/" in reference:
        return f"{here}; this form uses ids: give the dataset and the property an `id` each"
    meant = dataset if dataset in columns else nearest(dataset, columns)
    if meant and (near := nearest(reference, [f"{meant}.{name}" for name in columns[meant]])):
        same_column = near.removeprefix(meant) == reference.removeprefix(dataset)
        if meant == dataset or same_column:
            return f"{here}; did you mean '{near}'?"
    if meant == dataset:
        return here
    other = f"{dataset}.odcs.yaml#schema/<id>/properties/<id>"
    return f"{here}, which has no dataset '{dataset}'; one of another contract is written with its file: {other}"


def _without_id(root: Mapping[str, Any], reference: str) -> str:
    """Return a hint for a reference by ids that is made of names, because its targets have no ids."""
    match = _FULLY_QUALIFIED.match(reference.partition("#")[2])
    if not match:
        return ""
    found = _resolve(root, ".".join([match[1], *match[2].split("/properties/")[1:]]))
    return "; this form uses ids: give the dataset and the property an `id` each" if found else "; this form uses ids"


def _names(reference: Any) -> list[str]:
    return list(reference) if isinstance(reference, list) else [reference]
