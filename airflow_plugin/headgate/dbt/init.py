"""`headgate dbt init`: what a dbt project needs once, before its first contract."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import headgate
from headgate.dbt.dispatch import with_dispatch
from headgate.dbt.lists import with_item
from headgate.dbt.project import read_settings
from headgate.errors import CallError, ConfigurationError

# In a clone, where the package of the same version is.
_MACROS = Path(headgate.__file__).parents[2] / "dbt_macros"
_SETTINGS, _PACKAGES, _DEPENDENCIES, _KEPT = "dbt_project.yml", "packages.yml", "dependencies.yml", "contracts/.gitkeep"


def init(project: Path, package: Path | None = None, *, check_only: bool = False) -> tuple[Path, ...]:
    """Make a dbt project ready for contracts, and return the files that lacked something.

    The project gets the package `headgate` in packages.yml (or dependencies.yml, where its packages are), an entry
    under `dispatch:` by which dbt finds the package's macros before its own, and the folder `contracts`. Files are
    edited in place; a second run changes nothing.

    Args:
        project: the folder of dbt_project.yml.
        package: the folder dbt_macros of headgate; by default the one of the clone that headgate is installed from.
        check_only: write nothing.

    Raises:
        CallError: it is not a dbt project, the package was not found, or a file cannot be edited safely.
    """
    read_settings(project)
    wanted = dict(_wanted(project, package))
    if not check_only:
        for file, text in wanted.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("w", encoding="utf-8", newline="") as opened:
                opened.write(text)
    return tuple(sorted(wanted))


def _wanted(project: Path, package: Path | None) -> Iterator[tuple[Path, str]]:
    """Yield the new text of each file that lacks something."""
    files = [project / _PACKAGES, project / _DEPENDENCIES]
    texts = {file: _read(file) for file in files}
    listed = {file: _load(file, text).get("packages") or [] for file, text in texts.items()}
    if not any(_is_headgate(each, project) for packages in listed.values() for each in packages):
        file = files[1] if listed[files[1]] else files[0]
        yield file, _edited(file, lambda: with_item(texts[file], "packages", {"local": _local(project, package)}))
    settings = project / _SETTINGS
    text = _read(settings)
    if (new := with_dispatch(settings, text)) != text:
        yield settings, new
    if not (project / _KEPT).parent.is_dir():
        yield project / _KEPT, ""


def _is_headgate(package: Any, project: Path) -> bool:
    if not isinstance(package, dict):
        return False
    if "local" in package:
        try:
            return read_settings(project / str(package["local"])).get("name") == "headgate"
        except ConfigurationError:
            return False
    source = str(package.get("git") or package.get("package") or package.get("tarball") or "")
    return "headgate" in source.rpartition("/")[2]


def _local(project: Path, package: Path | None) -> str:
    folder = package or _MACROS
    if not _is_headgate({"local": folder.resolve()}, project):
        raise CallError(f"{folder} is not the dbt package headgate; name its folder dbt_macros with --package")
    return Path(os.path.relpath(folder, project)).as_posix()


def _edited(file: Path, edit: Any) -> str:
    try:
        return str(edit())
    except ValueError as error:
        raise CallError(
            f"{file}: {error}; write the entry by hand, as the README of the dbt package shows it"
        ) from None


def _read(file: Path) -> str:
    if not file.exists():
        return ""
    with file.open(encoding="utf-8", newline="") as opened:
        return opened.read()


def _load(file: Path, text: str) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CallError(f"{file} is not valid YAML: {error}") from None
    return loaded if isinstance(loaded, dict) else {}
