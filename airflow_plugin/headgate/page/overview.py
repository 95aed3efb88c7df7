"""All datasets that somebody may see, with their states: what home and the list of contracts show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from headgate.fitness.catalogue import full_name
from headgate.history import incident_read, read, survey
from headgate.history.incident_views import IncidentLine
from headgate.history.views import DatasetStanding
from headgate.page.ask import Ask, NotShownError
from headgate.page.state import Freshness, State, fresh_until, state_of


@dataclass(frozen=True, slots=True)
class Line:
    """A dataset in a list. `standing` is None of one that never ran, which only its contract tells of; `why` says more
    of the state; `declared` is how many rules the contract has, None where the contract is not known here."""

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

    def of(self, dataset_id: int) -> Line | None:
        return next((line for line in self.lines if line.standing and line.standing.id == dataset_id), None)


def overview(ask: Ask) -> Overview:
    """Return all that `ask` may see."""
    dags = survey.dags(ask.store)
    standings = [each for each in read.home(ask.store) if sees(ask, dags.get(each.id, frozenset()))]
    open_: defaultdict[int, list[IncidentLine]] = defaultdict(list)
    for incident in incident_read.list_incidents(ask.store, ask.now):
        open_[incident.dataset].append(incident)
    levels, paces = survey.levels_now(ask.store), survey.paces(ask.store, ask.now)
    known = {full_name(each): each for each in ask.catalogue.datasets} if ask.catalogue else {}
    lines = []
    for each in standings:
        incidents, mine = tuple(open_[each.id]), levels.get(each.id, ())
        fresh = fresh_until(mine)
        state, why = state_of(each, incidents, fresh, paces.get(each.id), ask.now)
        contract = known.get(f"{each.contract}.{each.dataset}")
        lines.append(
            Line(
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
            )
        )
    lines += _never(ask, known, {line.name for line in lines})
    return Overview(tuple(sorted(lines, key=lambda line: (line.state.rank, -len(line.incidents), line.name))))


def sees(ask: Ask, dags: frozenset[str]) -> bool:
    """Return whether `ask` may see a dataset that these DAGs ran: one of them is enough; of what none ran, only who may
    read all."""
    return any(map(ask.scope.sees, dags)) if dags else ask.scope.sees(None)


def seen(ask: Ask, dataset_id: int) -> frozenset[str]:
    """Return the DAGs that ran a dataset. Raises NotShownError where `ask` may not see it."""
    dags = survey.dags(ask.store).get(dataset_id, frozenset())
    if not sees(ask, dags):
        raise NotShownError("this dataset was not found")
    return dags


def _never(ask: Ask, known: Mapping[str, Any], ran: set[str]) -> Sequence[Line]:
    """Return the datasets of contracts that never ran. No DAG says who may read them: who may read all does."""
    if not ask.scope.sees(None):
        return ()
    recorded = {f"{each.contract}.{each.dataset}" for each in read.home(ask.store)} if ran else set()
    return [
        Line(
            each.contract.id,
            each.name,
            each.contract.owner,
            State.NEVER,
            "",
            each.contract.version,
            domain=each.contract.domain,
            declared=len(each.rules),
        )
        for name, each in known.items()
        if name not in ran | recorded
    ]


def _by_effect(line: IncidentLine) -> tuple[Any, ...]:
    each = line.incident
    return not each.pages, -each.current_effect.rank, -len(line.concern.consumers), each.opened, line.number
