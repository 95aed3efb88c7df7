"""What the documentation shows is run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from headgate.contract.settings import SETTINGS, VENDOR
from headgate.errors import ContractError
from headgate.lint.rules import RULES

from tests.support.contracts import load, odcs

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> dict[str, str]:
    """The fenced blocks of a language by the file name behind it."""
    return {name.strip(): body for name, body in re.findall(rf"```{language}( [^\n]*)?\n(.*?)```", README, re.DOTALL)}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for language in ("yaml", "csv", "python"):
        for name, body in blocks(language).items():
            if name:
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_text(body, encoding="utf-8")
    return tmp_path


SESSIONS = [b for b in re.findall(r"```console\n(.*?)```", README, re.DOTALL) if b.startswith("$ ")]


def test_there_are_sessions() -> None:
    assert [session.split()[1] for session in SESSIONS] == ["headgate", "sed"]


@pytest.mark.parametrize("session", SESSIONS, ids=lambda s: " ".join(s.split()[1:3]))
def test_the_session_is_what_the_command_prints(session: str, shop: Path) -> None:
    command, _, shown = session.partition("\n")
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "COLUMNS": "160", "HEADGATE_STORE": "none"}
    done = subprocess.run(
        command[2:], shell=True, cwd=shop, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stderr + done.stdout).splitlines() == shown.splitlines()
    assert done.returncode == 1


def test_the_readme_has_two_hundred_lines_at_most() -> None:
    assert len(README.splitlines()) <= 200


def test_the_contract_is_about_fifteen_lines() -> None:
    assert len(blocks("yaml")["orders.odcs.yaml"].splitlines()) <= 18
    first_screen = README.split("## What happens on a breach")[0].split("violates the contract")[0]
    assert "ContractPublishOperator(" in first_screen
    assert len(first_screen.splitlines()) <= 60


def test_the_python_lines_run(shop: Path) -> None:
    (code,) = [b for b in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "import" in b]
    done = subprocess.run([sys.executable, "-c", code], cwd=shop, capture_output=True, text=True, check=False)
    failed = ["amount_eur.logicalType", "amount_eur.required", "amount_eur.maximum", "status.enum"]
    assert done.stdout == f"breach (14, 14) {failed}\nhalted False\n"


@pytest.mark.slow
def test_the_page_of_publishing_is_true(tmp_path: Path) -> None:
    """Its commands, one after the other, print what it shows; its lines of Python read what was published."""
    page = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
    for name, body in re.findall(r"```(?:yaml|csv) (\S+)\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(body, encoding="utf-8")
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "COLUMNS": "160", "HEADGATE_STORE": "none"}

    def run(command: str) -> str:
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        return done.stderr + done.stdout

    (session,) = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    for step in session.split("$ ")[1:]:
        command, _, shown = step.partition("\n")
        assert run(command) == shown, command
    run("headgate publish orders.odcs.yaml orders.csv lake/orders/ --run-key 2026-03-02")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "read.py").write_text(code + "print(list(orders.order_id))\n")
    assert run("python read.py") == "['A-1', 'A-3']\n"


@pytest.mark.slow
def test_the_page_of_history_is_true(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
    for name, body in re.findall(r"```(?:yaml|csv) (\S+)\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(body, encoding="utf-8")
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "XDG_STATE_HOME": str(tmp_path / "state")}
    (session,) = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    for step in session.split("$ ")[1:]:
        command, _, shown = step.partition("\n")
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.stderr + done.stdout == shown, command


@pytest.mark.slow
def test_the_dag_runs(shop: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from tests.support.dagtest import DagFolder

    folder = DagFolder(capfd)
    code = blocks("python")["orders_dag.py"]
    path = folder.folder / "orders_dag.py"
    folder.written.append(path)
    path.write_text(code.replace('"orders.odcs', f'"{shop}/orders.odcs').replace('"landing/', f'"{shop}/landing/'))
    try:
        run = folder.run(path)
    finally:
        folder.clean()
    assert run.states == {"publish_orders": "failed"}
    assert "status is one of 'paid', 'open'" in run.log


def test_the_tables_of_changes_are_up_to_date() -> None:
    """`HEADGATE_WRITE=1 python -m pytest tests/test_docs.py` writes it anew."""
    from tests.support.changes_page import page

    path = ROOT / "docs" / "changes.md"
    if os.environ.get("HEADGATE_WRITE"):
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert text.count("| `other` |") == 1
    assert text == page(text)


def test_the_table_of_expectations_is_up_to_date() -> None:
    from tests.support.gx_page import page

    path = ROOT / "docs" / "gx.md"
    if os.environ.get("HEADGATE_WRITE"):
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert text.count("| `expect_column_values_to_be_unique` |") == 1
    assert text == page(text)


def test_the_page_of_check_types_is_current() -> None:
    """`HEADGATE_WRITE=1 python -m pytest tests/test_docs.py` writes it anew."""
    from headgate.checks import CATALOGUE

    from tests.support.checks_page import page

    path = ROOT / "docs" / "checks.md"
    if os.environ.get("HEADGATE_WRITE"):
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert all(text.count(f"| `{name}` |") == 1 for name in CATALOGUE)
    assert text == page(text)


def test_the_page_of_formats_is_current() -> None:
    from tests.support.formats_page import page

    path = ROOT / "docs" / "formats.md"
    if os.environ.get("HEADGATE_WRITE"):
        path.write_text(page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page()


def settings_page() -> str:
    lines = [
        "# Settings",
        "",
        "What ODCS has no field for stands in its `customProperties`: from ODCS v3.2 with `vendor: headgate`, below",
        "with the prefix `headgate.` in the name (`property: headgate.onBreach`). The innermost level wins.",
        "",
        "| setting | default | level | what it says |",
        "| --- | --- | --- | --- |",
    ]
    for setting in SETTINGS.values():
        default = ", ".join(setting.default) if isinstance(setting.default, tuple) else str(setting.default).lower()
        lines.append(f"| `{setting.name}` | {default or 'none'} | {', '.join(setting.levels)} | {setting.help} |")
    lines += [
        "",
        "Editors complete and check them by [a JSON schema](headgate.schema.json), beside ODCS's own. With the YAML language",
        "server (VS Code, JetBrains, neovim), the first line of a contract is",
        "",
        "```yaml",
        "# yaml-language-server: $schema=path/to/headgate.schema.json",
        "```",
        "",
        "A file takes one such line. Where several schemas are mapped to `*.odcs.yaml` in the editor's settings (`yaml.schemas`",
        "of VS Code), ODCS's and this one hold together.",
        "",
        "What Airflow configures stands in its section `[headgate]`: [in Airflow](airflow.md#settings).",
        "",
    ]
    return "\n".join(lines)


def test_the_page_on_airflow_names_every_setting() -> None:
    from headgate.airflow import __all__ as names
    from headgate.provider_info import get_provider_info

    text = (ROOT / "docs" / "airflow.md").read_text(encoding="utf-8")
    options = list(get_provider_info()["config"]["headgate"]["options"])
    assert re.findall(r"^\| `(\w+)` \|", text.split("## Settings")[1], re.MULTILINE) == sorted(
        options, key=text.split("## Settings")[1].index
    )
    assert [name for name in (*options, *names) if f"`{name}" not in text] == []


def test_the_page_of_settings_is_up_to_date() -> None:
    """`HEADGATE_WRITE=1 python -m pytest tests/test_docs.py` writes it anew."""
    path = ROOT / "docs" / "settings.md"
    if os.environ.get("HEADGATE_WRITE"):
        path.write_text(settings_page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == settings_page()


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def lint_page() -> str:
    lines = [
        "# What `headgate lint` says",
        "",
        "`headgate lint contracts/` reads files, or folders of `*.odcs.yaml`, and tells all problems, each with file,",
        "line and column, what was found, what is allowed, and the id of its rule. An **error**: the contract does not load",
        "(exit 2). A **warning**: it loads, and says less than was meant (exit 2 with `--strict`). A **note** is advice.",
        "Where a file is not ODCS, it tells that alone; what the contract means and lacks is looked at when that is mended.",
        "`--explain` prints the reasons below, `--rules` every rule of the contract, executed or not with the reason.",
        "`--format github` annotates a pull request, `sarif` is for code scanning, `junit` for test reports, `markdown` for the",
        "summary of a job, `json` for everything else.",
        "",
        "In a repository: [a pre-commit hook and a GitHub Action](changes.md) lint contracts and grade their changes.",
        "",
        "| rule | why it matters |",
        "| --- | --- |",
        *(f"| `{name}` | {why} |" for name, why in RULES.items()),
        "",
    ]
    return "\n".join(lines)


def test_the_page_of_lint_is_up_to_date() -> None:
    path = ROOT / "docs" / "lint.md"
    if os.environ.get("HEADGATE_WRITE"):
        path.write_text(lint_page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == lint_page()


def editor_schema() -> dict[str, Any]:
    """The JSON schema by which an editor completes and checks headgate's settings in a contract."""

    def entries(level: str) -> dict[str, Any]:
        here = [setting for setting in SETTINGS.values() if level in setting.levels]
        ours = {"properties": {"vendor": {"const": VENDOR}}, "required": ["vendor"]}
        prefixed = {"properties": {"property": {"pattern": "^headgate\\."}}, "required": ["property"]}
        values = [
            {
                "if": {"properties": {"property": {"enum": [s.name, f"headgate.{s.name}"]}}, "required": ["property"]},
                "then": {"properties": {"value": {"description": s.help, **s.schema}}, "required": ["value"]},
            }
            for s in here
        ]
        names = {"property": {"enum": [name for s in here for name in (s.name, f"headgate.{s.name}")]}}
        rule = {"if": {"anyOf": [ours, prefixed]}, "then": {"properties": names, "allOf": values}}
        return {"type": "array", "items": rule}

    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "title": "headgate's settings in a data contract (ODCS)",
        "type": "object",
        "properties": {
            "customProperties": entries("contract"),
            "schema": {"type": "array", "items": {"$ref": "#/$defs/dataset"}},
            "slaProperties": {
                "type": "array",
                "items": {"type": "object", "properties": {"customProperties": entries("service level")}},
            },
        },
        "$defs": {
            "dataset": {
                "type": "object",
                "properties": {
                    "customProperties": entries("dataset"),
                    "properties": {"type": "array", "items": {"$ref": "#/$defs/property"}},
                    "quality": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
                },
            },
            "property": {
                "type": "object",
                "properties": {
                    "customProperties": entries("property"),
                    "properties": {"type": "array", "items": {"$ref": "#/$defs/property"}},
                    "items": {"$ref": "#/$defs/property"},
                    "quality": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
                },
            },
            "rule": {"type": "object", "properties": {"customProperties": entries("rule")}},
        },
    }


def test_the_schema_for_editors_is_up_to_date() -> None:
    path = ROOT / "docs" / "headgate.schema.json"
    text = json.dumps(editor_schema(), indent=1) + "\n"
    if os.environ.get("HEADGATE_WRITE"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


# level, a setting's value, whether it is right
VALUES = [
    ("contract", "onBreach", "halt", True),
    ("contract", "onBreach", ["quarantine", "halt"], True),
    ("contract", "onBreach", [], False),
    ("contract", "onBreach", "stop", False),
    ("contract", "maxQuarantinePercent", 7.5, True),
    ("contract", "maxQuarantinePercent", 101, False),
    ("contract", "maxQuarantinePercent", True, False),
    ("dataset", "extraColumns", "fail", True),
    ("dataset", "extraColumns", "never", False),
    ("dataset", "allowNotExecuted", ["a"], True),
    ("dataset", "allowNotExecuted", "a", False),
    ("dataset", "allowEmpty", True, True),
    ("dataset", "allowEmpty", "yes", False),
    ("dataset", "showExamples", True, True),
    ("dataset", "showExamples", "yes", False),
    ("dataset", "consumers", ["churn", {"name": "billing", "contact": "#billing"}], True),
    ("dataset", "consumers", [{"contact": "#billing"}], False),
    ("property", "missingValues", ["NA", 7], True),
    ("property", "missingValues", "NA", False),
    ("property", "fieldNumber", 3, True),
    ("property", "fieldNumber", 0, False),
    ("property", "enumNumbers", {"a": 1}, True),
    ("property", "enumNumbers", {"a": 0}, False),
    ("property", "reservedNumbers", [3, 4], True),
    ("property", "reservedNumbers", 3, False),
    ("dataset", "namespace", "com.example.shop", True),
    ("dataset", "namespace", "com example", False),
    ("property", "enumPolicy", "closed", True),
    ("property", "enumPolicy", "ajar", False),
    ("property", "onBreach", "halt", False),
    ("rule", "onBreach", "warn", True),
    ("rule", "onBraech", "warn", False),
]


@pytest.mark.parametrize(("level", "name", "value", "right"), VALUES)
@pytest.mark.parametrize("version", ["v3.2.0", "v3.1.0"])
def test_an_editor_says_of_a_setting_what_lint_says(
    level: str, name: str, value: Any, right: bool, version: str
) -> None:
    from jsonschema import Draft201909Validator

    entry = {"property": name, "value": value, "vendor": VENDOR}
    if version < "v3.2":
        entry = {"property": f"headgate.{name}", "value": value}
    own: dict[str, dict[str, Any]] = {level: {"customProperties": [entry]}}
    rule = {"metric": "nullValues", "mustBe": 0, **own.get("rule", {})}
    prop = {"name": "v", "quality": [rule], **own.get("property", {})}
    document = odcs(
        {"name": "things", "properties": [prop], **own.get("dataset", {})},
        **own.get("contract", {}),
        apiVersion=version,
    )
    by_editor = not list(Draft201909Validator(editor_schema()).iter_errors(document))
    try:
        load(document)
        by_lint = True
    except ContractError:
        by_lint = False
    assert (by_editor, by_lint) == (right, right)
