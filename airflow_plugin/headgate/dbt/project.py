"""A dbt project as its files say it: models, source tables, and where their properties are declared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from headgate.dbt.properties import Properties
from headgate.errors import CallError


@dataclass(frozen=True, slots=True)
class Node:
    """A model (`source` is empty) or a table of a source. `schema` is where a source says that its tables are."""

    name: str
    source: str = ""
    schema: str = ""

    @property
    def test_name(self) -> str:
        """How the names of its tests begin."""
        return f"{self.source}_{self.name}" if self.source else self.name

    def __str__(self) -> str:
        return f"{self.source}.{self.name}" if self.source else self.name


@dataclass(frozen=True)
class Project:
    """`models` and `tables` are all there are; `declared` gives the properties file of each that has one."""

    folder: Path
    model_paths: tuple[Path, ...]
    models: tuple[Node, ...]
    tables: tuple[Node, ...]
    files: tuple[Properties, ...]
    declared: dict[Node, Properties]

    @classmethod
    def load(cls, folder: Path, written: Path | None = None) -> Project:
        """Read the project in `folder`, as it would be without the file `written`.

        Raises:
            CallError: it is no dbt project, or a file in it is not YAML.
        """
        try:
            settings = yaml.safe_load((folder / "dbt_project.yml").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise CallError(f"{folder} is no dbt project: there is no dbt_project.yml in it") from None
        except yaml.YAMLError as error:
            raise CallError(f"{folder / 'dbt_project.yml'} is not valid YAML: {error}") from None
        listed = settings.get("model-paths") if isinstance(settings, dict) else None
        paths = tuple(folder / path for path in listed or ["models"])
        models = sorted((Node(file.stem) for file in _files(paths, ".sql", ".py")), key=str)
        found = _files(paths, ".yml", ".yaml")
        left_out = written.resolve() if written else None
        files = tuple(Properties.read(file) for file in found if file.resolve() != left_out)
        declared: dict[Node, Properties] = {}
        tables: list[Node] = []
        for file in files:
            for name in file.models():
                declared[Node(name)] = file
            for source, schema, name in file.tables():
                tables.append(Node(name, source, schema))
                declared[tables[-1]] = file
        return cls(folder, paths, tuple(models), tuple(tables), files, declared)

    def find(self, names: tuple[str, ...], schemas: frozenset[str]) -> Node | None:
        """What a dataset called by one of `names`, and said to be in one of `schemas`, is in this project.

        A source table in one of the schemas, else the model, else the only source table of that name.

        Raises:
            CallError: several source tables could be meant.
        """
        tables = [node for node in self.tables if node.name in names]
        there = [node for node in tables if node.schema in schemas]
        models = [node for node in self.models if node.name in names]
        for chosen in (there, models, tables):
            if len(chosen) == 1:
                return chosen[0]
            if chosen:
                raise CallError(
                    f"{self.folder}: '{names[0]}' may be {' or '.join(map(str, chosen))}; "
                    "say which: give the dataset a physicalName with the schema, e.g. raw.orders"
                )
        return None

    def describe(self) -> str:
        """What there is, for messages."""
        models = ", ".join(map(str, self.models)) or "none"
        return f"models: {models}; source tables: {', '.join(map(str, self.tables)) or 'none'}"


def _files(folders: tuple[Path, ...], *suffixes: str) -> list[Path]:
    return sorted({file for folder in folders for file in folder.rglob("*") if file.suffix in suffixes})
