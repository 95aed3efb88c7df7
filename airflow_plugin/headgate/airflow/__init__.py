"""headgate's Airflow operators. Importing them opens nothing and imports no engine: Airflow parses DAGs constantly."""

from headgate.airflow.operators import ContractCheckOperator, ContractPublishOperator

__all__ = ["ContractCheckOperator", "ContractPublishOperator"]
