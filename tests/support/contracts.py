"""Contracts for tests, from what a test wants to say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from headgate.contract import Contract, Dataset
from headgate.rules.load import parse

MINE = "headgate"


def setting(name: str, value: Any) -> dict[str, Any]:
    return {"property": name, "value": value, "vendor": MINE}


def odcs(*objects: dict[str, Any], **root: Any) -> dict[str, Any]:
    """A whole ODCS document; `settings` are headgate's own, by name."""
    settings = root.pop("settings", {})
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "test",
        "version": "1.0.0",
        "status": "active",
        "schema": list(objects),
        **root,
    }
    if settings:
        document["customProperties"] = [setting(name, value) for name, value in settings.items()]
    return document


def load(document: dict[str, Any], path: Path | str = "test.odcs.yaml") -> Contract:
    """JSON is YAML, so the document goes through the same reader as a file."""
    return parse(json.dumps(document, ensure_ascii=False), Path(path))


def dataset(*properties: dict[str, Any], name: str = "things", **root: Any) -> Dataset:
    """The only dataset of a contract with these properties; `quality` are rules of the object."""
    quality = root.pop("quality", None)
    thing = {"name": name, "properties": list(properties)} | ({"quality": quality} if quality else {})
    return load(odcs(thing, **root))[name]


def dataset_of_case(case: Any) -> Dataset:
    """The dataset of a case of row_checks: its promise stands at the first column, or at the object."""
    first, *others = case.columns
    extra = dict(case.objects)
    second = extra.pop("second", {})
    properties = [{"name": first, **case.promise}, *({"name": name, **second} for name in others)]
    objects = [{"name": "things", "properties": properties, **extra}]
    if case.reference is not None:
        objects.append({"name": "other", "properties": [{"name": "v"}]})
    return load(odcs(*objects))["things"]


def write(folder: Path, document: dict[str, Any], name: str = "test.odcs.yaml") -> Path:
    """The document as a file."""
    path = folder / name
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
