"""Conditions of the catalogue as expressions of Python about one event.

SQL's logic has three values. A condition therefore becomes two expressions: one that is true where the condition is
TRUE, and one that is true where it is FALSE. What is known of a variable, that it is NULL or that it is not, is worked
in at once, so that little is left to be computed for an event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlglot import exp

from headgate.errors import UnsupportedError
from headgate.sql import vocabulary
from headgate.streams import patterns, values
from headgate.streams.expression import FALSE, TRUE, Constants, Variable, all_of, any_of, negated

Pair = tuple[str, str]

# Integers below it are floats, too.
_EXACT_FLOAT = 2**53
# What compares as Python compares it, within one kind.
_PLAIN = frozenset({"string", "integer", "boolean", "date", "timestamp", "time"})
_OF_OTHERS: Mapping[type[exp.Expr], str] = {
    exp.Exists: "it refers to another dataset",
    exp.Window: "it looks at other events",
    exp.Select: "it looks at other events",
}


@dataclass(frozen=True, slots=True)
class _Value:
    """`source` may be computed where all `guards` are true, and only there the value is not NULL."""

    source: str
    guards: tuple[str, ...] = ()
    kind: str = ""
    literal: Any = None

    @property
    def is_there(self) -> str:
        return all_of(*self.guards)


class Translator:
    """Translates conditions about `variables`, by the names of their columns; a column without one is NULL."""

    def __init__(self, variables: Mapping[str, Variable], constants: Constants) -> None:
        self.variables, self.constants = variables, constants

    def holds(self, condition: exp.Expr) -> str:
        """Return the expression that is true where a condition is TRUE. Raises UnsupportedError, saying why, where one
        event cannot decide it."""
        for kind, reason in _OF_OTHERS.items():
            if condition.find(kind):
                raise UnsupportedError(reason)
        return self._pair(condition)[0]

    def _pair(self, node: exp.Expr) -> Pair:
        """Return (is TRUE, is FALSE)."""
        match node:
            case exp.Paren():
                return self._pair(node.this)
            case exp.Boolean():
                return (TRUE, FALSE) if node.this else (FALSE, TRUE)
            case exp.Null():
                return FALSE, FALSE
            case exp.Not():
                yes, no = self._pair(node.this)
                return no, yes
            case exp.And():
                (left, not_left), (right, not_right) = self._pair(node.this), self._pair(node.expression)
                return all_of(left, right), any_of(not_left, not_right)
            case exp.Or():
                (left, not_left), (right, not_right) = self._pair(node.this), self._pair(node.expression)
                return any_of(left, right), all_of(not_left, not_right)
            case exp.Coalesce() if len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Boolean):
                yes, no = self._pair(node.this)
                return (negated(no), no) if node.expressions[0].this else (yes, negated(yes))
            case exp.Case():
                return self._case(node)
            case exp.Is() if isinstance(node.expression, exp.Null):
                there = self._value(node.this).is_there
                return negated(there), there
            case exp.NullSafeEQ():
                one, other = (self._nullable(self._value(side)) for side in (node.this, node.expression))
                equal = f"{self._function(values.same)}({one}, {other})"
                return equal, negated(equal)
            case exp.In() if node.expressions:
                return self._guarded(self._in(node), (self._value(node.this),))
            case exp.RegexpLike():
                return self._searched(node.this, patterns.search(node.expression.name))
            case exp.Like():
                return self._searched(node.this, patterns.like(node.expression.name))
            case exp.Escape() if isinstance(node.this, exp.Like):
                found = patterns.like(node.this.expression.name, node.expression.name)
                return self._searched(node.this.this, found)
            case exp.Column():
                value = self._value(node)
                return self._guarded(f"({value.source} is True)", (value,))
        if type(node) in _COMPARED:
            return self._compared(node)
        raise UnsupportedError(f"an event has no {type(node).__name__}")

    def _guarded(self, holds: str, operands: tuple[_Value, ...]) -> Pair:
        """Return the pair of a statement about operands, which is NULL where one of them is."""
        guards = [guard for operand in operands for guard in operand.guards]
        return all_of(*guards, holds), all_of(*guards, negated(holds))

    def _case(self, node: exp.Case) -> Pair:
        default = node.args.get("default")
        yes, no = self._pair(default) if default is not None else (FALSE, FALSE)
        for branch in reversed(node.args["ifs"]):
            condition, (then, not_then) = self._pair(branch.this)[0], self._pair(branch.args["true"])
            yes = any_of(all_of(condition, then), all_of(negated(condition), yes))
            no = any_of(all_of(condition, not_then), all_of(negated(condition), no))
        return yes, no

    def _searched(self, text: exp.Expr, found: patterns.Search) -> Pair:
        value = self._value(text)
        return self._guarded(f"{self.constants.name(found)}({value.source})", (value,))

    def _in(self, node: exp.In) -> str:
        value = self._value(node.this)
        members: set[Any] = set()
        for literal in node.expressions:
            found = self._value(literal).literal
            members |= {found, float(found)} if value.kind == "number" else {found}
        name = self.constants.name(frozenset(members))
        if value.kind in (*_PLAIN, "number"):
            return f"{value.source} in {name}"
        return f"{self._function(values.is_among)}({value.source}, {name})"

    def _compared(self, node: exp.Expr) -> Pair:
        one, other = self._value(node.this), self._value(node.expression)
        kind = type(node)
        if one.literal is not None:
            one, other, kind = other, one, _COMPARED[kind][1]
        if kind in (exp.GT, exp.GTE):  # NaN is above all others: it is below nothing
            holds = negated(self._said(one, other, exp.LTE if kind is exp.GT else exp.LT))
        elif kind is exp.NEQ:
            holds = negated(self._said(one, other, exp.EQ))
        else:
            holds = self._said(one, other, kind)
        return self._guarded(holds, (one, other))

    def _said(self, one: _Value, other: _Value, kind: type[exp.Expr]) -> str:
        sign, _, function = _COMPARED[kind]
        literal = other.literal
        if one.kind == "number" and isinstance(literal, int | Decimal) and not isinstance(literal, bool):
            if isinstance(literal, int) and abs(literal) <= _EXACT_FLOAT:
                return f"({one.source} {sign} {literal})"
            exact, about = self.constants.name(literal), self.constants.name(float(literal))
            return f"({one.source} {sign} ({about} if type({one.source}) is float else {exact}))"
        if one.kind == other.kind and one.kind in _PLAIN:
            if one.source == other.source:
                return FALSE if kind is exp.LT else TRUE
            return f"({one.source} {sign} {other.source})"
        if one.kind == "integer" and isinstance(literal, Decimal):
            return f"({one.source} {sign} {other.source})"
        return f"{self._function(function)}({one.source}, {other.source})"

    def _function(self, function: Callable[..., Any]) -> str:
        name = function.__name__
        self.constants.names[name] = function
        return name

    def _nullable(self, value: _Value) -> str:
        if not value.guards:
            return value.source
        return f"({value.source} if {value.is_there} else None)"

    def _value(self, node: exp.Expr) -> _Value:
        match node:
            case exp.Paren():
                return self._value(node.this)
            case exp.Null():
                return _Value("None", (FALSE,))
            case exp.Column():
                return self._variable(node.name)
            case exp.Literal() | exp.Neg():
                return self._literal(node)
            case exp.Boolean():
                return _Value(str(bool(node.this)), kind="boolean", literal=bool(node.this))
            case exp.TryCast():
                return self._tried(node)
            case exp.Cast():
                return self._cast(node)
            case exp.Length() | exp.ArraySize():
                inner = self._value(node.this)
                return _Value(f"len({inner.source})", inner.guards, "integer")
            case exp.Add():
                return self._computed(values.add, node.this, node.expression)
            case exp.Mod():
                return self._rest(node)
            case exp.Least():
                return self._computed(min, node.this, *node.expressions)
            case exp.ArrayFilter():
                return self._filtered(node)
            case exp.MapKeys():
                return self._of("list({})", node.this)
            case exp.Bracket():
                key = node.expressions[0].name
                return self._bound(f"{{}}.get({key!r})", node.this)
            case exp.Anonymous(this="TO_JSON"):
                return self._value(node.expressions[0])
            case exp.Anonymous(this="MAP_VALUES"):
                return self._of("list({}.values())", node.expressions[0])
            case exp.Anonymous(this="LIST_UNIQUE"):
                return self._computed(values.count_distinct, node.expressions[0])
        raise UnsupportedError(f"an event has no {type(node).__name__}")

    def _variable(self, name: str) -> _Value:
        variable = self.variables.get(name)
        if variable is None or variable.state == "null":
            return _Value("None", (FALSE,))
        guards = () if variable.state == "there" else (f"{variable.source} is not None",)
        return _Value(variable.source, guards, variable.kind)

    def _literal(self, node: exp.Expr) -> _Value:
        if isinstance(node, exp.Neg):
            inner = self._value(node.this)
            if inner.literal is None:
                raise UnsupportedError("an event has no Neg")
            return self._constant(-inner.literal)
        if node.is_string:
            return _Value(repr(node.name), kind="string", literal=node.name)
        text = node.name
        return self._constant(int(text) if text.lstrip("-").isdigit() else Decimal(text))

    def _constant(self, value: Any, kind: str = "") -> _Value:
        if isinstance(value, int):
            return _Value(f"({value})" if value < 0 else str(value), kind="integer", literal=value)
        return _Value(self.constants.name(value), kind=kind or "number", literal=value)

    def _cast(self, node: exp.Cast) -> _Value:
        inner = self._value(node.this)
        to = node.to
        if isinstance(inner.literal, str) and (read := _MOMENTS.get(to.this)):
            kind, parse = read
            return self._constant(parse(inner.literal), kind)
        if to.is_type("text", "varchar"):
            if inner.kind == "string":
                return inner
            return _Value(f"{self._function(values.text_of)}({inner.source})", inner.guards, "string")
        if to.is_type("time") or (to.this in exp.DataType.INTEGER_TYPES and inner.kind in ("integer", "number")):
            return inner
        raise UnsupportedError(f"an event has no cast to {to.sql()}")

    def _tried(self, node: exp.TryCast) -> _Value:
        to = node.to
        if to == vocabulary.LIST_OF_DOCUMENTS:
            return self._bound(f"{self._function(values.items_of)}({{}})", node.this)
        if to in (vocabulary.MAP_OF_DOCUMENTS, vocabulary.MAP_OF_TEXTS):
            return self._bound(f"{self._function(values.properties_of)}({{}})", node.this)
        if to.is_type("decimal"):
            inner = self._value(node.this)
            if inner.kind == "integer":
                return inner
            scale = int(to.expressions[1].name) if len(to.expressions) > 1 else 0
            return self._bound(f"{self._function(values.to_decimal)}({{}}, {scale})", node.this, "number")
        raise UnsupportedError(f"an event has no cast to {to.sql()}")

    def _rest(self, node: exp.Mod) -> _Value:
        one, other = self._value(node.this), self._value(node.expression)
        if one.kind == other.kind == "integer":
            return _Value(f"({one.source} % {other.source})", (*one.guards, *other.guards), "integer")
        return self._computed(values.modulo, node.this, node.expression)

    def _computed(self, function: Callable[..., Any], *operands: exp.Expr) -> _Value:
        found = [self._value(operand) for operand in operands]
        guards = tuple(guard for operand in found for guard in operand.guards)
        arguments = ", ".join(operand.source for operand in found)
        return _Value(f"{self._function(function)}({arguments})", guards, "computed")

    def _of(self, call: str, operand: exp.Expr) -> _Value:
        inner = self._value(operand)
        return _Value(call.format(inner.source), inner.guards)

    def _bound(self, call: str, operand: exp.Expr, kind: str = "") -> _Value:
        """Return what may be NULL, computed once."""
        inner, name = self._value(operand), self.constants.temporary()
        guard = f"({name} := {call.format(inner.source)}) is not None"
        return _Value(name, (*inner.guards, guard), kind)

    def _filtered(self, node: exp.ArrayFilter) -> _Value:
        inner, function, name = self._value(node.this), node.expression, self.constants.temporary()
        item = Variable(name, "maybe")
        scope = Translator({**self.variables, function.expressions[0].name: item}, self.constants)
        chosen = scope.holds(function.this)
        return _Value(f"[{name} for {name} in {inner.source} if {chosen}]", inner.guards)


# Sign of Python, the same seen from the other side, and the function for values of several types.
_COMPARED: Mapping[type[exp.Expr], tuple[str, type[exp.Expr], Callable[[Any, Any], bool]]] = {
    exp.EQ: ("==", exp.EQ, values.equal),
    exp.NEQ: ("!=", exp.NEQ, values.equal),
    exp.LT: ("<", exp.GT, values.below),
    exp.LTE: ("<=", exp.GTE, values.not_above),
    exp.GT: (">", exp.LT, values.below),
    exp.GTE: (">=", exp.LTE, values.not_above),
}
_MOMENTS: Mapping[Any, tuple[str, Callable[[str], date | time]]] = {
    exp.DataType.Type.DATE: ("date", date.fromisoformat),
    exp.DataType.Type.TIME: ("time", time.fromisoformat),
    exp.DataType.Type.TIMESTAMPTZ: ("timestamp", datetime.fromisoformat),
}
