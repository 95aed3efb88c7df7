"""One check of data in place, for every task that publishes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headgate.airflow import late
from headgate.airflow.config import setting
from headgate.errors import HeadgateError

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.gate import Override, Policy
    from headgate.gate.past import PastValues
    from headgate.history.surroundings import Surroundings
    from headgate.naming import PlaceName
    from headgate.places import Place
    from headgate.report import Report, Run


@dataclass(frozen=True)
class CheckRun:
    """What the check found, and what the policy makes of it."""

    dataset: Dataset
    place: Place
    report: Report
    policy: Policy

    @property
    def failed(self) -> bool:
        return late.holds_back(self.report, self.policy)

    def around(self, *, slot: str = "", link: str = "", own: bool = False) -> Surroundings:
        """Return what the report does not say: `slot` is what of the dataset was looked at, `own` that it is known to
        be where readers find it."""
        own = own or late.is_own(self.dataset, self.place)
        return late.Surroundings(slot=slot, own=own, passes=not self.failed, link=link)

    def __str__(self) -> str:
        broken = late.late_words(self.report.broken_levels)
        return f"verdict {self.report.verdict}, policy {self.policy}{f' · {broken}' if broken else ''}"


def run_check(
    dataset: Dataset,
    place: Place,
    *,
    run: Run,
    near: Place | None = None,
    on_breach: str | list[str] | None = None,
    references: dict[str, str] | None = None,
    show_examples: bool | None = None,
    where: str | None = None,
    alone: str = "",
    named: PlaceName | None = None,
) -> CheckRun:
    """Check `place`; the arguments are those of `headgate.check`. `alone`: only checks of this type are run. `named` is
    what the history calls the place, in place of its own name.

    Raises:
        CallError: the data was not found, or a setting is wrong.
        TransientError: the place could not be reached now.
    """
    chosen = override(on_breach)
    there = counterparts(dataset, references)
    if alone == late.DRIFT:
        report = late.measure_drift(dataset, place, run=run, show_examples=show_examples, near=near, where=where)
    elif alone == late.RECONCILIATION:
        report = late.reconcile(dataset, place, references=there, run=run, show_examples=show_examples, near=near)
    else:
        report = late.check(
            dataset,
            place,
            references=there,
            run=run,
            show_examples=show_examples,
            near=near,
            where=where,
            past=past_for(dataset, named or place.lineage, run),
        )
    return CheckRun(dataset, place, report, late.policy_for(dataset, report, chosen))


def past_for(dataset: Dataset, place: PlaceName | None, run: Run) -> PastValues | str | None:
    """Return what earlier runs measured of the rules on what is normal, from the history of tasks, or why that is not
    known; None if the dataset has no such rule. It never fails a task."""
    if not late.needs_past(dataset):
        return None
    try:
        url = late.store_for_tasks()
    except HeadgateError as error:
        return str(error)
    if url is None:
        return "no history is kept of tasks"
    return late.known_past(dataset, place, url, now=run.interval_end or run.now)


def counterparts(dataset: Dataset, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the references with, besides those `given`, where the datasets are that this one must agree with, by the
    Airflow connections of their contracts' servers.

    Raises:
        CallError: a connection cannot be used.
    """
    found: dict[str, Any] = dict(given or {})
    for name, other in late.reconciled_with(dataset).items():
        if name not in found and other.contract is not dataset.contract:
            url = late.connection_url(other.contract, None, None)
            if (place := late.own_of(other, None, url)) is not None:
                found[name] = place
    return found


def place_for(
    dataset: Dataset, data: Any, folder: str, server: str | None = None, conn_id: str | None = None
) -> tuple[Place, Place | None]:
    """Return the place of `data` (a DataFrame, a path relative to `folder`, a table; None is the dataset's own table on
    `server`), and the table beside which the tables of other datasets are.

    Raises:
        CallError: it cannot be told.
    """
    return late.data_of(dataset, data, server, late.connection_url(dataset.contract, server, conn_id), Path(folder))


def override(on_breach: str | list[str] | None) -> Override | None:
    """Return the policy that the task, else the configuration, sets in place of the contract's. Raises CallError."""
    if on_breach is not None:
        return late.Override.of(on_breach, "task")
    configured = setting("on_breach")
    return late.Override.of([part.strip() for part in configured.split(",")], "config") if configured else None
