"""The formats, one a module: a module that is added here is a format of every command whose answer it shows."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

from headgate.render.format import Format


class Formats(Mapping[str, Format]):
    """The formats by their names, each loaded when it is asked for: first what people read, then what programs do."""

    def __init__(self) -> None:
        names = (module.name for module in pkgutil.iter_modules(__path__))
        self._names = sorted(names, key=lambda name: (name != "text", name != "json", name))

    def __getitem__(self, name: str) -> Format:
        if name not in self._names:
            raise KeyError(name)
        made: Format = importlib.import_module(f"{__name__}.{name}").FORMAT
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


FORMATS = Formats()


def formats_of(kind: type) -> dict[str, Format]:
    """Return the formats in which answers of a type are shown, the default first."""
    return {name: format_ for name, format_ in FORMATS.items() if format_.shows(kind)}
