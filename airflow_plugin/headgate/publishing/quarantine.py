"""The quarantine of a table: rows set aside, with their reasons, until a person releases them or a time has passed.

They lie in a table beside the target.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlglot import exp

from headgate.checks import RuleId
from headgate.places.ledger import add_columns
from headgate.places.place import Relation
from headgate.places.records import RUN_KEY, Publication, QuarantinedBatch
from headgate.places.statements import Staged, Statements, TableState, Target
from headgate.sql.names import RAW
from headgate.sql.quote import ident, text

# What the rules of a batch said when it was set aside, {key: digest} as JSON; NULL of a batch from before headgate 0.2.
RULES = "headgate_rules"
# A run may be about a day long ago; rows are kept from when they were set aside.
_MOMENTS = ("headgate_run_at", "headgate_set_aside_at")


def own_columns(sql: Statements) -> dict[str, str]:
    """Return the quarantine's own columns, with their types."""
    return {
        RUN_KEY: "VARCHAR",
        "headgate_reasons": sql.as_list,
        RULES: "VARCHAR",
        "headgate_raw": sql.as_document,
        "headgate_contract_version": "VARCHAR",
        **dict.fromkeys(_MOMENTS, sql.as_moment),
    }


def set_aside(sql: Statements, staged: Staged, reasons: Mapping[RuleId, exp.Expr]) -> int:
    """Mark the staged rows that meet a rule's condition, each with all its reasons; return how many they are."""
    marked = sql.marking(staged, _marks(sql, reasons))
    sql.make(staged.marked, f"SELECT * FROM ({marked}) AS marked WHERE {sql.has_some('headgate_reasons')}")
    return int(sql.rows(f"SELECT count(*) FROM {staged.marked}")[0][0])


def _marks(sql: Statements, reasons: Mapping[RuleId, exp.Expr]) -> str:
    """The columns that say why a row is set aside: the keys of the rules whose condition it meets, and what each rule
    of the batch says, as {key: digest}."""
    said = {rule.key: sql.sql(sql.at_once(condition)) for rule, condition in reasons.items()}
    cases = [f"CASE WHEN {condition} THEN {text(key)} END" for key, condition in said.items()]
    digests = text(json.dumps({rule.key: rule.digest for rule in reasons}, sort_keys=True))
    return f"{sql.some_of(cases)} AS headgate_reasons, CAST({digests} AS {sql.as_text}) AS {RULES}"


def write_quarantine(
    sql: Statements, staged: Staged, record: Publication, at: datetime, forget: datetime | None, held: TableState
) -> None:
    """Replace what this run key set aside; `held` is the quarantine as it is.

    A column that is new is added, one whose type changed becomes text.
    """
    quarantine = staged.target.quarantine
    table = ident(quarantine.schema, quarantine.name)
    if held.exists:
        old = f" OR headgate_set_aside_at < {sql.literal(forget)}" if forget else ""
        sql.run(f"DELETE FROM {table} WHERE {RUN_KEY} = {text(record.run_key)}{old}")
    if not record.rows_set_aside:
        return
    wanted = {c.name: sql.kept_type(c) for c in staged.visible}
    if held.exists:
        _add_columns(sql, table, wanted, held)
    else:
        columns = wanted | own_columns(sql)
        sql.run(f"CREATE TABLE {table} ({', '.join(f'{ident(n)} {kind}' for n, kind in columns.items())})")
        if sql.can.grants:
            sql.shelter(quarantine, staged.target)
    listed = ", ".join(ident(name) for name in wanted)
    raw = {c.name.removeprefix(RAW): ident(c.name) for c in staged.texts}
    own = {
        RUN_KEY: text(record.run_key),
        "headgate_reasons": "headgate_reasons",
        RULES: RULES,
        "headgate_raw": sql.document(raw) if raw else "NULL",
        "headgate_contract_version": text(record.contract_version),
        "headgate_run_at": sql.literal(record.run_at),
        "headgate_set_aside_at": sql.literal(at),
    }
    sql.run(
        f"INSERT INTO {table} ({listed}, {', '.join(own)}) "
        f"SELECT {listed}, {', '.join(own.values())} FROM {staged.marked}"
    )


def _add_columns(sql: Statements, table: str, wanted: Mapping[str, str], held: TableState) -> None:
    add_columns(sql, table, {column: kind for column, kind in own_columns(sql).items() if column not in held.columns})
    for column, kind in wanted.items():
        before = held.columns.get(column.lower())
        if before is None:
            sql.run(f"ALTER TABLE {table} ADD COLUMN {ident(column)} {kind}")
        elif before.column.type not in (kind, sql.as_text):
            sql.run(f"ALTER TABLE {table} ALTER COLUMN {ident(column)} TYPE {sql.as_text}")


def batches(sql: Statements, target: Target, run_key: str | None = None) -> list[QuarantinedBatch]:
    """Return what is in the target's quarantine, a run key each, the oldest first; or what is there of one run."""
    (held,) = sql.states(target.quarantine)
    if not held.exists:
        return []
    table = ident(target.quarantine.schema, target.quarantine.name)
    mine = f"WHERE {RUN_KEY} = {text(run_key)}" if run_key is not None else ""
    counted = sql.rows(
        f"SELECT {RUN_KEY}, item, count(*) FROM ({sql.unnested(table, RUN_KEY, 'headgate_reasons', mine)}) AS each "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    )
    # A fingerprint is of the rows and their reasons; it stays when a column of headgate's is added.
    unseen = (RULES, *_MOMENTS)
    seen = [h.column.name for h in held.columns.values() if h.column.name not in unseen]
    rules = f"max({RULES})" if RULES in held.columns else "NULL"
    found = sql.rows(
        f"SELECT {RUN_KEY}, count(*), min(headgate_run_at), max(headgate_set_aside_at), "
        f"max(headgate_contract_version), {sql.fingerprint(seen)}, {rules} "
        f"FROM {table} {mine} GROUP BY {RUN_KEY} ORDER BY 3, 1"
    )
    reasons: dict[str, list[tuple[str, int]]] = {}
    for key, reason, rows in counted:
        reasons.setdefault(key, []).append((reason, rows))
    return [
        QuarantinedBatch(
            key,
            rows,
            tuple(reasons.get(key, ())),
            run_at,
            at,
            version,
            sha256(f"{rows} {said}".encode()).hexdigest()[:12],
            json.loads(digests) if digests else None,
        )
        for key, rows, run_at, at, version, said, digests in found
    ]


def quarantined_rows(sql: Statements, target: Target, run_key: str) -> Relation:
    """Return the rows that a run set aside, with headgate's own columns (headgate_reasons, …)."""
    quarantine = sql.read(target.quarantine)
    mine = exp.column(RUN_KEY, quoted=True).eq(exp.Literal.string(run_key))
    rows = exp.select("*").from_(quarantine.source.copy()).where(mine)
    return replace(quarantine, source=rows.subquery(), constraints=())


def drop(sql: Statements, target: Target, *, run_key: str | None = None, before: datetime | None = None) -> int:
    """Delete what a run set aside, or what all runs before a moment did; return how many rows."""
    conditions = [f"{RUN_KEY} = {text(run_key)}"] * (run_key is not None)
    conditions += [f"headgate_set_aside_at < {sql.literal(before)}"] * (before is not None)
    (held,) = sql.states(target.quarantine)
    if not held.exists:
        return 0
    with sql.transaction(target), sql.quarantining():
        return delete(sql, target, " AND ".join(conditions))


def delete(sql: Statements, target: Target, condition: str) -> int:
    """Delete rows of the quarantine; return how many."""
    return sql.run(f"DELETE FROM {ident(target.quarantine.schema, target.quarantine.name)} WHERE {condition}")
