"""The typed view of a source: what a contract's types make of it.

Text is cast to the contract's types by fixed grammars, never sniffed; a typed column is converted where the contract
names another type of the same family, and only where no value changes. A cell that does not cast becomes NULL, and its
text is kept in a hidden column, so that nothing is lost and the row is known to be unexpected.
"""

from __future__ import annotations

import re

from sqlglot import exp

from headgate.checks import RESERVED, Column, raw_name
from headgate.checks.documents import wrong_type
from headgate.checks.grammar import GRAMMAR, ZONE
from headgate.contract import Dataset, Property
from headgate.contract.datetime_format import DatetimeFormat, datetime_format
from headgate.errors import CallError
from headgate.places import Relation, Session
from headgate.sql.vocabulary import LONG_INTEGER

_DEFAULT_TYPES = {
    "string": "TEXT",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMPTZ",
    "object": "JSON",
    "array": "JSON",
    "map": "JSON",
    "vector": "JSON",
}
_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
# Conversions between types that may lose nothing for a value, which is then compared with itself.
_CONVERTIBLE = ({"integer", "number"}, {"timestamp", "date"})


def typed_view(dataset: Dataset, relation: Relation, session: Session) -> exp.Select:
    """A SELECT over `relation` with the contract's types.

    Columns come in the relation's order, those that the contract does not name as they are; after them a hidden
    column (see `raw_name`) for each one with cells that may not cast. Raises CallError for names of headgate's own.
    """
    for column in relation.columns:
        if column.name.lower().startswith(RESERVED):
            raise CallError(f"{relation.name}: the column '{column.name}' has a name that is taken; rename it")
    by_column = {p.column: p for p in dataset.properties}
    shown: list[exp.Expr] = []
    hidden: list[exp.Expr] = []
    for column in relation.columns:
        value: exp.Expr = exp.column(column.name, quoted=True)
        prop = by_column.get(column.name)
        cast = None
        if prop is not None and column.name in relation.texts:
            value = _without_missing(value, prop)
            cast = _from_text(value, prop, session)
        elif prop is not None:
            cast = _converted(value, column, prop, session)
        if cast is None:
            shown.append(exp.alias_(value, column.name, quoted=True))
            continue
        failed = exp.and_(value.copy().is_(exp.null()).not_(), cast.copy().is_(exp.null()))
        kept = exp.Case().when(failed, exp.cast(value.copy(), "TEXT"))
        shown.append(exp.alias_(cast, column.name, quoted=True))
        hidden.append(exp.alias_(kept, raw_name(column.name), quoted=True))
    return exp.select(*shown, *hidden).from_(relation.source.copy())


def _without_missing(value: exp.Expr, prop: Property) -> exp.Expr:
    if not prop.missing_values:
        return value
    missing = value.isin(*(exp.Literal.string(text) for text in prop.missing_values))
    return exp.Case().when(missing, exp.null()).else_(value.copy())


def _target(prop: Property, session: Session) -> str | None:
    """The platform's type for a property: its physical type, else one that holds its logical type."""
    if prop.physical_type and (named := session.canonical(prop.physical_type)):
        return named
    if prop.dated:
        # In a moment without a time zone, a day stays that day for every reader.
        written = _format(prop)
        return session.canonical("TIMESTAMP" if written is None or written.timed else "DATE")
    if prop.logical_type == "timestamp" and prop.options.get("timezone") is False:
        return session.canonical("TIMESTAMP")
    default = _DEFAULT_TYPES.get(prop.logical_type or "")
    return session.canonical(default) if default else None


def _from_text(value: exp.Expr, prop: Property, session: Session) -> exp.Expr | None:
    """`value`, a text, as the property's type, NULL where it is none; None where text is what is wanted."""
    target = _target(prop, session)
    kind = "date" if prop.dated and target == session.canonical("DATE") else prop.logical_type
    if target is None or target == session.canonical("TEXT"):
        return None
    if kind == "boolean":
        word = exp.Lower(this=exp.Trim(this=value.copy()))
        case = exp.Case().when(word.isin(*_TRUE), exp.true())
        return case.when(word.copy().isin(*_FALSE), exp.false())
    if (written := _format(prop)) is not None:
        return _formatted(exp.Trim(this=value.copy()), written, target, prop, session)
    if kind not in GRAMMAR:
        there = exp.TryCast(this=value.copy(), to=exp.DataType.build(target, dialect=session.dialect))
        if kind not in ("object", "map", "array", "vector") or target != session.canonical("JSON"):
            return there
        return exp.Case().when(wrong_type(there, kind).not_(), there)
    text = exp.Trim(this=value.copy())
    fits = exp.RegexpLike(this=text, expression=exp.Literal.string(f"^{_grammar(kind, target)}$"))
    read = exp.Case().when(fits, _cast(text, kind, target, prop, session))
    return read.when(*_with_exponent(text, target, session)) if target.startswith("DECIMAL") else read


def _format(prop: Property) -> DatetimeFormat | None:
    """How the texts of a date or time are written, where the contract says so in a way that can be read."""
    written = prop.options.get("format")
    if prop.logical_type not in ("date", "timestamp", "time") or not isinstance(written, str):
        return None
    try:
        return datetime_format(written)
    except ValueError:
        return None


def _formatted(text: exp.Expr, written: DatetimeFormat, target: str, prop: Property, session: Session) -> exp.Expr:
    """A text in a format of the contract's, as its type; NULL where it is not written so, or there is no such day."""
    fits = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(f"^({written.grammar})$"))
    read = text.copy()
    if written.century is not None:
        before = exp.Literal.string(f"^({written.century})")
        read = exp.func("REGEXP_REPLACE", read, before, exp.Literal.string(r"\120"))
    if written.zoned:  # strptime does not know the zone Z
        read = exp.func("REGEXP_REPLACE", read, exp.Literal.string("Z$"), exp.Literal.string("+00:00"))
    moment: exp.Expr = exp.func("TRY_STRPTIME", read, exp.Literal.string(written.directives))
    wanted = exp.DataType.build(target, dialect=session.dialect)
    if prop.logical_type == "timestamp" and not wanted.is_type("date"):
        zoned = wanted.is_type("timestamptz")
        if written.zoned and not zoned:
            moment = exp.AtTimeZone(this=moment, zone=exp.Literal.string("UTC"))
        elif zoned and not written.zoned:
            moment = _in_default_zone(exp.cast(moment, "TIMESTAMP"), prop)
    return exp.Case().when(fits, exp.TryCast(this=moment, to=wanted))


def _grammar(kind: str, target: str) -> str:
    if match := re.match(r"DECIMAL\(\d+,\s*(\d+)\)", target):
        # More digits than the column keeps would be rounded away in silence.
        return rf"[+-]?([0-9]+(\.[0-9]{{0,{match[1]}}}0*)?|\.[0-9]{{1,{match[1]}}}0*)"
    return GRAMMAR["integer" if (kind == "number" and target.endswith("INT")) or target == "INTEGER" else kind]


def _with_exponent(text: exp.Expr, target: str, session: Session) -> tuple[exp.Expr, exp.Expr]:
    """Return when a text such as 1.5e3 is a decimal that loses no digit, and the decimal."""
    there = exp.TryCast(this=text.copy(), to=exp.DataType.build(target, dialect=session.dialect))
    longer = exp.TryCast(this=text.copy(), to=exp.DataType.build("DECIMAL(38, 30)"))
    about = exp.TryCast(this=text.copy(), to=exp.DataType.build("DOUBLE"))
    written = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(f"^{GRAMMAR['number']}$"))
    power = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string("[eE]"))
    same = exp.and_(
        exp.EQ(this=about, expression=exp.cast(there.copy(), "DOUBLE")),
        exp.Coalesce(this=exp.EQ(this=longer, expression=there.copy()), expressions=[exp.true()]),
    )
    return exp.and_(written, power, same), there


def _cast(text: exp.Expr, kind: str, target: str, prop: Property, session: Session) -> exp.Expr:
    wanted = exp.DataType.build(target, dialect=session.dialect)
    there = exp.TryCast(this=text.copy(), to=wanted)
    if kind == "timestamp":
        return _moment(text, there, prop, zoned=wanted.is_type("timestamptz"))
    if wanted.is_type("double", "float"):
        return _number(text, there)
    return there


def _number(text: exp.Expr, there: exp.Expr) -> exp.Expr:
    """A text as a float; not where it overflows, nor where a long number would become another one: its whole part, or,
    where floats have no fractions any more, its fraction."""

    def whole(part: exp.Expr) -> exp.Expr:
        return exp.TryCast(this=part, to=LONG_INTEGER)

    def is_like(pattern: str) -> exp.Expr:
        return exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(pattern))

    digits = exp.func("REGEXP_EXTRACT", text.copy(), exp.Literal.string("^[+-]?[0-9]+"))
    kept = exp.EQ(this=whole(exp.func("TRUNC", there.copy())), expression=whole(digits))
    fractions = exp.LT(this=exp.Abs(this=there.copy()), expression=exp.Literal.number(2**53))
    exact = exp.and_(kept, exp.or_(fractions, is_like(r"^[^.]*(\.0*)?$")))
    long = is_like(r"^[+-]?[0-9]{16,}(\.[0-9]*)?$")
    finite = exp.LT(this=exp.Abs(this=there.copy()), expression=exp.cast(exp.Literal.string("inf"), "DOUBLE"))
    return exp.Case().when(exp.and_(finite, exp.or_(long.not_(), exact)), there)


def _moment(text: exp.Expr, there: exp.Expr, prop: Property, *, zoned: bool) -> exp.Expr:
    """A text with a zone is that moment, one without takes the default zone; a column without zone holds UTC, or the
    local time that the text says."""
    has_zone = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(rf"[0-9]{ZONE}$"))
    has_clock = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(":"))
    given: exp.Expr
    local: exp.Expr
    naive = exp.TryCast(this=text.copy(), to=exp.DataType.build("TIMESTAMP"))
    aware = exp.TryCast(this=text.copy(), to=exp.DataType.build("TIMESTAMPTZ"))
    if zoned:
        given, local = aware, _in_default_zone(naive, prop)
    else:
        given, local = exp.AtTimeZone(this=aware, zone=exp.Literal.string("UTC")), there
    return exp.Case().when(exp.and_(has_clock, has_zone), given).else_(local)


def _in_default_zone(local: exp.Expr, prop: Property) -> exp.Expr:
    """A time without a zone as the moment that it is in the property's `defaultTimezone`, else in UTC. Where a zone is
    promised and there is no such default, it is no moment."""
    if prop.needs_zone:
        return exp.null()
    zone = str(prop.options.get("defaultTimezone") or "UTC")
    return exp.AtTimeZone(this=local, zone=exp.Literal.string(zone))


def _converted(value: exp.Expr, column: Column, prop: Property, session: Session) -> exp.Expr | None:
    """A typed value as the contract's type, NULL where that would change it; None where it stays as it is."""
    if column.nothing:
        named = _target(prop, session)
        return exp.cast(value.copy(), named, dialect=session.dialect) if named else None
    serves = column.serves(prop.promised_type or "")
    if serves and not prop.physical_type:
        return None
    target = _target(prop, session)
    family = any(prop.logical_type in kinds and kinds & column.logical for kinds in _CONVERTIBLE)
    if target is None or target == column.type or not family or (prop.logical_type == "timestamp" and not serves):
        return None
    zone = str(prop.options.get("defaultTimezone") or "UTC")
    if prop.logical_type == "timestamp" and not column.zoned and target == session.canonical("TIMESTAMPTZ"):
        return exp.AtTimeZone(this=exp.cast(value.copy(), "TIMESTAMP"), zone=exp.Literal.string(zone))
    return session.conformed(value, column.type, target)
