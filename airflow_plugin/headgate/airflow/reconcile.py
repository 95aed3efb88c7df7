"""An operator that compares datasets that must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headgate.airflow import late
from headgate.airflow.operators import ContractCheckOperator

if TYPE_CHECKING:
    from headgate.airflow.checking import CheckRun
    from headgate.history import RunRecord


class ReconcileOperator(ContractCheckOperator):
    """Compare a dataset with the datasets that its contract says it must agree with; where they do not, the task fails
    at once. No other rule of the contract is run.

    `settled` in the contract is counted from the end of the task's data interval, so that a task that is cleared or
    run late compares the same periods.

    Args:
        contract, data, conn_id, dataset, server, on_breach, show_examples, on_warning: as of ContractCheckOperator.
        references: where the other datasets are, by the names that the contract has for them
            (`{"usage.odcs.yaml#usage": "usage.duckdb#main.usage"}`); by default on their own contracts' servers, by the
            Airflow connections of these.
    """

    _alone = True

    def __init__(self, *, contract: str, data: str | None = None, conn_id: str | None = None, **kwargs: Any) -> None:
        if "where" in kwargs:
            raise TypeError("ReconcileOperator has no `where`: the rule of the contract says which rows are compared")
        super().__init__(contract=contract, data=data, conn_id=conn_id, **kwargs)

    def _record(self, found: CheckRun) -> RunRecord:
        place = late.name_of(found.place, self._written, self.dag.folder)
        around = found.around(slot=late.RECONCILIATION, link=self._link, own=self.data is None)
        return late.RunRecord.of_check(found.report, str(found.policy), place, part=True, around=around)
