"""The alias of a model, seed or snapshot, from its own file or dbt_project.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headgate.dbt.configs import setting_of_path
from headgate.dbt.jinja import is_rendered

MODELS = (".sql", ".py")
_SUFFIXES = {"model": MODELS, "seed": (".csv",), "snapshot": (".sql",)}
_SNAPSHOT = re.compile(r"\{%-?\s*snapshot\s+(\w+)")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# In SQL and in Python; what follows is the value.
_ALIAS = re.compile(r"\bconfig\s*\((?:[^()]|\([^()]*\))*?\balias\s*=\s*", re.DOTALL)
_LITERAL = re.compile(r"""(["'])([^"'\\]*)\1\s*[,)]""")


@dataclass(frozen=True, slots=True)
class Alias:
    """What the file of a model and dbt_project.yml say: "" is nothing, None something that dbt computes."""

    in_file: str | None
    in_project: str = ""

    def table(self, in_properties: str, default: str) -> str:
        """Return the name of the table, or "" if the files do not tell it. The setting nearest to the model wins."""
        said = next((alias for alias in (self.in_file, in_properties, self.in_project) if alias != ""), default)
        return "" if said is None or is_rendered(said) else said


def alias_in(text: str) -> str | None:
    """Return the alias that the text of a model sets: "" if it sets none, None if it is computed."""
    text = _COMMENT.sub("", text)
    found = _ALIAS.search(text)
    if found is None:
        return ""
    literal = _LITERAL.match(text, found.end())
    return literal[2] if literal else None


def aliases_of(kind: str, settings: Mapping[str, Any], paths: tuple[Path, ...]) -> dict[str, Alias]:
    """Return the models, seeds or snapshots in the folders `paths` by their names: a snapshot has its own, others are
    called as their files. Two files of one name, of which dbt enables one, are one model."""
    found: dict[str, Alias] = {}
    for folder in paths:
        for file in files_in((folder,), *_SUFFIXES[kind]):
            text = file.read_text(encoding="utf-8") if kind != "seed" else ""
            parents = (str(settings.get("name")), *file.relative_to(folder).parent.parts)
            for name in _SNAPSHOT.findall(_COMMENT.sub("", text)) if kind == "snapshot" else (file.stem,):
                configured = str(setting_of_path(settings.get(f"{kind}s"), (*parents, name), "alias") or "")
                alias = Alias(alias_in(text), configured)
                found[name] = alias if found.get(name, alias) == alias else Alias(None)
    return found


def files_in(folders: tuple[Path, ...], *suffixes: str) -> list[Path]:
    """Return all files in `folders` with one of `suffixes`."""
    return sorted({file for folder in folders for file in folder.rglob("*") if file.suffix in suffixes})
