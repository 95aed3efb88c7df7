"""The package itself: what it documents, that it warns of nothing, and that it installs as people install packages."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.dbt_engines import V2, Engine

PACKAGE = Path(__file__).parents[2] / "dbt_macros"
_DEFINED = re.compile(r"\{%-?\s*(macro|test)\s+(\w+)")


def defined(folder: str) -> set[str]:
    """The macros in a folder of the package, as dbt names them."""
    found = (m for file in (PACKAGE / folder).rglob("*.sql") for m in _DEFINED.findall(file.read_text()))
    return {f"test_{name}" if kind == "test" else name for kind, name in found}


def documented(file: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((PACKAGE / file).read_text())["macros"])


def test_every_macro_is_documented_or_hidden() -> None:
    tests, private = documented("tests/generic/tests.yml"), documented("macros/private.yml")
    assert {each["name"] for each in tests} == defined("tests")
    assert all(each["description"] for each in tests)
    assert [each["name"] for each in private] == sorted(defined("macros"))
    assert all(each["docs"] == {"show": False} for each in private)


def test_no_macro_takes_the_place_of_one_of_dbt() -> None:
    """Those with the name of a macro of dbt are found through `dispatch` alone; they must be the gate's."""
    of_dbt = {name for name in defined("macros") if name.endswith("create_table_as")}
    assert of_dbt == {"duckdb__create_table_as", "postgres__create_table_as"}


# Macros of a project, of the names that the package's have, and what they say.
OF_THE_PROJECT = ("column", "scan", "report", "literal", "now", "record", "attempted", "gated", "quoted", "duration")


@pytest.mark.engines
def test_macros_of_a_project_with_the_same_names_do_not_clash(project: Path, dbt: Any, warehouse: Any) -> None:
    (project / "macros").mkdir()
    (project / "macros" / "own.sql").write_text(
        "".join(f"{{% macro {name}() %}}'own'{{% endmacro %}}\n" for name in OF_THE_PROJECT)
    )
    (project / "models" / "orders.sql").write_text("select {{ column() }} as own, {{ now() }} as also")
    check = {"key": "k", "type": "not_null", "columns": ["own"]}
    test = {"headgate.contract": {"name": "c", "arguments": {"contract": "c@1#orders", "checks": [check]}}}
    (project / "models" / "m.yml").write_text(yaml.safe_dump({"models": [{"name": "orders", "data_tests": [test]}]}))
    ran = dbt(project, "build", "--target", warehouse.target, **warehouse.environment)
    assert ran.status == {"orders": "success", "c": "pass"}, ran.output


@pytest.mark.slow
def test_it_installs_from_a_git_repository(project: Path, dbt: Any, tmp_path: Path, engine: Engine) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(repository)]
    subprocess.run([*git, "init", "--quiet", "-b", "main"], check=True)
    ignored = {"integration_tests", "skills"}
    for file in PACKAGE.rglob("*"):
        inside = file.relative_to(PACKAGE)
        if file.is_file() and not ignored & set(inside.parts):
            there = repository / "dbt_macros" / inside
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(file.read_bytes())
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "package"], check=True)
    subprocess.run([*git, "tag", "0.2.0"], check=True)
    (project / "dbt_packages" / "headgate").unlink()
    listed = {"git": f"file://{repository}", "subdirectory": "dbt_macros", "revision": "0.2.0"}
    (project / "packages.yml").write_text(yaml.safe_dump({"packages": [listed]}))
    (project / "models" / "orders.sql").write_text("select 1 as id")
    expected = {
        "name": "orders",
        "data_tests": [{"headgate.expect_table_row_count_to_equal": {"arguments": {"value": 1}}}],
    }
    (project / "models" / "m.yml").write_text(yaml.safe_dump({"models": [expected]}))
    ran = dbt(project, "deps")
    assert ran.code == 0, ran.output
    assert (project / "dbt_packages" / "headgate" / "dbt_project.yml").is_file()
    ran = dbt(project, "build")
    assert sorted(ran.status.values()) == ["pass", "success"], ran.output


@pytest.mark.slow
def test_nothing_is_deprecated(project: Path, dbt: Any, engine: Engine) -> None:
    """Neither in the package, nor in the shop, nor in what sync writes into it."""
    from tests.dbt.test_shop import shop

    shown = () if engine == V2 else ("--show-all-deprecations",)
    ran = dbt(shop(project), "parse", "--no-partial-parse", *shown)
    assert ran.code == 0, ran.output
    assert not re.findall(r"Deprecat.*|(?i:\bwarning\b).*", ran.output), ran.output
