"""Making the rules of one dataset: unique keys, places in the file, problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from headgate.checks import CATALOGUE, NONE, Check, Source, Unchecked
from headgate.contract.document import Document, Path, path_text
from headgate.contract.model import Property
from headgate.contract.values import typed
from headgate.errors import Problem

# A value that a property's type cannot hold.
IMPOSSIBLE = object()

# What RE2 has no notion of: look-around and back-references.
_NOT_RE2 = re.compile(r"\(\?(=|!|<=|<!)|\\[1-9]|\\k<")


class Rulebook:
    """What all rules of a dataset have in common. `problems` collects what is wrong in them."""

    def __init__(
        self,
        document: Document,
        root: Mapping[str, Any],
        raw: Mapping[str, Any],
        path: Path,
        properties: tuple[Property, ...],
        chosen: Mapping[str, Any],
    ) -> None:
        self.document, self.root, self.raw, self.path = document, root, raw, path
        self.properties = properties
        self.by_name = {p.name: p for p in properties}
        self.chosen = chosen
        self.keys = sorted((p for p in properties if p.primary_key), key=lambda p: p.primary_key_position)
        self.problems: list[Problem] = []
        self._taken: set[str] = set()

    def value(self, value: Any, prop: Property, path: Path) -> Any:
        """`value` as the property's logical type has it; a problem and None where it cannot be one."""
        try:
            return typed(value, prop)
        except ValueError as error:
            self.problem(path, "value-type", f"{path_text(path)} is {value!r}: {error}")
            return None

    def loose(self, value: Any, prop: Property) -> Any:
        """As `_value`, but a value that the type cannot hold is dropped: `n/a` cannot stand in a number column."""
        try:
            return typed(value, prop)
        except ValueError:
            return IMPOSSIBLE

    def pattern(
        self,
        key: str,
        path: Path,
        pattern: str,
        check: Callable[[str, Path, dict[str, Any]], Check],
        kind: str | None,
        severity: str = "error",
    ) -> Iterator[Check | Unchecked]:
        if _NOT_RE2.search(pattern):
            reason = "the pattern needs look-around or back-references, which RE2 does not have"
            yield self.unchecked(key, path, "matches a pattern", reason, severity=severity)
        else:
            yield check(key, path, {"pattern": pattern, "type": kind})

    def check(
        self, key: str, kind: str, path: Path, *props: Property | dict[str, Any], args: Any = None, **fields: Any
    ) -> Check:
        columns = [p for p in props if isinstance(p, Property)]
        args = args or next((p for p in props if isinstance(p, dict)), {})
        return Check(
            key=self._unique(key),
            type=kind,
            columns=tuple(p.column for p in columns),
            args=args,
            expect=fields.pop("expect", NONE),
            dimension=fields.pop("dimension", "") or CATALOGUE[kind].dimension,
            classified=any(p.classified for p in columns),
            source=Source(path_text(path), self.document.line(path)),
            **fields,
        )

    def unchecked(
        self,
        key: str,
        path: Path,
        said: str,
        reason: str,
        severity: str = "error",
        excused: bool = False,
        dimension: str = "",
    ) -> Unchecked:
        allowed = self.chosen["allowNotExecuted"]
        excused = excused or key in allowed or key.rpartition(".")[2] in allowed
        source = Source(path_text(path), self.document.line(path))
        return Unchecked(self._unique(key), said, reason, severity, excused, dimension, source)

    def _unique(self, key: str) -> str:
        """Two rules of the same name get a number each."""
        count, unique = 1, key
        while unique in self._taken:
            count += 1
            unique = f"{key}#{count}"
        self._taken.add(unique)
        return unique

    def problem(self, path: Path, rule: str, message: str) -> None:
        self.problems.append(self.document.problem(path, rule, message))
