"""JSON documents: what is inside one, and whether it has a logical type.

JSON has no type for a date or a time: a text in ISO 8601 form is one. 1.0 is an integer.
"""

from __future__ import annotations

from sqlglot import exp

from headgate.checks.column import DATE_OR_TIMESTAMP, KEYS, VALUES
from headgate.checks.grammar import GRAMMAR
from headgate.sql import vocabulary

_NUMBERS = ("BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT", "DOUBLE")
# Logical type: the types of JSON that can hold it.
_HOLDS = {
    "string": ("VARCHAR",),
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "boolean": ("BOOLEAN",),
    "date": ("VARCHAR",),
    "timestamp": ("VARCHAR",),
    "time": ("VARCHAR",),
    "object": ("OBJECT",),
    "map": ("OBJECT",),
    "array": ("ARRAY",),
    "vector": ("ARRAY",),
}
_CASTS = {
    "integer": "HUGEINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
    "time": "TIME",
}


def field(document: exp.Expr, name: str) -> exp.Expr:
    """Return the field `name` of an object, which may be a document; NULL if it does not exist."""
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    return vocabulary.document_field(document, pointer)


def items(document: exp.Expr, step: str) -> exp.Expr:
    """Return the items of an array, or the keys or values of an object; NULL for anything else. Items are documents."""
    if step == KEYS:
        return exp.func("MAP_KEYS", exp.TryCast(this=document.copy(), to=vocabulary.MAP_OF_DOCUMENTS.copy()))
    if step == VALUES:
        return exp.func("MAP_VALUES", exp.TryCast(this=document.copy(), to=vocabulary.MAP_OF_DOCUMENTS.copy()))
    return exp.TryCast(this=document.copy(), to=vocabulary.LIST_OF_DOCUMENTS.copy())


def is_there(document: exp.Expr) -> exp.Expr:
    """Return the condition: neither NULL nor the null of JSON."""
    kind = exp.func("COALESCE", exp.func("JSON_TYPE", document.copy()), exp.Literal.string("NULL"))
    return exp.NEQ(this=kind, expression=exp.Literal.string("NULL"))


def typed(document: exp.Expr, logical_type: str | None) -> exp.Expr:
    """Return the value of a document as its logical type; NULL if it has another type or is null."""
    text = _text(document)
    if logical_type not in _HOLDS:
        return text
    of_type = wrong_type(document, logical_type).not_()
    if target := _CASTS.get(logical_type):
        return exp.Case().when(of_type, exp.TryCast(this=text, to=_type(target)))
    if logical_type == "string":
        return exp.Case().when(of_type, text)
    return exp.Case().when(exp.and_(is_there(document), of_type), document.copy())


def wrong_type(document: exp.Expr, logical_type: str) -> exp.Expr:
    """Return the condition: present, and not of the logical type, or of DATE_OR_TIMESTAMP."""
    if logical_type == DATE_OR_TIMESTAMP:
        logical_type = "timestamp"  # a day is written as one, too
    kinds = [exp.Literal.string(kind) for kind in _HOLDS[logical_type]]
    parts: list[exp.Expr] = [exp.func("JSON_TYPE", document.copy()).isin(*kinds).not_()]
    if logical_type in ("integer", "date", "timestamp", "time"):
        grammar = exp.Literal.string(f"^{GRAMMAR[logical_type]}$")
        parts.append(exp.RegexpLike(this=_text(document), expression=grammar).not_())
    if logical_type in ("date", "timestamp", "time"):
        target = _type(_CASTS[logical_type])
        parts.append(exp.TryCast(this=_text(document), to=target).is_(exp.null()))
    return exp.and_(is_there(document), exp.or_(*parts))


def _type(name: str) -> exp.DataType:
    return vocabulary.LONG_INTEGER.copy() if name == "HUGEINT" else exp.DataType.build(name)


def _text(document: exp.Expr) -> exp.Expr:
    return vocabulary.document_text(document)
