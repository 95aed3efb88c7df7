"""A dbt project as its files describe it: models, source tables, and where their properties are declared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from headgate.dbt.alias import MODELS, Alias, aliases_of, files_in
from headgate.dbt.configs import setting_of_path
from headgate.dbt.jinja import is_rendered
from headgate.dbt.properties import KINDS, Declared, Properties
from headgate.errors import CallError, ConfigurationError


@dataclass(frozen=True, slots=True)
class Node:
    """A model, a version of a model, a seed, a snapshot, or a table of a source; `kind` says which.

    `table` is its name in the database, the alias or the identifier, and `schema` its schema; each is "" if the files
    do not tell it.
    """

    name: str
    source: str = ""
    schema: str = ""
    version: str = ""
    table: str = ""
    kind: str = "model"

    @property
    def test_name(self) -> str:
        """The beginning of the names of its tests."""
        if self.version:
            return f"{self.name}_v{self.version}"
        return f"{self.source}_{self.name}" if self.source else self.name

    @property
    def key(self) -> tuple[str, str, str]:
        return self.source, self.name, self.version

    def __str__(self) -> str:
        if self.version:
            return f"{self.name}.v{self.version}"
        return f"{self.source}.{self.name}" if self.source else self.name


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a dataset says about its table: its own name, the table's name and, if known, its schema.

    `is_stated` is whether the table's name differs from the dataset's, so that it was written on purpose; `servers` are
    the schemas that the contract's servers name.
    """

    name: str
    table: str
    schema: str = ""
    is_stated: bool = False
    servers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Project:
    """All `models` (with versions, seeds and snapshots) and source `tables` of a project, and the `settings` of
    dbt_project.yml; `declared` gives the properties file of each that has one.

    `repeated` are the models that have several files, of which dbt enables one. `names_tables` is whether the project
    has a macro of its own that names the tables of its models.
    """

    folder: Path
    settings: dict[str, Any]
    model_paths: tuple[Path, ...]
    models: tuple[Node, ...]
    tables: tuple[Node, ...]
    files: tuple[Properties, ...]
    declared: dict[Node, Properties]
    repeated: frozenset[str]
    names_tables: bool

    @classmethod
    def load(cls, folder: Path, written: Path | None = None) -> Project:
        """Read the project in `folder`, as it would be without the file `written`.

        Raises:
            CallError: it is not a dbt project, or a file in it is not YAML.
        """
        settings = read_settings(folder)
        paths = {kind: tuple(folder / path for path in settings.get(f"{kind}-paths") or [f"{kind}s"]) for kind in KINDS}
        left_out = written.resolve() if written else None
        found = (file for file in files_in(tuple(chain.from_iterable(paths.values())), ".yml", ".yaml"))
        files = tuple(Properties.read(file) for file in found if file.resolve() != left_out)
        aliases = {kind: aliases_of(kind, settings, paths[kind]) for kind in KINDS}
        said = {one.key: (one, file) for file in files for one in file.declared}
        declared = {
            _node(one, aliases.get(one.kind, {})): file
            for one, file in said.values()
            if one.source or one.is_whole or _file(one, aliases[one.kind])
        }
        versions = {_file(one, aliases["model"]) for one, _ in said.values() if one.version}
        undeclared = [
            Node(name, table=alias.table("", name), kind=kind)
            for kind in KINDS
            for name, alias in aliases[kind].items()
            if ("", name, "") not in said and not (kind == "model" and name in versions)
        ]
        nodes = [*declared, *undeclared]
        models = tuple(sorted((node for node in nodes if not node.source), key=str))
        tables = tuple(node for node in nodes if node.source)
        macros = files_in(tuple(folder / path for path in settings.get("macro-paths") or ["macros"]), ".sql")
        own = any(_NAMES_TABLES.search(file.read_text(encoding="utf-8")) for file in macros)
        stems = Counter(file.stem for file in files_in(paths["model"], *MODELS))
        repeated = frozenset(name for name, count in stems.items() if count > 1)
        return cls(folder, settings, paths["model"], models, tables, files, declared, repeated, own)

    def find(self, wanted: Wanted) -> Node | None:
        """Return the node of the dataset `wanted` in this project; None if there is none.

        That is the table of that name in that schema. If the files do not tell the schema, or not the table, it is the
        only model or source table that it can be.

        Raises:
            CallError: several could be meant.
        """
        nodes = (*self.tables, *self.models)
        same = [node for node in nodes if self._table(node) == wanted.table]
        schemas = frozenset({wanted.schema}) if wanted.schema else wanted.servers
        if there := [node for node in same if node.schema in schemas]:
            return self._only(there, wanted)
        possible = same + [node for node in self._alike(wanted) if not self._is_another(node, wanted)]
        if wanted.schema:
            possible = [node for node in possible if node.schema in ("", wanted.schema)]
        # A server may be that of another environment, so that its schema only decides between several.
        nearer = [node for node in possible if not node.schema or not schemas or node.schema in schemas]
        return self._only(nearer or possible, wanted)

    def named(self, name: str) -> Node:
        """Return the node that messages call `name`. Raises CallError if there is none."""
        found = [node for node in (*self.tables, *self.models) if str(node) == name]
        if len(found) != 1:
            raise CallError(f"'{name}' is not in the dbt project {self.folder}, which has {self.describe()}")
        return found[0]

    def others(self, wanted: Wanted) -> str:
        """Return the nodes with the name of the dataset `wanted` that are other tables, for messages; "" if there are
        none."""
        alike = [node for node in self._alike(wanted) if self._is_another(node, wanted)]
        return " and ".join(f"{node} is the table {node.table}, not {wanted.table}" for node in alike)

    def disables(self, test: str, file: Path) -> bool:
        """Return whether dbt_project.yml switches a test off that is declared in `file`."""
        folder = next((path for path in self.model_paths if file.is_relative_to(path)), file.parent)
        path = (str(self.settings.get("name")), *file.parent.relative_to(folder).parts, test)
        configs = self.settings.get("data_tests") or self.settings.get("tests")
        return setting_of_path(configs, path, "enabled") is False

    def _alike(self, wanted: Wanted) -> list[Node]:
        """Return the nodes that may be the dataset by their name in dbt, or by a name that dbt may change."""
        names = {wanted.name, wanted.table}
        nodes = [node for node in (*self.tables, *self.models) if self._table(node) != wanted.table]
        return [n for n in nodes if n.name in names or (not self._table(n) and n.table in names)]

    def _is_another(self, node: Node, wanted: Wanted) -> bool:
        return wanted.is_stated and bool(self._table(node))

    def _table(self, node: Node) -> str:
        """Return the name of the table, if it is certain."""
        return "" if self.names_tables and not node.source else node.table

    def _only(self, chosen: list[Node], wanted: Wanted) -> Node | None:
        if len(chosen) > 1:
            raise CallError(
                f"{self.folder}: '{wanted.name}' may be {' or '.join(map(str, chosen))}; say which: give the dataset a "
                f"physicalName with the schema, e.g. raw.orders, or call headgate dbt sync with --node "
                f"{wanted.name}={chosen[0]}"
            )
        if chosen and not chosen[0].source and chosen[0].name in self.repeated:
            raise CallError(
                f"{self.folder}: the model {chosen[0]} has several files. dbt v2 (seen in 2.0.0-alpha.4) leaves out "
                "every test of such a model without a word. If you run dbt-core 1 only, call headgate dbt sync with "
                f"--node {wanted.name}={chosen[0]}"
            )
        return chosen[0] if chosen else None

    def describe(self) -> str:
        """Return the nodes that exist, for messages."""
        named = {kind: ", ".join(str(node) for node in self.models if node.kind == kind) for kind in KINDS}
        told = [f"{kind}s: {names}" for kind, names in named.items() if names and kind != "model"]
        tables = ", ".join(map(str, self.tables)) or "none"
        return "; ".join((f"models: {named['model'] or 'none'}", *told, f"source tables: {tables}"))


_NAMES_TABLES = re.compile(r"\bmacro\s+(?:\w+__)?generate_alias_name\s*\(")


def read_settings(folder: Path) -> dict[str, Any]:
    """Return what dbt_project.yml in `folder` says. Raises ConfigurationError if there is none, or it is not YAML."""
    try:
        settings = yaml.safe_load((folder / "dbt_project.yml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{folder} is not a dbt project: dbt_project.yml not found") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{folder / 'dbt_project.yml'} is not valid YAML: {error}") from None
    return settings if isinstance(settings, dict) else {}


def _file(one: Declared, aliases: Mapping[str, Alias]) -> str:
    """Return the name of the file of a model or of its version; "" if there is none."""
    names = (one.file or f"{one.name}_v{one.version}", one.name) if one.version else (one.name,)
    return next((name for name in names if name in aliases), "")


def _node(one: Declared, aliases: Mapping[str, Alias]) -> Node:
    if one.source:
        schema, table = ("" if is_rendered(text) else text for text in (one.schema, one.table))
        return Node(one.name, one.source, schema, table=table, kind=one.kind)
    default = f"{one.name}_v{one.version.replace('.', '_')}" if one.version else one.name
    alias = aliases.get(_file(one, aliases)) or Alias("")
    return Node(one.name, version=one.version, table=alias.table(one.table, default), kind=one.kind)
