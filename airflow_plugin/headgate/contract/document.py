"""A YAML file as plain values, each with its position in the file.

YAML 1.2 core schema: only true/false are booleans (`Yes`, `No`, `on` stay text) and dates stay text. A number with a
fraction becomes a Decimal, so that a bound such as 19.99 is compared exactly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

import yaml

from headgate.errors import ContractError, Problem, ProblemLevel

MAX_BYTES = 5_000_000
MAX_DEPTH = 64
MAX_NODES = 500_000

Path = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
# The largest double has 309 digits.
_LONGEST_NUMBER = 320
_WORDS: dict[str, Any] = {"": None, "~": None} | {
    spelling: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelling in (word, word.capitalize(), word.upper())
}


def bytes_of(file: FilePath) -> bytes:
    """Return the bytes of a file, cut off beyond the size of any contract: a device file may never end. Raises
    OSError."""
    with file.open("rb") as opened:
        return opened.read(4 * MAX_BYTES + 1)


def path_text(path: Path) -> str:
    """Return an ODCS path as a person writes it: schema[0].properties[2].required."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "the document"


@dataclass(frozen=True, slots=True)
class Document:
    """`value` is what the file says; `places` gives the (line, column), from 1, of every key and list item."""

    file: str
    value: Any
    places: dict[Path, tuple[int, int]]

    def problem(self, path: Path, rule: str, message: str, level: ProblemLevel = "error") -> Problem:
        """Return a problem at `path`, or at the nearest path above it that the file has."""
        here = path
        while here and here not in self.places:
            here = here[:-1]
        line, column = self.places.get(here, (1, 1))
        return Problem(self.file, line, column, rule, message, level)

    def at(self, path: Path) -> Any:
        """Return the value at `path`, or at the nearest path above it that the file has."""
        value = self.value
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                break
        return value

    def line(self, path: Path) -> int:
        return self.problem(path, "", "").line


def read(text: str, file: str) -> Document:
    """Return `text` as a document.

    Raises:
        ContractError: not YAML, a repeated key, more than one document, or larger or deeper than a contract can be.
    """
    if len(text) > MAX_BYTES:
        raise ContractError([Problem(file, 1, 1, "yaml-size", f"larger than {MAX_BYTES:,} characters")])
    try:
        return _Builder(file).build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = " ".join(filter(None, (error.context, error.problem)))
        before = text.split("\n")[line - 1][:column] if text.count("\n") >= line - 1 else ""
        if "\t" in before and not before.strip():
            message = "a tab; YAML is indented with spaces"
        raise ContractError([Problem(file, line, column, "yaml-syntax", f"not valid YAML: {message}")]) from None
    except yaml.YAMLError as error:
        raise ContractError([Problem(file, 1, 1, "yaml-syntax", f"not valid YAML: {error}")]) from None


class _Builder:
    """Builds values from the parser's events with a stack of its own, so that depth and size are limited without
    recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.anchors: dict[str, Any] = {}
        self.nodes = 0

    def build(self, text: str) -> Document:
        # A frame is [container, path, anchor, pending key or None, key's place].
        stack: list[list[Any]] = []
        root: Any = None
        documents = 0
        for event in yaml.parse(text, Loader=_LOADER):
            mark = event.start_mark
            assert mark is not None
            place = (mark.line + 1, mark.column + 1)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(place, "yaml-documents", "one file holds one contract; remove the second document")
                continue
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
                path = self._attach(stack, value, place) if stack else ()
                if not stack:
                    root, self.places[()] = value, place
                stack.append([value, path, event.anchor, None, None])
                if len(stack) > MAX_DEPTH:
                    self._stop(place, "yaml-depth", f"nested deeper than {MAX_DEPTH} levels")
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                value, _, anchor, _, _ = stack.pop()
                if anchor:
                    self.anchors[anchor] = value
            elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                value = self._scalar(event, place) if isinstance(event, yaml.ScalarEvent) else self._alias(event, place)
                if stack:
                    self._attach(stack, value, place)
                else:
                    root = value
        if self.problems:
            raise ContractError(self.problems)
        return Document(self.file, root, self.places)

    def _attach(self, stack: list[list[Any]], value: Any, place: tuple[int, int]) -> Path:
        """Put `value` into the container on top of the stack; a mapping takes key and value in turn."""
        self._spend(1, place)
        frame = stack[-1]
        container, path = frame[0], frame[1]
        if isinstance(container, list):
            here = (*path, len(container))
            container.append(value)
        elif frame[4] is None:
            if not isinstance(value, str):
                value = str(value)
            if value in container:
                self._problem(place, "yaml-duplicate-key", f"duplicate key '{value}'; keep one")
            frame[3], frame[4] = value, place
            inner: Path = path
            return inner
        else:
            here, place = (*path, frame[3]), frame[4]
            container[frame[3]] = value
            frame[3] = frame[4] = None
        self.places[here] = place
        return here

    def _scalar(self, event: yaml.ScalarEvent, place: tuple[int, int]) -> Any:
        value = self._resolve(event, place)
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def _resolve(self, event: yaml.ScalarEvent, place: tuple[int, int]) -> Any:
        text = event.value
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:str"):
            self._problem(place, "yaml-tag", f"the tag {event.tag} is not allowed in a contract; remove it")
        if not event.implicit[0] or event.tag is not None:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.match(text) and len(text) <= _LONGEST_NUMBER:
            return int(text)
        if _NUMBER.match(text) and len(text) <= _LONGEST_NUMBER:
            number = Decimal(text)
            if abs(number.adjusted()) < 400:
                return number
        return text

    def _alias(self, event: yaml.AliasEvent, place: tuple[int, int]) -> Any:
        anchor = event.anchor or ""
        if anchor not in self.anchors:
            self._stop(place, "yaml-alias", f"the alias *{anchor} has no anchor before it")
        value = self.anchors[anchor]
        self._spend(_size(value), place)
        return value

    def _spend(self, nodes: int, place: tuple[int, int]) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            self._stop(place, "yaml-size", f"more than {MAX_NODES:,} values, aliases expanded")

    def _problem(self, place: tuple[int, int], rule: str, message: str) -> None:
        self.problems.append(Problem(self.file, *place, rule, message))

    def _stop(self, place: tuple[int, int], rule: str, message: str) -> None:
        self._problem(place, rule, message)
        raise ContractError(self.problems)


def _size(value: Any) -> int:
    """Return how many values `value` holds, counting no further than the limit."""
    todo, count = [value], 0
    while todo and count <= MAX_NODES:
        item = todo.pop()
        count += 1
        if isinstance(item, dict):
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
    return count
