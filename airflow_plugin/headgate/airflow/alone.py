"""Operators that run the rules of one type alone."""

from __future__ import annotations

from typing import Any

from headgate.airflow import late
from headgate.airflow.operators import ContractCheckOperator


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

    def __init__(self, *, contract: str, data: str | None = None, conn_id: str | None = None, **kwargs: Any) -> None:
        if "where" in kwargs:
            raise TypeError("ReconcileOperator has no `where`: the rule of the contract says which rows are compared")
        super().__init__(contract=contract, data=data, conn_id=conn_id, **kwargs)

    @property
    def _alone(self) -> str:
        return late.RECONCILIATION


class DriftOperator(ContractCheckOperator):
    """Measure how far a dataset is from the baselines that its contract names (`drift`); where a rule of error level is
    broken, the task fails at once. No other rule of the contract is run.

    Args:
        contract, data, conn_id, where, dataset, server, on_breach, show_examples, on_warning: as of
            ContractCheckOperator.
    """

    @property
    def _alone(self) -> str:
        return late.DRIFT
