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

_SPAN = sa.select(incident.c.id, incident.c.dataset_id, incident.c.body)


def causes(connection: sa.Connection, ids: Collection[int] | None = None) -> dict[int, int]:
    """Return the cause of each incident that has one, by their ids: of the open ones, or of `ids`.

    An incident is the cause of another where it pages, is of a dataset that the other one's dataset is made from, as
    lineage or the `consumers` of its contract say, and was open when the other began. Of several it is the one that
    began first. A cause that is closed by now is still the cause. Among open incidents there is no circle.
    """
    wanted = incident.c.closed.is_(None) if ids is None else incident.c.id.in_(ids)
    found = [_Span.of(*row) for row in _rows(connection, _SPAN.where(wanted))]
    if not found:
        return {}
    sources = _sources(connection, {each.dataset for each in found})
    parents: set[int] = set().union(*sources.values())
    may_be = (
        incident.c.pages,
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
    """When an incident was open: from and to of each of its episodes."""

    id: int
    dataset: int
    episodes: tuple[tuple[datetime, datetime | None], ...]

    @classmethod
    def of(cls, id_: int, dataset_id: int, body: str) -> _Span:
        said = json.loads(body)["episodes"]
        return cls(id_, dataset_id, tuple((_time(each["opened"]), _maybe(each["closed"])) for each in said))

    @property
    def since(self) -> datetime:
        return self.episodes[-1][0]

    @property
    def open(self) -> bool:
        return self.episodes[-1][1] is None

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
    begun = ((each.begun_before(late), each.id) for each in candidates)
    return min(((at, id_) for at, id_ in begun if at is not None), default=(None, None))[1]


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
    """Yield each dataset with incidents that page, and what its consumers make of it."""
    paging = sa.select(incident.c.dataset_id).where(incident.c.pages)
    query = sa.select(concern.c.dataset_id, concern.c.body).where(concern.c.dataset_id.in_(paging))
    for id_, body in _rows(connection, query):
        yield from ((id_, each["dataset"]) for each in json.loads(body)["consumers"] if each.get("dataset"))


def _rows(connection: sa.Connection, query: Any) -> Sequence[Any]:
    return connection.execute(query).all()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
