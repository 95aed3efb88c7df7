"""`headgate.fitness`: a view beside the data that tells who reads SQL whether the data may be used now.

Answers are saved into a table, and the view holds them against the database's clock and the ledger: an answer whose
`valid_until` has passed is a `no`, one from before the last publication is `unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from headgate.errors import TargetRefusedError
from headgate.fitness.answer import Answer, Fitness
from headgate.places import Place, Statements, Target
from headgate.places.ledger import SCHEMA, Ledger

TABLE, VIEW = f"{SCHEMA}.fitness_answers", f"{SCHEMA}.fitness"
_COLUMNS = {
    "target": "VARCHAR NOT NULL",
    "consumer": "VARCHAR NOT NULL",
    "dataset": "VARCHAR",
    "fitness": "VARCHAR",
    "reasons": "VARCHAR",
    "contract_id": "VARCHAR",
    "contract_version": "VARCHAR",
    "verdict": "VARCHAR",
    "rows_in_quarantine": "BIGINT",
    "owner": "VARCHAR",
    "support": "VARCHAR",
    "as_of": "TIMESTAMPTZ",
    "valid_until": "TIMESTAMPTZ",
}
# What the ledger said when the answer was made; not in the view.
_LEDGER = "ledger_version"
_LABEL = "headgate status --save"


def save(place: Place, ask: Callable[[], Iterable[Fitness]]) -> list[Fitness]:
    """Make answers about the dataset at `place` and save them there, and the view with them; return them.

    Raises:
        DataNotFoundError: the database is not there.
        TargetRefusedError: the place is not a table of a database.
        TransientError: the database is locked or away.
        QueryError: this user has no right to.
    """
    refused = TargetRefusedError(f"{place} is not a table of a database; the view {VIEW} stands beside one")
    if not isinstance(place, Target):
        raise refused
    with place.connect() as session:  # a database that is not there is not made for an answer
        if not _has_views(session):
            raise refused
    with place.connect(write=True, label=_LABEL) as session, session.transaction(place):
        _make(session, session.ledger(place))
        version = _version(session, session.ledger(place))
    found = list(ask())
    with place.connect(write=True, label=_LABEL) as session, session.transaction(place):
        for each in found:
            _write(session, session.ledger(place), each, version)
    return found


def saved_consumers(place: Place) -> list[str]:
    """Return for which consumers ('' is nobody in particular) answers about the dataset at `place` are saved there."""
    if not isinstance(place, Target):
        return []
    with place.connect() as session:
        if not _has_views(session) or not _there(session):
            return []
        ledger = session.ledger(place)
        mine = _same(ledger, "target", session.literal(ledger.target))
        return [str(name) for (name,) in session.rows(f"SELECT consumer FROM {TABLE} WHERE {mine} ORDER BY 1")]


def _has_views(session: Statements) -> bool:
    return session.can.commit == "transaction"


def _there(session: Statements) -> bool:
    return any(table == TABLE.partition(".")[2] for table, _ in session.columns_in(SCHEMA))


def _same(ledger: Ledger, left: str, right: str) -> str:
    return f"lower({left}) = lower({right})" if ledger.folds else f"{left} = {right}"


def _make(session: Statements, ledger: Ledger) -> None:
    if _there(session):
        return
    columns = ", ".join(f"{name} {kind}" for name, kind in {**_COLUMNS, _LEDGER: "VARCHAR"}.items())
    session.run(f"CREATE TABLE {TABLE} ({columns})")
    changed = f"{_LEDGER} <> ({_of_ledger(ledger, 'answers.target')})"
    momentary = "valid_until <= as_of"
    passed = f"fitness IN ('{Answer.YES}', '{Answer.DEGRADED}') AND valid_until < CURRENT_TIMESTAMP"
    own = {
        "fitness": f"CASE WHEN {changed} OR {momentary} THEN '{Answer.UNKNOWN}' WHEN {passed} THEN '{Answer.NO}' "
        "ELSE fitness END",
        "reasons": f"CASE WHEN {changed} THEN 'something was published since this answer' "
        f"WHEN {momentary} THEN 'the answer held for a moment only: its freshness is that of a classified column' "
        f"WHEN {passed} "
        "THEN 'the promised freshness has passed' ELSE reasons END",
    }
    selected = ", ".join(f"{own[name]} AS {name}" if name in own else name for name in _COLUMNS)
    session.run(f"CREATE VIEW {VIEW} AS SELECT {selected} FROM {TABLE} AS answers")


def _of_ledger(ledger: Ledger, target: str) -> str:
    """Return the SQL of a text that changes with what the ledger says of a target."""

    def one(table: str, columns: str, more: str = "") -> str:
        where = _same(ledger, "known.target", target)
        return f"coalesce((SELECT {columns} FROM {SCHEMA}.{table} AS known WHERE {where} {more}), '')"

    count = "CAST(count(*) AS VARCHAR)"
    numbers = [count, *(f"CAST(coalesce(sum({name}), 0) AS VARCHAR)" for name in ("rows_published", "rows_set_aside"))]
    last = one(
        "publications",
        "CAST(seq AS VARCHAR) || ' ' || run_key || ' ' || verdict || ' ' || outcome || ' ' || "
        "coalesce(CAST(extract(epoch FROM written_at) AS VARCHAR), '')",
        "ORDER BY seq DESC LIMIT 1",
    )
    parts = [last, one("publications", " || ' ' || ".join(numbers)), one("stale", count), one("releases", count)]
    return " || '/' || ".join(parts)


def _version(session: Statements, ledger: Ledger) -> str:
    ((found,),) = session.rows(f"SELECT {_of_ledger(ledger, session.literal(ledger.target))}")
    return str(found)


def _write(session: Statements, ledger: Ledger, answer: Fitness, version: str) -> None:
    target = session.literal(ledger.target)
    mine = f"{_same(ledger, 'target', target)} AND consumer = {session.literal(answer.consumer)}"
    session.run(f"DELETE FROM {TABLE} WHERE {mine}")
    values = {
        "target": ledger.target,
        "consumer": answer.consumer,
        "dataset": answer.dataset,
        "fitness": str(answer.answer),
        "reasons": "; ".join(reason.text for reason in answer.reasons),
        "contract_id": answer.contract_id,
        "contract_version": answer.contract_version,
        "verdict": answer.verdict,
        "rows_in_quarantine": answer.rows_in_quarantine,
        "owner": answer.owner,
        "support": ", ".join(answer.support),
        "as_of": answer.as_of,
        "valid_until": answer.valid_until,
        _LEDGER: version,
    }
    listed = ", ".join(session.literal(value) for value in values.values())
    session.run(f"INSERT INTO {TABLE} ({', '.join(values)}) VALUES ({listed})")
