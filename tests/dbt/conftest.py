"""dbt in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.dbt_engines import OTHERS, OWN, Engine
from tests.support.dbt_project import ELSEWHERE, make_project
from tests.support.dbt_warehouses import Warehouse, on_duckdb, on_postgres
from tests.support.gated_shop import Shop
from tests.support.parts import missing
from tests.support.postgres_server import server

RESULTS = re.compile(r"/\*headgate-results:(.*?):headgate-results\*/", re.DOTALL)


@dataclass(frozen=True)
class Ran:
    """What a dbt command left: its exit code, its output, and by node name its status and embedded results."""

    code: int
    output: str
    status: dict[str, str]
    results: dict[str, dict[str, Any]]

    def by_key(self, test: str) -> dict[str, dict[str, Any]]:
        return {result["key"]: result for result in self.results[test]["results"]}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """dbt on PostgreSQL, which is a server to start, is what `make test-engines` runs, a part of it with QUICK=1."""
    for item in items:
        params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if params.get("engine") == OWN and "postgres" in params.values():
            item.add_marker(pytest.mark.engines)


@pytest.fixture(scope="session", params=[OWN, *(pytest.param(e, marks=pytest.mark.engines) for e in OTHERS)], ids=str)
def engine(request: pytest.FixtureRequest) -> Engine:
    """The dbt that a test runs; others than the one in .venv under the marker `engines`."""
    if not request.param.dbt.exists():
        missing(f"{request.param} is not installed: run make test-engines")
    return request.param


@pytest.fixture(scope="session")
def start_dbt(engine: Engine) -> Callable[..., subprocess.Popen[str]]:
    """Starts a dbt command in a project folder."""

    def start(project: Path, *command: str, **environment: str) -> subprocess.Popen[str]:
        more = {"DBT_PROFILES_DIR": str(project), "PGTZ": ELSEWHERE, **engine.environment, **environment}
        return subprocess.Popen(
            [str(engine.dbt), *command],
            cwd=project,
            env={**os.environ, "DBT_USE_COLORS": "false", **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


@pytest.fixture(scope="session")
def dbt(start_dbt: Callable[..., subprocess.Popen[str]]) -> Callable[..., Ran]:
    """Runs a dbt command in a project folder."""

    def run(project: Path, *command: str, **environment: str) -> Ran:
        done = start_dbt(project, *command, **environment)
        output, _ = done.communicate()
        found = project / "target" / "run_results.json"
        ran = json.loads(found.read_text()) if found.exists() else {"results": []}
        status, results = {}, {}
        for node in ran["results"]:
            kind, _, name = node["unique_id"].split(".")[:3]
            if kind == "operation":  # the package's hook
                continue
            status[name] = node["status"]
            # dbt v2 leaves the compiled code in files only; that of a node it skipped is of an earlier run.
            compiled = node.get("compiled_code") or _compiled(project, name)
            if node["status"] == "skipped":
                continue
            if match := RESULTS.search(compiled):
                results[name] = json.loads(match[1])
                assert results[name]["invocation_id"] == ran["metadata"]["invocation_id"]
        return Ran(done.returncode, output, status, results)

    return run


def _compiled(project: Path, node: str) -> str:
    found = (project / "target" / "compiled").rglob(f"{node}.sql")
    file = next((each for each in found if each.is_file()), None)  # of a snapshot's file dbt v2 makes a folder
    return file.read_text() if file else ""


@pytest.fixture(scope="session")
def postgres_port() -> Iterator[int]:
    """The port of a private PostgreSQL server on 127.0.0.1, user `headgate`; dbt v2 reaches none by a socket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(server(port))
        except FileNotFoundError as error:
            missing(str(error))
        yield port


@pytest.fixture(params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest, project: Path) -> Warehouse:
    """Each database in turn."""
    if request.param == "duckdb":
        return on_duckdb(project)
    return on_postgres(request.getfixturevalue("postgres_port"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty dbt project that has the package headgate, with the targets duckdb and postgres."""
    return make_project(tmp_path / "project")


@pytest.fixture
def shop(project: Path, dbt: Any, warehouse: Warehouse) -> Shop:
    """A shop in the project, whose orders have a gate."""
    return Shop(project, dbt, warehouse)
