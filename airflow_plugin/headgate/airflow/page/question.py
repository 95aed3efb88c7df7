"""A question to a view: by whom, of which history, with which contracts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from headgate.airflow.config import MOUNT, mounted_at, setting
from headgate.airflow.page.store import KeptStore
from headgate.errors import CallError, HeadgateError
from headgate.fitness.catalogue import Catalogue
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
        self._reading = threading.Lock()
        self._last: Catalogue | None = None

    def get(self) -> Contracts | None:
        """Return them; None where no folder is configured, or it is not there."""
        folder = setting("contracts_folder")
        with self._lock:
            if folder != self._folder or self._contracts is None:
                try:
                    self._contracts = Contracts(Path(folder)) if folder else None
                except CallError:
                    self._contracts = None
                self._folder, self._last = folder, None
            return self._contracts

    def known(self) -> Catalogue | None:
        """Return them as they are now; while somebody else reads them, as they were. None where none are known."""
        contracts = self.get()
        if contracts is None:
            return None
        if self._reading.acquire(blocking=self._last is None):
            try:
                self._last = contracts.now()
            except (HeadgateError, OSError):
                logging.getLogger(__name__).exception("the contracts below [headgate] contracts_folder cannot be read")
            finally:
                self._reading.release()
        return self._last


CONTRACTS = KnownContracts()


@contextmanager
def question(scope: Scope, query: Mapping[str, str]) -> Iterator[Ask]:
    """Give the question of a person. Raises HeadgateError where the store cannot be used."""
    with STORE.opened() as store:
        known = CONTRACTS.known()
        yield Ask(
            store,
            scope,
            datetime.now(UTC),
            links=Links(mounted_at(), airflow=mounted_at().removesuffix(MOUNT) + "/"),
            query=query,
            catalogue=known,
        )
