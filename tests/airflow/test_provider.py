"""headgate as Airflow sees it: cheap to import, registered, configurable."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import headgate.airflow
import pytest
from headgate.provider_info import get_provider_info

ROOT = Path(__file__).parents[2]

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


@pytest.mark.slow
def test_importing_the_operators_in_a_dag_file_is_cheap() -> None:
    """What headgate itself adds to Airflow's own imports."""
    code = (
        "import sys\nfrom airflow.providers.common.compat.sdk import AirflowFailException, BaseOperator, conf\n"
        "before = set(sys.modules)\n"
        "from headgate.airflow import ContractCheckOperator, ContractPublishOperator, HeadgateDbtOperator\n"
        "HeadgateDbtOperator(task_id='d', project='dbt')\n"
        "ContractPublishOperator(task_id='p', contract='c', source='s')\n"
        "ContractCheckOperator(task_id='c', contract='c')\n"
        "print(*sorted(m for m in set(sys.modules) - before if '.' not in m or m.startswith('headgate')))"
    )
    added = run(sys.executable, "-c", code).split()
    assert not set(added) & set(HEAVY), added
    ours = {m for m in added if m.startswith("headgate")}
    assert all(m == "headgate" or m.startswith("headgate.airflow") for m in ours), ours


@pytest.mark.slow
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
    (options,) = (section["options"] for section in get_provider_info()["config"].values())
    assert [option for option in options if f"{option} = " not in listed] == []


def test_the_configuration_names_every_setting_that_is_read() -> None:
    (options,) = (section["options"] for section in get_provider_info()["config"].values())
    folder = Path(headgate.airflow.__file__).parent
    read = {name for file in folder.glob("*.py") for name in re.findall(r'setting\("(\w+)"\)', file.read_text())}
    assert read == set(options)


def test_what_the_provider_names_is_there() -> None:
    from airflow.sdk._shared.module_loading import import_string

    info = get_provider_info()
    names = [each["class-name"] for each in info["task-decorators"]] + info["extra-links"] + info["notifications"]
    assert all(import_string(name) for name in names)
    for kind in ("operators", "sensors", "triggers"):
        assert all(import_module(module) for each in info[kind] for module in each["python-modules"])
    assert all(getattr(headgate.airflow, name) for name in headgate.airflow.__all__)


PARSED = """
import sys
happened = []
def hook(event, arguments):
    if event in ("socket.connect", "subprocess.Popen", "os.posix_spawn"):
        happened.append(event)
    if event == "open" and ".odcs." in str(arguments[0]):
        happened.append(f"{event} {arguments[0]}")
from benchmarks.parse import FILES
from airflow.dag_processing.dagbag import DagBag
from pathlib import Path
paths = [Path(sys.argv[1], f"{name}.py") for name in FILES]
for path, text in zip(paths, FILES.values()):
    path.write_text(text)
DagBag(str(paths[0]))  # Airflow's own
sys.addaudithook(hook)
bag = DagBag(str(paths[1]))
assert not bag.import_errors and len(bag.dags["headgate"].tasks) == 50
print(happened, [m for m in ("duckdb", "sqlglot", "psycopg", "headgate.contract", "headgate.gate") if m in sys.modules])
"""


@pytest.mark.slow
def test_parsing_opens_no_connection_and_reads_no_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "orders.odcs.yaml").write_text("this is no contract")
    monkeypatch.setenv("AIRFLOW__HEADGATE__ENFORCE_FOLDER", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert run(sys.executable, "-c", PARSED, str(tmp_path)).splitlines()[-1] == "[] []"


@pytest.mark.slow
def test_parsing_costs_little_more_than_empty_operators(tmp_path: Path) -> None:
    from benchmarks.parse import measure, ratio

    assert min(ratio(measure(tmp_path, rounds=10)) for _ in range(3)) < 1.5  # `make bench` says 1.3, on a quiet machine


def test_pages_that_cannot_be_made_keep_nothing_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    from headgate.airflow.plugin import HeadgatePlugin, page_app

    plugin = HeadgatePlugin()
    assert [app["url_prefix"] for app in plugin.fastapi_apps] == ["/headgate"]
    assert len(plugin.external_views) == 4 and len(plugin.react_apps) == 1
    page_app.cache_clear()
    monkeypatch.setitem(sys.modules, "headgate.airflow.page.app", None)
    assert (plugin.fastapi_apps, plugin.external_views, plugin.react_apps) == ([], [], [])
    page_app.cache_clear()
