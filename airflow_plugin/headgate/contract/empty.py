"""Keys without a value, such as `tags:` with nothing behind it: they are read as if they were not there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from headgate.contract.document import Document, Path, path_text
from headgate.errors import Problem

# Where null is a value, and what is below these is the user's own.
_VALUES = frozenset({"value", "valueExt", "mustBe", "mustNotBe"})
_FREE = frozenset({"customProperties", "implementation", "arguments", "examples", "context"})


def without_empty(document: Document) -> tuple[Document, list[Problem]]:
    """Return the document without such keys, and a warning for each."""
    found: list[Path] = []
    value = _kept(document.value, (), found)
    if not found:
        return document, []
    said = "is empty, and is read as if it were not there: remove it, or give it a value"
    problems = [document.problem(path, "odcs-type", f"{path_text(path)} {said}", "warning") for path in found]
    return replace(document, value=value), problems


def _kept(value: Any, path: Path, found: list[Path]) -> Any:
    if isinstance(value, list):
        return [_kept(item, (*path, index), found) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, inner in value.items():
        if inner is None and key not in _VALUES:
            found.append((*path, key))
        else:
            kept[key] = inner if key in _FREE else _kept(inner, (*path, key), found)
    return kept
