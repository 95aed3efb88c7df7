"""What somebody asks a view, and what they may see."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from headgate.errors import HeadgateError
from headgate.page.links import Links

if TYPE_CHECKING:
    from headgate.fitness.catalogue import Catalogue
    from headgate.history.store import Store


class NotShownError(HeadgateError):
    """What was asked for was not found, or whoever asks may not see it: the two are not told apart."""


def _nobody(dag_id: str | None) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Scope:
    """What whoever asks may see and do.

    `dags` are the ids of the DAGs that they may read; None is all of them, and with it what ran outside of Airflow.
    `values`: whether measured values of a DAG's runs are shown, by its id; None is a run outside of Airflow. `edits`:
    whether they may change a DAG; None is every DAG.
    """

    dags: frozenset[str] | None = frozenset()
    values: Callable[[str | None], bool] = field(default=_nobody, compare=False)
    edits: Callable[[str | None], bool] = field(default=_nobody, compare=False)

    def sees(self, dag_id: str | None) -> bool:
        return self.dags is None or (dag_id is not None and dag_id in self.dags)

    def seen_of(self, dags: Iterable[str]) -> frozenset[str] | None:
        """Return of some DAGs those that they may read; None where that is all, and with it no DAG at all."""
        return None if self.dags is None else self.dags & frozenset(dags)

    def shows_values_of(self, dags: Collection[str]) -> bool:
        """Return whether they see values that any of these DAGs measured; without one, those of runs outside of
        Airflow."""
        return all(map(self.values, dags)) if dags else self.values(None)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a view: of which history, by whom, when, and with which parameters of the address.

    `catalogue` are the contracts that are known besides what ran; None where no folder of contracts is configured.
    """

    store: Store
    scope: Scope
    now: datetime
    links: Links = field(default_factory=Links)
    query: Mapping[str, str] = field(default_factory=dict)
    catalogue: Catalogue | None = None

    def command_for(self, contract: str, dataset: str) -> str:
        """Return a dataset as a command takes it: its contract's file, or CONTRACT where that is not known, its name,
        and the server that readers find it on, where there is one alone."""
        for each in self.catalogue.datasets if self.catalogue else ():
            if (each.contract.id, each.name) == (contract, dataset):
                servers = [server.name for server in each.contract.servers]
                on = f" --server {shlex.quote(servers[0])}" if len(servers) == 1 else ""
                return shlex.quote(f"{each.contract.file.name}#{dataset}") + on
        return f"CONTRACT#{shlex.quote(dataset)}"
