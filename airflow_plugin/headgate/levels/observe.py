"""What data and its ledger tell of a dataset's service levels: the one module of the room that reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal

from sqlglot import exp

from headgate.checks import DATA
from headgate.contract import Dataset, Property
from headgate.contract.service_levels import ServiceLevel
from headgate.errors import DataNotFoundError, QueryError
from headgate.gate import Status
from headgate.levels.clock import of_new_intervals
from headgate.levels.facts import Extremes, Facts, PublicationFact
from headgate.levels.level import levels_of
from headgate.levels.percentile import ALL, percentile_of
from headgate.levels.scope import properties_of
from headgate.places import APPEND, Place, Publication, Relation, Session, Statements, Stored, Target
from headgate.places.records import RUN_KEY
from headgate.scan.view import typed_view


def observe(dataset: Dataset, place: Place) -> Facts:
    """Return what `place` and its ledger tell of a dataset. Reports and outages are not recorded there.

    Publications are those of headgate: none are known of a table that it has never published to. A table that does not
    exist, where headgate may publish, was never published.

    Raises:
        CallError: the data cannot be read, or is not found.
        QueryError, TransientError: the platform cannot be asked, now or at all.
    """
    levels = [level for level, _ in levels_of(dataset)]
    with place.connect() as session:
        try:
            relation = session.read(place)
        except DataNotFoundError:
            if isinstance(place, Target) and isinstance(session, Statements):
                return Facts(publications=())
            raise
        stored = isinstance(place, Stored)
        rows = relation.as_data if stored else typed_view(dataset, relation, session).subquery(DATA)
        wanted = _columns(dataset, levels, relation)
        extremes = _extremes(rows, wanted, {}, session)
        records = _records(place, session)
        if not records:
            return Facts(columns=extremes)
        last = _newest(records)
        own: Mapping[str, Extremes] = {}
        if last.mode == APPEND and RUN_KEY in relation.by_name:
            of_last = exp.column(RUN_KEY, quoted=True).eq(exp.Literal.string(last.run_key))
            own = _extremes(rows, wanted, _percentiles(dataset, levels), session, of_last)
        facts = tuple(_fact(record, own if record is last else {}) for record in records)
        return Facts(publications=facts, columns=extremes)


def _newest(records: list[Publication]) -> Publication:
    """Return the record of the last publication of a new data interval, which a rerun of an older one is not."""
    ordered = sorted(records, key=lambda record: record.published_at or record.run_at)
    newest = of_new_intervals([_fact(record, {}) for record in ordered])[-1]
    return next(record for record in reversed(ordered) if _fact(record, {}) == newest)


def _records(place: Place, session: Session) -> list[Publication]:
    if isinstance(place, Target) and isinstance(session, Statements):
        with suppress(QueryError):  # headgate's own tables may be closed to who only reads
            return session.ledger(place).publications()
    return []


def _fact(record: Publication, columns: Mapping[str, Extremes]) -> PublicationFact:
    return PublicationFact(
        published_at=record.published_at or record.run_at,
        outcome=Status(record.outcome),
        interval=(record.interval_start, record.interval_end),
        rows=record.rows_published,
        quarantined=record.rows_set_aside,
        columns=columns,
        exact=record.published_at is not None,
    )


def _columns(dataset: Dataset, levels: Iterable[ServiceLevel], relation: Relation) -> dict[str, Property]:
    """Return the columns that the levels name and the data has; what is inside a column is not looked at."""
    found: dict[str, Property] = {}
    for level in levels:
        with suppress(ValueError):  # the dataset has no such property: the level says so
            found |= {prop.name: prop for prop in properties_of(dataset, level)}
    return {name: prop for name, prop in found.items() if not prop.within and prop.column in relation.by_name}


def _percentiles(dataset: Dataset, levels: Iterable[ServiceLevel]) -> dict[str, set[Decimal]]:
    """Return, by property, the percents of rows for which latencies need the time that they are not later than."""
    found: dict[str, set[Decimal]] = {}
    for level in levels:
        with suppress(ValueError):  # the level says what is wrong with it
            if level.name == "latency" and (percentile := percentile_of(level.more)) != ALL:
                for prop in properties_of(dataset, level):
                    found.setdefault(prop.name, set()).add(ALL - percentile)
    return found


def _extremes(
    rows: exp.Expr,
    wanted: Mapping[str, Property],
    percents: Mapping[str, set[Decimal]],
    session: Session,
    where: exp.Expr | None = None,
) -> dict[str, Extremes]:
    """Return the extremes of the columns, and their quantiles, in one query. A column whose values are no dates is left
    out."""
    if not wanted:
        return {}
    selected: list[exp.Expr] = []
    for name, prop in wanted.items():
        column = exp.column(prop.column, quoted=True)
        selected += [exp.Min(this=column), exp.Max(this=column.copy())]
        selected += [_quantile(column.copy(), percent) for percent in sorted(percents.get(name, ()))]
    query = exp.select(*selected).from_(rows)
    (row,) = session.rows(query if where is None else query.where(where))
    values, found = iter(row), {}
    for name in wanted:
        oldest, newest = next(values), next(values)
        quantiles = {percent: next(values) for percent in sorted(percents.get(name, ()))}
        if all(value is None or isinstance(value, date) for value in (oldest, newest)):
            found[name] = Extremes(oldest, newest, {p: value for p, value in quantiles.items() if value is not None})
    return found


def _quantile(column: exp.Expr, percent: Decimal) -> exp.Expr:
    share = exp.PercentileDisc(this=exp.Literal.number(str(percent / 100)))
    return exp.WithinGroup(this=share, expression=exp.Order(expressions=[exp.Ordered(this=column)]))
