"""The README's line for one's own environment, in an empty one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINE = re.search(r"`pip (install '\.\[.*?\]')`", README)
CONTRACT = re.search(r"```yaml orders\.odcs\.yaml\n(.*?)```", README, re.DOTALL)
DATA = re.search(r"```csv landing/orders\.csv\n(.*?)```", README, re.DOTALL)
# What an environment that is not this one knows of it.
OWN = ("PYTHON", "PIP_CONSTRAINT", "AIRFLOW", "VIRTUAL_ENV")


@pytest.mark.slow
def test_the_line_of_the_readme_in_an_empty_environment(tmp_path: Path) -> None:
    assert LINE is not None
    assert CONTRACT is not None
    assert DATA is not None
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "own"], check=True)
    programs = tmp_path / "own" / "bin"
    outside = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    environment = outside | {"AIRFLOW_HOME": str(tmp_path / "airflow"), "PATH": f"{programs}{os.pathsep}/usr/bin:/bin"}

    def run(*command: str, folder: Path = tmp_path) -> tuple[int, str]:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = run("bash", "-c", f"pip {LINE[1]} --quiet --disable-pip-version-check --no-compile", folder=ROOT)
    assert code == 0, said
    assert run("pip", "check")[0] == 0, run("pip", "check")[1]
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "orders.csv").write_text(DATA[1])
    (tmp_path / "orders.odcs.yaml").write_text(CONTRACT[1])
    code, said = run("headgate", "check", "orders.odcs.yaml", "landing/orders.csv")
    assert (code, "BREACH  orders: 4 rows" in said) == (1, True), said
    code, said = run("headgate", "check", "orders.odcs.yaml", "postgresql://nobody@localhost:1/none#orders")
    assert (code, "extra" in said, "localhost" in said) == (3, False, True), said  # the driver is there
    code, said = run("airflow", "providers", "list", "--output", "plain")
    assert (code, "headgate" in said) == (0, True), said
    code, said = run(
        "python", "-c", "from headgate.airflow import ContractPublishOperator; import dbt.version, headgate.dbt"
    )
    assert code == 0, said
