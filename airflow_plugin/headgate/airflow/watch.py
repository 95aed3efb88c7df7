"""A DAG that measures the service levels of contracts by the wall clock, and finds the run that never came."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import DAG
from airflow.providers.standard.operators.python import PythonOperator

from headgate.airflow import late
from headgate.airflow.base import ContractOperator
from headgate.airflow.checking import place_for
from headgate.airflow.config import setting
from headgate.airflow.failure import ContractFailure
from headgate.airflow.reporting import XCOM_KEY, notify
from headgate.airflow.upkeep import upkeep
from headgate.errors import CallError, ContractError, DataNotFoundError

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.levels import Clock, LevelResult

START = datetime(2026, 1, 1, tzinfo=UTC)


class ContractWatchOperator(ContractOperator):
    """Measure the service levels of a dataset on its server, by the wall clock.

    What cannot be reached is unknown. The task succeeds whatever it finds, and tells `on_warning`, unless
    `fail_on_broken`; it fails at once where the contract is wrong.

    Args:
        contract, server, conn_id, on_warning: as of ContractCheckOperator.
        fail_on_broken: fail, without retries, where a level is broken, or none could be measured but some should be.
    """

    template_fields: Sequence[str] = ("contract", "dataset", "server", "conn_id")

    def __init__(
        self, *, contract: str, conn_id: str | None = None, fail_on_broken: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(contract=contract, **kwargs)
        self.conn_id = conn_id
        self.fail_on_broken = fail_on_broken

    def execute(self, context: Any) -> dict[str, Any]:
        with self._failing_at_once():
            dataset = self._dataset()
            place, levels = self._measured(dataset, late.Clock(datetime.now(UTC)))
        if not levels:
            self.log.info("%s has no service levels", dataset.name)
            return {}
        for level in levels:
            say = self.log.warning if level.status in ("broken", "unknown") or level.faulty else self.log.info
            say("%s", late.plain(f"{dataset.name}: {level.status.replace('_', ' ')}: {late.level_line(level)}"))
        line = f"{dataset.name} at {place}: {late.counts(levels)}"
        self.log.info("%s", late.plain(line))
        self.summary = late.summarise_levels(dataset, place, levels, late.plain(line))
        context["ti"].xcom_push(key=XCOM_KEY, value=self.summary)
        broken = [level.key for level in levels if level.status == "broken"]
        unknown = [level.key for level in levels if level.status == "unknown" or level.faulty]
        if self.fail_on_broken and (broken or (unknown and not self.summary["measured"])):
            said = f"does not keep {late.shortened(broken)}" if broken else f"is not measured: {levels[0].reason}"
            raise WatchFailure(" · ".join(filter(None, (f"{dataset.name} {said}", self._concerned))), self.summary)
        if broken or unknown:
            notify(self._warned(context), self.log)
        return self.summary

    def _measured(self, dataset: Dataset, clock: Clock) -> tuple[str, tuple[LevelResult, ...]]:
        try:
            place, _ = place_for(dataset, None, self.dag.folder, self.server, self.conn_id)
        except CallError as error:
            return "no place", late.unmeasured(dataset, clock, str(error))
        known = late.known_of(dataset, place, clock)
        levels, _ = late.levels_now(dataset, place, clock, known)
        late.record_run(lambda: late.RunRecord.of_watch(dataset, place.lineage, levels, clock.now), self.log)
        notify({"headgate.fitness": lambda: late.refresh_answers(dataset, place)}, self.log)
        return str(place), levels


class WatchFailure(ContractFailure):
    """A service level is broken, or none could be measured. `summary` is what the task's XCom `headgate` holds."""

    def __init__(self, message: str, summary: dict[str, Any]) -> None:
        super().__init__(message)
        self.summary = summary


def datasets_of(contracts: str | Sequence[str], folder: str) -> list[str]:
    """Return every dataset that has service levels, as FILE#NAME. A contract that is wrong is returned as it is: the
    task that watches it says what is wrong, and the others are watched.

    Args:
        contracts: a folder of contracts, or contracts as FILE or FILE#NAME; looked up in `folder`, the DAG file's, then
            in `[headgate] contracts_folder`.

    Raises:
        CallError: the folder was not found.
    """
    found: list[str] = []
    for each in _files(contracts, folder):
        path, _, name = each.partition("#")
        at = _located(path, folder)
        try:
            contract = late.Contract.load(at) if at is not None else None
        except (CallError, ContractError):
            contract = None
        if name or contract is None:
            found.append(each)
        else:
            found += [f"{path}#{dataset.name}" for dataset in contract if late.levels_of(dataset)]
    return found


def _files(contracts: str | Sequence[str], folder: str) -> list[str]:
    if not isinstance(contracts, str):
        return [str(each) for each in contracts]
    at = _located(contracts, folder)
    if at is None or not at.is_dir():
        raise DataNotFoundError(
            f"the folder of contracts {contracts} was not found, neither in {folder} nor in [headgate] "
            f"contracts_folder ({setting('contracts_folder') or 'not set'})"
        )
    return [str(path) for path in late.contracts_below(at)]


def _located(path: str, folder: str) -> Path | None:
    folders = [Path(each) for each in (folder, setting("contracts_folder")) if each]
    return next((each / path for each in folders if (each / path).exists()), None)


def watch_dag(
    *,
    dag_id: str,
    contracts: str | Sequence[str],
    schedule: Any = "*/15 * * * *",
    server: str | None = None,
    conn_id: str | None = None,
    fail_on_broken: bool = False,
    on_warning: Callable[[Any], Any] | Sequence[Callable[[Any], Any]] | None = None,
    start_date: datetime = START,
    **dag_arguments: Any,
) -> DAG:
    """Return a DAG that measures the service levels of every dataset of some contracts on their servers, by the wall
    clock: one mapped task a dataset, then a task of upkeep.

    Assign it to a name in a DAG file: `watch = watch_dag(dag_id="watch", contracts="contracts")`.

    Args:
        dag_id: of the DAG.
        contracts: a folder of contracts, or a list of contracts as FILE or FILE#DATASET, beside the DAG file or in
            `[headgate] contracts_folder`.
        schedule: when to look.
        server, conn_id, fail_on_broken, on_warning: of each task, as of ContractWatchOperator.
        start_date: of the DAG; no run is made up for the past.
        dag_arguments: whatever else a DAG takes.
    """
    dag = DAG(dag_id=dag_id, schedule=schedule, start_date=start_date,
              **{"catchup": False, "max_active_runs": 1, "tags": ["headgate"], **dag_arguments})  # fmt: skip
    dag.fileloc = sys._getframe(1).f_code.co_filename  # Airflow takes the file that makes a DAG for the one that has it
    folder = str(Path(dag.fileloc).parent)
    with dag:
        listed = PythonOperator(
            task_id="datasets", python_callable=datasets_of, op_kwargs={"contracts": contracts, "folder": folder}
        )
        watched = ContractWatchOperator.partial(
            task_id="watch",
            server=server,
            conn_id=conn_id,
            fail_on_broken=fail_on_broken,
            on_warning=on_warning,
            retries=0,
            map_index_template="{{ task.contract.rpartition('/')[2] }}",
        ).expand(contract=listed.output)
        last = PythonOperator(task_id="upkeep", python_callable=upkeep, trigger_rule="all_done")
        watched >> last
    return dag
