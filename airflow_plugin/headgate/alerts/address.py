"""The addresses of views, for messages and commands: what `HEADGATE_PAGE` says is where the page is."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

VARIABLE = "HEADGATE_PAGE"


def view_address(*parts: object) -> str:
    """Return the address of a view: of `("incidents", 7)` that of an incident; empty where no page is configured."""
    base = os.environ.get(VARIABLE, "").strip().rstrip("/")
    if urlsplit(base).scheme not in ("http", "https"):
        return ""
    return "/".join((base, *map(str, parts)))
