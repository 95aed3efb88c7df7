"""Where the store is: a URL, `HEADGATE_STORE`, else a file of the user."""

from __future__ import annotations

import os
import re

from headgate.errors import ConfigurationError
from headgate.history.location import state_folder

VARIABLE = "HEADGATE_STORE"
# How long the history is kept.
DAYS = 400
# Says that no history is kept.
NONE = "none"
_SCHEMES = re.compile(r"(sqlite|postgres|postgresql)(\+\w+)?://", re.IGNORECASE)


def store_url(given: str | None = None) -> str | None:
    """Return the URL of the store: the one given, `HEADGATE_STORE`, else of `headgate/history.db` in the user's state
    folder; None if it is `none`: no history is kept.

    Raises:
        ConfigurationError: it is a URL of another database than SQLite and PostgreSQL, or none at all.
    """
    url = configured(given)
    if url == NONE:
        return None
    if not url:
        return f"sqlite:///{state_folder() / 'history.db'}"
    if not _SCHEMES.match(url):
        scheme = url.partition("://")[0] if "://" in url else "no URL"
        raise ConfigurationError(
            f"the store of the history is {scheme}; expected sqlite:////path/of/history.db, "
            "postgresql://user:password@host/database, or none"
        )
    if re.fullmatch(r"sqlite(\+\w+)?:///?(:memory:)?", url):
        raise ConfigurationError("a database of SQLite in memory keeps no history; name a file: sqlite:////path")
    return url


def configured(given: str | None = None) -> str:
    """Return what was configured, empty where nothing was."""
    return (given or os.environ.get(VARIABLE, "")).strip()
