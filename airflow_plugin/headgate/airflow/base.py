"""What the tasks that put a contract at a boundary have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import BaseOperator

from headgate.airflow.config import setting
from headgate.airflow.contracts import dataset_of
from headgate.airflow.links import CONTRACT_LINK, REPORT_LINK

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.gate import Override
    from headgate.lineage import Facets
    from headgate.report import Report, Run

XCOM_KEY = "headgate"
Callback = Callable[[Any], Any]


class ContractOperator(BaseOperator):
    """Finds the contract, names the run, tells what was found."""

    ui_color = "#dbeafe"
    operator_extra_links = (REPORT_LINK, CONTRACT_LINK)
    template_fields: Sequence[str] = ("contract", "dataset", "server", "on_breach", "references", "partition")

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
        self.report: Report | None = None
        self.report_file: Path | None = None
        self._stoppable = self._stopped = False

    def _dataset(self) -> Dataset:
        return dataset_of(str(self.contract), self.dataset, self.dag.folder)

    def _run(self, context: Any) -> Run:
        """The run key: the same for every try and after a clear, never a clock, a try number or a logical date.

        A task that is mapped over partitions is named by the partition: their order may be another one next time.
        """
        from headgate.errors import CallError
        from headgate.report import Run

        ti, dag_run = context["ti"], context["dag_run"]
        parts = [ti.dag_id, ti.task_id, ti.run_id]
        if self.partition is not None:
            partition = str(self.partition).strip().replace("%", "%25").replace("/", "%2F")
            if partition in ("", ".", "..", "None"):
                raise CallError("partition is empty; it names what this task publishes, so that a rerun can replace it")
            parts.append(partition)
        elif ti.map_index >= 0:
            parts.append(str(ti.map_index))
        start, end = getattr(dag_run, "data_interval_start", None), getattr(dag_run, "data_interval_end", None)
        return Run("/".join(parts), start, end)

    def _now(self, context: Any) -> datetime | None:
        """The time that the run is about: the end of its data interval, else when it was due."""
        dag_run = context["dag_run"]
        return getattr(dag_run, "data_interval_end", None) or getattr(dag_run, "run_after", None)

    def _override(self) -> Override | None:
        return override(self.on_breach)

    def _tell(self, report: Report, line: str, failed: bool, context: Any, summary: dict[str, Any]) -> None:
        """The log for a person, the XCom for a program, the report as a file where one is wanted."""
        from headgate.report.summary import summarise
        from headgate.report.text import plain, render

        log = self.log.error if failed else self.log.warning if report.failed else self.log.info
        for text in render(report, width=140).splitlines():
            log("%s", text)
        log("%s", plain(line))
        self.report = report
        self.summary = summarise(report) | summary
        context["ti"].xcom_push(key=XCOM_KEY, value=self.summary)
        self._write_report(report, summary)
        if not failed and str(report.verdict) != "pass":
            self._warn(context)

    def _warn(self, context: Any) -> None:
        """Call `on_warning`: the task succeeds, and something is broken."""
        from headgate.airflow.bounded import called

        callbacks = self.on_warning if isinstance(self.on_warning, list | tuple) else [self.on_warning]
        for callback in filter(None, callbacks):
            fault = called(callback, {**context, XCOM_KEY: self.summary})
            if fault:
                self.log.warning("on_warning: %s", fault)

    def _write_report(self, report: Report, summary: dict[str, Any]) -> None:
        import json

        folder = setting("reports_folder")
        if not folder:
            return
        path = Path(folder, *(part.replace(":", "_") for part in f"{report.run.key}.json".split("/")))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(report.to_dict() | summary, ensure_ascii=False, indent=2), encoding="utf-8")
            self.report_file = path
        except OSError as error:  # an observer never breaks the observed
            self.log.warning("the report could not be written: %s", error)

    def on_kill(self) -> None:
        """Stop the query that runs: what was staged is removed, and consumers keep what they had."""
        if self._stoppable:
            self._stopped = True
            raise SystemExit("killed")

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
        return self._lineage()

    def _lineage(self) -> Any:
        """Inputs and outputs as Airflow's OpenLineage provider wants them; empty before anything was checked.

        Made only when the provider asks, which guards against what goes wrong here: an observer breaks nothing.
        """
        from airflow.providers.openlineage.extractors import OperatorLineage

        if self.report is None:
            return OperatorLineage()
        facets = self._facets()
        return OperatorLineage(inputs=facets.inputs, outputs=facets.outputs, run_facets=facets.run)

    @abstractmethod
    def _facets(self) -> Facets:
        """What was read and written, once `report` is there."""


def override(on_breach: str | list[str] | None) -> Override | None:
    """The policy that the task, else the configuration, sets in place of the contract's. Raises CallError."""
    from headgate.gate import Override

    if on_breach is not None:
        return Override.of(on_breach, "task")
    configured = setting("on_breach")
    return Override.of([part.strip() for part in configured.split(",")], "config") if configured else None
