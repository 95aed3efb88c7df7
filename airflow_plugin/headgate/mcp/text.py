"""Text that goes to an agent: bounded, without control characters, and without values of classified columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from headgate.contract import Dataset
from headgate.mcp.secrets import pattern_of

MAX_TEXT, MAX_SENTENCE, MAX_NAME = 2_000, 300, 120
CUT = " … (cut)"
MASK = "***"
# The keys of an answer whose texts are sentences of headgate's own; every other text is a name, a word or a time.
_SENTENCES = frozenset({"text", "statement", "reason", "why", "what", "not_known", "not_told", "what_to_do"})
# What a name is made of, besides letters and digits.
_OF_NAMES = frozenset("_-.#:/@+(), ")
_STATUSES = frozenset({"proposed", "draft", "active", "deprecated", "retired"})
_VERSION = re.compile(r"v?\d[0-9A-Za-z.+-]{0,39}\Z")


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Return a text without control and formatting characters, at most `limit` characters of it."""
    told = "".join(c if c.isprintable() or c == "\n" else " " for c in text[: limit + 1])
    return told if len(text) <= limit else f"{told[:limit]}{CUT}"


def name_told(name: str) -> str:
    """Return a name as an agent is told it: its first 120 characters, with "?" for all but letters, digits and
    ``_-.#:/@+(),`` and blanks."""
    return "".join(c if c.isalnum() or c in _OF_NAMES else "?" for c in name[:MAX_NAME])


def status_told(status: str) -> str | None:
    """Return the status of a contract where it is one of ODCS's; any other is free text, and None."""
    return status.lower() if status.lower() in _STATUSES else None


def version_told(version: str) -> str | None:
    """Return the version of a contract where it looks like one; any other is free text, and None."""
    return version if _VERSION.match(version) else None


def cleaned(value: Any, key: str = "") -> Any:
    """Return JSON-ready values in which every text is a name, or a short sentence where `key` says so."""
    match value:
        case str():
            return clean(value.replace("\n", " "), MAX_SENTENCE) if key in _SENTENCES else name_told(value)
        case Mapping():
            return {name_told(str(name)): cleaned(item, str(name)) for name, item in value.items()}
        case list() | tuple():
            return [cleaned(item, key) for item in value]
    return value


class AuthorText:
    """What the author of a contract wrote, as it is handed on: clean, and without the literals that the contract has
    for classified columns."""

    def __init__(self, dataset: Dataset) -> None:
        self._secret = pattern_of(dataset.contract)

    def __call__(self, text: str) -> str:
        return clean(self._secret.sub(MASK, text) if self._secret else text)

    def each(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the texts that are not empty, by their names."""
        return {name_told(name): self(text) for name, text in texts.items() if text}
