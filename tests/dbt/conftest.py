"""dbt in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RESULTS = re.compile(r"/\*headgate-results:(.*?):headgate-results\*/", re.DOTALL)
# Not UTC: what a check finds must not depend on the session's time zone.
ELSEWHERE = "America/New_York"


@dataclass(frozen=True)
class Ran:
    """What a dbt command left: its exit code, its output, and by node name its status and embedded results."""

    code: int
    output: str
    status: dict[str, str]
    results: dict[str, dict[str, Any]]

    def by_key(self, test: str) -> dict[str, dict[str, Any]]:
        return {result["key"]: result for result in self.results[test]["results"]}


@pytest.fixture(scope="session")
def dbt() -> Callable[..., Ran]:
    """Runs a dbt command in a project folder."""

    def run(project: Path, *command: str, **environment: str) -> Ran:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "dbt"), "--no-use-colors", *command],
            cwd=project,
            env={**os.environ, "DBT_PROFILES_DIR": str(project), "PGTZ": ELSEWHERE, **environment},
            capture_output=True,
            text=True,
        )
        found = project / "target" / "run_results.json"
        nodes = json.loads(found.read_text())["results"] if found.exists() else []
        status, results = {}, {}
        for node in nodes:
            name = node["unique_id"].split(".")[2]
            status[name] = node["status"]
            if match := RESULTS.search(node.get("compiled_code") or ""):
                results[name] = json.loads(match[1])
        return Ran(done.returncode, done.stdout + done.stderr, status, results)

    return run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty dbt project that has the package headgate, with the targets duckdb and postgres."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    # What `dbt deps` would do, in no time.
    (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT / 'dbt_macros'}\n")
    (folder / "dbt_packages").mkdir()
    (folder / "dbt_packages" / "headgate").symlink_to(ROOT / "dbt_macros")
    (folder / "dbt_project.yml").write_text(
        "name: trial\nversion: '1.0'\nprofile: trial\nflags: {send_anonymous_usage_stats: false}\n"
    )
    (folder / "profiles.yml").write_text(
        f"""trial:
  target: duckdb
  outputs:
    duckdb: {{type: duckdb, path: '{folder}/warehouse.duckdb', schema: main, settings: {{TimeZone: {ELSEWHERE}}}}}
    postgres:
      type: postgres
      host: "{{{{ env_var('TRIAL_HOST', '') }}}}"
      port: 5432
      user: headgate
      password: ""
      dbname: postgres
      schema: main
"""
    )
    return folder
