"""How CSV files are written, as a contract says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Dialect:
    """How CSV files are written; None is the default.

    `delimiter` is by default as their names say, `encoding` UTF-8, and `quote` a double quote; if it is empty, no cell
    is quoted. `header` are the names of the columns if the files have no line of them.
    """

    delimiter: str | None = None
    encoding: str | None = None
    quote: str | None = None
    header: tuple[str, ...] | None = None

    def filled(self, settings: Mapping[str, Any]) -> Dialect:
        """Return the dialect with what it does not say from the settings of a contract."""
        own = {name: getattr(self, name) for name in self.__slots__}
        return Dialect(**{name: settings.get(name) if value is None else value for name, value in own.items()})


STANDARD = Dialect()
