"""Values that Marquez can store."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def clean(value: Any) -> Any:
    """Return a text, or what is made of texts, without NUL; a decimal as a number of JSON."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {clean(name): clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [clean(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value
