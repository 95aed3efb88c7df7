"""The files that dbt writes into its target folder, and the values that the package leaves in them."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headgate.errors import CallError, DataNotFoundError


def document(file: Path, command: str) -> Any:
    """Return the content of an artifact, which the dbt `command` writes.

    Raises:
        DataNotFoundError: the file is missing.
        CallError: it is not JSON.
    """
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataNotFoundError(f"{file} not found; run {command} first") from None
    except ValueError as error:
        raise CallError(f"{file} is not JSON: {error}") from None


@contextlib.contextmanager
def reading(target: Path) -> Iterator[None]:
    """Raise CallError where the artifacts in the folder `target` are not as dbt writes them."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CallError(
            f"{target}: these are no artifacts that headgate can read: {type(error).__name__}: {error}"
        ) from None


def embedded(sql: str, name: str) -> Any:
    """Return the value called `name` in a comment of compiled SQL (dbt_macros/macros/results/comment_of.sql); None if
    there is none."""
    found = re.search(rf"/\*headgate-{name}:(.*?):headgate-{name}\*/", sql, re.DOTALL)
    return json.loads(found[1]) if found else None
