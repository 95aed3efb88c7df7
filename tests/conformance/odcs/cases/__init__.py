"""All cases, section by section."""

from __future__ import annotations

from ..kit import Case
from . import keys, levels, metrics, options, rules, types

CASES: tuple[Case, ...] = tuple(
    case for table in (metrics, rules, types, options, keys, levels) for case in table.CASES
)
