"""Measures the service levels of the contracts every quarter of an hour, and finds the run that never came.

Before `last_known_good` has run, it tells that no rates were ever published.
"""

from headgate.airflow import ContractNotifier, watch_dag

watch = watch_dag(dag_id="watch", contracts="contracts", on_warning=ContractNotifier(text="A service level is broken."))
