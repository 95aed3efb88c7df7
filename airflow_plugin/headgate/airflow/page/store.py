"""The store of the history, opened once and kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from airflow.models.connection import Connection

from headgate.airflow.connections import url_of_connection
from headgate.airflow.history import store_for_tasks
from headgate.errors import ConfigurationError, TransientError
from headgate.history.opening import demand_store, open_store
from headgate.history.store import Store

# How long a view waits for a lock, or a server for a statement of one.
SECONDS = 5.0


class KeptStore:
    """The store that Airflow's configuration names. It is opened when it is first asked for, and again after a fault;
    threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._store: Store | None = None
        self.url = ""

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """Give the store. It is never created here.

        Raises:
            ConfigurationError: no history is kept, or it is not said where.
            MissingExtraError: what the store is made with is not installed.
            TransientError: it cannot be used now.
        """
        store = self._kept()
        try:
            yield store
        except TransientError:
            self.close(store)
            raise

    def close(self, store: Store | None = None) -> None:
        """Forget the store, if it is still this one."""
        with self._lock:
            known = self._store
            if known is None or (store is not None and store is not known):
                return
            self._store = None
        known.close()

    def _kept(self) -> Store:
        with self._lock:
            store = self._store
            if store is None:
                self.url = self._url()
                demand_store(self.url)
                self._store = store = open_store(self.url, seconds=SECONDS)
        try:
            demand_store(self.url)
        except TransientError:  # its file was deleted
            self.close(store)
            raise
        return store

    def _url(self) -> str:
        url = store_for_tasks(_url_of_connection)
        if url is None:
            raise ConfigurationError("no history of checks is kept: set [headgate] store")
        return url


def _url_of_connection(conn_id: str) -> str:
    """Return how to connect, as the API server knows it. It has Airflow's database, and of Airflow 3.1 no other way."""
    return url_of_connection(conn_id, Connection.get_connection_from_secrets)
