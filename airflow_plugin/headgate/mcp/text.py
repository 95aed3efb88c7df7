"""Text that goes to an agent: bounded, without control characters, and without values of classified columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from headgate.contract import Dataset

MAX_TEXT, MAX_NAME = 2_000, 300
CUT = " … (cut)"
MASK = "***"
# A shorter text is a word of many texts.
_SHORTEST = 3


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Return a text without control and formatting characters, at most `limit` characters of it."""
    told = "".join(c if c.isprintable() or c == "\n" else " " for c in text[: limit + 1])
    return told if len(text) <= limit else f"{told[:limit]}{CUT}"


def cleaned(value: Any) -> Any:
    """Return JSON-ready values in which every text is that of a name: clean and short."""
    match value:
        case str():
            return clean(value, MAX_NAME)
        case Mapping():
            return {clean(str(key), MAX_NAME): cleaned(item) for key, item in value.items()}
        case list() | tuple():
            return [cleaned(item) for item in value]
    return value


class AuthorText:
    """What the author of a contract wrote, as it is handed on: clean, and without the literals that the contract has
    for classified columns."""

    def __init__(self, dataset: Dataset) -> None:
        secret = sorted({text for text in _literals(dataset) if len(text) >= _SHORTEST}, key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, secret)), re.IGNORECASE) if secret else None

    def __call__(self, text: str) -> str:
        return clean(self._secret.sub(MASK, text) if self._secret else text)

    def each(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the texts that are not empty, by their names."""
        return {clean(name, MAX_NAME): self(text) for name, text in texts.items() if text}


def _literals(dataset: Dataset) -> Iterator[str]:
    """Yield the literals of rules about classified columns, and the bounds of their types."""
    for check in dataset.checks:
        if check.classified:
            yield from _texts(check.args.values())
    for prop in dataset.properties:
        if prop.hides:
            bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern")
            yield from _texts(prop.options[name] for name in bounds if name in prop.options)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list | tuple | set | frozenset):
            yield from _texts(value)
        elif value is not None and not isinstance(value, bool):
            yield str(value)
