"""The models, seeds, snapshots and source tables of a dbt project, as manifest.json and catalog.json describe them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headgate.dbt.properties import KINDS
from headgate.dbt.target import document, reading
from headgate.errors import CallError

# Without these, a test says what it says of every row.
_DEFAULTS = {
    "where": (None, ""),
    "error_if": (None, "!= 0"),
    "warn_if": (None, "!= 0"),
    "fail_calc": (None, "count(*)"),
}


@dataclass(frozen=True, slots=True)
class DeclaredTest:
    """A generic test, `name` with its package unless that is dbt's own. `settings` are those of its configuration that
    make it say less, such as `where`; `refers_to` is the node of a relationship, `itself` whether it is the tested one.
    """

    name: str
    column: str
    arguments: Mapping[str, Any]
    is_warning: bool
    settings: tuple[str, ...]
    refers_to: str = ""
    itself: bool = False


@dataclass(frozen=True, slots=True)
class DescribedNode:
    """A node: `name` as messages and `--node` call it, `table` its name in the database, `raw` its entry in the
    manifest.

    `types` are those of its columns in the database, in order; None where there is no catalog that has it. `shared`
    are other nodes whose table has the same name.
    """

    name: str
    kind: str
    dataset: str
    schema: str
    table: str
    raw: Mapping[str, Any]
    tests: tuple[DeclaredTest, ...]
    types: Mapping[str, str] | None
    group: Mapping[str, Any]
    shared: tuple[str, ...]

    @property
    def config(self) -> Mapping[str, Any]:
        return self.raw.get("config") or {}

    @property
    def meta(self) -> Mapping[str, Any]:
        return self.config.get("meta") or self.raw.get("meta") or {}


def describe(target: Path, name: str) -> DescribedNode:
    """Return the node called `name`: a model, seed or snapshot (`orders`), a version of a model (`orders.v2`; the last
    without it), a source table (`raw.orders`).

    Raises:
        DataNotFoundError: manifest.json is not in the folder `target`.
        CallError: no node has the name, or several have; the artifacts cannot be read.
    """
    manifest_file, catalog_file = target / "manifest.json", target / "catalog.json"
    manifest = document(manifest_file, "dbt parse")
    catalog = document(catalog_file, "dbt docs generate") if catalog_file.exists() else {}
    with reading(target):
        nodes = {key: raw for key, raw in manifest["nodes"].items() if raw["resource_type"] in KINDS}
        nodes |= manifest["sources"]
        found = [key for key, raw in nodes.items() if name in _names(raw)]
        if len(found) != 1:
            known = ", ".join(sorted(_names(raw)[0] for raw in nodes.values())) or "nothing"
            said = "is in several packages" if found else "is not"
            raise CallError(f"'{name}' {said} in {manifest_file}, which has {known}")
        return _described(found[0], nodes, manifest, catalog)


def _names(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of a node, the full one first."""
    if raw["resource_type"] == "source":
        return (f"{raw['source_name']}.{raw['name']}",)
    if raw.get("version") is None:
        return (str(raw["name"]),)
    latest = (str(raw["name"]),) if str(raw["version"]) == str(raw.get("latest_version")) else ()
    return (f"{raw['name']}.v{raw['version']}", *latest)


def _table(raw: Mapping[str, Any]) -> str:
    return str(raw.get("identifier") or raw.get("alias") or raw["name"])


def _described(key: str, nodes: Mapping[str, Any], manifest: Any, catalog: Any) -> DescribedNode:
    raw = nodes[key]
    entry = {**(catalog.get("nodes") or {}), **(catalog.get("sources") or {})}.get(key)
    columns = sorted(entry["columns"].values(), key=lambda column: column["index"]) if entry else None
    group = (raw.get("config") or {}).get("group") or raw.get("group")
    groups = {each["name"]: each for each in (manifest.get("groups") or {}).values()}
    return DescribedNode(
        name=_names(raw)[0],
        kind=raw["resource_type"],
        dataset=str(raw["name"]) if raw.get("version") is None else f"{raw['name']}_v{raw['version']}",
        schema=str(raw.get("schema") or ""),
        table=_table(raw),
        raw=raw,
        tests=tuple(_tests(key, nodes, manifest)),
        types=None if columns is None else {column["name"]: column["type"] for column in columns},
        group=groups.get(group) or {},
        shared=tuple(_names(other)[0] for each, other in nodes.items() if each != key and _table(other) == _table(raw)),
    )


def _tests(key: str, nodes: Mapping[str, Any], manifest: Any) -> Iterator[DeclaredTest]:
    for _, raw in sorted(manifest["nodes"].items()):  # dbt 1.x and v2 list them in different orders
        about = raw.get("test_metadata")
        if raw["resource_type"] != "test" or not about:
            continue
        parents = raw["depends_on"]["nodes"]
        # Of a source table no parent is marked as the tested one; of several, dbt lists it last.
        if (raw.get("attached_node") or (parents[-1] if parents else "")) != key:
            continue
        arguments = {n: v for n, v in sorted(about["kwargs"].items()) if n not in ("model", "column_name")}
        config = raw.get("config") or {}
        others = [parent for parent in parents if parent != key]
        to = others[0] if others else key
        refers_to = "to" in arguments and to in nodes
        yield DeclaredTest(
            name=".".join(filter(None, (about.get("namespace"), about["name"]))),
            column=str(raw.get("column_name") or about["kwargs"].get("column_name") or ""),
            arguments=arguments,
            is_warning=str(config.get("severity") or "error").lower() == "warn",
            settings=tuple(n for n, usual in _DEFAULTS.items() if config.get(n) not in usual),
            refers_to=_names(nodes[to])[0] if refers_to else "",
            itself=refers_to and to == key,
        )
