"""headgate's Airflow operators. Importing them opens nothing and imports no engine: Airflow parses DAGs constantly."""

from headgate.airflow.failure import ContractBreach, ContractFailure
from headgate.airflow.operators import ContractCheckOperator, ContractPublishOperator

__all__ = ["ContractBreach", "ContractCheckOperator", "ContractFailure", "ContractPublishOperator"]
