"""The switch: data, quarantine and record become visible together, in one transaction of the target."""

from __future__ import annotations

from datetime import datetime

from headgate.checks import Column
from headgate.errors import CallError, ConflictError, QueryError
from headgate.places.columns import ColumnChanges
from headgate.places.ledger import Entry, comment_of
from headgate.places.records import APPEND, RUN_KEY, UPSERT, Publication, ReleaseRequest, Staleness, WriteMode
from headgate.places.statements import ROW, Staged, Statements, TableState, Target
from headgate.plural import counted
from headgate.publishing.columns import column_changes, note_added
from headgate.publishing.quarantine import batches, delete, write_quarantine
from headgate.sql.quote import ident, text


def switch(
    sql: Statements,
    staged: Staged,
    record: Publication,
    mode: WriteMode,
    *,
    allow_older: bool,
    at: datetime,
    forget: datetime | None,
    unless_moved: str | None,
) -> Entry:
    """Make the staged rows visible, the marked ones quarantined and the record written: in one transaction, which also
    ends a staleness. What is set aside now, `at`, is noted so, and what was before `forget` is dropped.

    Returns:
        The state of the run key in the ledger before.

    Raises:
        CallError: newer data is served.
        ConflictError: the target's version is not `unless_moved` any more.
        TransientError: another one publishes for too long.
    """
    target = staged.target
    prune(sql, staged, record)
    with sql.transaction(target):
        if unless_moved is not None:
            ensure_version(sql, target, unless_moved)
        ledger = sql.ledger(target)
        entry = ledger.entry(record, mode)
        entry.ensure_newest(record, mode, allow_older=allow_older)
        record = entry.rerun(record)
        state, quarantine = sql.states(target, target.quarantine)
        changes = column_changes(sql, staged, state)
        write_data(sql, staged, mode, state, changes)
        note_added(sql, staged, state, changes)
        with sql.quarantining():
            write_quarantine(sql, staged, record, at, forget, quarantine)
        write_record(sql, target, record, entry, state)
    return entry


def prune(sql: Statements, staged: Staged, record: Publication) -> None:
    """Take what was marked out of the stage, so that the switch itself is short."""
    if not record.rows_set_aside:
        return
    marked = f"SELECT {ROW} FROM {staged.marked}"
    deleted = sql.run(f"DELETE FROM {staged.table} WHERE {sql.row_number} IN ({marked})")
    if deleted != record.rows_set_aside:
        raise QueryError(f"{staged.target}: {counted(deleted, 'row')} to quarantine, {record.rows_set_aside} expected")


def write_data(sql: Statements, staged: Staged, mode: WriteMode, state: TableState, changes: ColumnChanges) -> None:
    """Bring the staged rows into the target, which is as `state` says, and whose columns differ by `changes`."""
    new = list(changes.added)
    if mode.kind == APPEND and not state.has_run_key:
        new.append(Column(RUN_KEY, "VARCHAR", frozenset({"string"})))
    sql.prepare(staged, mode, state, alters=state.exists and bool(new))
    if sql.can.swaps(mode, state):
        sql.swap(staged, state, changes)
        return
    table = ident(staged.target.schema, staged.target.name)
    keyed = mode.kind == APPEND or state.has_run_key
    if not state.exists:
        columns = [*staged.visible, *new]
        sql.run(f"CREATE TABLE {table} ({', '.join(f'{ident(c.name)} {sql.kept_type(c)}' for c in columns)})")
        sql.insert(staged, keyed=keyed)
        return
    for column in new:
        sql.run(f"ALTER TABLE {table} ADD COLUMN {ident(column.name)} {sql.kept_type(column)}")
    if mode.kind == UPSERT:
        sql.upsert(staged, mode, changes.absent, keyed=keyed)
        return
    if mode.kind == APPEND:
        sql.remove(staged.target, f"{RUN_KEY} = {text(staged.run_key)}")
    else:
        sql.remove(staged.target, sql.sql(mode.where) if mode.where else None)
    sql.insert(staged, keyed=keyed)


def write_record(sql: Statements, target: Target, record: Publication, entry: Entry, state: TableState) -> None:
    """Replace the record of the run key, and what the target says of a staleness that it ends."""
    ledger = sql.ledger(target)
    ledger.write(record, entry)
    _mark(sql, target, state.comment, ledger.stale() if entry.is_stale else None)


def _mark(sql: Statements, target: Target, before: str | None, stale: Staleness | None) -> None:
    if sql.can.comments and (after := comment_of(before, stale)) != before:
        sql.set_comment(target, after)


def mark_stale(sql: Statements, target: Target, stale: Staleness) -> Staleness:
    """Note that newer data was held back, for whoever looks at the target; return the first such note that stands."""
    with sql.transaction(target):
        stands = sql.ledger(target).mark_stale(stale)
        (state,) = sql.states(target)
        _mark(sql, target, state.comment, sql.ledger(target).stale())
    return stands


def ensure_version(sql: Statements, target: Target, version: str) -> None:
    """Raise ConflictError where somebody has published since the target's version was asked."""
    if sql.version(target) != version:
        raise ConflictError(f"{target} was published by another task meanwhile")


def release(sql: Statements, target: Target, staged: Staged | None, asked: ReleaseRequest, *, unless_moved: str) -> int:
    """Move the staged rows of the quarantine into the target, and note who let them go: in one transaction.

    Returns:
        How many they are; 0 where the very same were released before.

    Raises:
        CallError: the quarantine no longer holds what was accepted.
        ConflictError: the target's version is another one than `unless_moved`.
    """
    with sql.transaction(target):
        ensure_version(sql, target, unless_moved)
        ledger = sql.ledger(target)
        found = next(iter(batches(sql, target, asked.run_key)), None)
        if found is None and ledger.released(asked):
            return 0
        if found is None or staged is None or found.fingerprint != asked.fingerprint:
            raise CallError(
                f"{target.quarantine}: the rows that run {asked.run_key} quarantined are no longer those that were "
                "accepted; review them again"
            )
        (state,) = sql.states(target)
        if asked.mode.kind == UPSERT:
            sql.prepare(staged, asked.mode, state, alters=False)
            sql.upsert(staged, asked.mode, keyed=state.has_run_key)
        else:
            sql.prepare(staged, WriteMode(APPEND), state, alters=False)
            sql.insert(staged, keyed=state.has_run_key)
        ledger.write_release(asked, found.rows)
        with sql.quarantining():
            delete(sql, target, f"{RUN_KEY} = {text(asked.run_key)}")
    return found.rows
