"""Operators that apply a contract in a DAG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from headgate.airflow import late
from headgate.airflow.assets import announce, announce_nothing
from headgate.airflow.base import ContractOperator
from headgate.airflow.checking import counterparts, override, past_for, place_for, run_check
from headgate.airflow.failure import ContractBreach, broken
from headgate.airflow.links import CONTRACT_LINK

if TYPE_CHECKING:
    from headgate.airflow.lineage import Plan
    from headgate.contract import Dataset
    from headgate.gate import Outcome
    from headgate.history.surroundings import Surroundings
    from headgate.lineage import Facets
    from headgate.places import Place, Target
    from headgate.places.records import Mode


class ContractCheckOperator(ContractOperator):
    """Check data against its contract; a breach fails the task at once, and downstream tasks do not run.

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
        partition: names the run key of a mapped task in place of its index, which may change.
        show_examples: whether values of unclassified columns may be shown in the log; by default as the contract says.
        on_warning: called with the context (and the summary in it as `headgate`) where the task succeeds while
            something is broken; a function, a notifier, or several.
    """

    template_fields: Sequence[str] = (*ContractOperator.template_fields, "data", "conn_id", "where")

    def __init__(
        self,
        *,
        contract: str,
        data: str | None = None,
        conn_id: str | None = None,
        where: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(contract=contract, **kwargs)
        self.data = self._written = data
        self.conn_id = conn_id
        self.where = where

    def execute(self, context: Any) -> dict[str, Any]:
        with self._failing_at_once():
            dataset = self._dataset()
            place, near = place_for(dataset, self.data, self.dag.folder, self.server, self.conn_id)
            found = run_check(
                dataset,
                place,
                near=near,
                run=self._run(context),
                on_breach=self.on_breach,
                references=self.references,
                show_examples=self.show_examples,
                where=self.where,
                alone=self._alone,
                named=late.name_of(place, self._written, self.dag.folder),
            )
        self._report_check(found, context)
        return self.summary

    def _plan(self) -> Plan:
        dataset = self._dataset()
        place, _ = late.place_for(dataset, self.data, self.dag.folder, self.server, self.conn_id)
        return late.Plan(dataset, late.name_of(place, self._written, self.dag.folder))


class ContractPublishOperator(ContractOperator):
    """Publish data only if it meets its contract: stage, audit, then publish, quarantine or halt, by policy.

    A breach that holds the data back fails the task at once; a locked or lost database is retried by Airflow. A rerun
    (retry, clear) reads its source again and replaces what this task published and quarantined in the same run.

    Its outlets have an event only if something was published: for an AssetAlias one of the target's asset, for an Asset
    its own, both with `extra` {contract, version, dataset, verdict, outcome, rows, run_key}.

    Args:
        contract: path of the ODCS file, beside the DAG file or in `[headgate] contracts_folder`; `#name` picks one of
            its datasets.
        source: a file (relative to the DAG file's folder), or a table beside the target.
        target: a table on `server`; by default the dataset's physicalName.
        conn_id: the Airflow connection of the database of PostgreSQL that the target is in, as of
            ContractCheckOperator.
        mode: `replace` (the whole table, or the part that `where` says), `append` or `upsert`, as of
            `headgate.publish`.
        where: a condition in SQL: the part of the target that is replaced, a partition for example.
        dataset: the dataset's name, where the contract has several.
        server: which of the contract's servers, where it has several.
        on_breach: a policy in place of the contract's, named as such wherever the outcome is shown.
        references: for foreign keys, where each referenced dataset is; by default its table beside the target.
        partition: names the run key of a mapped task in place of its index, which may change.
        allow_older: publish even where the target already serves a newer data interval.
        show_examples: whether values of unclassified columns may be shown in the log; by default as the contract says.
        on_warning: called with the context (and the summary in it as `headgate`) where the task succeeds while
            something is broken; a function, a notifier, or several.
    """

    template_fields: Sequence[str] = (*ContractOperator.template_fields, "source", "target", "conn_id", "mode", "where")

    def __init__(
        self,
        *,
        contract: str,
        source: str,
        target: str | None = None,
        conn_id: str | None = None,
        mode: str = "replace",
        where: str | None = None,
        allow_older: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(contract=contract, **kwargs)
        self.source = self._written = source
        self.target = target
        self.conn_id = conn_id
        self.mode = mode
        self.where = where
        self.allow_older = allow_older

    def execute(self, context: Any) -> dict[str, Any]:
        with self._failing_at_once():
            dataset = self._dataset()
            source, target = self._places(dataset)
            if target.lineage:
                self.log.info("%s is %s/%s", target, target.lineage.namespace, target.lineage.name)
            run = self._run(context)
            outcome = late.publish(
                dataset,
                source,
                target,
                run=run,
                mode=cast("Mode", self.mode),
                where=self.where,
                on_breach=override(self.on_breach),
                references=counterparts(dataset, self.references),
                allow_older=self.allow_older,
                show_examples=self.show_examples,
                past=past_for(dataset, target.lineage, run),
                progress=lambda step: self.log.info("%s: %s", target, step),
            )
        self.published = outcome, dataset
        summary = {name: value for name, value in outcome.to_dict().items() if name != "report"}
        self._tell(
            outcome.report,
            str(outcome),
            outcome.halted,
            context,
            summary,
            lambda: late.RunRecord.of_publish(outcome, around=self._around(outcome)),
            outcome.target.lineage,
            (dataset, target),
        )
        if outcome.published:
            told = ("contract", "version", "dataset", "verdict", "outcome", "run_key")
            extra = {name: self.summary[name] for name in told} | {"rows": outcome.rows_published}
            announce(self, context, outcome.target, extra)
        else:
            announce_nothing(self)
        if outcome.halted:
            raise ContractBreach(f"{broken(outcome.report)}: {outcome}", outcome.report, self.summary)
        return self.summary

    def _around(self, outcome: Outcome) -> Surroundings:
        source = late.name_of(outcome.source, self._written, self.dag.folder)
        return late.Surroundings(slot=self._slot, link=self._link, upstream=(source,) if source is not None else ())

    def _places(self, dataset: Dataset) -> tuple[Place, Target]:
        url = late.connection_url(dataset.contract, self.server, self.conn_id)
        target = late.target_of(dataset, self.target, self.server, url)
        return late.place_of(self.source, near=target, folder=Path(self.dag.folder)), target

    def _plan(self) -> Plan:
        dataset = self._dataset()
        source, target = self._places(dataset)
        return late.Plan(dataset, late.name_of(source, self._written, self.dag.folder), target.lineage)

    def _facets(self) -> Facets:
        outcome, dataset = self.published
        name = late.name_of(outcome.source, self._written, self.dag.folder)
        return late.publish_facets(outcome, dataset, link=CONTRACT_LINK.get_link(self, ti_key=None), name=name)
