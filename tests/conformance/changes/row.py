"""A row of the table of changes, and the custom properties in it."""

from __future__ import annotations

from typing import Any

Row = tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...], tuple[str, ...]]


def ours(name: str, value: Any) -> list[dict[str, Any]]:
    """One of headgate's own settings."""
    return [{"property": name, "value": value, "vendor": "headgate"}]


def said(name: str, value: Any, **more: Any) -> list[dict[str, Any]]:
    """A custom property of another vendor."""
    return [{"property": name, "value": value, **more}]
