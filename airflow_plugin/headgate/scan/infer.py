"""Which types the cells of a text source have: tried with the very view that a contract of such types would give.

A sample only says which types are worth trying; a type is chosen where every cell of the column has it, but for a few
texts that stand for "missing" and become proposals for `missingValues`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlglot import exp

from headgate.checks import raw_name
from headgate.checks.grammar import ZONE
from headgate.contract import Contract, Dataset, Property
from headgate.places import Relation, Session
from headgate.scan.view import typed_view

# In this order: what is an integer is a number as well, what is a date a timestamp.
_KINDS = ("boolean", "integer", "number", "date", "timestamp", "time")
_SAMPLE = 20_000
_COLUMNS_A_QUERY = 20
_MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "nan", "null", "(null)", "none", "nil", "\\n", "-", "--", "?", ".", "missing", "unknown")
)
# Of these, what stands for "missing" in a column of texts too. Others may be words of such a column.
_PLACEHOLDERS = ("NA", "N/A", "n/a", "#N/A", "NULL", "null", "(null)", "NaN", "\\N")
_MOST_MISSING = 5
_WORD = re.compile(r"[^\W\d_][^\W\d_ ./-]{0,19}")
_NOBODY = Contract(Path(), "", "", "", "", "draft", "", (), (), {})


@dataclass(frozen=True, slots=True)
class Cells:
    """What the cells of one text column are: `kind` is an ODCS logical type, None where not one cell has a value.

    `missing` are the texts that stand in its way, with the number of cells of each. `zoned` says of timestamps whether
    all (True), none (False) or some (None) name their zone.
    """

    name: str
    kind: str | None
    missing: Mapping[str, int] = field(default_factory=dict)
    zoned: bool | None = True

    @property
    def prop(self) -> Property:
        """The property that a contract has for such a column."""
        options = {"timezone": False} if self.kind == "timestamp" and self.zoned is False else {}
        return Property(self.name, self.name, self.kind, options=options, missing_values=tuple(self.missing))


def infer(relation: Relation, session: Session, *, guarded: Collection[str] = ()) -> tuple[Relation, dict[str, Cells]]:
    """The cells of every column of a text source, and the source with those types.

    Of the columns `guarded`, only well-known words can stand for "missing": no text of the data is carried further.
    """
    kept = session.keep(exp.select("*").from_(relation.source.copy()), relation.name)
    text = kept.as_text()
    candidates = _candidates(text, session)
    likely = [_of_kind(name, kinds[0], text, session) for name, kinds in candidates.items() if kinds]
    fitting = _fitting(likely, text, session)
    cells = {
        name: fitting.get(name) or _settled(name, kinds, text, session, name in guarded)
        for name, kinds in candidates.items()
    }
    cells |= _with_placeholders([c for c in cells.values() if c.kind == "string"], text, session)
    view = session.view(_view(cells.values(), text, session), relation.name)
    shown = (exp.column(name, quoted=True) for name in cells)
    return session.keep(exp.select(*shown).from_(view.source), relation.name), cells


def _view(cells: Collection[Cells], text: Relation, session: Session) -> exp.Select:
    """The typed view of these columns alone: an expression for each, so that a wide file stays linear."""
    trial = Dataset(_NOBODY, "", "", "", tuple(c.prop for c in cells), (), {})
    columns = tuple(text.by_name[c.name] for c in cells)
    return typed_view(trial, replace(text, columns=columns), session)


def _candidates(text: Relation, session: Session) -> dict[str, tuple[str, ...]]:
    """The types that some cells of a sample have, by column; `string` is always the last."""
    drawn = exp.select("*").from_(text.source.copy())
    drawn.set("sample", exp.TableSample(method=exp.Var(this="RESERVOIR"), size=_number(_SAMPLE), seed=_number(1)))
    sample = session.keep(drawn, text.name).as_text()
    names = list(text.by_name)
    counted = {name: exp.Count(this=_cell(name)) for name in names}
    present = _counts(text.source, counted, session)
    signs = _signs(names, sample, session)
    found: dict[str, list[str]] = {name: [] for name in names}
    for kind in _KINDS:
        possible = [name for name in names if signs[kind][name]]
        for start in range(0, len(possible), _COLUMNS_A_QUERY):
            chunk = {name: counted[name] for name in possible[start : start + _COLUMNS_A_QUERY]}
            view = _view([Cells(name, kind) for name in chunk], sample, session).subquery()
            for name, hits in _counts(view, chunk, session).items():
                if hits and (kind != "boolean" or hits == signs[kind][name]):
                    found[name].append(kind)
    # A number that is written with leading zeros or a plus is a code: as a number it would lose them.
    coded = {
        name: _total(exp.RegexpLike(this=exp.Trim(this=_cell(name)), expression=exp.Literal.string(r"^([+]|-?0[0-9])")))
        for name, kinds in found.items()
        if {"integer", "number"} & set(kinds)
    }
    codes = {name for name, count in _counts(text.source, coded, session).items() if count}
    numeric = {"integer", "number"}
    kept = {name: [k for k in kinds if name not in codes or k not in numeric] for name, kinds in found.items()}
    return {name: (*kinds, "string") if present[name] else () for name, kinds in kept.items()}


def _signs(names: Sequence[str], sample: Relation, session: Session) -> dict[str, dict[str, int]]:
    """How many cells of each column may be of each type, as far as a quick look tells; of booleans, the exact words."""
    patterns = {"integer": "[0-9]", "date": "[0-9]-[0-9]", "time": "[0-9]:[0-9]"}
    looks = {
        kind: {name: _total(exp.RegexpLike(this=_cell(name), expression=exp.Literal.string(pattern))) for name in names}
        for kind, pattern in patterns.items()
    }
    looks["boolean"] = {
        name: _total(exp.Lower(this=exp.Trim(this=_cell(name))).isin("true", "false")) for name in names
    }
    found = {kind: _counts(sample.source, aggregates, session) for kind, aggregates in looks.items()}
    return found | {"number": found["integer"], "timestamp": found["date"]}


def _settled(name: str, kinds: Sequence[str], text: Relation, session: Session, guarded: bool) -> Cells:
    """The first of `kinds` that every cell of the column has, but for what stands for missing."""
    for kind in kinds:
        cells = _of_kind(name, kind, text, session)
        while misfits := _misfits(cells, text, session):
            missing = {**cells.missing, **misfits}
            if not _stand_for_missing(missing, {} if guarded else misfits):
                break
            cells = replace(cells, missing=missing)
        else:
            return cells
    return Cells(name, None)


def _with_placeholders(texts: Sequence[Cells], text: Relation, session: Session) -> dict[str, Cells]:
    """Those columns of texts in which some cells say that they are missing; in a list of codes, such as of countries,
    NA is one of them."""
    hits: dict[str, int] = {}
    for start in range(0, len(texts), _COLUMNS_A_QUERY):
        chunk = [cells.name for cells in texts[start : start + _COLUMNS_A_QUERY]]
        hits |= _counts(text.source, {name: _total(_cell(name).isin(*_PLACEHOLDERS)) for name in chunk}, session)
    return {
        c.name: replace(c, missing=found) for c in texts if hits[c.name] and (found := _missing(c.name, text, session))
    }


def _missing(name: str, text: Relation, session: Session) -> dict[str, int]:
    """The placeholders among the cells of a column of texts, with the number of each."""
    cell, length = _cell(name), exp.Length(this=_cell(name))
    held, others = cell.isin(*_PLACEHOLDERS), exp.not_(cell.isin(*_PLACEHOLDERS))
    query = exp.select(cell, exp.Count(this=exp.Star())).from_(text.source.copy()).where(held).group_by(cell.copy())
    found = dict(session.rows(query))
    sizes = exp.select(exp.Min(this=length), exp.Max(this=length.copy())).from_(text.source.copy()).where(others)
    ((shortest, longest),) = session.rows(sizes)
    codes = shortest == longest and (shortest is None or shortest in map(len, found))
    return {} if codes else found


def _of_kind(name: str, kind: str, text: Relation, session: Session) -> Cells:
    return Cells(name, kind, zoned=_zoned(name, text, session) if kind == "timestamp" else True)


def _fitting(likely: Sequence[Cells], text: Relation, session: Session) -> dict[str, Cells]:
    """Those columns of which every cell has the type."""
    found: dict[str, Cells] = {}
    for start in range(0, len(likely), _COLUMNS_A_QUERY):
        chunk = likely[start : start + _COLUMNS_A_QUERY]
        view = _view(chunk, text, session)
        hidden = {raw_name(cells.name) for cells in chunk} & set(view.named_selects)
        misfits = _counts(view.subquery(), {name: exp.Count(this=_cell(name)) for name in hidden}, session)
        found |= {cells.name: cells for cells in chunk if not misfits.get(raw_name(cells.name))}
    return found


def _zoned(name: str, text: Relation, session: Session) -> bool | None:
    """Whether all (True), none (False) or some (None) of the moments name their zone."""
    zone = exp.Literal.string(rf":.*[0-9]{ZONE}$")
    with_zone = exp.RegexpLike(this=exp.Trim(this=_cell(name)), expression=zone)
    moment = exp.RegexpLike(this=exp.Trim(this=_cell(name)), expression=exp.Literal.string("^[0-9+-]"))
    found = _counts(text.source, {"zone": _total(with_zone), "all": _total(moment)}, session)
    return found["zone"] > 0 and (found["zone"] == found["all"] or None)


def _misfits(cells: Cells, text: Relation, session: Session) -> dict[str, int]:
    """Some texts of cells that are not of the column's type, and how often each stands there."""
    view, hidden = _view([cells], text, session), raw_name(cells.name)
    if hidden not in view.named_selects:
        return {}
    cell = _cell(hidden)
    query = exp.select(cell, exp.Count(this=exp.Star())).from_(view.subquery())
    query = query.where(cell.copy().is_(exp.null()).not_()).group_by(cell.copy())
    return dict(session.rows(query.limit(_MOST_MISSING + 1)))


def _stand_for_missing(texts: Collection[str], counted: Mapping[str, int]) -> bool:
    """Known words for "missing", and at most one other: a plain word that stands there more than once."""
    strange = [text for text in texts if text.strip().lower() not in _MISSING]
    plain = all(_WORD.fullmatch(text) and counted.get(text, 0) > 1 for text in strange)
    return len(texts) <= _MOST_MISSING and len(strange) <= 1 and plain and all(map(str.isprintable, texts))


def _counts(source: exp.Expr, aggregates: Mapping[str, exp.Expr], session: Session) -> dict[str, int]:
    if not aggregates:
        return {}
    (row,) = session.rows(exp.select(*aggregates.values()).from_(source.copy()))
    return {name: int(value or 0) for name, value in zip(aggregates, row, strict=True)}


def _cell(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _total(condition: exp.Expr) -> exp.Expr:
    return exp.Sum(this=exp.Case().when(condition, _number(1)).else_(_number(0)))


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)
