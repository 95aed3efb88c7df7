"""From a profile to proposals: what the data shows, and what a person has to decide about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from headgate.checks.column import EACH, KEYS, VALUES, Column
from headgate.draft.quoting import quoted
from headgate.draft.rounding import outward
from headgate.lint import personal
from headgate.scan.profile import FEW, ColumnProfile, Profile, kind_of

# A value of an enum was met so often on average; less is too little to call a list complete.
_REPETITIONS = 10
_KEY_ROWS = 5
_KEY_WORDS = frozenset(("id", "ids", "key", "code", "no", "nr", "num", "number", "uuid", "guid", "sku", "ref"))
_KEY_ENDS = ("orderid", "customerid", "userid", "accountid", "productid", "itemid", "eventid", "sessionid")
# Of integers from here on nothing is counted: they are identifiers.
_IDENTIFIERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """One key of a property. `comment` says what was seen, and what to decide."""

    key: str
    value: Any
    comment: str = ""


@dataclass(frozen=True, slots=True)
class DraftProperty:
    """One property of the draft. `seen` says what its column holds."""

    name: str
    seen: str
    proposals: tuple[Proposal, ...]
    confidential: bool


def key_candidates(profile: Profile) -> Iterator[tuple[str, ...]]:
    """Columns, then pairs of columns, that may be the primary key, the likeliest first; nothing is proven here."""
    able = [c for c in profile.columns if _can_be_key(c, profile.rows)]
    likely = [c for c in able if (c.distinct or 0) >= 0.6 * profile.rows and c.kind in ("integer", "string")]
    for column in sorted(likely, key=lambda c: not _is_identifier(c)):
        yield (column.name,)
    parts = [c for c in able if (c.distinct or 0) > 1 and c not in likely]
    pairs = (
        (one.name, other.name)
        for i, one in enumerate(able)
        for other in able[i + 1 :]
        if (one in parts or other in parts)
        and any(_is_identifier(c) or c.kind in ("date", "timestamp") for c in (one, other))
        and (one.distinct or 0) * (other.distinct or 0) >= 0.6 * profile.rows
    )
    if profile.rows >= 4 * _KEY_ROWS:
        yield from pairs


def _can_be_key(column: ColumnProfile, rows: int) -> bool:
    whole = rows >= _KEY_ROWS and column.present == rows and column.distinct is not None
    return whole and not personal.named(column.name) and not _content(column)


def _is_identifier(column: ColumnProfile) -> bool:
    return not _KEY_WORDS.isdisjoint(personal.words(column.name)) or column.name.lower().endswith(_KEY_ENDS)


def propose(profile: Profile, key: tuple[str, ...], *, stored: bool, canonical: Any) -> tuple[DraftProperty, ...]:
    """A property for every column.

    Args:
        key: the columns of the primary key, proven.
        stored: whether the relation is a table, whose physical types are promised.
        canonical: the platform's own name for a type, None where it knows none (see Session.canonical).
    """
    return tuple(_property(column, profile, key, stored, canonical) for column in profile.columns)


def _property(
    column: ColumnProfile, profile: Profile, key: tuple[str, ...], stored: bool, canonical: Any
) -> DraftProperty:
    secret = _personal(column)
    proposals: list[Proposal] = [*_type(column, profile)]
    if stored and canonical(column.column.type) == column.column.type:
        proposals.append(Proposal("physicalType", column.column.type))
    if secret:
        proposals.append(Proposal("classification", "confidential", f"{secret}; remove this if it is not personal"))
    proposals += _inside(column.column)
    if column.name in key:
        proposals += _key(column, key)
    elif column.present == profile.rows > 0:
        proposals.append(Proposal("required", True, "not one NULL; must it stay so?"))
    # Bounds of moments are compared as these; not every finer or coarser type of a platform can be.
    comparable = column.kind != "timestamp" or column.column.type in map(canonical, ("TIMESTAMP", "TIMESTAMPTZ"))
    proposals += _options(column, bounded=not secret and column.name not in key and comparable)
    if not secret:
        proposals += _enum(column)
    if column.cells and column.cells.missing:
        said = "all that stands in the way of the type, so read as NULL; is that what it means?"
        setting = {"property": "missingValues", "value": list(column.cells.missing), "vendor": "headgate"}
        proposals.append(Proposal("customProperties", [setting], said))
    return DraftProperty(
        column.name,
        _seen(column, profile.rows, secret=bool(secret), is_key=key == (column.name,)),
        tuple(proposals),
        bool(secret),
    )


def _type(column: ColumnProfile, profile: Profile) -> Iterator[Proposal]:
    if column.kind is None or (profile.text and not profile.rows):
        return
    comment = ""
    if column.cells and column.cells.zoned is not True:
        some = "some without" if column.cells.zoned is None else "without"
        comment = f"moments {some} a time zone; say which one they mean: logicalTypeOptions.defaultTimezone"
    yield Proposal("logicalType", column.kind, comment)


def _inside(column: Column) -> Iterator[Proposal]:
    """What values of a nested column hold, as far as its type says so."""
    comment = "as the type has it; what must be there, and what is personal?"
    for key, value in _shape(column).items():
        if key != "logicalType":
            yield Proposal(key, value, comment)


def _shape(column: Column) -> dict[str, Any]:
    """A column as ODCS has it, without its name."""
    kind, inner = kind_of(column), {each.name: each for each in column.inner}
    shape: dict[str, Any] = {"logicalType": kind} if kind else {}
    if kind == "object" and all(inner):  # fields of a row without names cannot be named
        fields = [_field(each) for each in column.inner]
        return shape | ({"properties": fields} if fields else {})
    if kind == "array" and EACH in inner and (item := _shape(inner[EACH])):
        return shape | {"items": item}
    if kind == "map" and {KEYS, VALUES} <= set(inner):
        return shape | {"map": {"key": _shape(inner[KEYS]), "value": _shape(inner[VALUES])}}
    return shape


def _field(column: Column) -> dict[str, Any]:
    mark = {"classification": "confidential"} if personal.named(column.name) else {}
    return {"name": column.name, **mark, **_shape(column)}


def _key(column: ColumnProfile, key: tuple[str, ...]) -> Iterator[Proposal]:
    if len(key) == 1:
        yield Proposal("primaryKey", True, "the values are unique; is this the key of a row?")
    else:
        said = f"no two rows agree in {' and '.join(map(quoted, key))}; is this what names a row?"
        yield Proposal("primaryKey", True, said)
        yield Proposal("primaryKeyPosition", key.index(column.name) + 1)


def _options(column: ColumnProfile, *, bounded: bool) -> Iterator[Proposal]:
    options: dict[str, Any] = {}
    said = ""
    if column.kind == "timestamp" and (column.present or not column.cells):
        zoned = column.cells.zoned is not False if column.cells else column.column.zoned
        options["timezone"] = zoned
        if column.cells and column.cells.zoned is None:  # the others have to mean one
            options["defaultTimezone"] = "UTC"
    if bounded:
        bounds, said = _bounds(column)
        options |= bounds
    if options:
        yield Proposal("logicalTypeOptions", options, said)


def _bounds(column: ColumnProfile) -> tuple[dict[str, Any], str]:
    low, high = column.lowest, column.highest
    if column.longest and column.shortest == column.longest and _is_code(column):
        length = column.longest
        return {"minLength": length, "maxLength": length}, "every text has this length; does the code say so?"
    if low is None or high is None:
        return {}, ""
    if column.kind in ("date", "timestamp"):
        if not re.match(r"\d{4}-\d\d-\d\d", low) or low.endswith("(BC)") or low.startswith("0000"):
            return {}, ""
        begin = f"{low[:4]}-01-01" + ("T00:00:00Z" if column.kind == "timestamp" else "")
        return {"minimum": begin}, "the year of the first one; what can never be earlier?"
    whole = column.kind == "integer"
    found = outward(low, high, whole=whole)
    if found is None or (whole and _looks_like_identifiers(column)) or (low, high) in ((0, 1), (0, 0), (1, 1)):
        return {}, ""
    return dict(zip(("minimum", "maximum"), found, strict=True)), "rounded outwards; what can never be?"


def _is_code(column: ColumnProfile) -> bool:
    """Texts of one length are a code where there are enough of them, different ones, and no list says more."""
    return column.present >= _REPETITIONS and (column.distinct or 0) > 1 and not _is_list(column)


def _looks_like_identifiers(column: ColumnProfile) -> bool:
    return _is_identifier(column) or min(abs(column.lowest), abs(column.highest)) >= _IDENTIFIERS


def _enum(column: ColumnProfile) -> Iterator[Proposal]:
    values: list[Any] = []
    if column.kind == "integer" and (column.lowest, column.highest) == (0, 1):
        values = [0, 1]
    elif _is_list(column):
        values = [value for value, _ in column.values or ()]
    if values:
        yield Proposal("enum", [{"value": v} for v in values], f"all {len(values)} that were seen; is the list closed?")


def _is_list(column: ColumnProfile) -> bool:
    """Whether all the values of a text column are known, and each was met often enough to be one of a list."""
    values = [value for value, _ in column.values or ()]
    shown = all(value.isprintable() and len(value) <= 100 for value in values)
    return bool(values) and shown and column.present >= _REPETITIONS * len(values)


def _personal(column: ColumnProfile) -> str | None:
    """Why a column's values are not to be shown; None where they may be."""
    if personal.named(column.name):
        return "personal by its name"
    if found := _content(column):
        return f"cells look like {found}"
    many = column.plain_text and (column.distinct or 0) > FEW
    if many and personal.is_prose(column.sample):
        return "free text, which may hold anything"
    return None


def _content(column: ColumnProfile) -> str | None:
    """What cells look like that is personal; where all values may be shown, a single one decides."""
    if column.values is not None:
        return personal.content([value for value, _ in column.values], share=0)
    return personal.content(column.sample) if column.plain_text else None


def _seen(column: ColumnProfile, rows: int, *, secret: bool, is_key: bool) -> str:
    if not rows:
        return "no rows: nothing could be seen" + ("; TODO logicalType" if column.kind is None else "")
    if not column.present:
        return "nothing but NULL" + ("; TODO logicalType" if column.kind is None else "")
    parts = [] if column.kind else [f"TODO logicalType: {quoted(column.column.type)} has none that is its own"]
    if column.present < rows:
        parts.append(f"{rows - column.present:,} of {rows:,} are NULL")
    if column.distinct is not None:
        about = "" if column.values is not None else "about "
        different = f"{about}{min(column.distinct, column.present):,} different"
        parts.append("all different" if is_key else different)
    if not secret and not _hides_extremes(column):
        parts.append(f"from {column.lowest} to {column.highest}")
    return ", ".join(parts)


def _hides_extremes(column: ColumnProfile) -> bool:
    numeric = column.kind in ("integer", "number")
    return column.lowest is None or (numeric and (_is_identifier(column) or _is_large(column)))


def _is_large(column: ColumnProfile) -> bool:
    return outward(column.lowest, column.highest, whole=False) is None or _looks_like_identifiers(column)
