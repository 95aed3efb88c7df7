"""Contracts broken on purpose: one small edit of the text, and the lines at which a reader may be told of it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from headgate.contract.document import Document, read

# Below these, anything may stand.
FREE = {"customProperties", "arguments", "implementation", "examples", "authoritativeDefinitions"}
_SCALAR = str | int | bool | float


@dataclass(frozen=True)
class Mutant:
    """`lines` are those at which a problem must be told; empty where the edit must change nothing."""

    kind: str
    text: str
    lines: frozenset[int]
    what: str


class Source:
    """A valid contract and the places of everything in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines()
        self.document: Document = read(text, "c.yaml")
        self.paths = [path for path in self.document.places if path and not FREE & set(path)]

    def value(self, path: tuple[Any, ...]) -> Any:
        value = self.document.value
        for part in path:
            value = value[part]
        return value

    def line(self, path: tuple[Any, ...]) -> int:
        return self.document.line(path)

    def keys(self, *names: str) -> list[tuple[Any, ...]]:
        """Paths of plain `key: scalar` on a line of their own; of these names, or of all."""
        return [
            path
            for path in self.paths
            if isinstance(path[-1], str)
            and (not names or path[-1] in names)
            and isinstance(self.value(path), _SCALAR)
            and self._entry(path) is not None
        ]

    def _entry(self, path: tuple[Any, ...]) -> re.Match[str] | None:
        """indent or dash, key, value, comment of the one line that says `key: scalar`."""
        line, column = self.document.places[path]
        text = self.lines[line - 1]
        return re.match(rf"(.{{{column - 1}}}){re.escape(str(path[-1]))}(\s*:\s+)([^#{{\[|>]+?)(\s+#.*)?$", text)

    def with_value(self, path: tuple[Any, ...], value: str) -> str:
        """The text in which the scalar at `path` is `value`."""
        match = self._entry(path)
        assert match is not None
        return self._with_line(self.line(path), f"{match[1]}{path[-1]}: {value}")

    def with_key(self, path: tuple[Any, ...], key: str) -> str:
        line, column = self.document.places[path]
        text = self.lines[line - 1]
        end = column - 1 + len(str(path[-1]))
        return self._with_line(line, text[: column - 1] + key + text[end:])

    def without(self, path: tuple[Any, ...]) -> str:
        match = self._entry(path)
        assert match is not None
        return self._with_line(self.line(path), match[1].rstrip())

    def _with_line(self, number: int, text: str) -> str:
        return "\n".join((*self.lines[: number - 1], text, *self.lines[number:])) + "\n"

    def inserted(self, path: tuple[Any, ...], entry: str) -> tuple[str, int]:
        """The text with `entry` as first key of the block mapping at `path`, and its line."""
        line, column = self.document.places[path]
        text = self.lines[line - 1]
        assert "-" in text[: column - 1], text
        with_entry = f"{text[: column - 1]}{entry}\n{' ' * (column - 1)}{text[column - 1 :]}"
        return self._with_line(line, with_entry), line

    def items(self, *arrays: str) -> list[tuple[Any, ...]]:
        """Block mappings that are items of arrays of these names."""
        return [
            path
            for path in self.paths
            if len(path) > 1
            and isinstance(path[-1], int)
            and path[-2] in arrays
            and isinstance(self.value(path), dict)
            and not self.lines[self.line(path) - 1].lstrip(" -").startswith("{")
            and "-" in self.lines[self.line(path) - 1]
        ]


Kind = Callable[[Source, random.Random], Iterator[Mutant]]


def typo(source: Source, chance: random.Random) -> Iterator[Mutant]:
    for path in _shuffled(source.keys(), chance):
        key = path[-1]
        at = chance.randrange(len(key))
        wrong = chance.choice((key[:at] + key[at + 1 :], key[:at] + key[at] + key[at:], key + "s", key.swapcase()))
        if wrong and wrong not in ("tags", "roles", "properties", "server", "schemas", "type", "role", key):
            yield Mutant("typo", source.with_key(path, wrong), frozenset({source.line(path)}), f"{key} -> {wrong}")


def wrong_type(source: Source, chance: random.Random) -> Iterator[Mutant]:
    for path in _shuffled(source.keys(), chance):
        if path[-1] not in ("mustBe", "mustNotBe"):  # of any type by the schema
            wrong = chance.choice(("{a: 1}", "[[1]]", "{}"))
            yield Mutant("wrong type", source.with_value(path, wrong), frozenset({source.line(path)}), str(path))


def wrong_member(source: Source, chance: random.Random) -> Iterator[Mutant]:
    members = ("logicalType", "kind", "apiVersion", "metric", "dimension")
    for path in _shuffled(source.keys(*members), chance):
        wrong = chance.choice(("nothing", "1", "varchar", "v9.9.9"))
        yield Mutant("wrong member", source.with_value(path, wrong), frozenset({source.line(path)}), str(path))


def missing(source: Source, chance: random.Random) -> Iterator[Mutant]:
    required = [p for p in source.keys("name") if len(p) > 2 and p[-3] in ("schema", "properties")]
    required += [p for p in source.keys("version", "apiVersion", "kind", "id") if len(p) == 1]
    required += [p for p in source.keys("property", "value") if "slaProperties" in p]
    required += [p for p in source.keys("server", "type") if p[0] == "servers"]
    required += source.keys("role", "channel", "metric", "to")
    for path in _shuffled(required, chance):
        optional = {"role": "roles" not in path, "metric": "type" not in (source.value(path[:-1]) or ())}
        if optional.get(str(path[-1])):
            continue
        line = source.line(path)
        parent = source.line(path[:-1]) if len(path) > 1 else 1
        lines = {parent, line} | ({line + 1} if parent == line else set())
        yield Mutant("missing", source.without(path), frozenset(lines), str(path))


def duplicate_id(source: Source, chance: random.Random) -> Iterator[Mutant]:
    items = source.items("properties", "schema", "servers", "slaProperties", "roles", "support", "quality", "members")
    for path in _shuffled(items, chance):
        others = [p for p in items if p[:-1] == path[:-1] and p != path]
        if "id" in source.value(path):
            continue
        for other in others[:1]:
            first, second = sorted((path, other))
            if "id" in source.value(other):
                continue
            text, _ = source.inserted(second, "id: same")
            text, line = Source(text).inserted(first, "id: same")
            yield Mutant("duplicate id", text, frozenset({line, source.line(second) + 1}), str(path))


def dangling(source: Source, chance: random.Random) -> Iterator[Mutant]:
    for path in _shuffled(source.items("properties"), chance):
        if "relationships" not in source.value(path) and path.count("properties") == 1:
            to = chance.choice(("nowhere.id", "schema/nowhere/properties/id", "missing.yaml#a.b"))
            text, line = source.inserted(path, f"relationships: [{{to: {to}, type: foreignKey}}]")
            yield Mutant("dangling reference", text, frozenset({line}), to)


def two_operators(source: Source, chance: random.Random) -> Iterator[Mutant]:
    for path in _shuffled(source.items("properties"), chance):
        if "quality" not in source.value(path):
            text, line = source.inserted(path, "quality: [{metric: nullValues, mustBe: 0, mustBeLessThan: 5}]")
            yield Mutant("two operators", text, frozenset({line}), str(path))


def unquoted_date(source: Source, chance: random.Random) -> Iterator[Mutant]:
    for path in _shuffled(source.keys("description", "businessName", "dateIn", "dateOut", "transformLogic"), chance):
        date = chance.choice(("2024-02-30", "2024-01-31", "2024-01-31T10:00:00Z", "2024-01-31 10:00:00"))
        yield Mutant("unquoted date", source.with_value(path, date), frozenset(), str(path))


def tab(source: Source, chance: random.Random) -> Iterator[Mutant]:
    for path in _shuffled(source.keys(), chance):
        line = source.line(path)
        text = source.lines[line - 1]
        if text.startswith(" "):
            broken = source._with_line(line, "\t" + text.lstrip())
            yield Mutant("tab", broken, frozenset({line}), text)


def anchor(source: Source, chance: random.Random) -> Iterator[Mutant]:
    for number, path in enumerate(_shuffled(source.keys("name", "description", "logicalType"), chance)):
        if number % 2:
            yield Mutant("anchor", source.with_value(path, "*nothing"), frozenset({source.line(path)}), "no anchor")
        else:
            match = source._entry(path)
            assert match is not None
            yield Mutant("anchor", source.with_value(path, f"&a{number} {match[3]}"), frozenset(), "an anchor, unused")


def huge(source: Source, chance: random.Random) -> Iterator[Mutant]:
    for path in _shuffled(source.keys("description", "name", "version", "businessName"), chance):
        depth = chance.choice((70, 1_000, 100_000))
        opening = chance.choice(("[", "{a: "))
        value = opening * depth + "1" + ("]" if opening == "[" else "}") * depth
        yield Mutant("huge or deep", source.with_value(path, value), frozenset({source.line(path)}), f"depth {depth}")


def bomb(source: Source, chance: random.Random) -> Iterator[Mutant]:
    for path in _shuffled(source.keys("description", "name", "version", "businessName"), chance):
        width, height = chance.choice(((9, 9), (2, 60), (100, 5)))
        parts = [f"&b0 [{', '.join('x' * width)}]"]
        parts += [f"&b{i} [{', '.join([f'*b{i - 1}'] * width)}]" for i in range(1, height)]
        value = f"[{', '.join(parts)}]"
        yield Mutant("bomb", source.with_value(path, value), frozenset({source.line(path)}), f"{width}^{height}")


KINDS: tuple[Kind, ...] = (
    typo, wrong_type, wrong_member, missing, duplicate_id, dangling,
    two_operators, unquoted_date, tab, anchor, huge, bomb,
)  # fmt: skip


def _shuffled(paths: list[tuple[Any, ...]], chance: random.Random) -> list[tuple[Any, ...]]:
    ordered = sorted(paths, key=str)
    chance.shuffle(ordered)
    return ordered
