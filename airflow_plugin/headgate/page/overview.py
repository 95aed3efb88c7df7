"""All datasets that somebody may see, with their states: what home and the list of contracts show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from headgate.contract import Dataset
from headgate.fitness.catalogue import full_name
from headgate.history import incident_read, read, survey
from headgate.history.incident_views import IncidentLine
from headgate.history.views import DatasetStanding, Waiting
from headgate.page.ask import Ask, NotShownError
from headgate.page.state import Freshness, State, fresh_until, may_be_quiet, state_of


@dataclass(frozen=True, slots=True)
class Line:
    """A dataset in a list. `standing` is None of one that never ran, which only its contract tells of; `why` says more
    of the state; `declared` is how many rules the contract has, None where that is not known here; `waiting` are the
    rows in quarantine."""

    contract: str
    dataset: str
    owner: str
    state: State
    why: str
    version: str = ""
    standing: DatasetStanding | None = None
    incidents: tuple[IncidentLine, ...] = ()
    levels: tuple[Mapping[str, Any], ...] = ()
    fresh: Freshness | None = None
    dags: frozenset[str] = frozenset()
    domain: str = ""
    declared: int | None = None
    waiting: Waiting | None = None

    @property
    def name(self) -> str:
        return f"{self.contract}.{self.dataset}"

    @property
    def place(self) -> str:
        """Where the data is, empty where it has no place of its own."""
        return self.standing.place.name if self.standing and self.standing.place else ""

    @property
    def measured(self) -> int:
        """How many of the rules of the newest run were executed."""
        return self.standing.rules - self.standing.unmeasured if self.standing else 0

    @property
    def kept(self) -> int:
        return self.measured - self.standing.broken - self.standing.warned if self.standing else 0


@dataclass(frozen=True)
class Overview:
    """What is seen: `lines` by trouble, then name."""

    lines: tuple[Line, ...]

    @cached_property
    def counts(self) -> Counter[State]:
        return Counter(line.state for line in self.lines)

    @cached_property
    def incidents(self) -> tuple[IncidentLine, ...]:
        """The open incidents that matter, the worst for readers first, then by consumers and age."""
        found = [each for line in self.lines for each in line.incidents]
        return tuple(sorted(found, key=_by_effect))


def overview(ask: Ask) -> Overview:
    """Return all that `ask` may see."""
    standings = read.home(ask.store)
    known = {full_name(each): each for each in ask.catalogue.datasets} if ask.catalogue else {}
    never = _never(ask, known, {f"{each.contract}.{each.dataset}" for each in standings})
    return Overview(_in_order([*_lines(ask, standings, None), *never]))


def lines_of(ask: Ask, ids: Collection[int]) -> tuple[Line, ...]:
    """Return the datasets with these ids that `ask` may see."""
    return _in_order(_lines(ask, read.by_id(ask.store, ids), ids))


def line_of(ask: Ask, dataset_id: int) -> Line:
    """Return a dataset. Raises NotShownError where `ask` may not see it, or it has no run."""
    found = lines_of(ask, [dataset_id])
    if not found:
        raise NotShownError("this dataset was not found")
    return found[0]


def _in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: (line.state.rank, -len(line.incidents), line.name)))


def _lines(ask: Ask, standings: Sequence[DatasetStanding], ids: Collection[int] | None) -> Iterator[Line]:
    dags = survey.dags(ask.store, ids)
    shown = [each for each in standings if sees(ask, dags.get(each.id, frozenset()))]
    open_: defaultdict[int, list[IncidentLine]] = defaultdict(list)
    for incident in incident_read.list_incidents(ask.store, ask.now, datasets=ids):
        open_[incident.dataset].append(incident)
    levels = survey.levels_now(ask.store, ids)
    resting = [each.id for each in shown if may_be_quiet(each.last.at, ask.now)]
    paces = survey.paces(ask.store, resting, ask.now) if resting else {}
    waiting = survey.waiting(ask.store, ask.now, ids)
    known = {full_name(each): each for each in ask.catalogue.datasets} if ask.catalogue else {}
    for each in shown:
        incidents, mine = tuple(open_[each.id]), levels.get(each.id, ())
        fresh = fresh_until(mine)
        state, why = state_of(each, incidents, mine, waiting.get(each.id), paces.get(each.id), ask.now)
        contract = known.get(f"{each.contract}.{each.dataset}")
        yield Line(
            each.contract,
            each.dataset,
            each.last.owner,
            state,
            why,
            each.last.version,
            each,
            incidents,
            mine,
            fresh,
            dags.get(each.id, frozenset()),
            contract.contract.domain if contract else "",
            len(contract.rules) if contract else None,
            waiting.get(each.id),
        )


def sees(ask: Ask, dags: frozenset[str]) -> bool:
    """Return whether `ask` may see a dataset that these DAGs ran: one of them is enough; of what none ran, only who may
    read all."""
    return any(map(ask.scope.sees, dags)) if dags else ask.scope.sees(None)


def seen_ids(ask: Ask) -> frozenset[int] | None:
    """Return the ids of the datasets that `ask` may see; None where that is all."""
    if ask.scope.dags is None:
        return None
    return frozenset(id_ for id_, dags in survey.dags(ask.store).items() if sees(ask, dags))


def seen_incidents(ask: Ask, numbers: Collection[int]) -> frozenset[int]:
    """Return of the numbers of incidents those of datasets that `ask` may see."""
    datasets = survey.datasets_of_incidents(ask.store, numbers)
    ran = survey.dags(ask.store, set(datasets.values()))
    return frozenset(number for number, of in datasets.items() if sees(ask, ran.get(of, frozenset())))


def seen(ask: Ask, dataset_id: int) -> frozenset[str]:
    """Return the DAGs that ran a dataset. Raises NotShownError where `ask` may not see it."""
    dags = survey.dags(ask.store, [dataset_id]).get(dataset_id, frozenset())
    if not sees(ask, dags):
        raise NotShownError("this dataset was not found")
    return dags


def _never(ask: Ask, known: Mapping[str, Dataset], ran: set[str]) -> Iterator[Line]:
    """Yield the datasets of contracts that never ran. No DAG says who may read them: who may read all does."""
    for name, each in known.items() if ask.scope.sees(None) else ():
        if name not in ran:
            about, rules = each.contract, len(each.rules)
            yield Line(
                about.id, each.name, about.owner, State.NEVER, "", about.version, domain=about.domain, declared=rules
            )


def by_dataset(incidents: Iterable[IncidentLine]) -> list[list[IncidentLine]]:
    """Return incidents by their dataset, in the order of the first of each: one run breaks many promises at once."""
    found: dict[int, list[IncidentLine]] = {}
    for each in incidents:
        found.setdefault(each.dataset, []).append(each)
    return list(found.values())


def _by_effect(line: IncidentLine) -> tuple[Any, ...]:
    each = line.incident
    return not each.pages, -each.current_effect.rank, -len(line.concern.consumers), each.opened, line.number
