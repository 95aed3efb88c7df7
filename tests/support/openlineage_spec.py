"""Events against the official OpenLineage schemas, which lie beside the checkout, and those of headgate's own facets."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import headgate.lineage
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

SPEC = Path(__file__).parents[3] / "shared" / "spec" / "openlineage"
# What Marquez takes: any other character in a namespace breaks it for good.
NAMESPACE = re.compile(r"[a-zA-Z:;=/0-9_\-.@+]+\Z")


@functools.cache
def _schemas() -> tuple[Draft202012Validator, dict[str, Draft202012Validator]]:
    own = Path(headgate.lineage.__file__).with_name("schemas")
    files = [SPEC / "OpenLineage.json", *sorted((SPEC / "facets").glob("*.json")), *sorted(own.glob("*.json"))]
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    registry: Registry[Any] = Registry().with_resources((d["$id"], Resource.from_contents(d)) for d in documents)
    facets = {
        name: Draft202012Validator({"$ref": d["$id"]}, registry=registry)
        for d in documents[1:]
        for name in d.get("properties", {})
    }
    return Draft202012Validator({"$ref": documents[0]["$id"]}, registry=registry), facets


def problems(event: dict[str, Any]) -> Iterator[str]:
    """In what an event departs from the schemas, or from what Marquez can store."""
    base, facets = _schemas()
    for error in base.iter_errors(event):
        yield f"{error.json_path}: {error.message[:300]}"
    holders = [event["run"], event["job"], *event.get("inputs", ()), *event.get("outputs", ())]
    for holder in holders:
        for place in ("facets", "inputFacets", "outputFacets"):
            for name, facet in (holder.get(place) or {}).items():
                if name in facets:
                    for error in facets[name].iter_errors({name: facet}):
                        yield f"{place}.{error.json_path}: {error.message[:300]}"
    for dataset in (*event.get("inputs", ()), *event.get("outputs", ())):
        if not NAMESPACE.match(dataset["namespace"]):
            yield f"namespace {dataset['namespace']!r}"
    text = json.dumps(event)
    if "NaN" in text or "\\u0000" in text:
        yield "NaN or NUL"
    for name in ("eventType", "producer", "schemaURL", "eventTime"):
        if not event.get(name):
            yield f"no {name}"
