"""Contract text in a dbt properties file. dbt renders every string there as Jinja; a contract is data, never code."""

from __future__ import annotations

import re

# What dbt would render: delimiters, and a text that looks like a call (it is rendered without braces).
_RENDERED = re.compile(r"\{[{%#]|[#}%]\}|^\s*(env_var|ref|var|source|doc)\s*\(|[\r\n]")
_QUOTED, _ESCAPED = re.compile(r'\{\{ "(.*)" \}\}', re.DOTALL), re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})


def inert(text: str) -> str:
    """Return `text` in a form that dbt renders to just `text`."""
    return f'{{{{ "{text.translate(_ESCAPES)}" }}}}' if _RENDERED.search(text) else text


def text_of(said: str) -> str:
    """Return the text that `inert` was given."""
    quoted = _QUOTED.fullmatch(said)
    return _ESCAPED.sub(lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), quoted[1]) if quoted else said


def ref(model: str, version: str = "") -> str:
    """Return an expression that dbt renders to the relation of `model`, and that makes the test depend on it."""
    of_version = f', v="{version.translate(_ESCAPES)}"' if version else ""
    return f'{{{{ ref("{model.translate(_ESCAPES)}"{of_version}) }}}}'


def is_rendered(text: str) -> bool:
    """Return whether dbt renders `text`, so that the file does not show the final value."""
    return _RENDERED.search(text) is not None
