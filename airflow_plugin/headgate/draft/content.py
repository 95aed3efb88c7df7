"""What a column looks like: an identifier, a list, a code, something personal."""

from __future__ import annotations

from headgate.lint import personal
from headgate.scan.profile import FEW, ColumnProfile

# A value of an enum was met so often on average; less is too little to call a list complete.
REPETITIONS = 10
_KEY_WORDS = frozenset(("id", "ids", "key", "code", "no", "nr", "num", "number", "uuid", "guid", "sku", "ref"))
_KEY_ENDS = ("orderid", "customerid", "userid", "accountid", "productid", "itemid", "eventid", "sessionid")
# Of integers from here on nothing is counted: they are identifiers.
_IDENTIFIERS = 1_000_000


def is_identifier(column: ColumnProfile) -> bool:
    """Whether the name says that the values are identifiers."""
    return not _KEY_WORDS.isdisjoint(personal.words(column.name)) or column.name.lower().endswith(_KEY_ENDS)


def looks_like_identifiers(column: ColumnProfile) -> bool:
    """Whether numbers are identifiers, by their name or their size."""
    return is_identifier(column) or min(abs(column.lowest), abs(column.highest)) >= _IDENTIFIERS


def is_list(column: ColumnProfile) -> bool:
    """Whether all the values of a text column are known, and each was met often enough to be one of a list."""
    values = [value for value, _ in column.values or ()]
    shown = all(value.isprintable() and len(value) <= 100 for value in values)
    return bool(values) and shown and column.present >= REPETITIONS * len(values)


def is_code(column: ColumnProfile) -> bool:
    """Texts of one length are a code where there are enough of them, different ones, and no list says more."""
    return column.present >= REPETITIONS and (column.distinct or 0) > 1 and not is_list(column)


def why_personal(column: ColumnProfile) -> str | None:
    """Return why a column's values are not to be shown; None where they may be."""
    if column.kind == "boolean" or personal.is_answer([value for value, _ in column.values or ()]):
        return None
    if personal.named(column.name):
        return "personal by its name"
    if found := personal_content(column):
        return f"cells look like {found}"
    many = column.plain_text and (column.distinct or 0) > FEW
    if many and personal.is_prose(column.sample):
        return "free text, which may hold anything"
    return None


def personal_content(column: ColumnProfile) -> str | None:
    """Return what cells look like that is personal; where all values may be shown, a single one decides."""
    if column.values is not None:
        return personal.content([value for value, _ in column.values], share=0)
    return personal.content(column.sample) if column.plain_text else None
