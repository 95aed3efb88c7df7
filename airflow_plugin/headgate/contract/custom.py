"""`custom` rules: expectations of Great Expectations for which the catalogue has the same check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from headgate.checks import Check, Comparison, Unchecked
from headgate.checks.re2 import wrong_pattern
from headgate.contract.document import Path, read
from headgate.contract.model import Property
from headgate.contract.options import typing_of
from headgate.contract.rulebook import IMPOSSIBLE, Rulebook
from headgate.errors import ContractError

ENGINES = frozenset({"greatexpectations", "gx"})
# Arguments that say nothing about the data.
_SILENT = frozenset({"result_format", "catch_exceptions", "meta", "notes", "severity", "description"})


class _NotSayableError(Exception):
    """What this reading of an expectation cannot express; the message says what."""


class Custom:
    """Rules of type custom."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book

    def rules(
        self,
        rule: Mapping[str, Any],
        key: str,
        path: Path,
        prop: Property | None,
        said: str,
        common: dict[str, Any],
    ) -> Iterator[Check | Unchecked]:
        policy = common.pop("policy")
        engine = str(rule.get("engine"))
        if engine_name(engine) not in ENGINES:
            yield self.book.unchecked(key, path, said, f"the engine '{engine[:80]}' is not run by headgate", **common)
            return
        try:
            kind, args = _implementation(rule["implementation"], self.book.document.file)
            if kind not in _EXPECTATIONS:
                raise _NotSayableError(f"the expectation '{kind[:120]}' is not executed")
            name, columns, own, expect = _Expectation(self.book, prop, args).translated(kind)
        except _NotSayableError as why:
            yield self.book.unchecked(key, path, said, str(why), **common)
            return
        given: dict[str, Any] = {"expect": expect} if expect else {}
        yield self.book.check(
            key,
            name,
            path,
            *columns,
            args=own,
            policy=policy,
            description=rule.get("description") or "",
            **given,
            **common,
        )


def engine_name(engine: Any) -> str:
    """The name of an engine as ENGINES has it, however it is written."""
    return str(engine).lower().replace("-", "").replace("_", "").replace(" ", "")


def _implementation(value: Any, file: str) -> tuple[str, dict[str, Any]]:
    """The expectation's type and its arguments, in snake_case; the text form is YAML."""
    if isinstance(value, str):
        try:
            value = read(value, file).value
        except ContractError as error:
            raise _NotSayableError(f"the implementation is not YAML: {error.problems[0].message}") from None
    if not isinstance(value, dict):
        raise _NotSayableError("the implementation must say `type: expect_…` and `kwargs: {…}`")
    kind = value.get("type") or value.get("expectation_type") or value.get("expectationType")
    kwargs = value.get("kwargs") or {}
    if not isinstance(kind, str) or not isinstance(kwargs, dict):
        raise _NotSayableError("the implementation must say `type: expect_…` and `kwargs: {…}`")
    # The standard's own example writes minValue for GX's min_value.
    return kind, {_snake(name): argument for name, argument in kwargs.items() if _snake(name) not in _SILENT}


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


_Answer = tuple[str, tuple[Property, ...], dict[str, Any], Comparison | None]


class _Expectation:
    """One expectation's arguments, taken one by one: what is left over is not understood."""

    def __init__(self, book: Rulebook, prop: Property | None, args: dict[str, Any]) -> None:
        self.book, self.prop, self.args = book, prop, dict(args)

    def translated(self, kind: str) -> _Answer:
        answer = _EXPECTATIONS[kind](self)
        if left := [name for name, value in self.args.items() if value is not None]:
            raise _NotSayableError(f"the argument '{left[0][:80]}' of {kind} is not executed here")
        return answer

    def column(self) -> Property:
        name = self.args.pop("column", None)
        if name is None and self.prop is not None:
            return self.prop
        return self._named(name)

    def _named(self, name: Any) -> Property:
        found = next((p for p in self.book.properties if name in (p.name, p.column)), None)
        if found is None:
            raise _NotSayableError(f"the column '{str(name)[:80]}' is no property of {self.book.raw['name']}")
        return found

    def columns(self) -> tuple[Property, ...]:
        names = self.args.pop("column_list", None)
        if not isinstance(names, list) or len(names) < 2:
            raise _NotSayableError("column_list must name at least two columns")
        return tuple(self._named(name) for name in names)

    def number(self, name: str) -> int | Decimal | None:
        value = self.args.pop(name, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | Decimal)):
            raise _NotSayableError(f"{name} is no number")
        return value

    def bound(self, name: str, prop: Property) -> Any:
        value = self.args.pop(name, None)
        if value is None:
            return None
        typed = self.book.loose(value, prop)
        if typed is IMPOSSIBLE:
            raise _NotSayableError(f"{name} is no {prop.logical_type}")
        return typed

    def values(self, prop: Property) -> tuple[Any, ...]:
        listed = self.args.pop("value_set", None)
        if not isinstance(listed, list):
            raise _NotSayableError("value_set is no list")
        typed = (self.book.loose(value, prop) for value in listed if value is not None)
        return tuple(value for value in typed if value is not IMPOSSIBLE)

    def mostly(self) -> Comparison | None:
        """Of not_null alone, whose share is one of all rows as here; elsewhere GX counts the values that are there."""
        share = self.number("mostly")
        if share is None or share == 1:
            return None
        if not 0 <= share <= 1:
            raise _NotSayableError("mostly is not within 0 and 1")
        return Comparison("<=", (100 * (1 - Decimal(share)),), "percent")

    def all(self) -> None:
        share = self.number("mostly")
        if share is not None and share != 1:
            raise _NotSayableError(
                "mostly, a share of the values that are not NULL, is not executed here; say it by a metric in percent"
            )


def _not_null(e: _Expectation) -> _Answer:
    return "not_null", (e.column(),), {}, e.mostly()


def _exists(e: _Expectation) -> _Answer:
    return "column_exists", (e.column(),), {}, None


def _unique(e: _Expectation) -> _Answer:
    e.all()
    return "unique", (e.column(),), {}, None


def _unique_together(e: _Expectation) -> _Answer:
    e.all()
    if e.args.pop("ignore_row_if", "any_value_is_missing") != "any_value_is_missing":
        raise _NotSayableError("ignore_row_if other than any_value_is_missing is not executed here")
    return "unique", e.columns(), {}, None


def _in_set(e: _Expectation) -> _Answer:
    e.all()
    prop = e.column()
    return "in_set", (prop,), {"values": e.values(prop), **typing_of(prop)}, None


def _not_in_set(e: _Expectation) -> _Answer:
    e.all()
    prop = e.column()
    return "not_in_set", (prop,), {"values": e.values(prop), **typing_of(prop)}, None


def _between(e: _Expectation) -> _Answer:
    e.all()
    prop = e.column()
    args = {"minimum": e.bound("min_value", prop), "maximum": e.bound("max_value", prop)}
    if args["minimum"] is None and args["maximum"] is None:
        raise _NotSayableError("neither min_value nor max_value is given")
    strict = {f"strict_{end}imum": e.args.pop(f"strict_{end}", False) is True for end in ("min", "max")}
    return "between", (prop,), {**args, **strict, **typing_of(prop)}, None


def _lengths(e: _Expectation) -> _Answer:
    e.all()
    exact = e.number("value")
    low, high = (exact, exact) if exact is not None else (e.number("min_value"), e.number("max_value"))
    strict = {f"strict_{end}imum": e.args.pop(f"strict_{end}", False) is True for end in ("min", "max")}
    prop = e.column()
    return "length_between", (prop,), {"minimum": low, "maximum": high, **strict, "type": prop.logical_type}, None


def _matches(e: _Expectation) -> _Answer:
    e.all()
    pattern, prop = e.args.pop("regex", None), e.column()
    if not isinstance(pattern, str) or wrong_pattern(pattern):
        raise _NotSayableError("the regex is no RE2 pattern")
    return "matches", (prop,), {"pattern": pattern, "type": prop.logical_type}, None


def _row_count(e: _Expectation) -> _Answer:
    exact = e.number("value")
    if exact is not None:
        return "row_count", (), {}, Comparison("=", (exact,))
    low, high = e.number("min_value"), e.number("max_value")
    strict = e.args.pop("strict_min", False) is True, e.args.pop("strict_max", False) is True
    if low is not None and high is not None:
        if any(strict):
            raise _NotSayableError("strict_min and strict_max beside both bounds are not executed here")
        return "row_count", (), {}, Comparison("between", (low, high))
    if low is not None:
        return "row_count", (), {}, Comparison(">" if strict[0] else ">=", (low,))
    if high is not None:
        return "row_count", (), {}, Comparison("<" if strict[1] else "<=", (high,))
    raise _NotSayableError("neither min_value nor max_value is given")


_EXPECTATIONS: dict[str, Callable[[_Expectation], _Answer]] = {
    "expect_column_to_exist": _exists,
    "expect_column_value_lengths_to_be_between": _lengths,
    "expect_column_value_lengths_to_equal": _lengths,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_be_unique": _unique,
    "expect_column_values_to_match_regex": _matches,
    "expect_column_values_to_not_be_in_set": _not_in_set,
    "expect_column_values_to_not_be_null": _not_null,
    "expect_compound_columns_to_be_unique": _unique_together,
    "expect_table_row_count_to_be_between": _row_count,
    "expect_table_row_count_to_equal": _row_count,
}
