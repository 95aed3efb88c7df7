"""Where data of a moment came from: which publication served then, of a dataset and of all that it was made from."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headgate.errors import CallError
from headgate.lineage.graph import Graph, Node, Publication
from headgate.naming import PlaceName


@dataclass(frozen=True, slots=True)
class Served:
    """A dataset at a moment.

    `publication` is what readers saw, None where the events have none; `before` the one before it; `differences` what
    is not the same in the two; `held_back` the later runs until the moment that were to publish, and did not.
    """

    node: Node
    distance: int
    read_by: str
    at: datetime
    publication: Publication | None
    before: Publication | None
    differences: tuple[str, ...]
    held_back: tuple[Publication, ...]

    def to_dict(self) -> dict[str, Any]:
        node = self.node
        return {
            "namespace": node.name.namespace,
            "name": node.name.name,
            "distance": self.distance,
            "read_by": self.read_by or None,
            "at": self.at.isoformat(),
            "owners": list(node.owners),
            "support": [{"channel": s.channel, "url": s.url} for s in node.support],
            "publication": _told(self.publication),
            "before": _told(self.before),
            "differences": list(self.differences),
            "held_back": [_told(each) for each in self.held_back],
        }


@dataclass(frozen=True, slots=True)
class Trace:
    """The dataset asked for, then its inputs, by distance; `at` is the moment, `nominal` whether it is one of the runs'
    data intervals."""

    start: Node
    at: datetime
    nominal: bool
    served: tuple[Served, ...]
    source: str = ""

    @property
    def changed_last(self) -> Served | None:
        """The dataset whose publication is the newest of those that served: of those that a gate published, if any."""
        known = [(each.publication, each) for each in self.served if each.publication]
        gated = [(run, each) for run, each in known if run.contract or run.outcome]
        return max(gated or known, key=lambda pair: pair[0].at, default=(None, None))[1]

    def to_dict(self) -> dict[str, Any]:
        last = self.changed_last
        return {
            "dataset": {"namespace": self.start.name.namespace, "name": self.start.name.name},
            "at": self.at.isoformat(),
            "nominal": self.nominal,
            "source": self.source or None,
            "changed_last": str(last.node.name) if last else None,
            "served": [each.to_dict() for each in self.served],
        }


def trace(graph: Graph, name: PlaceName, at: datetime, *, nominal: bool = False) -> Trace:
    """Return which publication of a dataset served at a moment, and which of its inputs had served when that was made.

    Args:
        at: aware. Of each input, the moment is when the run that read it began.
        nominal: `at` is a time of data intervals, not of the clock: for backfills, and days that are run again.

    Raises:
        CallError: the graph has no publications: its source has no events.
    """
    if not graph.history:
        raise CallError(
            f"{graph.source or 'this lineage'} has no events of runs, and --at needs them; give --from a file or "
            "folder of OpenLineage events"
        )
    seen = {name}
    queue: deque[tuple[PlaceName, int, str, datetime, bool]] = deque([(name, 0, "", at, nominal)])
    served = []
    while queue:
        place, distance, read_by, moment, by_interval = queue.popleft()
        one = _served(
            graph, place, distance, read_by, moment, until=_clock(moment, by_interval), last=_clock(at, nominal)
        )
        served.append(one)
        for source, job in _inputs(graph, place, one.publication):
            if source not in seen:
                seen.add(source)
                then = one.publication.started_at if one.publication else moment
                queue.append((source, distance + 1, job, then, by_interval and not one.publication))
    return Trace(graph.node(name), at, nominal, tuple(served), graph.source)


def _clock(moment: datetime, nominal: bool) -> Callable[[Publication], bool]:
    """Return whether a publication was made until a moment, by the clock or by the time that its run is for."""
    if nominal:
        return lambda publication: (publication.about or publication.at) <= moment
    return lambda publication: publication.at <= moment


def _inputs(graph: Graph, place: PlaceName, publication: Publication | None) -> Iterator[tuple[PlaceName, str]]:
    """Yield what was read, and the job that did: by the run that served; where none is known, by any that writes it."""
    if publication:
        yield from ((source, publication.job) for source in publication.inputs)
        return
    for job in graph.writers.get(place, ()):
        yield from ((source, job.name.name) for source in sorted(job.inputs, key=str))


def _served(
    graph: Graph,
    place: PlaceName,
    distance: int,
    read_by: str,
    moment: datetime,
    *,
    until: Callable[[Publication], bool],
    last: Callable[[Publication], bool],
) -> Served:
    runs = graph.history.get(place, ())
    serving = [run for run in runs if run.serves and until(run)]
    publication = serving[-1] if serving else None
    before = serving[-2] if len(serving) > 1 else None
    held_back = tuple(
        run for run in runs if not run.serves and last(run) and (not publication or run.at > publication.at)
    )
    differences = tuple(_differences(before, publication)) if before and publication else ()
    return Served(graph.node(place), distance, read_by, moment, publication, before, differences, held_back)


def _differences(old: Publication, new: Publication) -> Iterator[str]:
    for what, one, other in (
        ("contract", old.contract, new.contract),
        ("version", old.version, new.version),
        ("commit", old.commit, new.commit),
        ("policy", old.policy, new.policy),
        ("verdict", old.verdict, new.verdict),
        ("outcome", old.outcome, new.outcome),
        ("job", old.job, new.job),
    ):
        if one != other:
            yield f"{what}: {one or 'unknown'} → {other or 'unknown'}"
    for what in dict.fromkeys((*old.rows, *new.rows)):
        if what != "before" and old.rows.get(what) != new.rows.get(what):
            yield f"rows {what}: {_count(old.rows.get(what))} → {_count(new.rows.get(what))}"
    broken = {each.rule: each for each in new.failed}
    for each in (each for rule, each in broken.items() if rule not in {one.rule for one in old.failed}):
        yield f"newly broken: {each}"


def _count(rows: int | None) -> str:
    return "unknown" if rows is None else f"{rows:,}"


def _told(publication: Publication | None) -> dict[str, Any] | None:
    if publication is None:
        return None
    return {
        "at": publication.at.isoformat(),
        "about": publication.about.isoformat() if publication.about else None,
        "job": publication.job,
        "run_id": publication.run_id,
        "run_key": publication.run_key or None,
        "contract": publication.contract or None,
        "version": publication.version or None,
        "commit": publication.commit or None,
        "url": publication.url or None,
        "verdict": publication.verdict or None,
        "outcome": publication.outcome or ("written" if publication.completed else "failed"),
        "policy": publication.policy or None,
        "rows": dict(publication.rows),
        "failed": [str(each) for each in publication.failed],
        "stale_since": publication.stale_since or None,
        "stale_reason": publication.stale_reason or None,
    }
