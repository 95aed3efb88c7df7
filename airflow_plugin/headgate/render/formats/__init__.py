"""The formats, one a module: a module that is added here is a format of every command whose answer it shows."""

from __future__ import annotations

import importlib
import pkgutil

from headgate.render.format import Format


def _found() -> dict[str, Format]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    formats = [importlib.import_module(f"{__name__}.{name}").FORMAT for name in names]
    # What people read is the default, and what programs read comes next.
    formats.sort(key=lambda format_: (format_.name != "text", format_.name != "json"))
    return {format_.name: format_ for format_ in formats}


FORMATS: dict[str, Format] = _found()


def formats_of(kind: type) -> dict[str, Format]:
    """Return the formats in which answers of a type are shown, the default first."""
    return {name: format_ for name, format_ in FORMATS.items() if format_.shows(kind)}
