"""The table of changes: an old and a new contract, and how the change is graded in both directions.

A row is (name, edits that make the old contract, edits that make the new one, from old to new, from new to old). Edits
are made in the base contract of changes_base.py; a grade is "rule C P bump". After notes on how contracts change in
practice: every kind of promise, tightened and loosened.
"""

from __future__ import annotations

from tests.conformance.changes import access, contract, limits, meaning, objects, rules, service_levels, types
from tests.conformance.changes.row import Row

CHANGES: list[Row] = [
    row for part in (objects, types, limits, rules, meaning, service_levels, access, contract) for row in part.CHANGES
]
