from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from headgate.history import listener, open_store
from headgate.history.budget import Budget
from headgate.history.store import Store

from tests.support.history import new_database, sqlite_at


@pytest.fixture(autouse=True)
def _budget_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test waits for a store is not missing to others, which run in the same process."""
    monkeypatch.setattr(listener, "history_budget", Budget())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return sqlite_at(tmp_path)
    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = open_store(url)
    yield made
    made.close()


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Any]:
    """Makes empty stores of SQLite, each a copy of one whose tables are made."""
    template = tmp_path_factory.mktemp("template")
    open_store(sqlite_at(template)).close()

    def made() -> Store:
        folder = tmp_path_factory.mktemp("store")
        shutil.copy(template / "history.db", folder)
        return open_store(sqlite_at(folder))

    return made
