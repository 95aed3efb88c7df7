"""The alias of a model, from its own file or dbt_project.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass

from headgate.dbt.jinja import is_rendered

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# In SQL and in Python; what follows is the value.
_ALIAS = re.compile(r"\bconfig\s*\((?:[^()]|\([^()]*\))*?\balias\s*=\s*", re.DOTALL)
_LITERAL = re.compile(r"""(["'])([^"'\\]*)\1\s*[,)]""")


@dataclass(frozen=True, slots=True)
class Alias:
    """What the file of a model and dbt_project.yml say: "" is nothing, None something that dbt computes."""

    in_file: str | None
    in_project: str = ""

    def table(self, in_properties: str, default: str) -> str:
        """Return the name of the table, or "" if the files do not tell it. The setting nearest to the model wins."""
        said = next((alias for alias in (self.in_file, in_properties, self.in_project) if alias != ""), default)
        return "" if said is None or is_rendered(said) else said


def alias_in(text: str) -> str | None:
    """Return the alias that the text of a model sets: "" if it sets none, None if it is computed."""
    text = _COMMENT.sub("", text)
    found = _ALIAS.search(text)
    if found is None:
        return ""
    literal = _LITERAL.match(text, found.end())
    return literal[2] if literal else None
