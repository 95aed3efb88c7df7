"""headgate in Airflow. Importing this imports no engine, and what a name needs only when it is used: Airflow parses DAG
files constantly."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headgate.airflow.failure import ContractBreach, ContractFailure
    from headgate.airflow.notifier import ContractNotifier
    from headgate.airflow.operators import ContractCheckOperator, ContractPublishOperator
    from headgate.airflow.release import ContractReleaseOperator
    from headgate.airflow.sensor import ContractSensor
    from headgate.airflow.verdict import ContractVerdictOperator

_HOME = {
    "ContractBreach": "failure",
    "ContractCheckOperator": "operators",
    "ContractFailure": "failure",
    "ContractNotifier": "notifier",
    "ContractPublishOperator": "operators",
    "ContractReleaseOperator": "release",
    "ContractSensor": "sensor",
    "ContractVerdictOperator": "verdict",
}
__all__ = [
    "ContractBreach",
    "ContractCheckOperator",
    "ContractFailure",
    "ContractNotifier",
    "ContractPublishOperator",
    "ContractReleaseOperator",
    "ContractSensor",
    "ContractVerdictOperator",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
