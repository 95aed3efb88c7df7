"""What the tasks that apply a contract have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import BaseOperator

from headgate.airflow import late
from headgate.airflow.contracts import dataset_of
from headgate.airflow.failure import ContractBreach, broken, no_retry
from headgate.airflow.links import CONTRACT_LINK, REPORT_LINK
from headgate.airflow.reporting import XCOM_KEY, log_and_push, notify, write_report
from headgate.airflow.run import link_of, run_of, slot_of

if TYPE_CHECKING:
    from headgate.airflow.checking import CheckRun
    from headgate.airflow.lineage import Plan
    from headgate.contract import Dataset
    from headgate.history import RunRecord
    from headgate.lineage import Facets
    from headgate.naming import PlaceName
    from headgate.places import Place
    from headgate.report import Report, Run

Callback = Callable[[Any], Any]


class ContractOperator(BaseOperator):
    """Finds the contract, names the run, reports what was found."""

    ui_color = "#dbeafe"
    operator_extra_links: tuple[Any, ...] = (REPORT_LINK, CONTRACT_LINK)
    template_fields: Sequence[str] = ("contract", "dataset", "server", "on_breach", "references", "partition")

    report: Report | None = None
    report_file: Path | None = None
    _concerned = ""
    _stoppable = _stopped = False
    _slot = _link = ""
    # A condition: only these rows are looked at, or replaced.
    where: str | None = None
    # The path of the data as the DAG file says it, before its templates are filled in.
    _written: Any = None

    def __init__(
        self,
        *,
        contract: str | None = None,
        dataset: str | None = None,
        server: str | None = None,
        on_breach: str | list[str] | None = None,
        references: dict[str, str] | None = None,
        partition: str | None = None,
        show_examples: bool | None = None,
        on_warning: Callback | Sequence[Callback] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.contract = contract
        self.dataset = dataset
        self.server = server
        self.on_breach = on_breach
        self.references = references
        self.partition = partition
        self.show_examples = show_examples
        self.on_warning = on_warning
        self._current: Run | None = None

    def _dataset(self) -> Dataset:
        found = dataset_of(str(self.contract), self.dataset, self.dag.folder)
        self._concerned = late.concerned(found.contract)
        return found

    def _run(self, context: Any) -> Run:
        self._current = run_of(context, self.partition)
        self._slot, self._link = slot_of(context, self.partition), link_of(context)
        return self._current

    def _tell(
        self,
        report: Report,
        line: str,
        failed: bool,
        context: Any,
        more: dict[str, Any],
        record: Callable[[], RunRecord],
        place: PlaceName | None = None,
        about: tuple[Dataset, Place] | None = None,
    ) -> None:
        """Report what was found to the log, the XCom, the history, the report file, the answers that are saved `about`
        a dataset at its place, and `on_warning` if it applies."""
        self.report = report
        self.summary = log_and_push(report, line, failed=failed, log=self.log, context=context, more=more, place=place)
        if kept := late.record_run(record, self.log):
            more = more | kept.report_keys
        listeners: dict[str, Callable[[], Any]] = {
            "reports_folder": lambda: self._keep(report, line, more),
            "metrics": lambda: late.count_report(report),
        }
        if about is not None:
            listeners["headgate.fitness"] = partial(late.refresh_answers, *about)
        if not failed and str(report.verdict) != "pass":
            listeners |= self._warned(context)
        notify(listeners, self.log)

    def _keep(self, report: Report, line: str, more: dict[str, Any]) -> None:
        self.report_file = write_report(report, line, self.log, more)

    def _report_check(self, found: CheckRun, context: Any, about: str = "") -> None:
        """Report a check, which changed nothing. Raises ContractBreach if it must fail the task."""
        self.looked = found
        line = f"{about}: {found}" if about else str(found)
        self._tell(
            found.report,
            line,
            found.failed,
            context,
            {"policy": str(found.policy)},
            lambda: self._record(found),
            about=(found.dataset, found.place),
        )
        if found.failed:
            raise ContractBreach(f"{broken(found.report)}: {line}", found.report, self.summary)

    def _record(self, found: CheckRun) -> RunRecord:
        place = late.name_of(found.place, self._written, self.dag.folder)
        own = getattr(self, "data", None) is None
        around = found.around(slot=self._alone or self.where or self._slot, link=self._link, own=own)
        part = bool(self.where or self._alone)
        return late.RunRecord.of_check(found.report, str(found.policy), place, part=part, around=around)

    @property
    def _alone(self) -> str:
        """The type of checks that is run alone; empty: all are run."""
        return ""

    def _warned(self, context: Any) -> dict[str, Callable[[], Any]]:
        """Return the callbacks for a task that succeeds while something is broken."""
        callbacks = self.on_warning if isinstance(self.on_warning, list | tuple) else [self.on_warning]
        told = {**context, XCOM_KEY: self.summary}
        named = ((f"on_warning[{number}]" if number else "on_warning", call) for number, call in enumerate(callbacks))
        return {name: partial(call, told) for name, call in named if call}

    def on_kill(self) -> None:
        """Stop the running query: what was staged is removed, and consumers keep what they had."""
        if self._stoppable:
            self._stopped = True
            raise SystemExit("killed")

    @contextmanager
    def _failing_at_once(self) -> Iterator[None]:
        """Whatever a task does for a contract is done in here: it can be stopped, and fails without retries."""
        with no_retry(lambda: self._concerned), self._can_be_stopped():
            yield

    @contextmanager
    def _can_be_stopped(self) -> Iterator[None]:
        self._stoppable = True
        try:
            yield
        except RuntimeError:  # DuckDB's own, in place of what the handler of the signal raised
            if self._stopped:
                raise SystemExit("killed") from None
            raise
        finally:
            self._stoppable = False

    def get_openlineage_facets_on_start(self) -> Any:
        return self._lineage()

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        return self._lineage()

    def get_openlineage_facets_on_failure(self, task_instance: Any) -> Any:
        return self._lineage(failed=True)

    def _lineage(self, *, failed: bool = False) -> Any:
        """Return inputs and outputs for Airflow's OpenLineage provider, from the parameters where nothing was audited.

        They are made only when the provider asks, and it catches what fails here: lineage never breaks a task.
        """
        if self.report is None:
            return late.planned(self._plan, self._current or late.Run(), self._address, failed=failed)
        return late.told(self._facets())

    def _plan(self) -> Plan | None:
        """Return what will be read and written, by the parameters alone; None if they do not tell it."""
        return None

    def _address(self, dataset: Dataset) -> str:
        return late.contract_address(dataset.contract.file, dataset.contract.git_commit)

    def _facets(self) -> Facets:
        """Return the facets of the data that was read and written, once `report` exists: for a check, the data is an
        input."""
        found = self.looked
        name = late.name_of(found.place, self._written, self.dag.folder)
        link = CONTRACT_LINK.get_link(self, ti_key=None)
        return late.check_facets(
            found.report, found.place, found.dataset, policy=str(found.policy), link=link, name=name
        )
