"""What becomes of the columns in which what is staged and its target differ.

A column that only the source has is added: the contract names it, or lets it pass (`extraColumns`). Of the columns that
only the target has, one that the contract promises is a matter of the audit and its policy; one that headgate itself
added, and no contract names, is NULL; any other is somebody else's, whose consumers would find nothing in it.
"""

from __future__ import annotations

from headgate.errors import TargetRefusedError
from headgate.places.columns import ColumnChanges, changed_columns
from headgate.places.statements import Staged, Statements, TableState


def column_changes(sql: Statements, staged: Staged, state: TableState) -> ColumnChanges:
    """Return how the staged columns differ from those of the target, which is as `state` says.

    Raises:
        CallError: the source lacks a column of somebody else's, or has one that the target computes.
    """
    if not state.exists:
        return ColumnChanges()
    changes = changed_columns(str(staged.target), staged.visible, state.columns)
    others = [c.name for c in changes.absent if c.name.lower() not in staged.declared]
    if others:
        added = sql.ledger(staged.target).added_columns()
        others = [name for name in others if name.lower() not in added]
    if others:
        raise TargetRefusedError(
            f"{staged.target} has columns that the source does not have, and no contract names: {', '.join(others)}. "
            "Their consumers would find nothing; give them a default, drop them from the target, or fix the source"
        )
    return changes


def note_added(sql: Statements, staged: Staged, state: TableState, changes: ColumnChanges) -> None:
    """Note the columns that this publish gives the target and no contract names."""
    added = changes.added if state.exists else staged.visible
    if names := [c.name for c in added if c.name.lower() not in staged.declared]:
        sql.ledger(staged.target).add_columns(names)
