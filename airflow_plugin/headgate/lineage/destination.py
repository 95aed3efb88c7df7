"""Where an OpenLineage transport delivers to: by it, each destination has a queue of its own."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

HTTP = ("http", "async_http")
# How a transport delivers, not where to: a change of these keeps the queue. Some of them are secret.
_HOW = frozenset(
    {"auth", "compression", "custom_headers", "name", "priority", "retry", "session", "ssl_context", "sslContext",
     "timeout", "verify"}
)  # fmt: skip


def label_of(transport: dict[str, Any]) -> str:
    """Return what people call the destination: the URL of an http transport, without credentials; else the type."""
    if transport.get("type") not in HTTP:
        return str(transport.get("type"))
    parts = urlsplit(str(transport.get("url", "")).strip())
    endpoint = str(transport.get("endpoint", "api/v1/lineage")).partition("?")[0]
    path = f"{parts.path.rstrip('/')}/{endpoint.lstrip('/')}"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))


def queue_of(transport: dict[str, Any]) -> str:
    """Return the name of the destination's folder in the spool."""
    label = label_of(transport)
    about = label if transport.get("type") in HTTP else json.dumps(_where(transport), sort_keys=True, default=str)
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", label).strip("-")[:60]
    return f"{slug}-{hashlib.sha256(about.encode()).hexdigest()[:8]}"


def _where(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _where(each) for key, each in value.items() if key not in _HOW}
    return [_where(each) for each in value] if isinstance(value, list) else value
