"""What is compared with what: pairs of values of both sides, and the form in which they are."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from headgate.checks.reconciliation import EXACT, Pair, Reconciliation, Tolerance
from headgate.compare.side import Side, Value
from headgate.errors import UnsupportedError
from headgate.places.canonical import DIGITS, Family, Form, common_form

NUMBERS: frozenset[Family] = frozenset({"integer", "decimal", "double"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# How a value travels and is compared: as itself, as its canonical text, or, within a tolerance, as a decimal that has
# room for what is tolerated, or as a float.
How = Literal["itself", "text", "decimal", "float"]
# Of a decimal without limits so many digits after the point are looked at.
_DIGITS_AFTER = 12


@dataclass(frozen=True)
class Matched:
    """One value of both sides: `name` is what the report calls it, `alias` its column in queries. `magnitude` is the
    column, on both sides, of the sum of absolute values that a sum of floating-point numbers is made of."""

    name: str
    alias: str
    own: Value
    other: Value
    form: Form
    how: How = "itself"
    tolerance: Tolerance = EXACT
    magnitude: str = ""

    @property
    def family(self) -> Family:
        """What the report says that it holds."""
        assert self.own.kind is not None and self.other.kind is not None
        families = {self.own.kind.family, self.other.kind.family}
        for wider in ("double", "decimal"):
            if wider in families:
                return wider
        if families == {"date", "timestamp"}:
            return "date"
        return self.own.kind.family

    def of(self, side: Side, value: Value) -> str:
        """Return the SQL by which a side's value travels and is compared."""
        if self.how == "text":
            return side.text(value, self.form)
        if self.how == "decimal":
            return f"CAST({value.sql} AS DECIMAL({DIGITS}, {self._scale}))"
        return f"CAST({value.sql} AS DOUBLE PRECISION)" if self.how == "float" else value.sql

    @property
    def _scale(self) -> int:
        kinds = [value.kind for value in (self.own, self.other) if value.kind is not None]
        limits = [kind.scale if kind.scale is not None else _DIGITS_AFTER for kind in kinds]
        return max(limits)

    def decoded(self, value: Any) -> Any:
        """Return a value that has travelled, as Python has it."""
        if value is None:
            return None
        if self.how == "text":
            value = _decoded(value, self.form)
        if isinstance(value, datetime):
            value = value if value.tzinfo else value.replace(tzinfo=UTC)
            # Beside a timestamp, a date is its midnight.
            return value.date() if self._is_day and value.time() == time() else value
        return value

    @property
    def _is_day(self) -> bool:
        return any(value.kind is not None and value.kind.family == "date" for value in (self.own, self.other))


def match(own: Side, other: Side, pairs: Sequence[Pair], letter: str) -> list[Matched]:
    """Return the values of both sides that belong together.

    Raises:
        UnsupportedError: two types have no form in common.
        ConditionError: an expression is none, or names no column.
    """
    found = []
    both = zip(pairs, own.values([p.own for p in pairs]), other.values([p.other for p in pairs]), strict=True)
    for index, (pair, a, b) in enumerate(both):
        form = common_form(a.kind, b.kind) if a.kind and b.kind else None
        if form is None:
            raise UnsupportedError(
                f"{pair}: {a.type} of {own.name} and {b.type} of {other.name} are not compared: these types have no "
                "form in common"
            )
        found.append(Matched(str(pair), f"{letter}{index}", a, b, form, _how(a, b, form)))
    return found


def _how(a: Value, b: Value, form: Form) -> How:
    """Values of the same type are compared as they are, all others by their texts."""
    assert a.kind is not None and b.kind is not None
    alike = a.kind.family == b.kind.family and a.kind.zoned == b.kind.zoned and not (a.kind.fine or b.kind.fine)
    fits = form.name != "trimmed" and all((kind.digits or 0) <= DIGITS for kind in (a.kind, b.kind))
    return "itself" if alike and fits and form.name != "bytes" else "text"


def within(matched: Iterable[Matched], rule: Reconciliation) -> list[Matched]:
    """Return the values with the tolerance that a rule gives them."""
    found = []
    for one in matched:
        tolerance = rule.tolerances.get(one.name, rule.tolerance)
        if one.family not in NUMBERS:
            tolerance = EXACT
        how: How = one.how
        if tolerance:
            how = "float" if one.family == "double" else "decimal"
        found.append(replace(one, tolerance=tolerance, how=how))
    return found


def as_texts(matched: Iterable[Matched]) -> list[Matched]:
    """Return the values to be compared by their canonical texts, which hold whatever a platform can."""
    return [replace(one, how="text") if one.how == "itself" and not one.tolerance else one for one in matched]


def columns_of(own: Side, other: Side, rule: Reconciliation, promised: Sequence[str] = ()) -> tuple[list[Pair], str]:
    """Return the columns to compare, and which are on one side alone, in words; empty where there are none.

    Args:
        promised: the columns that a contract names; only these are compared. Without any, all are.
    """
    if rule.columns is not None:
        keys = {pair.own for pair in rule.key}
        return [pair for pair in rule.columns if pair.own not in keys | rule.leave_out], ""
    left, right = (
        [c.name for c in side.relation.columns if not c.name.startswith("__headgate")] for side in (own, other)
    )
    neither: list[str] = []
    if promised:
        wanted = {name.lower() for name in promised}
        left, right = ([name for name in names if name.lower() in wanted] for names in (left, right))
        there = {name.lower() for name in (*left, *right)}
        neither = [name for name in promised if name.lower() not in there]
    left_out = {name.lower() for name in rule.leave_out}
    left = [name for name in left if name.lower() not in left_out | {pair.own.lower() for pair in rule.key}]
    right = [name for name in right if name.lower() not in left_out | {pair.other.lower() for pair in rule.key}]
    both = _same_names(left, right)
    paired = {pair.own for pair in both}, {pair.other for pair in both}
    told = (
        (f"only in {own.name}", [name for name in left if name not in paired[0]]),
        (f"only in {other.name}", [name for name in right if name not in paired[1]]),
        ("on neither side", [name for name in neither if name.lower() not in left_out]),
    )
    return both, "; ".join(f"{', '.join(names)} {where}" for where, names in told if names)


def _same_names(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Return the names that belong together: those that are the same, then those that differ in case alone."""
    exact = set(left) & set(right)
    rest: dict[str, str] = {name.lower(): name for name in right if name not in exact}
    found = []
    for name in left:
        if name in exact:
            found.append(Pair(name, name))
        elif (other := rest.pop(name.lower(), None)) is not None:
            found.append(Pair(name, other))
    return found


def _decoded(text: str, form: Form) -> Any:
    if text in ("infinity", "-infinity") and form.name in ("timestamp", "nanoseconds", "date"):
        return text
    match form.name:
        case "integer":
            return int(text)
        case "decimal" | "trimmed":
            return Decimal(text)
        case "double":
            return struct.unpack(">d", bytes.fromhex(text))[0]
        case "boolean":
            return text == "1"
        case "date":
            return _moment(lambda: date(1970, 1, 1) + timedelta(days=int(text)), text)
        case "timestamp":
            return _moment(lambda: _EPOCH + timedelta(microseconds=int(text)), text)
        case "nanoseconds":
            return _moment(lambda: _EPOCH + timedelta(microseconds=int(text) // 1000), text)
        case "time":
            return _moment(lambda: (_EPOCH + timedelta(microseconds=int(text))).time(), text)
        case "bytes":
            return bytes.fromhex(text)
    return text.replace("\x1f\x1f", "\x1f")


def _moment(make: Any, text: str) -> date | time | str:
    """Years before 1 and after 9999 stay as they are."""
    try:
        return make()  # type: ignore[no-any-return]
    except OverflowError:
        return text
