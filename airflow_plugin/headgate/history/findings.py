"""What incidents are folded from: the finding and the concern of a record, in the tables and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from headgate import incidents
from headgate.checks.aggregates import NOT_EMPTY
from headgate.contract.consumers import consumers_of
from headgate.contract.service_levels import Duration
from headgate.history.dialect import insert, storable
from headgate.history.record import VISIBLE, Kind, ResultRecord, RunRecord
from headgate.history.tables import finding, promises
from headgate.incidents import Broken, Concern, Finding, Severity
from headgate.levels import LevelResult
from headgate.levels.clock import after
from headgate.levels.level import FUTURE

# The service levels that say that data is older than promised.
_AGES = frozenset({"freshness", "frequency", "timeOfAvailability"})
# Those that count what other promises did: whoever is told of an incident need not be told of its share.
_COUNTS = frozenset({"availability", "errorRate", "timeToDetect", "timeToNotify", "timeToRepair", FUTURE})
# What is read of the result of a level.
_SAID = frozenset({"name", "at", "statement", "reason", "consumer"})


def finding_of(record: RunRecord) -> Finding:
    """Return what a record says of the promises of its dataset."""
    visible = record.outcome in VISIBLE
    # What a publish that was held back says of ages is what would have been.
    counts = record.kind is not Kind.PART and (record.outcome is None or visible)
    levels = [level for level in record.levels if counts and level.keys() >= _SAID]
    own = {level["key"] for level in record.levels}
    results = [each for each in record.results if each.rule.key not in own]
    broken = {each.rule.key: _broken(each) for each in results if each.status == "failed"}
    broken |= {level["key"]: _broken_level(level) for level in levels if level["status"] == "broken"}
    unmeasured = {each.rule.key for each in results if each.status in ("errored", "not_executed")}
    unmeasured |= {level["key"] for level in levels if level["status"] in ("unknown", "not_executable")}
    unmeasured |= own - {level["key"] for level in levels}
    return Finding(
        at=record.at,
        run_key=record.run_key,
        kind=incidents.Kind(record.kind),
        version=record.version,
        part=record.around.slot,
        interval_end=record.interval[1],
        clock=max((datetime.fromisoformat(level["at"]) for level in levels), default=None),
        draft=record.draft,
        promises=frozenset(own | {each.rule.key for each in results}),
        broken=broken,
        unmeasured=frozenset(unmeasured),
        visible=visible,
        partly=record.outcome == "published_partly",
        own=record.around.own,
        passes=record.around.passes,
    )


def concern_of(record: RunRecord) -> Concern:
    """Return whom the dataset of a record concerns."""
    return Concern(
        contract=record.contract,
        dataset=record.dataset,
        place=record.place,
        version=record.version,
        owner=record.owner,
        support=record.support,
        consumers=consumers_of([dict(each) for each in record.consumers]) if record.consumers else (),
        link=record.around.link,
    )


def _broken(result: ResultRecord) -> Broken:
    return Broken(
        result.label,
        Severity.ERROR if result.severity == "error" else Severity.WARNING,
        result.failed,
        result.rows,
        result.columns,
        unlisted=result.rule.key == NOT_EMPTY.key,
        description=result.description,
        unit=result.unit,
    )


def _broken_level(level: Mapping[str, Any]) -> Broken:
    counts = level["name"] in _COUNTS
    severity = Severity.NEED if level["consumer"] else Severity.WARNING if counts else Severity.ERROR
    return Broken(
        level["statement"],
        severity,
        reason=level["reason"],
        level=True,
        late=level["name"] in _AGES,
        consumer=level["consumer"],
        due=_due(level),
        unlisted=level["name"] == FUTURE,
    )


def _due(level: Mapping[str, Any]) -> datetime | None:
    """Return since when data is late, where the observed age tells it."""
    try:
        result = LevelResult.from_dict(level)
    except (KeyError, TypeError, ValueError):
        return None
    age = result.observed.value if result.observed else None
    limit = result.promised.value if result.promised else None
    if result.name != "freshness" or not isinstance(age, timedelta):
        return None
    newest = result.at - age
    match limit:
        case timedelta():
            return min(result.at, newest + limit)
        case Duration():
            return min(result.at, after(limit, newest))
    return None


def add(connection: sa.Connection, dataset_id: int, each: Finding) -> bool:
    """Write a finding; return False where it is there already."""
    row = {
        "dataset_id": dataset_id,
        "at": each.at,
        "kind": str(each.kind),
        "run_key": storable(each.run_key),
        "interval_end": each.interval_end,
        "visible": each.visible,
        "promises_id": _promises_id(connection, dataset_id, each.promises),
        "body": json.dumps(_body(each)),
    }
    # Not by the count of rows: the driver of PostgreSQL does not know it.
    write = insert(connection, finding).on_conflict_do_nothing().returning(finding.c.at)
    return connection.execute(write, row).first() is not None


def read(connection: sa.Connection, dataset_id: int, *which: Any) -> Iterator[Finding]:
    """Yield all findings of a dataset, or those for which the conditions hold, in their order."""
    rows = connection.execute(
        sa.select(*finding.c, promises.c["keys"].label("promised"))
        .join(promises, promises.c.id == finding.c.promises_id)
        .where(finding.c.dataset_id == dataset_id, *which)
    )
    known: dict[str, frozenset[str]] = {}
    found = []
    for row in rows:
        if row.promised not in known:
            known[row.promised] = frozenset(json.loads(row.promised))
        found.append(_finding(row, known[row.promised]))
    yield from sorted(found, key=lambda each: each.order)


def _promises_id(connection: sa.Connection, dataset_id: int, keys: frozenset[str]) -> int:
    said = json.dumps(sorted(keys))
    named = {"dataset_id": dataset_id, "digest": hashlib.sha256(said.encode()).hexdigest()}
    find = sa.select(promises.c.id).where(*(promises.c[name] == value for name, value in named.items()))
    known = connection.scalar(find)
    if known is None:
        known = connection.execute(promises.insert().returning(promises.c.id), named | {"keys": said}).scalar_one()
    return int(known)


def _body(each: Finding) -> dict[str, Any]:
    said = {
        "version": each.version,
        "part": each.part,
        "clock": each.clock.isoformat() if each.clock else None,
        "draft": each.draft,
        "broken": {rule: broken.to_dict() for rule, broken in sorted(each.broken.items())},
        "unmeasured": sorted(each.unmeasured),
        "partly": each.partly,
        "own": each.own,
        "passes": each.passes,
    }
    return {name: value for name, value in said.items() if value not in (None, "", False, [], {})}


def _finding(row: Any, keys: frozenset[str]) -> Finding:
    said = json.loads(row.body)
    clock = said.pop("clock", None)
    broken = {rule: Broken.from_dict(value) for rule, value in said.pop("broken", {}).items()}
    return Finding(
        at=row.at,
        run_key=row.run_key,
        kind=incidents.Kind(row.kind),
        interval_end=row.interval_end,
        visible=row.visible,
        promises=keys,
        clock=datetime.fromisoformat(clock) if clock else None,
        broken=broken,
        unmeasured=frozenset(said.pop("unmeasured", ())),
        **said,
    )
