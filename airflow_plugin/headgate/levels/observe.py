"""What data and its ledger tell of a dataset's service levels: the one module of the room that reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlglot import exp

from headgate.contract import Dataset, Property
from headgate.contract.service_levels import LEVELS, ServiceLevel
from headgate.errors import DataNotFoundError, QueryError
from headgate.levels.clock import Clock, ClockKind, aware, of_new_intervals, since_replaced
from headgate.levels.facts import NOTHING, Extremes, Facts, PublicationFact
from headgate.levels.level import levels_of
from headgate.levels.percentile import ALL, percentile_of
from headgate.levels.scope import properties_of, zone_of
from headgate.places import APPEND, Place, Publication, Relation, Session, Statements, Stored, Target
from headgate.places.records import RUN_KEY, Status
from headgate.scan import filter_rows, typed_view

# What only the clock decides.
_BY_CLOCK = frozenset({"generalAvailability", "endOfSupport", "endOfLife"})
NOT_FOUND = "the table was not found"


def observe(
    dataset: Dataset,
    place: Place,
    *,
    clock: Clock | None = None,
    where: str | None = None,
    known: Facts = NOTHING,
) -> Facts:
    """Return what `place` and its ledger tell of a dataset, beside what is known already.

    Publications are those of headgate: none are known of a table that it has never published to. A table that does not
    exist, where headgate may publish, was never published. A query that fails leaves the columns unknown, and says why
    in `failure`.

    Args:
        clock: at which the facts will be used, by default now (see `facts_of`).
        where: a condition in SQL: only these rows are looked at.
        known: what history has of bad rows and of outages; by default nothing.

    Raises:
        CallError: the data cannot be read, or is not found.
        QueryError, TransientError: the platform cannot be asked, now or at all.
    """
    clock = clock or Clock(datetime.now(UTC))
    if not asks_data(dataset):
        return known
    with place.connect() as session:
        try:
            relation = session.read(place)
        except DataNotFoundError:
            if isinstance(place, Target) and isinstance(session, Statements):
                return never_published(known)
            raise
        if not isinstance(place, Stored):
            relation = session.view(typed_view(dataset, relation, session), relation.name)
        if where is not None:
            relation = filter_rows(relation, where, session, clock.now)
        found = facts_of(dataset, place, relation, session, clock)
        return replace(found, reports=known.reports, outages=known.outages)


def never_published(known: Facts) -> Facts:
    """Return what is known where the table does not exist."""
    return replace(known, publications=(), failure=NOT_FOUND)


def asks_data(dataset: Dataset) -> bool:
    """Return whether any service level of a dataset, or need of its consumers, asks for more than a clock."""
    return any(level.name in LEVELS.keys() - _BY_CLOCK and not level.problem for level, _ in levels_of(dataset))


def facts_of(dataset: Dataset, place: Place, relation: Relation, session: Session, clock: Clock) -> Facts:
    """Return what the rows of a place and its ledger tell. `relation` has them, as the contract has their types.

    To the clock of a gate, whatever came after it and is not in the future is as new as can be, and was published in
    time: a backfill comes long after its interval, and a run that is done again sees the rows of later runs.
    """
    levels, wanted = _wanted(dataset, relation)
    records = records_of(place, session)
    parts = [_Part(relation.as_data, relation)]
    last = _newest(records) if records else None
    if last and last.mode == APPEND and RUN_KEY in relation.by_name:
        of_last = exp.column(RUN_KEY, quoted=True).eq(exp.Literal.string(last.run_key))
        parts.append(_Part(relation.as_data, relation, of_last, _percentiles(dataset, levels)))
    columns: Mapping[str, Extremes] = {}
    own: list[dict[str, Extremes]] = []
    failure = ""
    try:
        columns, *own = _extremes(parts, wanted, session)
    except QueryError as error:
        failure = str(error)
    came = {last.run_key: own[0]} if last and own else {}
    publications = _publications(_facts(records, came), clock)
    return Facts(publications=publications or None, columns=_until(columns, wanted, clock), failure=failure)


def facts_of_publication(
    dataset: Dataset,
    staged: Relation,
    existing: Relation | None,
    session: Session,
    clock: Clock,
    others: Sequence[Publication] | None,
    publication: PublicationFact,
    *,
    appended: bool,
) -> Facts:
    """Return what will be known once staged rows are published: of them and the `existing` rows that stay, of what the
    ledger has of other runs, None where it cannot be read, and of this very publication.

    Args:
        appended: whether the staged rows can then be told from those that were there before.
    """
    levels, wanted = _wanted(dataset, staged)
    parts = [_Part(staged.as_data, staged, percents=_percentiles(dataset, levels) if appended else {})]
    parts += [_Part(existing.as_data, existing)] if existing is not None else []
    columns: Mapping[str, Extremes] = {}
    failure = ""
    try:
        own, *rest = _extremes(parts, wanted, session)
        together = {name: _both([own[name], *(p[name] for p in rest if name in p)], wanted[name]) for name in own}
        columns = _until(together, wanted, clock)
        publication = replace(publication, columns=own) if appended else publication
    except QueryError as error:
        failure = str(error)
    facts = _publications((*_facts(others, {}), publication), clock) if others is not None else None
    return Facts(publications=facts, columns=columns, failure=failure)


def records_of(place: Place, session: Session) -> list[Publication]:
    """Return what was published to a place by headgate, as far as this user may know; none of what is no target."""
    if isinstance(place, Target) and isinstance(session, Statements):
        with suppress(QueryError):  # headgate's own tables may be closed to who only reads
            return session.ledger(place).publications()
    return []


def _newest(records: list[Publication]) -> Publication:
    """Return the record of the last publication of a new data interval among those that are served, which a rerun of an
    older one is not."""
    served = since_replaced([_fact(record, {}) for record in records])
    newest = of_new_intervals(sorted(served, key=lambda fact: fact.published_at))[-1]
    return next(record for record in reversed(records) if _fact(record, {}) == newest)


def _facts(records: Iterable[Publication], own: Mapping[str, Mapping[str, Extremes]]) -> tuple[PublicationFact, ...]:
    """Return the records as facts; `own` are the extremes of the rows that came with a run key."""
    return tuple(_fact(record, own.get(record.run_key, {})) for record in records)


def _fact(record: Publication, columns: Mapping[str, Extremes]) -> PublicationFact:
    return PublicationFact(
        published_at=record.published_at or record.run_at,
        outcome=Status(record.outcome),
        interval=(record.interval_start, record.interval_end),
        rows=record.rows_published,
        quarantined=record.rows_set_aside,
        columns=columns,
        exact=record.published_at is not None,
        run_at=record.run_at,
        whole=record.whole,
    )


def _wanted(dataset: Dataset, relation: Relation) -> tuple[list[ServiceLevel], dict[str, Property]]:
    """Return the levels of a dataset, and the columns that they name and the data has; what is inside a column is not
    looked at."""
    levels = [level for level, _ in levels_of(dataset)]
    found: dict[str, Property] = {}
    for level in levels:
        with suppress(ValueError):  # the dataset has no such property: the level says so
            found |= {prop.name: prop for prop in properties_of(dataset, level)}
    return levels, {n: prop for n, prop in found.items() if not prop.within and prop.column in relation.by_name}


def _percentiles(dataset: Dataset, levels: Iterable[ServiceLevel]) -> dict[str, set[Decimal]]:
    """Return, by property, the percents of rows for which latencies need the time that they are not later than."""
    found: dict[str, set[Decimal]] = {}
    for level in levels:
        with suppress(ValueError):  # the level says what is wrong with it
            if level.name == "latency" and (percentile := percentile_of(level.more)) != ALL:
                for prop in properties_of(dataset, level):
                    found.setdefault(prop.name, set()).add(ALL - percentile)
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows: those of `rows`, which has the columns of `relation`, for which `where` is true. `percents` are the
    quantiles that are asked of it, by property."""

    rows: exp.Expr
    relation: Relation
    where: exp.Expr | None = None
    percents: Mapping[str, set[Decimal]] = field(default_factory=dict)


def _extremes(parts: Sequence[_Part], wanted: Mapping[str, Property], session: Session) -> list[dict[str, Extremes]]:
    """Return the extremes of the columns, and their quantiles, of each part, in one query. A column whose values are no
    dates is left out."""
    if not wanted:
        return [{} for _ in parts]
    asked = [
        (n, percent) for n in wanted for percent in sorted({p for part in parts for p in part.percents.get(n, ())})
    ]
    selects = []
    for number, part in enumerate(parts):
        values: list[exp.Expr] = [exp.Literal.number(number)]
        for name, prop in wanted.items():
            values += _values(part, prop, [percent for each, percent in asked if each == name])
        select = exp.select(*(exp.alias_(value, f"v{at}") for at, value in enumerate(values))).from_(part.rows)
        selects.append(select if part.where is None else select.where(part.where))
    rows = session.rows(exp.union(*selects, distinct=False) if len(selects) > 1 else selects[0])
    return [_read(row[1:], wanted, asked) for row in sorted(rows, key=lambda row: int(row[0]))]


def _values(part: _Part, prop: Property, percents: Sequence[Decimal]) -> Iterator[exp.Expr]:
    """Yield the oldest and the newest value of a column, then its quantiles: NULL where the rows lack the column, or
    these are not asked of them."""
    column = exp.column(prop.column, quoted=True)
    there = prop.column in part.relation.by_name
    yield exp.Min(this=column) if there else exp.null()
    yield exp.Max(this=column.copy()) if there else exp.null()
    for percent in percents:
        yield _quantile(column.copy(), percent) if percent in part.percents.get(prop.name, ()) else exp.null()


def _read(
    row: Sequence[object], wanted: Mapping[str, Property], asked: Sequence[tuple[str, Decimal]]
) -> dict[str, Extremes]:
    values, found = iter(row), {}
    for name in wanted:
        extremes = [next(values), next(values)]
        quantiles = {percent: next(values) for each, percent in asked if each == name}
        oldest, newest = (value if isinstance(value, date) else None for value in extremes)
        if [oldest, newest] == extremes:
            found[name] = Extremes(oldest, newest, {p: v for p, v in quantiles.items() if isinstance(v, date)})
    return found


def _both(parts: Sequence[Extremes], prop: Property) -> Extremes:
    """Return the extremes of several parts of a column together."""
    oldest = [part.oldest for part in parts if part.oldest is not None]
    newest = [part.newest for part in parts if part.newest is not None]
    zone = zone_of(prop)
    return Extremes(
        min(oldest, key=lambda value: aware(value, zone), default=None),
        max(newest, key=lambda value: aware(value, zone), default=None),
    )


def _publications(facts: Iterable[PublicationFact], clock: Clock) -> tuple[PublicationFact, ...]:
    """Return the publications as the clock of a gate sees them: one that was made after it, as that of every backfill,
    was made when its interval ended. A watch sees them as they are."""
    if clock.kind is ClockKind.WALL_CLOCK:
        return tuple(facts)
    return tuple(p if p.published_at <= clock.now else replace(p, published_at=clock.time_of(p)) for p in facts)


def _until(columns: Mapping[str, Extremes], wanted: Mapping[str, Property], clock: Clock) -> dict[str, Extremes]:
    """Return the extremes as the clock of a gate sees them; a watch sees them as they are."""
    if clock.kind is ClockKind.WALL_CLOCK:
        return dict(columns)
    wall = Clock(datetime.now(UTC))

    def seen(value: datetime | date | None, prop: Property) -> datetime | date | None:
        if value is None:
            return None
        moment = aware(value, zone_of(prop))
        return clock.now if moment > clock.now and not wall.is_later(moment) else value

    return {
        name: Extremes(seen(each.oldest, wanted[name]), seen(each.newest, wanted[name]), each.quantiles)
        for name, each in columns.items()
    }


def _quantile(column: exp.Expr, percent: Decimal) -> exp.Expr:
    share = exp.PercentileDisc(this=exp.Literal.number(str(percent / 100)))
    return exp.WithinGroup(this=share, expression=exp.Order(expressions=[exp.Ordered(this=column)]))
