"""The cases that the SQL depends on before the arguments of a check are known, and how Jinja distinguishes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from headgate.checks import CheckType
from headgate.checks.argument import COLUMNS, DATASET, LOGICAL_TYPE, PATTERN, VALUE, VALUES, Argument
from headgate.dbt.slots import names, slot, slots

# The logical types that literals and columns may be cast to.
_KINDS = ("date", "integer", "number", "string", "boolean", "timestamp", "time")


@dataclass(frozen=True)
class Case:
    """One value that an argument may have in a template. `test` is the Jinja that distinguishes it from the other
    cases; `of` makes the value from the length of lists, which have at least `members` members."""

    test: str
    of: Callable[[int], Any]
    absent: bool = False
    members: int = 1


@dataclass(frozen=True)
class Step:
    """One thing that must be known before the SQL can be written. `otherwise` is used if the cases are too few."""

    name: str
    cases: Sequence[Case]
    otherwise: Step | None = None

    @property
    def default(self) -> str:
        """The test of the case of an argument that is not given; the last one if it must be given."""
        return next((case.test for case in self.cases if case.absent), self.cases[-1].test)

    def either(self, tests: Collection[str]) -> str:
        """Return Jinja that is true for any of `tests`; what no case names is treated as absent."""
        others = [case.test for case in self.cases if case.test not in tests]
        if self.default in tests and all(" == " in test for test in others):
            return " and ".join(test.replace(" == ", " != ") for test in others)
        return " or ".join(tests)


def steps(argument: Argument) -> list[Step]:
    """Return what must be known of an argument, in order."""
    name, absent = argument.name, Case(f"{argument.name} is none", lambda n: None, absent=True)
    more: list[Step] = []
    match argument.form:
        case "value" | "pattern":
            given = [Case(f"{name} is not none", lambda n: slot(name))]
        case "patterns":
            # Of one pattern it may be said in another way than of several.
            alone = Case(f"{name} | length == 1", lambda n: slots(name, 1))
            several = Case(f"{name} | length > 1", lambda n: slots(name, n), members=2)
            return [Step(name, [Case("", lambda n: slots(name, n))], Step(name, [alone, several]))]
        case "values":
            given = [
                Case(f"{name}_sql", lambda n: slots(name, n)),
                Case(f"{name} is not none and not {name}_sql", lambda n: ()),
            ]
            nulls = f"none in ({name} or [])"
            more = [Step(nulls_of(name), [Case(f"not {nulls}", lambda n: ()), Case(nulls, lambda n: (None,))])]
        case "flag":
            given = [Case(name, lambda n: True)]
            absent = Case(f"not {name}", lambda n: False)
        case "logical type":
            given = [_equal(name, kind) for kind in _KINDS]
        case "dataset":
            given = [Case("", lambda n: name)]
        case "columns":
            given = [Case("", lambda n: names(name, n))]
        case tuple(words):
            first, *others = words
            given = [_equal(name, word) for word in others]
            absent = Case(f"{name} in (none, '{first}')", lambda n: None, absent=True)
    needed = not argument.optional and argument.form in (VALUE, VALUES, PATTERN, DATASET, COLUMNS, LOGICAL_TYPE)
    return [Step(name, given if needed else [*given, absent]), *more]


def _equal(name: str, word: str) -> Case:
    return Case(f"{name} == '{word}'", lambda n: word)


def nulls_of(name: str) -> str:
    """Return the name of the step that tells whether a list of values has a NULL in it."""
    return f"{name}: nulls"


def one_of(kind: CheckType) -> list[str]:
    """Return the arguments of which one must be given, since each may be absent: with none, nothing is promised."""
    given = [a for a in kind.arguments or () if a.form in (VALUE, VALUES, PATTERN)]
    return [a.name for a in given] if given and all(a.optional for a in given) else []
