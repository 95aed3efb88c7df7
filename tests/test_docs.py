"""What the documentation shows is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from headgate.contract.settings import SETTINGS

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
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "COLUMNS": "160"}
    done = subprocess.run(
        command[2:], shell=True, cwd=shop, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stderr + done.stdout).splitlines() == shown.splitlines()
    assert done.returncode == 1


def test_the_contract_is_about_fifteen_lines() -> None:
    assert len(blocks("yaml")["orders.odcs.yaml"].splitlines()) <= 18
    first_screen = README.split("## What happens on a breach")[0].split("When the promise breaks")[0]
    assert "ContractPublishOperator(" in first_screen
    assert len(first_screen.splitlines()) <= 60


def test_the_python_lines_run(shop: Path) -> None:
    (code,) = [b for b in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "import" in b]
    done = subprocess.run([sys.executable, "-c", code], cwd=shop, capture_output=True, text=True, check=False)
    failed = ["amount_eur.logicalType", "amount_eur.required", "amount_eur.maximum", "status.enum"]
    assert done.stdout == f"breach (14, 14) {failed}\nhalted False\n"


@pytest.mark.slow
def test_the_dag_runs(shop: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from dagtest import DagFolder

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
    from changes_page import page

    path = ROOT / "docs" / "changes.md"
    if os.environ.get("HEADGATE_WRITE"):
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert text.count("| `other` |") == 1
    assert text == page(text)


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
        "In Airflow, `[headgate]` holds `contracts_folder` (where a relative contract path is looked up, after the DAG",
        "file's folder), `on_breach` (a policy in place of every contract's) and `reports_folder` (where reports are",
        "written as JSON).",
        "",
    ]
    return "\n".join(lines)


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
