"""Adapters by name: each module has a function `connect()` that gives one (see kit.Adapter)."""

from __future__ import annotations

import importlib

from ..kit import Adapter

NAMES = ("headgate", "datacontract_cli")


def adapter(name: str) -> Adapter:
    """The adapter `name`. Raises LookupError, saying what to do, where the tool is not there."""
    if name not in NAMES:
        raise LookupError(f"no adapter '{name}'; there are {', '.join(NAMES)}")
    return importlib.import_module(f"{__name__}.{name}").connect()
