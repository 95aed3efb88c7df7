"""Airflow reads its configuration when it is first imported: every test process has a home of its own."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.parts import missing
from tests.support.postgres_server import server

_HOME = Path(tempfile.mkdtemp(prefix="headgate-airflow-"))
EVENTS = _HOME / "lineage.jsonl"
DAGS = _HOME / "dags"
DAGS.mkdir()

for name in [name for name in os.environ if name.startswith(("AIRFLOW", "OPENLINEAGE", "HEADGATE_VAR"))]:
    del os.environ[name]
os.environ.update(
    AIRFLOW_HOME=str(_HOME),
    XDG_CACHE_HOME=str(_HOME / "cache"),
    XDG_STATE_HOME=str(_HOME / "state"),  # what waits for a store is not that of whoever runs the tests
    AIRFLOW__CORE__DAGS_FOLDER=str(DAGS),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__OPENLINEAGE__NAMESPACE="tests",
    AIRFLOW__OPENLINEAGE__TRANSPORT=json.dumps({"type": "file", "log_file_path": str(EVENTS), "append": True}),
    GX_ANALYTICS_ENABLED="False",
    HEADGATE_STORE="none",  # what tests a history has one of its own
)

SHARED = Path(__file__).parents[2] / "shared"


def pytest_collection_finish() -> None:
    """A million objects of eleven thousand tests need no look by the garbage collector, which takes a second for one."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real data and official schemas that lie beside the checkout."""
    if not SHARED.exists():
        pytest.skip("there is no ../shared beside the checkout")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def _remove_home() -> object:
    yield
    import shutil

    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The socket folder of a private PostgreSQL server, user `headgate`, database `postgres`."""
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(server())
        except FileNotFoundError as error:
            missing(str(error))
        yield folder


@pytest.fixture
def schema(postgres: str) -> Iterator[Any]:
    """A schema of its own on the tests' PostgreSQL server."""
    from tests.support.postgres_tables import Database

    made = Database.new(postgres)
    yield made
    made.drop()


@pytest.fixture(autouse=True)
def a_task_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test has spent of the time that a process has for its observers is not missing in the next one."""
    from headgate.history.budget import history_budget

    monkeypatch.setattr(history_budget, "_spent", 0.0)
