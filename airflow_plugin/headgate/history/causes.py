"""Which incident is the cause of which: the one that was open upstream when the other began."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from headgate.history.tables import concern, dataset, incident, upstream
from headgate.incidents import Incident, Severity

_SPAN = sa.select(incident.c.id, incident.c.dataset_id, incident.c.body)


def causes(connection: sa.Connection, ids: Collection[int] | None = None) -> dict[int, int]:
    """Return the cause of each incident that has one, by their ids: of the open ones, or of `ids`.

    An incident is the cause of another where it pages, is of a dataset that the other one's dataset is made from, as
    lineage or the `consumers` of its contract say, and was open when the other began. A warning is one only where it is
    about a column that the other one is about, by name. Of several it is one about such a column, then the one that
    began first. A cause that is closed by now is still the cause. Among open incidents there is no circle.
    """
    wanted = incident.c.closed.is_(None) if ids is None else incident.c.id.in_(ids)
    found = [_Span.of(*row) for row in _rows(connection, _SPAN.where(wanted))]
    if not found:
        return {}
    sources = _sources(connection, {each.dataset for each in found})
    parents: set[int] = set().union(*sources.values())
    may_be = (
        incident.c.dataset_id.in_(parents),
        incident.c.opened <= max(each.since for each in found),
        sa.or_(incident.c.closed.is_(None), incident.c.closed > min(each.since for each in found)),
    )
    rows = _rows(connection, _SPAN.where(*may_be)) if parents else ()
    by_dataset: defaultdict[int, list[_Span]] = defaultdict(list)
    for row in rows:
        span = _Span.of(*row)
        by_dataset[span.dataset].append(span)
    causes = {each.id: _cause(each, (one for of in sources[each.dataset] for one in by_dataset[of])) for each in found}
    return {id_: cause for id_, cause in causes.items() if cause is not None}


def downstream_of(connection: sa.Connection, dataset_id: int) -> list[int]:
    """Return the datasets that are made from a dataset, and have incidents of which something may be told."""
    unsettled = sa.select(incident.c.dataset_id).where(sa.not_(incident.c.settled), incident.c.dataset_id != dataset_id)
    others: set[int] = set(connection.scalars(unsettled))
    sources = _sources(connection, others) if others else {}
    return sorted(each for each in others if dataset_id in sources.get(each, ()))


@dataclass(frozen=True, slots=True)
class _Span:
    """An incident, and when it was open: from and to of each of its episodes."""

    id: int
    dataset: int
    episodes: tuple[tuple[datetime, datetime | None], ...]
    incident: Incident

    @classmethod
    def of(cls, id_: int, dataset_id: int, body: str) -> _Span:
        said = Incident.from_dict(json.loads(body))
        return cls(id_, dataset_id, tuple((each.opened, each.closed) for each in said.episodes), said)

    @property
    def since(self) -> datetime:
        return self.episodes[-1][0]

    @property
    def open(self) -> bool:
        return self.episodes[-1][1] is None

    def shares_column(self, other: _Span) -> bool:
        """Return whether both are about a column of one name."""
        return not {*self.incident.broken.columns}.isdisjoint(other.incident.broken.columns)

    def may_cause(self, other: _Span) -> bool:
        """Return whether it counts as a cause where it is upstream."""
        warns = self.incident.broken.severity is Severity.WARNING and not self.incident.draft
        return self.incident.pages or (warns and self.shares_column(other))

    def begun_before(self, other: _Span) -> datetime | None:
        """Return when the episode began in which the other incident began; None where there is none."""
        # Of two that are open, each could have begun in an older episode of the other.
        counted = self.episodes[-1:] if self.open and other.open else self.episodes
        for begun, over in counted:
            earlier = (begun, self.dataset) < (other.since, other.dataset)
            if earlier and (over is None or over > other.since):
                return begun
        return None


def _cause(late: _Span, candidates: Iterable[_Span]) -> int | None:
    found = (
        (not each.shares_column(late), begun, each.id)
        for each in candidates
        if each.may_cause(late) and (begun := each.begun_before(late)) is not None
    )
    return min(found, default=(None, None, None))[2]


def _sources(connection: sa.Connection, datasets: Collection[int]) -> Mapping[int, set[int]]:
    """Return the datasets from which each of some is made, by their ids."""
    of = sa.and_(dataset.c.namespace == upstream.c.namespace, dataset.c.place == upstream.c.place)
    query = sa.select(upstream.c.dataset_id, dataset.c.id).join_from(upstream, dataset, of)
    sources: defaultdict[int, set[int]] = defaultdict(set)
    for made, source in _rows(connection, query.where(upstream.c.dataset_id.in_(datasets))):
        sources[made].add(source)
    named = sa.select(dataset.c.id, dataset.c.contract, dataset.c.name).where(dataset.c.id.in_(datasets))
    by_name: defaultdict[str, set[int]] = defaultdict(set)
    for id_, contract, name in _rows(connection, named):
        by_name[name].add(id_)
        by_name[f"{contract}.{name}"].add(id_)
    for source, name in _consumed(connection):
        for made in by_name[name]:
            sources[made].add(source)
    for made, from_ in sources.items():
        from_.discard(made)
    return sources


def _consumed(connection: sa.Connection) -> Iterator[tuple[int, str]]:
    """Yield each dataset with incidents, and what its consumers make of it."""
    broken = sa.select(incident.c.dataset_id)
    query = sa.select(concern.c.dataset_id, concern.c.body).where(concern.c.dataset_id.in_(broken))
    for id_, body in _rows(connection, query):
        yield from ((id_, each["dataset"]) for each in json.loads(body)["consumers"] if each.get("dataset"))


def _rows(connection: sa.Connection, query: Any) -> Sequence[Any]:
    return connection.execute(query).all()
