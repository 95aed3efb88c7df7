"""The table of cases that dbt runs: data, rules, and what both dbt and headgate must find."""

from __future__ import annotations

from tests.dbt.cases import columns, keys, queries, rows, texts, values
from tests.dbt.cases.case import Case

CASES: list[Case] = [case for part in (columns, rows, texts, values, keys, queries) for case in part.CASES]
