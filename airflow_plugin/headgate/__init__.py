"""headgate: data contracts (ODCS) enforced at the boundaries of data pipelines.

    from headgate import Contract, Run, check, publish

    orders = Contract.load("contracts/orders.odcs.yaml")["orders"]
    report = check(orders, "staging/orders.parquet")
    outcome = publish(orders, source="staging/orders.parquet", run=Run("2026-01-01"))

Importing headgate imports nothing heavy; each name is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.draft import draft_contract
    from headgate.errors import (
        CallError,
        ConditionError,
        ConfigurationError,
        ConflictError,
        ContractError,
        DataNotFoundError,
        HeadgateError,
        MissingExtraError,
        QueryError,
        TargetRefusedError,
        TransientError,
    )
    from headgate.fitness import Fitness, status
    from headgate.gate.audit import check
    from headgate.gate.outcome import Outcome
    from headgate.gate.publish import publish
    from headgate.places import DataLike
    from headgate.report import Report, Run, Verdict
    from headgate.rules import Contract

# The one place that says it: pyproject.toml and the provider read it here.
__version__ = "0.2.0"

_HOMES = {
    "Contract": "rules",
    "Dataset": "contract",
    "draft_contract": "draft",
    "CallError": "errors",
    "ConditionError": "errors",
    "ConfigurationError": "errors",
    "ConflictError": "errors",
    "ContractError": "errors",
    "DataNotFoundError": "errors",
    "HeadgateError": "errors",
    "MissingExtraError": "errors",
    "QueryError": "errors",
    "TargetRefusedError": "errors",
    "TransientError": "errors",
    "DataLike": "places",
    "Fitness": "fitness",
    "status": "fitness",
    "Outcome": "gate",
    "check": "gate",
    "publish": "gate",
    "Report": "report",
    "Run": "report",
    "Verdict": "report",
}
__all__ = [
    "CallError",
    "ConditionError",
    "ConfigurationError",
    "ConflictError",
    "Contract",
    "ContractError",
    "DataLike",
    "DataNotFoundError",
    "Dataset",
    "Fitness",
    "HeadgateError",
    "MissingExtraError",
    "Outcome",
    "QueryError",
    "Report",
    "Run",
    "TargetRefusedError",
    "TransientError",
    "Verdict",
    "check",
    "draft_contract",
    "publish",
    "status",
]


__getattr__ = lazily(__name__, {name: f"headgate.{room}:{name}" for name, room in _HOMES.items()})
