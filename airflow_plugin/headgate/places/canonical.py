"""Canonical texts: equal values of two platforms have equal texts, different values different ones.

A platform has one table of them (`CanonicalForms`), which its sessions show as `canonical_forms`. What has no canonical
form is not compared across platforms: it is never compared as whatever text the platform happens to write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from headgate.checks import Column

# What a column holds, whatever its platform calls the type.
Family = Literal["integer", "decimal", "double", "boolean", "date", "timestamp", "time", "text", "bytes"]
# The most digits that a decimal of fixed scale has on every platform.
DIGITS = 38
# A row's text is its fields joined by this; within a field it is doubled.
SEPARATOR = "chr(31)"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column holds: of a decimal how many digits (None: without limit), `scale` of them after the point; of a
    moment whether it is finer than a microsecond, and whether it has a time zone. `as_read` is the SQL that makes a
    value of `{c}`, as the column has it."""

    family: Family
    digits: int | None = None
    scale: int | None = None
    fine: bool = False
    zoned: bool = False
    as_read: str = "{c}"


@dataclass(frozen=True, slots=True)
class Form:
    """A canonical form: its name in a platform's table, and of a decimal the digits after the point."""

    name: str
    scale: int = 0


@dataclass(frozen=True, slots=True)
class CanonicalForms:
    """How a platform writes canonical texts.

    Attributes:
        kind_of: what a column holds; None if it holds what has no canonical form.
        texts: by (the family of the column, the form), the SQL of the text: `{c}` is the value, `{s}` the scale. The
            form of what is finer than a microsecond is `fine nanoseconds`.
        number: SQL of the number that the 7 hexadecimal digits `{t}` say, as an integer of 32 bits.
        quotient: SQL of the whole quotient of the integers `{a}` >= 0 and `{b}` > 0.
    """

    kind_of: Callable[[Column], Kind | None]
    texts: Mapping[tuple[Family, str], str]
    number: str
    quotient: str

    def text(self, value: str, kind: Kind, form: Form) -> str:
        """Return the SQL of the canonical text of `value`, a value as it is read; NULL for NULL."""
        name = f"fine {form.name}" if kind.fine else form.name
        return self.texts[kind.family, name].format(c=value, s=form.scale)


@runtime_checkable
class Comparing(Protocol):
    """A session whose rows can be compared with those of another platform."""

    @property
    def canonical_forms(self) -> CanonicalForms: ...


def common_form(one: Kind, other: Kind) -> Form | None:
    """Return the form in which the values of two columns are compared; None if there is none.

    Integers and decimals are compared exactly, to the last digit of either. Beside a floating-point number, each is the
    nearest such number, as every SQL engine compares them. A date is its midnight beside a timestamp; a timestamp
    without a time zone is of UTC. A text has no form in common with anything else.
    """
    families = {one.family, other.family}
    if "double" in families and families <= {"integer", "decimal", "double"}:
        return Form("double")
    if families <= {"integer", "decimal"}:
        return _exact(one, other)
    if families <= {"date", "timestamp"}:
        return Form("date" if families == {"date"} else "nanoseconds" if one.fine or other.fine else "timestamp")
    if families == {"time"}:
        return Form("nanoseconds" if one.fine or other.fine else "time")
    return Form(one.family) if len(families) == 1 else None


def _exact(one: Kind, other: Kind) -> Form:
    if one.family == other.family == "integer":
        return Form("integer")
    scale = max(one.scale or 0, other.scale or 0)
    fits = all(kind.digits is not None and kind.digits - (kind.scale or 0) + scale <= DIGITS for kind in (one, other))
    return Form("decimal", scale) if fits else Form("trimmed")


def field(text: str) -> str:
    """Return the SQL of a text as a field of a row: = and the text, or 0 for NULL."""
    return f"coalesce('=' || {text}, '0')"


def row(fields: list[str]) -> str:
    """Return the SQL of a row's text: no two different rows have the same one, for no field begins with a separator,
    and of those within a field there is an even number."""
    return f" || {SEPARATOR} || ".join(fields) if fields else "''"
