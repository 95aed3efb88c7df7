"""Where the spool is: `HEADGATE_SPOOL`, else a folder of the user."""

from __future__ import annotations

import os
from pathlib import Path

from headgate.errors import ConfigurationError

VARIABLE = "HEADGATE_SPOOL"


def spool_folder(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of the spool: the one given, `HEADGATE_SPOOL`, or `headgate/spool` in the user's state folder
    (`XDG_STATE_HOME`, by default ~/.local/state). It need not exist.

    Raises:
        ConfigurationError: it is a URL. Order and locks need the file system of this machine, or one that is mounted.
    """
    folder = str(given or os.environ.get(VARIABLE, "")).strip()
    if "://" in folder:
        raise ConfigurationError(f"the spool '{folder}' is not a folder; {VARIABLE} takes a path of this machine")
    return Path(folder).expanduser() if folder else default_folder()


def default_folder() -> Path:
    """Return the folder where none is configured."""
    return state_folder() / "spool"


def state_folder() -> Path:
    """Return headgate's folder among those in which the user's programs keep what they must remember."""
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "headgate"
