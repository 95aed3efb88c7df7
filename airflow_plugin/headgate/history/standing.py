"""What stands now: the newest run of a dataset, and since when each of its rules has its status.

Runs are ordered by what they are about, then by when they were measured. A run that comes late changes nothing that is
newer, and the order in which runs arrive changes nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from headgate.history.record import Kind
from headgate.history.tables import dataset_standing, level, report, result, rule, standing

# So many verdicts are kept as one text.
RECENT = 60
# The newest first; what has the same times is told apart by its name.
NEWEST_FIRST = (report.c.moment.desc(), report.c.at.desc(), report.c.kind.desc(), report.c.run_key.desc())


def refresh(connection: sa.Connection, dataset_id: int, report_id: int, *, replaced: bool) -> None:
    """Bring what stands of a dataset up to date after one of its reports was written. `replaced`: the report was there
    before, with other results."""
    newest = connection.execute(
        sa.select(report.c.id, report.c.moment, report.c.at, report.c.verdict, report.c.kind)
        .where(report.c.dataset_id == dataset_id)
        .order_by(*NEWEST_FIRST)
        .limit(RECENT)
    ).all()
    latest = newest[0]
    of_dataset = standing.c.dataset_id == dataset_id
    old = connection.execute(sa.select(standing.c.rule_id, standing.c.status, standing.c.since).where(of_dataset)).all()
    if old:
        connection.execute(standing.delete().where(of_dataset))
    # A service level that has a result of its own is no rule.
    levels = sa.select(level.c.key).where(level.c.report_id == latest.id)
    found = connection.execute(
        sa.select(result.c.rule_id, result.c.severity, result.c.status)
        .join(rule, rule.c.id == result.c.rule_id)
        .where(result.c.report_id == latest.id)
        .where(sa.or_(result.c.status != "not_executed", rule.c.key.not_in(levels)))
    ).all()
    looked_at = [(row, latest) for row in found]
    if latest.kind == Kind.PART:
        looked_at += _not_looked_at(connection, dataset_id, latest)
    # Where the newest run is new, only its own results can begin something.
    known = {row.rule_id: row for row in old} if latest.id == report_id and not replaced else {}
    rows = [
        {
            "rule_id": row.rule_id,
            "dataset_id": dataset_id,
            "report_id": of.id,
            "severity": row.severity,
            "status": row.status,
            "since": _since(connection, row, of, known if of is latest else {}),
        }
        for row, of in looked_at
    ]
    if rows:
        connection.execute(standing.insert(), rows)
    # What was found in a part of the rows is no verdict on the dataset.
    recent = "".join(row.verdict[:1] for row in reversed(newest) if row.kind != Kind.PART)
    values = {"report_id": latest.id, "recent": recent} | _counts(rows)
    about = dataset_standing.c.dataset_id == dataset_id
    if not connection.execute(dataset_standing.update().where(about), values).rowcount:
        connection.execute(dataset_standing.insert(), {"dataset_id": dataset_id} | values)


def _not_looked_at(connection: sa.Connection, dataset_id: int, latest: Any) -> list[tuple[Any, Any]]:
    """Return what the newest run that looked at all of a dataset found of the rules that a later part leaves out, each
    with that run."""
    whole = connection.execute(
        sa.select(report.c.id, report.c.moment, report.c.at)
        .where(report.c.dataset_id == dataset_id, report.c.kind != str(Kind.PART))
        .order_by(*NEWEST_FIRST)
        .limit(1)
    ).first()
    if whole is None:
        return []

    def about(run: Any) -> sa.Select[Any]:
        return (
            sa.select(result.c.rule_id, result.c.severity, result.c.status, rule.c.key)
            .join(rule, rule.c.id == result.c.rule_id)
            .where(result.c.report_id == run.id)
        )

    there = {row.key for row in connection.execute(about(latest))}
    levels: set[str] = set(connection.scalars(sa.select(level.c.key).where(level.c.report_id == whole.id)))
    return [
        (row, whole)
        for row in connection.execute(about(whole))
        if row.key not in there and not (row.status == "not_executed" and row.key in levels)
    ]


def _counts(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    failed = [row for row in rows if row["status"] == "failed"]
    broken = [row["since"] for row in failed if row["severity"] == "error"]
    return {
        "rules": len(rows),
        "broken": len(broken),
        "warned": len(failed) - len(broken),
        "unmeasured": sum(row["status"] in ("errored", "not_executed") for row in rows),
        "since": min(broken, default=None),
    }


def _since(connection: sa.Connection, row: Any, latest: Any, known: Mapping[int, Any]) -> datetime:
    """Return the moment of the first run since which a rule has its status, up to the run `latest`, without a run
    between that says otherwise."""
    before = known.get(row.rule_id)
    if before is not None:
        since: datetime = before.since if before.status == row.status else latest.moment
        return since
    runs = (
        sa.select(report.c.moment, report.c.at)
        .join(result, result.c.report_id == report.c.id)
        .where(result.c.rule_id == row.rule_id)
        .where(
            sa.or_(report.c.moment < latest.moment, sa.and_(report.c.moment == latest.moment, report.c.at <= latest.at))
        )
    )
    changed = connection.execute(
        runs.where(result.c.status != row.status).order_by(report.c.moment.desc(), report.c.at.desc()).limit(1)
    ).first()
    same = runs.where(result.c.status == row.status)
    if changed is not None:
        later = sa.or_(
            report.c.moment > changed.moment, sa.and_(report.c.moment == changed.moment, report.c.at > changed.at)
        )
        same = same.where(later)
    first = connection.execute(same.order_by(report.c.moment, report.c.at).limit(1)).first()
    moment: datetime = first.moment if first is not None else latest.moment
    return moment
