"""Operators that put a contract at a boundary of a DAG."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException, BaseOperator, conf

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.gate import Override
    from headgate.lineage import Facets
    from headgate.report import Report, Run

XCOM_KEY = "headgate"


class ContractBreach(AirflowFailException):
    """The contract was not kept, or could not be measured: the task fails at once, without spending retries.

    The message holds no values of the data, since it becomes part of lineage events; `report` has them all.
    """

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


class ContractFailure(AirflowFailException):
    """The contract, the call or the source is not as it must be; trying again cannot help."""


@contextmanager
def _no_retry() -> Iterator[None]:
    """A transient fault passes plainly, so that Airflow retries it; whatever else is wrong fails the task at once."""
    from headgate.errors import HeadgateError, TransientError

    try:
        yield
    except TransientError:
        raise
    except HeadgateError as error:
        raise ContractFailure(str(error)) from None


class _ContractOperator(BaseOperator):
    """What checking and publishing have in common: finding the contract, naming the run, telling what was found."""

    ui_color = "#dbeafe"

    def __init__(
        self,
        *,
        contract: str,
        dataset: str | None = None,
        server: str | None = None,
        on_breach: str | list[str] | None = None,
        references: dict[str, str] | None = None,
        show_examples: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.contract = contract
        self.dataset = dataset
        self.server = server
        self.on_breach = on_breach
        self.references = references
        self.show_examples = show_examples
        self.report: Report | None = None

    def _dataset(self) -> Dataset:
        from headgate.contract import Contract
        from headgate.errors import CallError

        path, _, name = self.contract.partition("#")
        configured = conf.get("headgate", "contracts_folder", fallback="")
        folders = [Path(folder) for folder in (self.dag.folder, configured) if folder]
        found = [candidate for folder in folders if (candidate := folder / path).exists()]
        if not found:
            raise CallError(
                f"the contract {path} is neither in {self.dag.folder} (the DAG file's folder) nor in "
                f"[headgate] contracts_folder ({configured or 'not set'})"
            )
        return Contract.load(found[0]).only(self.dataset or name or None)

    def _run(self, context: Any) -> Run:
        """The run key: the same for every try and after a clear, never a clock, a try number or a logical date."""
        from headgate.report import Run

        ti, dag_run = context["ti"], context["dag_run"]
        parts = [ti.dag_id, ti.task_id, ti.run_id, *([str(ti.map_index)] if ti.map_index >= 0 else [])]
        start, end = getattr(dag_run, "data_interval_start", None), getattr(dag_run, "data_interval_end", None)
        return Run("/".join(parts), start, end)

    def _now(self, context: Any) -> datetime | None:
        """The time that the run is about: the end of its data interval, else when it was due."""
        dag_run = context["dag_run"]
        return getattr(dag_run, "data_interval_end", None) or getattr(dag_run, "run_after", None)

    def _override(self) -> Override | None:
        from headgate.gate import Override

        if self.on_breach is not None:
            return Override.of(self.on_breach, "task")
        configured = conf.get("headgate", "on_breach", fallback="")
        return Override.of([part.strip() for part in configured.split(",")], "config") if configured else None

    def _tell(self, report: Report, line: str, failed: bool, context: Any, summary: dict[str, Any]) -> None:
        """The log for a person, the XCom for a program, the report as a file where one is wanted."""
        from headgate.report.summary import summarise
        from headgate.report.text import plain, render

        log = self.log.error if failed else self.log.warning if report.failed else self.log.info
        for text in render(report, width=140).splitlines():
            log("%s", text)
        log("%s", plain(line))
        self.summary = summarise(report) | summary
        context["ti"].xcom_push(key=XCOM_KEY, value=self.summary)
        self._write_report(report, summary)

    def _write_report(self, report: Report, summary: dict[str, Any]) -> None:
        import json

        folder = conf.get("headgate", "reports_folder", fallback="")
        if not folder:
            return
        path = Path(folder, *(part.replace(":", "_") for part in f"{report.run.key}.json".split("/")))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(report.to_dict() | summary, ensure_ascii=False, indent=2), encoding="utf-8")
        except OSError as error:  # an observer never breaks the observed
            self.log.warning("the report could not be written: %s", error)

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


class ContractCheckOperator(_ContractOperator):
    """Check data against its contract; a breach fails the task at once, and what is downstream does not run.

    Args:
        contract: path of the ODCS file, beside the DAG file or in `[headgate] contracts_folder`; `#name` picks one of
            its datasets.
        data: a file (relative to the DAG file's folder) or a table; by default the dataset's own table on `server`.
        conn_id: the Airflow connection of the database of PostgreSQL that the data is in; by default that of the
            contract's server in `[headgate] connections`, else the one that is called as the server.
        where: a condition in SQL: only these rows are checked, a partition for example.
        dataset: the dataset's name, where the contract has several.
        server: which of the contract's servers, where it has several.
        on_breach: a policy in place of the contract's; `warn` lets the task succeed.
        references: for foreign keys, where each referenced dataset is, by its name.
        show_examples: whether values of unclassified columns may be shown in the log; by default as the contract says.
    """

    template_fields: Sequence[str] = ("contract", "data", "dataset", "server", "references", "conn_id", "where")

    def __init__(
        self, *, data: str | None = None, conn_id: str | None = None, where: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.data = data
        self.conn_id = conn_id
        self.where = where

    def execute(self, context: Any) -> dict[str, Any]:
        from headgate.airflow.connections import connection_url
        from headgate.errors import CallError
        from headgate.gate import check, holds_back, home_of, policy_for
        from headgate.places import place_of

        with _no_retry():
            dataset = self._dataset()
            override = self._override()
            near = home_of(dataset, self.server, connection_url(dataset.contract, self.server, self.conn_id))
            place = place_of(self.data, near=near, folder=Path(self.dag.folder)) if self.data else near
            if place is None:
                raise CallError(f"{dataset.contract.file} does not say where its data is: set data= or server=")
            self.checked = dataset, place
            self.report = report = check(
                dataset,
                place,
                references=self.references,
                run=self._run(context),
                show_examples=self.show_examples,
                near=near,
                where=self.where,
            )
        policy = policy_for(dataset, report, override)
        failed = holds_back(report, policy)
        line = f"verdict {report.verdict}, policy {policy}"
        self._tell(report, line, failed, context, {"policy": str(policy)})
        if failed:
            raise ContractBreach(f"{_broken(report)}: {line}", report)
        return self.summary

    def _facets(self) -> Facets:
        from headgate.lineage import check_facets

        assert self.report is not None
        dataset, place = self.checked
        return check_facets(self.report, place, dataset)


class ContractPublishOperator(_ContractOperator):
    """Publish data only if it keeps its contract: stage, audit, then publish, quarantine or halt, by policy.

    A breach that holds the data back fails the task at once; a locked or lost database is retried by Airflow. A rerun
    (retry, clear) reads its source again and replaces what this task published and set aside in the same run.

    Args:
        contract: path of the ODCS file, beside the DAG file or in `[headgate] contracts_folder`; `#name` picks one of
            its datasets.
        source: a file (relative to the DAG file's folder), or a table beside the target.
        target: a table on `server`; by default the dataset's physicalName.
        dataset: the dataset's name, where the contract has several.
        server: which of the contract's servers, where it has several.
        on_breach: a policy in place of the contract's, named as such wherever the outcome is shown.
        references: for foreign keys, where each referenced dataset is; by default its table beside the target.
        allow_older: publish even where the target already serves a newer data interval.
        show_examples: whether values of unclassified columns may be shown in the log; by default as the contract says.
    """

    template_fields: Sequence[str] = ("contract", "source", "target", "dataset", "server", "references")

    def __init__(self, *, source: str, target: str | None = None, allow_older: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.target = target
        self.allow_older = allow_older

    def execute(self, context: Any) -> dict[str, Any]:
        from headgate.gate import publish, target_of
        from headgate.places import place_of

        with _no_retry():
            dataset = self._dataset()
            target = target_of(dataset, self.target, self.server)
            run = self._run(context)
            outcome = publish(
                dataset,
                place_of(self.source, near=target, folder=Path(self.dag.folder)),
                target,
                run_key=run.key,
                run=run,
                on_breach=self._override(),
                references=self.references,
                now=self._now(context),
                allow_older=self.allow_older,
                show_examples=self.show_examples,
                progress=lambda step: self.log.info("%s: %s", target, step),
            )
        self.report, self.published = outcome.report, (outcome, dataset)
        summary = {name: value for name, value in outcome.to_dict().items() if name != "report"}
        self._tell(outcome.report, str(outcome), outcome.halted, context, summary)
        if outcome.halted:
            raise ContractBreach(f"{_broken(outcome.report)}: {outcome}", outcome.report)
        return self.summary

    def _facets(self) -> Facets:
        from headgate.lineage import publish_facets

        return publish_facets(*self.published)


def _broken(report: Report) -> str:
    """The broken promises by name, for an exception: no values of the data."""
    from headgate.report import shortened

    names = [r.key for r in (*report.failed, *report.not_measured) if r.severity == "error" and not r.excused]
    return f"{report.dataset} does not keep {shortened(names)}"
