"""The incidents of the store: each record is folded in, in the transaction that writes it, and what is to be told of it
is written to the outbox there as well."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from headgate.history import findings
from headgate.history.dialect import insert, storable
from headgate.history.notices import incident_of, tell
from headgate.history.record import VISIBLE, RunRecord
from headgate.history.tables import act, concern, finding, incident, report, upstream
from headgate.incidents import Act, Deed, Finding, Incident, Lines, fold


def fold_in(connection: sa.Connection, dataset_id: int, record: RunRecord, now: datetime, *, tells: bool) -> None:
    """Fold a record into the incidents of its dataset, which nobody else writes meanwhile.

    Args:
        now: the time of the messages.
        tells: whether there are messages; where not, what stands is taken as told.
    """
    found = findings.finding_of(record)
    from_ = connection.scalar(sa.select(concern.c.folded_from).where(concern.c.dataset_id == dataset_id))
    if from_ is not None and found.at < from_:
        return
    newest = _newest(connection, dataset_id)
    if not findings.add(connection, dataset_id, found):
        return
    _write_concern(connection, dataset_id, record)
    if newest is None or found.at > newest:
        rows = _rows(connection, dataset_id, last=True)
        if not found.broken and not any(row.closed is None for row in rows):
            return
        published, newer = _was_published(connection, dataset_id, found), _about_newer(connection, dataset_id, found)
        lines = fold([found], _lines(rows), published=published, newer=newer)
        changed = _write_lines(connection, dataset_id, rows, lines)
    else:
        changed = _fold_again(connection, dataset_id)
    if changed:
        tell(connection, dataset_id, now, tells=tells)


def do(connection: sa.Connection, dataset_id: int, acts: Sequence[Act], now: datetime) -> None:
    """Write what a person did about incidents of a dataset, fold it in, and tell of it. Whatever the clocks of workers
    say, it comes after what the person could see."""
    newest = _newest(connection, dataset_id)
    for each in acts:
        row = {
            "dataset_id": dataset_id,
            "rule": storable(each.rule),
            "at": each.at if newest is None or newest < each.at else newest + timedelta(microseconds=1),
            "deed": str(each.deed),
            "by": storable(each.by),
            "text": storable(each.text),
            "until": each.until,
            "run_key": storable(each.run_key),
        }
        connection.execute(act.insert(), row)
    if any(each.deed is not Deed.NOTE for each in acts):
        _fold_again(connection, dataset_id)
        tell(connection, dataset_id, now)


def _fold_again(connection: sa.Connection, dataset_id: int) -> bool:
    """Fold all findings of a dataset, and what people did, from the first on. Return whether anything changed."""
    found = list(findings.read(connection, dataset_id))
    if not found:
        return False
    deeds = [
        Act(row.at, row.rule, Deed(row.deed), row.by, row.text, row.until, row.run_key)
        for row in connection.execute(sa.select(act).where(act.c.dataset_id == dataset_id))
    ]
    # What was over before the first finding that is kept stays as it is.
    rows = [row for row in _rows(connection, dataset_id) if row.closed is None or row.closed >= found[0].at]
    events: list[Finding | Act] = [*found, *deeds]
    events.sort(key=lambda each: each.order)
    published = _was_published(connection, dataset_id, found[0])
    return _write_lines(connection, dataset_id, rows, fold(events, published=published))


def _write_lines(connection: sa.Connection, dataset_id: int, rows: Sequence[Any], lines: Lines) -> bool:
    """Write the incidents in place of `rows`, each under the number of the one that it was, and return whether any is
    another than before."""
    old: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        old[row.rule].append(row)
    changed = False
    for rule, line in lines.items():
        left = sorted(old.pop(storable(rule), []), key=lambda row: (row.opened, row.id))
        for each in line:
            same = next((row for row in left if _overlap(row, each)), None)
            if same is not None:
                left.remove(same)
            changed |= _write(connection, dataset_id, each, same)
        old[rule] = left
    # What is another's episode now. What was told of it is told of nothing that stands.
    if gone := [row.id for left in old.values() for row in left]:
        connection.execute(incident.delete().where(incident.c.id.in_(gone)))
    return changed or bool(gone)


def _overlap(row: Any, each: Incident) -> bool:
    before = incident_of(row)
    return before.opened <= (each.closed or each.last) and each.opened <= (before.closed or before.last)


def _write(connection: sa.Connection, dataset_id: int, each: Incident, same: Any) -> bool:
    body = json.dumps(each.to_dict())
    if same is not None and same.body == body:
        return False
    values = {"opened": each.opened, "closed": each.closed, "pages": each.pages, "settled": False, "body": body}
    if same is None:
        row = values | {"dataset_id": dataset_id, "rule": storable(each.rule), "marks": "{}"}
        connection.execute(incident.insert(), row)
    else:
        connection.execute(incident.update().where(incident.c.id == same.id), values)
    return True


def _newest(connection: sa.Connection, dataset_id: int) -> datetime | None:
    """Return the time of the newest event of a dataset; None where there is none."""
    times = [
        connection.scalar(sa.select(sa.func.max(table.c.at)).where(table.c.dataset_id == dataset_id))
        for table in (finding, act)
    ]
    return max((each for each in times if each is not None), default=None)


def _about_newer(connection: sa.Connection, dataset_id: int, found: Finding) -> Iterator[Finding]:
    """Yield the findings about newer intervals, where they matter: what an older one breaks may hold since."""
    if found.broken and found.interval_end is not None:
        yield from findings.read(connection, dataset_id, finding.c.interval_end > found.interval_end)


def _was_published(connection: sa.Connection, dataset_id: int, found: Finding) -> bool:
    """Return whether readers got data before a finding, as far as findings or runs that are kept say."""
    seen = (finding.c.dataset_id == dataset_id, finding.c.visible, finding.c.at < found.at)
    ran = (report.c.dataset_id == dataset_id, report.c.outcome.in_(VISIBLE), report.c.at < found.at)
    query = sa.union_all(sa.select(finding.c.at).where(*seen), sa.select(report.c.at).where(*ran))
    return connection.execute(query.limit(1)).first() is not None


def _rows(connection: sa.Connection, dataset_id: int, *, last: bool = False) -> Sequence[Any]:
    """Return the incidents of a dataset, or the last of each rule."""
    query = sa.select(incident).where(incident.c.dataset_id == dataset_id)
    if last:
        later = incident.alias()
        same_rule = (later.c.dataset_id == incident.c.dataset_id, later.c.rule == incident.c.rule)
        query = query.where(~sa.exists().where(*same_rule, later.c.opened > incident.c.opened))
    return connection.execute(query).all()


def _lines(rows: Iterable[Any]) -> dict[str, tuple[Incident, ...]]:
    found = [incident_of(row) for row in rows]
    return {each.rule: (each,) for each in found}


def _write_concern(connection: sa.Connection, dataset_id: int, record: RunRecord) -> None:
    """Keep whom the dataset concerns, as its newest record says, and what it is made from."""
    row = {"dataset_id": dataset_id, "at": record.at, "body": json.dumps(findings.concern_of(record).to_dict())}
    write = insert(connection, concern).values(row)
    newer = concern.c.at <= write.excluded.at
    said = {"at": write.excluded.at, "body": write.excluded.body}
    connection.execute(write.on_conflict_do_update(index_elements=["dataset_id"], set_=said, where=newer))
    made_from = [
        {"dataset_id": dataset_id, "namespace": storable(each.namespace), "place": storable(each.name)}
        for each in record.around.upstream
        if each != record.place
    ]
    if made_from:
        connection.execute(insert(connection, upstream).on_conflict_do_nothing(), made_from)
