"""CONTRIBUTING.md is true: its rooms are the package's, its files are there, and its recipes name what is touched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "airflow_plugin" / "headgate"
RECIPES = dict(re.findall(r"### (.+?)\n(.+?)(?=\n### |\n## |\Z)", TEXT, re.DOTALL))


def test_the_rooms_are_those_of_the_package() -> None:
    drawn = TEXT[TEXT.index("airflow_plugin/headgate/") : TEXT.index("dbt_macros/   the")]
    named = set(re.findall(r"(?:^ {6}|  )([a-z]+)/", drawn, re.MULTILINE))
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert named == rooms


@pytest.mark.parametrize("recipe", ["A check type", "A platform", "A format", "An ODCS field"])
def test_a_recipe_names_files_that_are_there(recipe: str) -> None:
    files = re.findall(r"^\| `([^`]+)` \|", RECIPES[recipe], re.MULTILINE)
    assert files
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_every_file_and_target_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", TEXT)
    there = [name for name in named if (ROOT / name).exists() or (PACKAGE / name).exists()]
    assert sorted(set(named) - set(there)) == []
    targets = set(re.findall(r"`make ([a-z-]+)`", TEXT))
    assert targets <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
