"""The version is told once, in headgate/__init__.py; what is released beside it says the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml
from headgate import __version__
from headgate.provider_info import get_provider_info

ROOT = Path(__file__).parents[1]


def test_the_package_and_the_provider_have_the_version_of_the_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "airflow_plugin/headgate/__init__.py"
    assert get_provider_info()["versions"] == [__version__]


def test_the_dbt_package_has_it_too() -> None:
    project = yaml.safe_load((ROOT / "dbt_macros" / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["version"] == __version__


def test_the_changelog_begins_with_it() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.partition("\n## ")[2].split()[0] == __version__
