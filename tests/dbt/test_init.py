"""`headgate dbt init`: what a project needs once, put there without touching anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from headgate.cli import main
from headgate.dbt import init
from headgate.errors import CallError

MACROS = Path(__file__).parents[2] / "dbt_macros"
ENTRY = "- macro_namespace: dbt\n  search_order: [shop, headgate, dbt]\n"
INDENTED = "".join(f"  {line}\n" for line in ENTRY.splitlines())
NAME = "name: shop\n"
PACKAGE = "  - local: PACKAGE\n"

# Files of a project before and after; what is not named after is as before.
CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "an empty project": (
        {"dbt_project.yml": NAME},
        {"dbt_project.yml": f"{NAME}dispatch:\n{INDENTED}", "packages.yml": f"packages:\n{PACKAGE}", "contracts/.gitkeep": ""},
    ),
    "comments, and no line end": (
        {"dbt_project.yml": f"# The shop.\n{NAME}models: {{}}  # none", "packages.yml": "packages:\n  # Ours.\n  - package: a/b\n    version: 1.0.0\n  # The end.\n"},
        {
            "dbt_project.yml": f"# The shop.\n{NAME}models: {{}}  # none\ndispatch:\n{INDENTED}",
            "packages.yml": f"packages:\n  # Ours.\n  - package: a/b\n    version: 1.0.0\n{PACKAGE}  # The end.\n",
            "contracts/.gitkeep": "",
        },
    ),
    "lines as on Windows": (
        {"dbt_project.yml": "name: shop\r\nprofile: x\r\n", "contracts/a.odcs.yaml": "", "packages.yml": f"packages:\n{PACKAGE}"},
        {"dbt_project.yml": "name: shop\r\nprofile: x\r\n" + f"dispatch:\n{INDENTED}".replace("\n", "\r\n")},
    ),
    "flow style": (
        {"dbt_project.yml": f"{NAME}dispatch: [{{macro_namespace: dbt_utils, search_order: [shop, dbt_utils]}}] # x\n", "packages.yml": "packages: []\n"},
        {
            "dbt_project.yml": f"{NAME}dispatch: [{{macro_namespace: dbt_utils, search_order: [shop, dbt_utils]}}, "
            "{macro_namespace: dbt, search_order: [shop, headgate, dbt]}] # x\n",
            "packages.yml": "packages: [{local: PACKAGE}]\n",
            "contracts/.gitkeep": "",
        },
    ),
    "a search order": (
        {"dbt_project.yml": f"{NAME}dispatch:\n- macro_namespace: dbt\n  search_order: ['shop', 'other', 'dbt']  # x\n", "packages.yml": f"packages:\n{PACKAGE}", "contracts/.gitkeep": ""},
        {"dbt_project.yml": f"{NAME}dispatch:\n- macro_namespace: dbt\n  search_order: ['shop', 'other', headgate, 'dbt']  # x\n"},
    ),
    "a search order, one below the other": (
        {"dbt_project.yml": f"{NAME}dispatch:\n  - macro_namespace: dbt\n    search_order:\n      - shop\n      - dbt\n", "packages.yml": f"packages:\n{PACKAGE}", "contracts/.gitkeep": ""},
        {"dbt_project.yml": f"{NAME}dispatch:\n  - macro_namespace: dbt\n    search_order:\n      - shop\n      - headgate\n      - dbt\n"},
    ),
    "a search order with headgate behind dbt": (
        {"dbt_project.yml": f"{NAME}dispatch:\n  - macro_namespace: dbt\n    search_order: [dbt, headgate, other] # x\n", "packages.yml": f"packages:\n{PACKAGE}", "contracts/.gitkeep": ""},
        {"dbt_project.yml": f"{NAME}dispatch:\n  - macro_namespace: dbt\n    search_order: [shop, headgate, dbt, other] # x\n"},
    ),
    "a search order with the project behind headgate": (
        {"dbt_project.yml": f"{NAME}dispatch:\n  - macro_namespace: dbt\n    search_order:\n      - headgate\n      - shop\n      - dbt\nvars: {{}}\n", "packages.yml": f"packages:\n{PACKAGE}", "contracts/.gitkeep": ""},
        {"dbt_project.yml": f"{NAME}dispatch:\n  - macro_namespace: dbt\n    search_order:\n      - shop\n      - headgate\n      - dbt\nvars: {{}}\n"},
    ),
    "packages in dependencies.yml": (
        {"dbt_project.yml": NAME + "dispatch:\n" + ENTRY, "dependencies.yml": "packages:\n- package: a/b\n  version: 1.0.0\n", "contracts/.gitkeep": ""},
        {"dependencies.yml": "packages:\n- package: a/b\n  version: 1.0.0\n- local: PACKAGE\n"},
    ),
    "the package from git": (
        {"dbt_project.yml": NAME + "dispatch:\n" + ENTRY, "packages.yml": "packages:\n  - git: https://example.com/acme/headgate.git\n    subdirectory: dbt_macros\n", "contracts/.gitkeep": ""},
        {},
    ),
}  # fmt: skip


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(text.replace("PACKAGE", "../macros").encode())


def read(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes().decode() for file in files}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "macros").symlink_to(MACROS)
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


@pytest.mark.parametrize("case", CASES)
def test_only_what_lacks_is_written(case: str, shop: Path) -> None:
    before, after = CASES[case]
    write(shop, before)
    package, there = shop.parent / "macros", read(shop)
    expected = there | {name: text.replace("PACKAGE", "../macros") for name, text in after.items()}

    assert init(shop, package, check_only=True) == tuple(sorted(shop / name for name in after))
    assert read(shop) == there
    assert init(shop, package) == tuple(sorted(shop / name for name in after))
    assert read(shop) == expected
    assert init(shop, package) == ()


@pytest.mark.parametrize(
    ("files", "package", "said"),
    [
        ({}, "../macros", "is not a dbt project: dbt_project.yml not found"),
        ({"dbt_project.yml": NAME}, ".", "is not the dbt package headgate; name its folder dbt_macros with --package"),
        ({"dbt_project.yml": NAME, "packages.yml": "packages: ["}, "../macros", "packages.yml is not valid YAML"),
        ({"dbt_project.yml": NAME, "packages.yml": "packages: x\n"}, "../macros", "packages.yml: 'packages' is not a list"),
        (
            {"dbt_project.yml": f"{NAME}dispatch: &d\n  - macro_namespace: dbt\n    search_order: [shop]\n"},
            "../macros",
            "dbt_project.yml: the search_order of 'dispatch' has no dbt; write the entry by hand",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_edited_is_left_alone(files: dict[str, str], package: str, said: str, shop: Path) -> None:
    write(shop, files)
    with pytest.raises(CallError) as refused:
        init(shop, shop / package)
    assert said in str(refused.value)
    assert read(shop) == files


def test_the_command_says_what_is_missing(shop: Path) -> None:
    write(shop, {"dbt_project.yml": NAME})
    call = ["dbt", "init", "--project", str(shop)]
    told = [CliRunner().invoke(main, [*call, *more]) for more in (["--check"], [], ["--check"])]
    assert [run.exit_code for run in told] == [1, 0, 0]
    assert told[0].stdout.splitlines() == [
        f"{shop / name}: lacks something; run headgate dbt init"
        for name in ("contracts/.gitkeep", "dbt_project.yml", "packages.yml")
    ]
    assert told[2].stdout == "nothing is missing\n"


@pytest.mark.slow
def test_dbt_takes_the_project(project: Path, dbt: Any) -> None:
    for folder in (project / "dbt_packages", project / "packages.yml"):
        folder.rename(project.parent / folder.name)
    (project / "models" / "one.sql").write_text("select 1 as id")
    init(project)
    assert dbt(project, "deps").code == 0
    assert dbt(project, "build").code == 0
