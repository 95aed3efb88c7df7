"""Every case of the kit."""

from __future__ import annotations

from . import conditions, numbers, records, tables, values

CASES = (*values.CASES, *records.CASES, *numbers.CASES, *tables.CASES, *conditions.CASES)
