"""Building the rules of one dataset: identity, positions in the file, problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, NoReturn

from headgate.checks import CATALOGUE, NONE, Check, Severity, Source, Unchecked, digest_of
from headgate.checks.re2 import wrong_pattern
from headgate.contract import Property, schema
from headgate.contract.document import Path, bytes_of, path_text, read
from headgate.contract.empty import without_empty
from headgate.contract.schema_object import SchemaObject
from headgate.contract.values import typed
from headgate.errors import ContractError, Problem, ProblemLevel


class NotExecutableError(Exception):
    """A rule has no meaning that headgate can execute: where in the document, under which rule of lint, and why."""

    def __init__(self, path: Path, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.path, self.rule, self.reason = path, rule, reason


class RuleBuilder(SchemaObject):
    """Builds the rules of one schema object. `problems` collects what is wrong in them."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.problems: list[Problem] = []

    def refuse(self, path: Path, rule: str, reason: str) -> NoReturn:
        """Raise NotExecutableError: the rule at `path` is listed with this reason, and the contract lives."""
        raise NotExecutableError(path, rule, reason)

    def listed(
        self, rules: Iterator[Check | Unchecked], key: str, path: Path, said: str, **fields: Any
    ) -> Iterator[Check | Unchecked]:
        """Yield the checks of one rule; if it cannot be executed, yield it as not executed, and warn."""
        try:
            yield from list(rules)
        except NotExecutableError as why:
            self.problem(why.path, why.rule, why.reason, "warning")
            yield self.unchecked(key, path, said, why.reason, **fields)

    def value(self, value: Any, prop: Property, path: Path) -> Any:
        """Return `value` in the property's logical type. Raises NotExecutableError if it cannot be converted."""
        try:
            return typed(value, prop)
        except ValueError as error:
            self.refuse(path, "value-type", f"{path_text(path)} is {_shown(value, prop)}: {error}")

    def pattern(
        self,
        key: str,
        path: Path,
        pattern: str,
        check: Callable[[str, Path, dict[str, Any]], Check],
        kind: str | None,
        severity: Severity = "error",
    ) -> Iterator[Check | Unchecked]:
        wrong = wrong_pattern(pattern)
        if wrong:
            reason = f"RE2, which matches patterns, does not have this (no look-around, no back-references): {wrong}"
            self.problem(path, "pattern-re2", reason, "warning")
            yield self.unchecked(key, path, "matches a pattern", reason, severity=severity)
        else:
            yield check(key, path, {"pattern": pattern, "type": kind})

    def check(
        self, key: str, kind: str, path: Path, *props: Property | dict[str, Any], args: Any = None, **fields: Any
    ) -> Check:
        columns = [p for p in props if isinstance(p, Property)]
        args = args or next((p for p in props if isinstance(p, dict)), {})
        named, within = tuple(p.column for p in columns), columns[0].within if columns else ()
        expect = fields.pop("expect", NONE)
        filtered = fields.get("where")
        return Check(
            key=key,
            type=kind,
            columns=named,
            args=args,
            expect=expect,
            digest=digest_of(kind, named, within, args, filtered, (expect.operator, expect.bounds, expect.unit)),
            dimension=fields.pop("dimension", "") or CATALOGUE[kind].dimension,
            classified=fields.pop("classified", False) or any(p.hides for p in columns),
            within=within,
            source=Source(path_text(path), self.document.line(path)),
            **fields,
        )

    def unchecked(
        self,
        key: str,
        path: Path,
        said: str,
        reason: str,
        severity: Severity = "error",
        excused: bool = False,
        dimension: str = "",
    ) -> Unchecked:
        source = Source(path_text(path), self.document.line(path))
        digest = digest_of("not executed", self.document.at(path))
        return Unchecked(key, said, reason, severity, excused, dimension=dimension, source=source, digest=digest)

    def other(self, file: str) -> Mapping[str, Any]:
        """Return the contract in `file`, relative to this one. Raises ValueError if it cannot be read."""
        path = FilePath(self.document.file).parent / file
        if FilePath(file).is_absolute() or path.suffix not in (".yaml", ".yml"):
            raise ValueError(f"'{file}' is not a contract beside this one")
        try:
            document, _ = without_empty(read(bytes_of(path).decode("utf-8"), str(path)))
        except (OSError, UnicodeDecodeError, ContractError):
            raise ValueError(f"the contract '{file}' cannot be read") from None
        if not isinstance(document.value, dict) or any(p.level == "error" for p in schema.problems(document)):
            raise ValueError(f"'{file}' is not a valid contract")
        return document.value

    def problem(self, path: Path, rule: str, message: str, level: ProblemLevel = "error") -> None:
        self.problems.append(self.document.problem(path, rule, message, level))


def _shown(value: Any, prop: Property) -> str:
    return "***" if prop.classified else repr(value)[:80]
