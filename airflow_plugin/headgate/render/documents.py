"""Templates of documents of HTML, which escape whatever they are given."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from headgate.render.escaping import xml


def templates(folder: Path) -> Environment:
    """Return the templates of a folder. Texts lose what no document can hold; a name that is not known is an error."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: xml(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
