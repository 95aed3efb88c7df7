"""Macros of the dbt package without dbt."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
from headgate.dbt import generate


def macros_of(path: str, root: Path = generate.ROOT, **known: Any) -> Any:
    """The macros of a file of the package, by their names; `known` is what they find in the context of dbt."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    text = (root / generate.MACROS / path).read_text(encoding="utf-8")
    return environment.from_string(text, globals=known).module


class MacroReturnError(Exception):
    """What a macro of dbt returns, as dbt does it."""


def returning(path: str, name: str, exceptions: Any = None, **package: Any) -> Any:
    """The macro, called as dbt calls it; `package` are the macros of the package that it calls."""

    def give(value: Any) -> None:
        raise MacroReturnError(value)

    known = {"return": give, "modules": SimpleNamespace(re=re), "headgate": SimpleNamespace(**package)}
    known |= {"exceptions": exceptions} if exceptions else {}
    made = getattr(macros_of(path, **known), name)

    def called(*arguments: Any) -> Any:
        try:
            return str(made(*arguments))
        except MacroReturnError as returned:
            return returned.args[0]

    return called
