"""Text of the data as YAML, on one line, so that no reader can take it for anything but a text."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*( [A-Za-z][A-Za-z0-9_]*){0,3}")
# What one of YAML's versions takes for a boolean or for nothing.
_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"))


def quoted(text: str) -> str:
    """A text as a YAML scalar: plain where it is a few plain words, else in double quotes with everything escaped."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    # A lone surrogate is no character and cannot be written at all.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10**9).removesuffix("\n")


def scalar(value: Any) -> str:
    """A value as YAML on one line: text, number, boolean, and lists and mappings of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)}: {scalar(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(scalar, value)) + "]"
    if isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return quoted(value)
