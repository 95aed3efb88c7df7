"""The checks of a dataset, compiled into one function of Python that looks at one event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from headgate.checks import CATALOGUE, EACH, KEYS, VALUES, Check, Comparison, format_path, raw_name
from headgate.checks.inside import LEAF
from headgate.contract import Dataset, Property
from headgate.errors import CallError, UnsupportedError
from headgate.streams.conditions import Translator
from headgate.streams.expression import FALSE, TRUE, Constants, State, Variable, all_of
from headgate.streams.reading import AS_IT_IS, Reader, double, number, reader_of

Keys = tuple[str, ...]
# Python takes twenty blocks inside one another.
_MOST_LOOPS = 19


@dataclass(frozen=True, slots=True)
class Undecided:
    """A check that one event cannot decide, and why."""

    check: Check
    reason: str


def undecided(dataset: Dataset) -> Iterator[Undecided]:
    """Yield the checks of `dataset` that one event cannot decide."""
    kinds = dict(_kinds(dataset.properties))
    for check in dataset.checks:
        if (reason := _why_not(check, kinds)) is not None:
            yield Undecided(check, reason)


def _kinds(properties: Sequence[Property]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the logical type of each column, and of each place inside one."""
    for prop in properties:
        yield (prop.column, *prop.within), kind_of(prop)
        yield from _kinds(prop.nested)


def kind_of(prop: Property) -> str:
    """Return the logical type that values are compared as; empty if the contract does not say."""
    return "timestamp" if prop.dated else prop.logical_type or ""


Program = Callable[[Mapping[str, Any]], Keys]


def compiled(dataset: Dataset, checks: Sequence[Check], *, decoded: bool = False) -> Program:
    """Return the function that gives the keys of those of `checks` that an event breaks.

    Args:
        checks: of `dataset`; each of them is one that one event can decide.
        decoded: whether the events come from a decoder of JSON, whose texts are whole.

    Raises:
        CallError: the contract is nested too deeply to be compiled.
    """
    program = _Program(dataset, checks, decoded=decoded)
    source = program.source()
    try:
        exec(compile(source, f"<events of {dataset.name}>", "exec"), program.constants.names)  # noqa: S102
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise CallError(f"{dataset.name} cannot be compiled for single events: {error}") from None
    made: Program = program.constants.names["check"]
    return made


def _why_not(check: Check, kinds: Mapping[tuple[str, ...], str]) -> str | None:
    kind = CATALOGUE[check.type]
    if _needs_no_look(check):
        return None
    if kind.evaluator not in ("sql", "texts"):
        return "it is measured on many rows"
    if kind.compares or (kind.count is not None and kind.condition is None):
        return "it is a number of many events"
    if not kind.of_rows:
        return None if "declared" in check.args else "it is about the columns of a table"
    if not _allows_none(check.expect):
        return f"it allows some events to break it: {check.expect}"
    try:
        broken = _of_one_value(check, "there", Constants(), "v", "")
    except UnsupportedError as error:
        return str(error)
    place = (*check.columns[:1], *check.within)
    needed = [place[:end] for end in range(1, len(place))] + [(name,) for name in check.names]
    if broken in (TRUE, FALSE) and check.where is None:  # whatever the value is
        needed = needed[: len(check.within)]
    elif check.within:
        needed.append(place)
    untyped = next((each for each in needed if not kinds.get(each)), None)
    return None if untyped is None else f"{format_path(*untyped)} is without a logicalType"


def _needs_no_look(check: Check) -> bool:
    """Whether an event keeps it always: it is about how a table stores, or whether it has a column."""
    kind = CATALOGUE[check.type]
    by_columns = kind.examine is not None and kind.condition is None
    excused = kind.in_document is not None and kind.in_document.excused
    return by_columns and (excused or kind.stored or "zoned" in check.args)


def _allows_none(expect: Comparison) -> bool:
    """Whether a comparison holds for no unexpected event alone."""
    if expect.unit == "mostly":
        return expect.bounds == (1,) and expect.operator in (">=", "=")
    return expect.is_none or (expect.operator, expect.bounds) in ((("<="), (0,)), ("<", (1,)))


def _of_one_value(check: Check, state: State, constants: Constants, source: str, kind: str, raw: State = "null") -> str:
    """Return the expression that is true where a check of one place is broken, from what is known of its value."""
    name = LEAF if check.within else check.columns[0] if check.columns else ""
    variables = {name: Variable(source, state, kind), raw_name(name): Variable(source, raw, "string")}
    return _broken(check, name, variables, constants)


def _broken(check: Check, name: str, variables: Mapping[str, Variable], constants: Constants) -> str:
    kind, translator = CATALOGUE[check.type], Translator(variables, constants)
    if kind.predicate is not None:
        value = variables[check.columns[0]]
        if value.state == "null" or value.kind != "string":
            return FALSE
        found = f"not {constants.name(kind.predicate(check))}({value.source})"
        broken = found if value.state == "there" else all_of(f"{value.source} is not None", found)
    else:
        assert kind.condition is not None
        at_leaf = replace(check, columns=(name,), within=()) if check.within else check
        broken = translator.holds(kind.condition(at_leaf))
    return broken if check.where is None else all_of(translator.holds(check.where), broken)


class _Program:
    """Writes the function: each property is read once, and its checks are asked where its value is known to be there,
    or to be NULL."""

    def __init__(self, dataset: Dataset, checks: Sequence[Check], *, decoded: bool) -> None:
        self.dataset, self.constants, self.decoded = dataset, Constants(), decoded
        self.lines: list[str] = []
        self.names = count()
        self.at: dict[tuple[str, tuple[str, ...]], list[Check]] = {}
        self.together: list[Check] = []
        self.of_keys = [check for check in checks if "declared" in check.args]
        columns = {prop.column for prop in dataset.properties}
        for check in checks:
            if _needs_no_look(check) or check in self.of_keys:
                continue
            if check.names == check.columns and len(check.columns) == 1 and check.columns[0] in columns:
                self.at.setdefault((check.columns[0], check.within), []).append(check)
            else:
                self.together.append(check)

    def source(self) -> str:
        self._write(0, "def check(event):")
        self._write(1, "broken = []")
        self._write(1, "get = event.get")
        read = {name for check in self.together for name in check.names}
        variables: dict[str, Variable] = {}
        for prop in self.dataset.properties:
            if prop.column not in read and not self._concerns(prop):
                continue
            name = self._name()
            self._write(1, f"{name} = get({prop.column!r})")
            self._place(prop, name, 1, looped=False)
            variables[prop.column] = Variable(name, "maybe", kind_of(prop))
        for check in self.together:
            broken = _broken(check, "", variables, self.constants)
            self._say(1, broken, check)
        for check in self.of_keys:
            declared = self.constants.name(frozenset(check.args["declared"]))
            self._say(1, f"not {declared}.issuperset(event)", check)
        self._write(1, "return tuple(broken) if broken else ()")
        return "\n".join(self.lines)

    def _concerns(self, prop: Property) -> bool:
        return bool(self.at.get((prop.column, prop.within))) or any(map(self._concerns, prop.nested))

    def _place(self, prop: Property, name: str, depth: int, *, looped: bool) -> None:
        """Write what is asked of the value called `name`, which afterwards is in its type, or None."""
        checks, reader = self.at.get((prop.column, prop.within), []), self._reader(prop)
        self._write(depth, f"if {name} is None:")
        self._nulls(checks, depth + 1, looped)
        if reader is not None:
            wrong = f"({name} := {self.constants.name(reader)}({name})) is None"
            self._write(depth, f"elif {all_of(self._needs_reading(prop, name), wrong)}:")
            self._wrong(prop, checks, depth + 1, looped)
        self._write(depth, "else:")
        start = len(self.lines)
        for check in checks:
            self._say(depth + 1, _of_one_value(check, "there", self.constants, name, kind_of(prop)), check, looped)
        self._nested(prop, name, depth + 1)
        if len(self.lines) == start:
            self._write(depth + 1, "pass")

    def _reader(self, prop: Property) -> Reader | None:
        found = reader_of(prop)
        return double if self.decoded and found is number else found

    def _needs_reading(self, prop: Property, name: str) -> str:
        """Return the expression that is true of what is not yet a value of the property's type."""
        kind = prop.logical_type or ""
        if reader_of(prop) is not reader_of(Property("", "", kind)):
            return TRUE
        text = f"type({name}) is not str" if self.decoded else f"(type({name}) is not str or not {name}.isascii())"
        plain = {
            "string": text,
            "integer": f"type({name}) is not int",
            "number": f"type({name}) is not float and type({name}) is not int",
        } | {word: f"type({name}) is not {python}" for word, python in AS_IT_IS.items()}
        return plain.get(kind, TRUE)

    def _nulls(self, checks: Sequence[Check], depth: int, looped: bool) -> None:
        start = len(self.lines)
        for check in checks:
            self._say(depth, _of_one_value(check, "null", self.constants, "None", ""), check, looped)
        if len(self.lines) == start:
            self._write(depth, "pass")

    def _wrong(self, prop: Property, checks: Sequence[Check], depth: int, looped: bool) -> None:
        """Write what a value that is not of its type breaks: that, and what is promised of fields that it lacks."""
        start = len(self.lines)
        for check in checks:
            # What compares it as a value of a type finds NULL; whether there is any, it is.
            compares = "type" in check.args or CATALOGUE[check.type].casts
            broken = _of_one_value(check, "null", self.constants, "None", "", "there") if compares else FALSE
            self._say(depth, broken, check, looped)
        for inner in prop.nested:
            if inner.within[-1] not in (EACH, KEYS, VALUES):
                for check in self.at.get((inner.column, inner.within), []):
                    self._say(depth, _of_one_value(check, "null", self.constants, "None", ""), check, looped)
        if len(self.lines) == start:
            self._write(depth, "pass")

    def _nested(self, prop: Property, name: str, depth: int) -> None:
        for inner in filter(self._concerns, prop.nested):
            if sum(each in (EACH, KEYS, VALUES) for each in inner.within) > _MOST_LOOPS:
                raise CallError(
                    f"{self.dataset.name}: {inner.name} is inside more than {_MOST_LOOPS} arrays and maps, which one "
                    "function cannot look through; promise less of what is inside, or flatten it"
                )
            step, item = inner.within[-1], self._name()
            if step == EACH and prop.logical_type in ("array", "vector"):
                self._write(depth, f"for {item} in {name}:")
                self._place(inner, item, depth + 1, looped=True)
            elif step in (KEYS, VALUES) and prop.logical_type in ("map", "object"):
                self._write(depth, f"for {item} in {name if step == KEYS else f'{name}.values()'}:")
                self._place(inner, item, depth + 1, looped=True)
            elif prop.logical_type in ("object", "map"):
                self._write(depth, f"{item} = {name}.get({step!r})")
                self._place(inner, item, depth, looped=EACH in inner.within or VALUES in inner.within)

    def _say(self, depth: int, broken: str, check: Check, looped: bool = False) -> None:
        if broken == FALSE:
            return
        if looped:
            broken = all_of(broken, f"{check.key!r} not in broken")
        if broken != TRUE:
            self._write(depth, f"if {broken}:")
            depth += 1
        self._write(depth, f"broken.append({check.key!r})")

    def _name(self) -> str:
        return f"v{next(self.names)}"

    def _write(self, depth: int, line: str) -> None:
        self.lines.append(" " * depth + line)
