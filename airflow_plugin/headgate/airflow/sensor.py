"""A sensor that waits until a dataset is fresh and meets its contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.providers.common.compat.sdk import BaseSensorOperator, conf

from headgate.airflow import late
from headgate.airflow.base import ContractOperator
from headgate.airflow.failure import ContractFailure
from headgate.airflow.freshness import Watch
from headgate.airflow.reporting import XCOM_KEY, notify


class ContractSensor(BaseSensorOperator, ContractOperator):
    """Wait until a dataset meets its contract, and its newest row is recent enough.

    Missing data, a breach, and an unreachable place are waited for, up to `timeout`; a wrong contract fails the task at
    once. Each poke logs what is waited for.

    Args:
        contract, data, conn_id, where, dataset, server, on_breach, references, show_examples, on_warning: as of
            ContractCheckOperator; under `on_breach="warn"` a breach is not waited for.
        fresh_by: a column of dates or timestamps of the dataset; by default each `freshness` of the contract's
            slaProperties is waited for, of a column (`element: orders.ordered_at`) or of what headgate published.
        fresh_within: how old its greatest value may be now.
        consumer: one of the contract's consumers: all that it `needs` is waited for in place of the contract's
            freshness.
        deferrable: wait in the triggerer, without a worker's slot; by default as `[operators] default_deferrable`.
        poke_interval, timeout, mode, soft_fail: as of every sensor.
    """

    template_fields: Sequence[str] = (
        *ContractOperator.template_fields,
        "data",
        "conn_id",
        "where",
        "fresh_by",
        "consumer",
    )

    def __init__(
        self,
        *,
        contract: str,
        data: str | None = None,
        conn_id: str | None = None,
        where: str | None = None,
        fresh_by: str | None = None,
        fresh_within: timedelta | None = None,
        consumer: str | None = None,
        deferrable: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(contract=contract, **kwargs)
        if (fresh_by is None) != (fresh_within is None):
            raise ValueError("fresh_by and fresh_within go together")
        if consumer is not None and fresh_by is not None:
            raise ValueError("consumer and fresh_by exclude each other: the consumer says how fresh the data must be")
        self.data = data
        self.conn_id = conn_id
        self.where = where
        self.fresh_by = fresh_by
        self.fresh_within = fresh_within
        self.consumer = consumer
        self.deferrable = (
            conf.getboolean("operators", "default_deferrable", fallback=False) if deferrable is None else deferrable
        )

    def execute(self, context: Any) -> Any:
        if not self.deferrable:
            super().execute(context)
            return self.summary
        if self.poke(context):
            return self.summary
        self.defer(
            trigger=late.ContractTrigger(asdict(self._watch(context)), self.poke_interval),
            method_name="resumed",
            timeout=timedelta(seconds=self.timeout),
        )
        return None

    def poke(self, context: Any) -> bool:
        with self._failing_at_once():
            poke = self._watch(context).poke()
        if poke.waits_for:
            self.log.info("waiting: %s", poke.waits_for)
            return False
        assert poke.run is not None
        self._report_check(poke.run, context)
        return True

    def resumed(self, context: Any, event: dict[str, Any] | None = None) -> Any:
        """End the task after the trigger: the wait is over, or cannot help."""
        if not event or event.get("wrong"):
            raise ContractFailure((event or {}).get("wrong") or "the trigger sent no event")
        self.log.info("%s", event["line"])
        self.summary = event["summary"]
        self.report_file = Path(event["report_file"]) if event.get("report_file") else None
        context["ti"].xcom_push(key=XCOM_KEY, value=self.summary)
        if self.summary["verdict"] != "pass":
            notify(self._warned(context), self.log)
        return self.summary

    def _watch(self, context: Any) -> Watch:
        return Watch(
            contract=str(self.contract),
            folder=self.dag.folder,
            run_key=self._run(context).key,
            dataset=self.dataset,
            data=self.data,
            server=self.server,
            conn_id=self.conn_id,
            where=self.where,
            on_breach=self.on_breach,
            references=self.references,
            show_examples=self.show_examples,
            fresh_by=self.fresh_by,
            fresh_within=self.fresh_within.total_seconds() if self.fresh_within is not None else None,
            consumer=self.consumer,
        )
