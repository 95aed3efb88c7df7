"""Open the store, where it can be: what it needs is loaded here, and only now."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from headgate.errors import ConfigurationError, MissingExtraError, TransientError
from headgate.history.address import store_url
from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.history.store import Store

_FILE = re.compile(r"sqlite(\+\w+)?:///(?P<path>[^?]+)", re.IGNORECASE)
_late = lazily(__name__, {"Store": "headgate.history.store:Store", "version": "importlib.metadata:version"})


def open_store(url: str | None = None, *, seconds: float = 10.0) -> Store:
    """Return the store at `url`, by default as `store_url` says, with its tables made or brought up to date.

    Args:
        seconds: how long it waits for a lock, and a server for a statement.

    Raises:
        ConfigurationError: no history is kept (`none`), or the URL is wrong.
        MissingExtraError: SQLAlchemy or alembic is not installed, or too old.
        TransientError: the database cannot be used now, or its tables are not of this version.
    """
    where = store_url(url)
    if where is None:
        raise ConfigurationError("no history is kept: its store is configured as 'none'")
    demand_libraries()
    store: Store = _late("Store")(where, seconds=seconds)
    try:
        store.prepare()
    except BaseException:
        store.close()
        raise
    return store


def demand_store(url: str | None = None) -> None:
    """Raise TransientError where a file is to be the store, and is not there or empty. A question makes no store: an
    empty one would know of no breach. Databases of a server are not looked at.

    Raises:
        ConfigurationError: as of `store_url`.
    """
    where = store_url(url)
    if where is None or not (found := _FILE.match(where)):
        return
    file = Path(found["path"])
    if not (file.is_file() and file.stat().st_size):
        raise TransientError(f"no history found in {file}")


def demand_libraries() -> None:
    """Raise MissingExtraError where what the store is made with is not installed, or too old. Nothing is imported."""
    for name in ("sqlalchemy", "alembic"):
        if find_spec(name) is None:
            raise MissingExtraError(name, "store")
    if (version := _late("version")("sqlalchemy")).startswith(("0.", "1.")):
        raise MissingExtraError(f"sqlalchemy >= 2 (there is {version})", "store")
