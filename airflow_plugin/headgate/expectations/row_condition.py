"""`row_condition`: the rows that an expectation looks at, in GX's three spellings, as a condition of SQL.

A row is looked at where the condition is TRUE: NULLs are as in SQL and as on GX's SQL engines. (Its pandas engine keeps
a row with a NULL under != and NOT_IN.) The text is read, never run: what is not known here is refused.
"""

from __future__ import annotations

import ast
import io
import operator
import re
import tokenize
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlglot import exp

from headgate.checks import conditions as c
from headgate.contract.model import Property
from headgate.errors import UnsupportedError
from headgate.expectations.arguments import Arguments

MAX_LENGTH = 2_000
MAX_DEPTH = 20
_COMPARED = re.compile(r'col\("([^"\\]+)"\) (==|!=|<=|>=|<|>) (?:(-?\d+)|(-?\d+\.\d+)|"([^"\'\\]*)")\Z')
_PRESENT = re.compile(r'col\("([^"\\]+)"\)\.notNull\(\)\Z')
_OPERATORS = {"==": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_SIGNS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
          ast.In: "IN", ast.NotIn: "NOT_IN"}  # fmt: skip
_NULL = {"isnull": True, "isna": True, "notnull": False, "notna": False}


def spelled(text: str) -> dict[str, Any] | None:
    """GX's own spelling, col("i") > 2, as the object that GX makes of it; None where it is none."""
    if found := _COMPARED.match(text):
        name, sign, whole, fraction, words = found.groups()
        value: Any = int(whole) if whole is not None else Decimal(fraction) if fraction is not None else words
        return {"type": "comparison", "column": {"name": name}, "operator": sign, "parameter": value}
    if found := _PRESENT.match(text):
        return {"type": "nullity", "column": {"name": found[1]}, "is_null": False}
    return None


def row_condition(arguments: Arguments) -> tuple[exp.Expr | None, bool]:
    """The condition that `arguments` give, None where they give none, and whether a classified column is in it.

    Raises UnsupportedError where it cannot be said.
    """
    given, parser = arguments.take("row_condition"), arguments.take("condition_parser")
    if given is None:
        return None, False
    reader = _Reader(arguments)
    if isinstance(given, Mapping) and parser is None:
        condition = reader.of_object(given)
    elif isinstance(given, str) and len(given) <= MAX_LENGTH and parser == "great_expectations":
        condition = reader.of_object(spelled(given))
    elif isinstance(given, str) and len(given) <= MAX_LENGTH and parser == "pandas":
        condition = reader.of_query(given)
    else:
        raise UnsupportedError("row_condition is none of GX's: an object, or a text with its condition_parser")
    return condition, any(prop.hides for prop in reader.props)


def mentioned(given: Any, parser: Any) -> list[str]:
    """The columns that a row condition speaks of, as far as it is one that is read here."""
    if isinstance(given, str) and parser == "great_expectations":
        given = spelled(given)
    if isinstance(given, str) and parser == "pandas":
        try:
            return sorted({n.id for n in ast.walk(ast.parse(_python(given), mode="eval")) if isinstance(n, ast.Name)})
        except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError, UnsupportedError):
            return []
    match given:
        case {"column": {"name": str(name)}}:
            return [name]
        case {"conditions": [*parts]}:
            return sorted({name for part in parts for name in mentioned(part, None)})
    return []


class _Reader:
    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments
        self.props: list[Property] = []

    # --- what a condition is made of ---

    def _property(self, name: Any) -> Property:
        prop = self.arguments.named(name)
        self.props.append(prop)
        return prop

    def _literal(self, value: Any, prop: Property) -> exp.Expr:
        if prop.logical_type in ("timestamp", "time") and "defaultTimezone" in prop.options:
            raise UnsupportedError(f"row_condition: {prop.name} has a time zone of its own")
        if value is None or not isinstance(value, str | bool | int | Decimal):
            raise UnsupportedError(f"row_condition: {prop.name} is not compared with a value")
        return c.literal(self.arguments.literal(value, prop, f"row_condition: {value!r}"), prop.logical_type)

    def _compared(self, name: Any, sign: Any, value: Any) -> exp.Expr:
        prop = self._property(name)
        column = c.operand(prop.column, prop.logical_type)
        if sign in ("IN", "NOT_IN"):
            if not isinstance(value, list | tuple) or not value:
                raise UnsupportedError("row_condition: IN takes a list of values")
            member = column.isin(*(self._literal(item, prop) for item in value))
            return member if sign == "IN" else member.not_()
        if sign not in _OPERATORS:
            raise UnsupportedError(f"row_condition: the operator {str(sign)[:20]} is not known")
        if isinstance(value, str) and sign not in ("==", "!=") and prop.logical_type in (None, "string"):
            raise UnsupportedError("row_condition: texts have another order on each platform")
        return _OPERATORS[sign](this=column, expression=self._literal(value, prop))

    def _is_null(self, name: Any, is_null: bool) -> exp.Expr:
        condition = c.is_null(self._property(name).column)
        return condition if is_null else condition.not_()

    # --- GX's object ---

    def of_object(self, condition: Any, depth: int = 0) -> exp.Expr:
        _must_end(depth)
        match condition:
            case {"type": "comparison", "column": {"name": name}, "operator": sign, "parameter": value}:
                return self._compared(name, sign, value)
            case {"type": "nullity", "column": {"name": name}, "is_null": bool(is_null)}:
                return self._is_null(name, is_null)
            case {"type": "and" | "or" as kind, "conditions": [_, *_] as parts}:
                read = [self.of_object(part, depth + 1) for part in parts]
                return exp.paren(exp.and_(*read) if kind == "and" else exp.or_(*read))
        raise UnsupportedError("row_condition: only comparisons, nullity, and, or are executed")

    # --- a query of pandas ---

    def of_query(self, text: str) -> exp.Expr:
        try:
            tree = ast.parse(_python(text), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
            raise UnsupportedError("row_condition: this pandas query is not supported") from None
        return self._query(tree)

    def _query(self, node: ast.expr, depth: int = 0) -> exp.Expr:
        _must_end(depth)
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = [self._query(value, depth + 1) for value in values]
                return exp.paren(exp.and_(*parts) if isinstance(op, ast.And) else exp.or_(*parts))
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=inner):
                return exp.paren(self._query(inner, depth + 1)).not_()
            case ast.Compare(left=ast.Name(id=name), ops=[sign], comparators=[right]):
                return self._compared(name, _SIGNS.get(type(sign)), _value(right))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr), args=[], keywords=[]) if (
                attr in _NULL
            ):
                return self._is_null(name, _NULL[attr])
        raise UnsupportedError("row_condition: only comparisons of a column with values, isnull(), notnull(), and, or, "
                              "not are executed")  # fmt: skip


def _must_end(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UnsupportedError("row_condition: it is nested too deeply")


def _python(text: str) -> str:
    """In a query of pandas & and | bind as `and` and `or` do."""
    if re.search("[@`]", text):
        raise UnsupportedError("row_condition: neither @ nor backticks are executed")
    tokens = tokenize.generate_tokens(io.StringIO(text.strip()).readline)
    words = {"&": "and", "|": "or"}
    read = ((tokenize.NAME, words[word]) if word in words else (kind, word) for kind, word, *_ in tokens)
    return tokenize.untokenize(read).strip()


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=bool() | str() | int() as value):
            return value
        case ast.Constant(value=float() as value):
            return Decimal(repr(value))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return operator.neg(value if isinstance(value, int) else Decimal(repr(value)))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item) for item in items]
    raise UnsupportedError("row_condition: a column is compared with values only")
