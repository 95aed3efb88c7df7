"""Contract text in a dbt properties file. dbt renders every string there as Jinja; a contract is data, never code."""

from __future__ import annotations

import re

# What dbt would render: delimiters, and a text that looks like a call (it is rendered without braces).
_RENDERED = re.compile(r"\{[{%#]|[#}%]\}|^\s*(env_var|ref|var|source|doc)\s*\(|[\r\n]")
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})


def inert(text: str) -> str:
    """`text` so that dbt's rendering gives back just `text`."""
    return f'{{{{ "{text.translate(_ESCAPES)}" }}}}' if _RENDERED.search(text) else text


def ref(model: str) -> str:
    """An expression that dbt renders to the relation of `model`, and that makes the test depend on it."""
    return f'{{{{ ref("{model.translate(_ESCAPES)}") }}}}'
