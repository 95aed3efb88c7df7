"""Names of a module that are imported when they are first used."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from typing import Any


def lazily(module: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` (PEP 562) of a module.

    Args:
        module: its `__name__`.
        homes: where each name is: "package.module:name", or "package.module" for that module itself.
    """

    def imported(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return pkgutil.resolve_name(homes[name])

    return imported
