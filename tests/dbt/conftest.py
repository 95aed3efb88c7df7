"""dbt in a process of its own, and a PostgreSQL server that belongs to the tests."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from parts import missing

ROOT = Path(__file__).parents[2]
# The newest server that is installed.
POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/lib/postgresql"))
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The socket folder of a private PostgreSQL server, user `headgate`, database `postgres`."""
    if not (POSTGRES / "initdb").exists():
        missing("no PostgreSQL server: install the package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="headgate-pg-", dir="/tmp"))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        shutil.chown(folder, "nobody")
        as_user = {"user": "nobody"}
    quiet: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    data = str(folder / "data")
    subprocess.run(
        [str(POSTGRES / "initdb"), "-D", data, "-U", "headgate", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        **quiet,
        **as_user,
    )
    control = [str(POSTGRES / "pg_ctl"), "-D", data, "-w"]
    subprocess.run([*control, "-l", str(folder / "log"), "-o", options, "start"], **quiet, **as_user)
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(folder / ".s.PGSQL.5432"))
        yield str(folder)
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet, **as_user)
        shutil.rmtree(folder, ignore_errors=True)
