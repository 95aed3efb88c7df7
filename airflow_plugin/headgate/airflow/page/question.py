"""A question to a view: by whom, of which history, with which contracts."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from headgate.airflow.config import MOUNT, mounted_at, setting
from headgate.airflow.page.store import KeptStore
from headgate.errors import CallError
from headgate.mcp.contracts import Contracts
from headgate.page.ask import Ask, Scope
from headgate.page.links import Links

STORE = KeptStore()


class KnownContracts:
    """The contracts below `[headgate] contracts_folder`; what has changed is read again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder = ""
        self._contracts: Contracts | None = None

    def get(self) -> Contracts | None:
        """Return them; None where no folder is configured, or it is not there."""
        folder = setting("contracts_folder")
        with self._lock:
            if folder != self._folder or self._contracts is None:
                try:
                    self._contracts = Contracts(Path(folder)) if folder else None
                except CallError:
                    self._contracts = None
                self._folder = folder
            return self._contracts


CONTRACTS = KnownContracts()


@contextmanager
def question(scope: Scope, query: Mapping[str, str]) -> Iterator[Ask]:
    """Give the question of a person. Raises HeadgateError where the store cannot be used."""
    with STORE.opened() as store:
        known = CONTRACTS.get()
        yield Ask(
            store,
            scope,
            datetime.now(UTC),
            links=Links(mounted_at(), airflow=mounted_at().removesuffix(MOUNT) + "/"),
            query=query,
            catalogue=known.now() if known else None,
        )
