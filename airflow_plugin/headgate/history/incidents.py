"""The incidents of the store: each record is folded in, in the transaction that writes it, and what is to be told of it
is written to the outbox there as well."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from headgate.history import findings
from headgate.history.causes import causes, downstream_of
from headgate.history.dialect import insert, storable
from headgate.history.record import RunRecord
from headgate.history.tables import (
    act,
    concern,
    dataset,
    finding,
    incident,
    message,
    message_incident,
    report,
    upstream,
)
from headgate.incidents import Act, Concern, Deed, Finding, Incident, Lines, Mark, Notice, Standing, due, fold

_VISIBLE = ("published", "published_partly")
# How often a promise broke is counted over so long.
COUNTS_OVER = timedelta(days=28)
# After what caused it is over, so long may an incident last before somebody is told of it.
JOINED_AFTER = timedelta(hours=24)


class Writable(Protocol):
    """A store, as far as it is needed here."""

    def reading(self) -> AbstractContextManager[sa.Connection]: ...

    def writing(self) -> AbstractContextManager[sa.Connection]: ...


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


def do(connection: sa.Connection, dataset_id: int, deed: Act, now: datetime) -> None:
    """Write what a person did, fold it in, and tell of it."""
    row = {
        "dataset_id": dataset_id,
        "rule": storable(deed.rule),
        "at": deed.at,
        "deed": str(deed.deed),
        "by": storable(deed.by),
        "text": storable(deed.text),
        "until": deed.until,
    }
    connection.execute(act.insert(), row)
    if deed.deed is not Deed.NOTE:
        _fold_again(connection, dataset_id)
        tell(connection, dataset_id, now)


def tell(connection: sa.Connection, dataset_id: int, now: datetime, *, tells: bool = True) -> int:
    """Write the messages that are due about a dataset, then about those downstream, whose incidents may be joined to
    its own, or not be any more. Return how many."""
    seen: set[int] = set()
    waiting, count = [dataset_id], 0
    while waiting:
        each = waiting.pop(0)
        if each in seen:
            continue
        seen.add(each)
        if each != dataset_id:
            _lock(connection, each)
        count += _tell_one(connection, each, now, tells=tells)
        waiting += downstream_of(connection, each)
    return count


def tell_all(store: Writable, now: datetime) -> int:
    """Write the messages that are due by the clock alone: reminders, and of what was muted or joined until now. Return
    how many.

    Raises:
        TransientError: the store cannot be used.
    """
    unsettled = sa.select(incident.c.dataset_id).where(sa.not_(incident.c.settled)).distinct()
    with store.reading() as connection:
        ids: list[int] = sorted(connection.scalars(unsettled))
    count = 0
    for dataset_id in ids:
        with store.writing() as connection:
            _lock(connection, dataset_id)
            count += _tell_one(connection, dataset_id, now, tells=True)
    return count


def _lock(connection: sa.Connection, dataset_id: int) -> None:
    """Let nobody else write to a dataset until the transaction ends."""
    connection.execute(sa.select(dataset.c.id).where(dataset.c.id == dataset_id).with_for_update())


def _tell_one(connection: sa.Connection, dataset_id: int, now: datetime, *, tells: bool) -> int:
    about = _concern(connection, dataset_id)
    if about is None:
        return 0
    rows = connection.execute(
        sa.select(incident)
        .where(incident.c.dataset_id == dataset_id, sa.not_(incident.c.settled))
        .order_by(incident.c.id)
    ).all()
    if not rows:
        return 0
    joined = _joined(connection, rows, now)
    often = _episodes(connection, dataset_id, now)
    standings = [
        Standing(row.id, _incident(row), _marks(row), row.id in joined, often.get(row.rule, 1)) for row in rows
    ]
    below = downstream_of(connection, dataset_id)
    also = _names(connection, [each for each in below if _is_joined(connection, each)])
    notices, marks = due(standings, about, now, also)
    for each in standings:
        if each.number in marks or not each.incident.open:
            told = _marks_text(marks.get(each.number, each.marks))
            values = {"marks": told, "settled": not each.incident.open}
            connection.execute(incident.update().where(incident.c.id == each.number), values)
    if tells:
        for notice in notices:
            _write_message(connection, dataset_id, notice)
    return len(notices) if tells else 0


def _fold_again(connection: sa.Connection, dataset_id: int) -> bool:
    """Fold all findings of a dataset, and what people did, from the first on. Return whether anything changed."""
    found = list(findings.read(connection, dataset_id))
    if not found:
        return False
    deeds = [
        Act(row.at, row.rule, Deed(row.deed), row.by, row.text, row.until)
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
    before = _incident(row)
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
    ran = (report.c.dataset_id == dataset_id, report.c.outcome.in_(_VISIBLE), report.c.at < found.at)
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
    found = [_incident(row) for row in rows]
    return {each.rule: (each,) for each in found}


def _incident(row: Any) -> Incident:
    return Incident.from_dict(json.loads(row.body))


def _marks(row: Any) -> dict[str, Mark]:
    return {name: Mark.from_dict(value) for name, value in json.loads(row.marks).items()}


def _marks_text(marks: Mapping[str, Mark]) -> str:
    return json.dumps({name: mark.to_dict() for name, mark in sorted(marks.items())})


def _episodes(connection: sa.Connection, dataset_id: int, now: datetime) -> dict[str, int]:
    """Return how often each promise of a dataset broke in 28 days."""
    since = now - COUNTS_OVER
    counts: defaultdict[str, int] = defaultdict(int)
    which = sa.or_(incident.c.closed.is_(None), incident.c.closed >= since)
    for row in connection.execute(sa.select(incident).where(incident.c.dataset_id == dataset_id, which)):
        counts[row.rule] += sum(episode.opened >= since for episode in _incident(row).episodes)
    return counts


def _concern(connection: sa.Connection, dataset_id: int) -> Concern | None:
    body = connection.scalar(sa.select(concern.c.body).where(concern.c.dataset_id == dataset_id))
    if body is None:
        return None
    visible = (report.c.dataset_id == dataset_id, report.c.outcome.in_(_VISIBLE))
    served = connection.scalar(sa.select(report.c.moment).where(*visible).order_by(report.c.at.desc()).limit(1))
    return replace(Concern.from_dict(json.loads(body)), served=served)


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


def _write_message(connection: sa.Connection, dataset_id: int, notice: Notice) -> None:
    row = {
        "dataset_id": dataset_id,
        "at": notice.at,
        "told": str(notice.told),
        "recipient": storable(notice.recipient),
        "body": json.dumps(notice.to_dict()),
        "routed": False,
    }
    number: int = connection.execute(message.insert().returning(message.c.id), row).scalar_one()
    about = [{"message_id": number, "incident_id": each.number} for each in notice.about]
    connection.execute(message_incident.insert(), about)


def _joined(connection: sa.Connection, rows: Sequence[Any], now: datetime) -> frozenset[int]:
    """Return which incidents nobody is told of but of what caused them: while that is open, then for a day, unless they
    are found again."""
    caused_by = causes(connection, [row.id for row in rows])
    over = sa.select(incident.c.id, incident.c.closed).where(incident.c.id.in_(caused_by.values()))
    closed = {row.id: row.closed for row in connection.execute(over)} if caused_by else {}
    found = set()
    for row in rows:
        if row.id in caused_by:
            end = closed[caused_by[row.id]]
            if end is None or (_incident(row).last <= end and now - end < JOINED_AFTER):
                found.add(row.id)
    return frozenset(found)


def _is_joined(connection: sa.Connection, dataset_id: int) -> bool:
    open_ = sa.select(incident.c.id).where(incident.c.dataset_id == dataset_id, incident.c.closed.is_(None))
    return bool(causes(connection, list(connection.scalars(open_))))


def _names(connection: sa.Connection, ids: Sequence[int]) -> tuple[str, ...]:
    named = sa.select(dataset.c.name).where(dataset.c.id.in_(ids)).order_by(dataset.c.name)
    return tuple(dict.fromkeys(connection.scalars(named))) if ids else ()
