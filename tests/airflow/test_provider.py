"""headgate as Airflow sees it: cheap to import, registered, configurable."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "great_expectations",
    "dbt",
    "pandas",
    "polars",
    "pyarrow",
    "duckdb",
    "sqlglot",
    "openlineage",
    "jsonschema",
    "rich",
)


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_operators_in_a_dag_file_is_cheap() -> None:
    """What headgate itself adds to Airflow's own imports."""
    code = (
        "import sys\nfrom airflow.providers.common.compat.sdk import AirflowFailException, BaseOperator, conf\n"
        "before = set(sys.modules)\n"
        "from headgate.airflow import ContractCheckOperator, ContractPublishOperator\n"
        "ContractPublishOperator(task_id='p', contract='c', source='s')\n"
        "ContractCheckOperator(task_id='c', contract='c')\n"
        "print(*sorted(m for m in set(sys.modules) - before if '.' not in m or m.startswith('headgate')))"
    )
    added = run(sys.executable, "-c", code).split()
    assert not set(added) & set(HEAVY), added
    ours = {m for m in added if m.startswith("headgate")}
    assert all(m == "headgate" or m.startswith("headgate.airflow") for m in ours), ours


def test_a_dag_file_pulls_in_no_engine(tmp_path: Path) -> None:
    """With everything that Airflow itself imports."""
    code = (
        "import sys\nfrom airflow.sdk import DAG\nfrom headgate.airflow import ContractPublishOperator\n"
        "with DAG('d'): ContractPublishOperator(task_id='p', contract='c', source='s')\n"
        "print(*(m for m in ('great_expectations', 'dbt', 'pandas', 'duckdb', 'sqlglot') if m in sys.modules))"
    )
    assert run(sys.executable, "-c", code).split() == []


def test_importing_headgate_imports_nothing_heavy() -> None:
    code = "import sys, headgate\nprint(*(m for m in sys.modules))"
    assert not set(run(sys.executable, "-c", code).split()) & {*HEAVY, "airflow", "yaml", "pydantic"}


@pytest.mark.slow
def test_airflow_lists_the_provider_and_its_settings() -> None:
    airflow = str(Path(sys.executable).with_name("airflow"))
    assert "headgate" in run(airflow, "providers", "list", "--output", "plain")
    listed = run(airflow, "config", "list", "--section", "headgate", "--include-descriptions", "--defaults")
    for option in ("contracts_folder", "on_breach", "reports_folder"):
        assert option in listed
