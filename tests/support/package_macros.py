"""Macros of the dbt package without dbt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
from headgate.dbt import generate


def macros_of(path: str, root: Path = generate.ROOT, **known: Any) -> Any:
    """The macros of a file of the package, by their names; `known` is what they find in the context of dbt."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    text = (root / generate.MACROS / path).read_text(encoding="utf-8")
    return environment.from_string(text, globals=known).module
