"""The versions of ODCS: what is new in each, where the newest JSON schema does not say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from headgate.contract.document import Document, Path
from headgate.errors import Problem, ProblemLevel

# key -> the version that brought it, by the kind of thing that has the key.
_SINCE: dict[str, dict[str, str]] = {
    "root": {"context": "v3.2.0"},
    "object": {"relationships": "v3.1.0", "context": "v3.2.0", "deprecated": "v3.2.0", "synonyms": "v3.2.0"},
    "property": {
        "relationships": "v3.1.0",
        "deprecated": "v3.2.0",
        "enum": "v3.2.0",
        "map": "v3.2.0",
        "semanticType": "v3.2.0",
        "synonyms": "v3.2.0",
    },
    "rule": {"metric": "v3.1.0", "arguments": "v3.1.0"},
    "level": {
        "description": "v3.1.0",
        "schedule": "v3.1.0",
        "scheduler": "v3.1.0",
        "authoritativeDefinitions": "v3.2.0",
        "customProperties": "v3.2.0",
    },
}
_TYPES_SINCE = {"time": "v3.1.0", "timestamp": "v3.1.0", "map": "v3.2.0", "vector": "v3.2.0"}
_KINDS = {
    "schema": "object",
    "properties": "property",
    "items": "property",
    "key": "property",
    "value": "property",
    "quality": "rule",
    "slaProperties": "level",
}
# Whatever is below these is the user's own.
_FREE = frozenset({"customProperties", "implementation", "arguments", "examples", "context"})


def problems(document: Document) -> Iterator[Problem]:
    """Yield what the contract's own apiVersion does not have: an error if that version's schema is closed, a warning in
    3.0, whose schema allows any key."""
    version = document.value["apiVersion"]
    if not version.startswith("v3."):
        said = f"apiVersion {version} is not supported; write v3.2.0"
        yield document.problem(("apiVersion",), "odcs-version", said)
        return
    if not document.value.get("status") and version < "v3.2":
        yield document.problem((), "odcs-required", f"the document has no 'status', which ODCS {version} requires")
    if version.startswith("v3.0") and isinstance(document.value.get("team"), dict):
        yield _newer(document, ("team",), "a team with a name and members", "v3.1.0", version)
    for path, kind, value in _things(document.value):
        for key, since in _SINCE.get(kind, {}).items():
            if key in value and version < since:
                yield _newer(document, (*path, key), f"'{key}'", since, version, kind in ("rule", "level"))
        since = _TYPES_SINCE.get(str(value.get("logicalType")), "") if kind == "property" else ""
        if version < since:
            said = f"logicalType {value['logicalType']}"
            yield _newer(document, (*path, "logicalType"), said, since, version)


def _newer(document: Document, path: Path, what: str, since: str, version: str, open_: bool = False) -> Problem:
    """Return the problem of something newer; `open_` says whether 3.0 allows any key there."""
    free = since == "v3.1.0" or (open_ and version.startswith("v3.0"))
    level: ProblemLevel = "warning" if free else "error"
    said = f"{what} came with ODCS {since}; this contract says apiVersion {version}"
    return document.problem(path, "odcs-version", said, level)


def _things(root: dict[str, Any]) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Yield every mapping of the document, its path, and what kind of thing it is."""
    todo: list[tuple[Path, str, Any]] = [((), "root", root)]
    while todo:
        path, kind, value = todo.pop()
        if isinstance(value, dict):
            yield path, kind, value
            todo += [((*path, key), _KINDS.get(key, ""), inner) for key, inner in value.items() if key not in _FREE]
        elif isinstance(value, list):
            todo += [((*path, index), kind, inner) for index, inner in enumerate(value)]
