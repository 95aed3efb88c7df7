"""What is staged: built beside the target, fitted to its columns, and put together with the rows that stay."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from sqlglot import exp

from headgate.errors import CallError, QueryError, TargetRefusedError
from headgate.places.place import Relation, Session
from headgate.places.records import APPEND, RUN_KEY, UPSERT, WriteMode
from headgate.places.statements import ROW, Staged, Statements, TableState, Target, require_table, same_key
from headgate.plural import agreeing, counted
from headgate.publishing.columns import column_changes
from headgate.sql.quote import ident, text


def stage(
    sql: Statements,
    target: Target,
    query: exp.Select,
    reader: Session,
    run_key: str,
    name: str,
    types: Mapping[str, str | None],
    state: TableState,
    declared: Iterable[str],
) -> Staged:
    """Return what is staged of `query`; see `Statements.stage`. `declared` are the columns that the contract names."""
    relation = sql.stage(target, query, reader, run_key, name, types, state)
    return replace(_staged(sql, target, run_key, relation, state), declared=frozenset(map(str.lower, declared)))


def stage_batch(sql: Statements, target: Target, run_key: str, name: str) -> Staged:
    """Stage what a run quarantined, with the target's columns and types, to be released."""
    state, quarantine = sql.states(target, target.quarantine)
    require_table(target, state)
    require_table(target, quarantine)
    shared = [
        held.column
        for key, held in state.columns.items()
        if key in quarantine.columns and not key.startswith("headgate_") and not held.generated
    ]
    listed = ", ".join(f"CAST({ident(c.name)} AS {c.type}) AS {ident(c.name)}" for c in shared)
    table = ident(target.quarantine.schema, target.quarantine.name)
    query = f"SELECT {listed} FROM {table} WHERE {RUN_KEY} = {text(run_key)}"
    return _staged(sql, target, run_key, sql.restage(target, query, run_key, name), state)


def _staged(sql: Statements, target: Target, run_key: str, relation: Relation, state: TableState) -> Staged:
    table, marked = (sql.part(target, part, run_key) for part in ("stage", "aside"))
    return Staged(target, run_key, relation, table, marked, state)


def discard(sql: Statements, target: Target, run_key: str) -> None:
    """Remove what was staged under this run key."""
    sql.discard(target, run_key)


def fit(sql: Statements, staged: Staged, mode: WriteMode) -> None:
    """Raise CallError where the staged columns do not fit the target's, or the staged rows do not fit `mode`: some are
    not in its part. A column that the contract names may be lacking: the audit will find that. Its type may change with
    a whole new table."""
    _fit_mode(sql, staged, mode)
    swapped = sql.can.swaps(mode, staged.before)
    for new, old in column_changes(sql, staged, staged.before).changed:
        if swapped and new.name.lower() in staged.declared:
            continue
        misfit = sql.misfits(new, old)
        count = sql.rows(f"SELECT count(*) FROM {staged.table} WHERE {misfit}")[0][0] if misfit else None
        if count is None or count:
            said = (
                f"{counted(count, 'value')} {agreeing(count, 'is', 'are')} not the same there"
                if count
                else "it cannot hold such values"
            )
            raise TargetRefusedError(
                f"{staged.target}: {new.name} is {new.type} in the source and {old.type} in the target: {said}. "
                "Change the target's type, or fix the source"
            )
    sql.refuse_columns(staged)


def lacking(staged: Staged, mode: WriteMode) -> tuple[str, ...]:
    """Return the columns without which staged rows cannot be published in this mode, and which they have not: those of
    the key of an upsert, and of the condition of a part."""
    known = {column.name.lower() for column in staged.visible}
    needed = [column.name for column in mode.where.find_all(exp.Column)] if mode.where is not None else mode.keys
    return tuple(name for name in dict.fromkeys(needed) if name.lower() not in known)


def _fit_mode(sql: Statements, staged: Staged, mode: WriteMode) -> None:
    missing = lacking(staged, mode)
    for name in missing:
        if name.lower() not in staged.declared:
            said = "upsert" if mode.where is None else f"where {mode.part!r}"
            raise CallError(f"{said}: the source has no column '{name}'")
    if mode.where is not None and not missing:
        inside = sql.sql(mode.where)
        try:
            outside = sql.rows(f"SELECT count(*) FROM {staged.table} WHERE ({inside}) IS NOT TRUE")[0][0]
        except QueryError as error:
            raise CallError(f"where {mode.part!r} fails on this data: {error}") from None
        if outside:
            raise CallError(
                f"{counted(outside, 'row')} of the source {agreeing(outside, 'is', 'are')} not in the part that "
                f"is replaced (where {mode.part}): "
                "publish only rows of this part"
            )


def without_key(sql: Statements, relation: Relation, mode: WriteMode) -> int:
    """Return how many rows of `relation` cannot be upserted: their key is incomplete, or another row has it too."""
    keys = ", ".join(ident(key) for key in mode.keys)
    some_null = " OR ".join(f"{ident(key)} IS NULL" for key in mode.keys)
    counted = f"SELECT count(*) AS n, {some_null} AS no_key FROM {sql.sql(relation.as_data)} GROUP BY {keys}"
    return int(sql.rows(f"SELECT coalesce(sum(CASE WHEN no_key OR n > 1 THEN n END), 0) FROM ({counted}) AS g")[0][0])


def existing_rows(sql: Statements, staged: Staged, mode: WriteMode, *, marked: bool = True) -> Relation | None:
    """Return the rows of the target that a publish of what is staged leaves as they are, if need be as without those
    that are marked; None where it leaves none."""
    state = staged.before
    if not state.exists or mode.whole or (mode.kind == UPSERT and lacking(staged, mode)):
        return None
    if mode.where is not None:
        stays = f"({inside(sql, mode.where, state.columns)}) IS NOT TRUE"
    elif mode.kind == UPSERT:
        new = f"SELECT 1 FROM {staged.table} AS new WHERE {same_key(mode)}"
        stays = f"NOT EXISTS ({new})" if marked else f"NOT EXISTS ({new} AND {_unmarked(sql, staged, 'new')})"
    else:
        stays = f"{RUN_KEY} IS DISTINCT FROM {text(staged.run_key)}" if state.has_run_key else "TRUE"
    rows = sql.parsed(f"SELECT * FROM {sql.content(staged.target)} AS held WHERE {stays}")
    return sql.existing(staged.target, rows, state)


def replaces_some(sql: Statements, staged: Staged, mode: WriteMode) -> bool:
    """Return whether a publish takes rows of the target away: those that it would replace, were there any staged."""
    state = staged.before
    if not state.exists or mode.kind == UPSERT or (mode.kind == APPEND and not state.has_run_key):
        return False
    replaced = f"{RUN_KEY} = {text(staged.run_key)}" if mode.kind == APPEND else "TRUE"
    if mode.where is not None:
        replaced = f"({inside(sql, mode.where, state.columns)}) IS TRUE"
    return bool(sql.rows(f"SELECT 1 FROM {sql.content(staged.target)} AS held WHERE {replaced} LIMIT 1"))


def inside(sql: Statements, where: exp.Expr, held: Container[str]) -> str:
    """Return the condition of a part as it is of a target whose columns are `held`: of what it lacks, all is NULL."""
    return sql.sql(
        where.transform(lambda n: exp.null() if isinstance(n, exp.Column) and n.name.lower() not in held else n)
    )


def remaining(sql: Statements, staged: Staged) -> Relation:
    """Return the staged rows that were not marked."""
    return staged.over(sql.parsed(f"SELECT * FROM {staged.table} AS held WHERE {_unmarked(sql, staged, 'held')}"))


def _unmarked(sql: Statements, staged: Staged, row: str) -> str:
    """The condition under which a staged row, called `row`, was not marked."""
    return f"NOT EXISTS (SELECT 1 FROM {staged.marked} AS aside WHERE aside.{ROW} = {row}.{sql.row_number})"


def with_target(sql: Statements, staged: Staged, mode: WriteMode) -> Relation:
    """Return what the target would hold with the staged rows released."""
    listed = ", ".join(ident(c.name) for c in staged.relation.columns)
    stays = f"NOT EXISTS (SELECT 1 FROM {staged.table} AS new WHERE {same_key(mode)})" if mode.keys else "TRUE"
    held = f"SELECT {listed} FROM {sql.content(staged.target)} AS held WHERE {stays}"
    both = f"{held} UNION ALL SELECT {listed} FROM {staged.table}"
    return staged.over(sql.parsed(f"SELECT * FROM ({both}) AS both_of_them"), str(staged.target))
