"""headgate in Airflow. Airflow parses DAG files constantly, so that importing this imports no engine, and what a name
needs only when the name is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.airflow.alone import DriftOperator, ReconcileOperator
    from headgate.airflow.dbt import HeadgateDbtOperator, report_dbt_results
    from headgate.airflow.failure import ContractBreach, ContractFailure
    from headgate.airflow.notifier import ContractNotifier
    from headgate.airflow.operators import ContractCheckOperator, ContractPublishOperator
    from headgate.airflow.release import ContractReleaseOperator
    from headgate.airflow.sensor import ContractSensor
    from headgate.airflow.shadow import ShadowBreach, ShadowOperator
    from headgate.airflow.verdict import ContractVerdictOperator
    from headgate.airflow.watch import ContractWatchOperator, watch_dag

_HOME = {
    "ContractBreach": "failure",
    "ContractCheckOperator": "operators",
    "ContractFailure": "failure",
    "ContractNotifier": "notifier",
    "ContractPublishOperator": "operators",
    "ContractReleaseOperator": "release",
    "ContractSensor": "sensor",
    "ContractVerdictOperator": "verdict",
    "ContractWatchOperator": "watch",
    "DriftOperator": "alone",
    "HeadgateDbtOperator": "dbt",
    "ReconcileOperator": "alone",
    "ShadowBreach": "shadow",
    "ShadowOperator": "shadow",
    "report_dbt_results": "dbt",
    "watch_dag": "watch",
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
    "ContractWatchOperator",
    "DriftOperator",
    "HeadgateDbtOperator",
    "ReconcileOperator",
    "ShadowBreach",
    "ShadowOperator",
    "report_dbt_results",
    "watch_dag",
]


__getattr__ = lazily(__name__, {name: f"{__name__}.{file}:{name}" for name, file in _HOME.items()})
