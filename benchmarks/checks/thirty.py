"""The checks that every tool is asked, as values; nothing but the standard library, since every peer reads this."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal[
    "not_null", "between", "in_set", "matches", "length", "type", "unique", "foreign_key", "condition", "row_count"
]
STATUSES = ("paid", "open", "shipped", "returned", "cancelled")
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK")
CUSTOMERS = 200_000
COUNTRIES = ("DE", "FR", "IT", "ES", "NL", "SE", "US", "GB")


@dataclass(frozen=True)
class Check:
    """One check of the orders.

    Arguments by kind: between and length {low, high} inclusive; in_set {values}; matches
    {pattern}; type {name: integer | decimal | timestamp}; foreign_key {table, column}; condition {sql: what a good row
    fulfils, NULL counting as good}; row_count {low}.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def column(self) -> str:
        (only,) = self.columns
        return only


def _of(kind: Kind, *columns: str, **arguments: Any) -> Check:
    return Check("_".join((*columns, kind)), kind, columns, arguments)


EMAIL = _of("matches", "email", pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$")
SKU = _of("matches", "sku", pattern="^SKU-[0-9]{6}$")
FREE_TEXT = (EMAIL, SKU)
QUANTITY = _of("between", "quantity", low=1, high=20)
STATUS = _of("in_set", "status", values=STATUSES)
THIRTY: tuple[Check, ...] = (
    *(
        _of("not_null", column)
        for column in ("order_id", "customer_id", "email", "sku", "status", "quantity", "amount", "ordered_at")
    ),
    QUANTITY,
    _of("between", "unit_price", low=0, high=1000),
    _of("between", "amount", low=0, high=10_000),
    _of("between", "customer_id", low=0, high=CUSTOMERS - 1),
    STATUS,
    _of("in_set", "currency", values=CURRENCIES),
    _of("in_set", "country", values=COUNTRIES),
    *FREE_TEXT,
    _of("matches", "currency", pattern="^[A-Z]{3}$"),
    _of("length", "email", low=5, high=100),
    _of("length", "sku", low=10, high=10),
    _of("length", "country", low=2, high=2),
    _of("unique", "order_id"),
    _of("unique", "order_id", "sku"),
    _of("foreign_key", "customer_id", table="customers", column="customer_id"),
    Check("pair", "condition", ("shipped_at", "ordered_at"), {"sql": "shipped_at >= ordered_at"}),
    Check(
        "conditional",
        "condition",
        ("status", "shipped_at"),
        {"sql": "status <> 'shipped' OR shipped_at IS NOT NULL"},
    ),
    Check("row_count", "row_count", (), {"low": 1}),
    _of("type", "order_id", name="integer"),
    _of("type", "amount", name="decimal"),
    _of("type", "ordered_at", name="timestamp"),
)
# What the bad data breaks, and nothing else.
BROKEN = frozenset({EMAIL.name, QUANTITY.name, STATUS.name})
TEXTS = frozenset({"email", "sku", "status", "currency", "country", "note"})
COLUMNS = tuple(dict.fromkeys(column for check in THIRTY for column in check.columns))


def without_patterns(checks: Sequence[Check] = THIRTY) -> tuple[Check, ...]:
    """Without the two patterns on free text, which cost more than all else together."""
    return tuple(check for check in checks if check not in FREE_TEXT)


def provable(count: int) -> tuple[Check, ...]:
    """So many different checks that extremes and values of columns with few values prove on clean data."""
    return _numbered(count, 9)


def distinct(count: int) -> tuple[Check, ...]:
    """So many different checks, nine in ten provable; every tenth is a pattern on free text."""
    return _numbered(count, 10)


def _numbered(count: int, of_each: int) -> tuple[Check, ...]:
    made = (replace(check, name=f"{check.name}_{i}") for i in itertools.count() for check in _family(i)[:of_each])
    return tuple(itertools.islice(made, count))


def _family(i: int) -> tuple[Check, ...]:
    """Ten checks of clean data, others for every number; the last is the pattern on free text."""
    return (
        _of("between", "quantity", low=1 - i, high=20 + i),
        _of("in_set", "status", values=(*STATUSES, f"new {i}")),
        _of("length", "status", low=1, high=20 + i),
        _of("between", "amount", low=-i, high=10_000 + i),
        _of("in_set", "currency", values=(*CURRENCIES, f"X{i}")),
        _of("in_set", "country", values=(*COUNTRIES, f"X{i}")),
        _of("between", "unit_price", low=-i, high=1000 + i),
        _of("matches", "currency", pattern=f"^([A-Z]{{3}}|X{i})$"),
        _of("length", "country", low=2, high=2 + i),
        _of("matches", "sku", pattern=f"^(SKU-[0-9]{{6}}|X{i})$"),
    )
