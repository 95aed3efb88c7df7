"""headgate in an Airflow 3.1, on the SQLAlchemy that it comes with."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.airflow_engines import COMMAND, FOLDER
from tests.support.airflow_server import Airflow, airflow
from tests.support.parts import missing

pytestmark = pytest.mark.engines

DAG = """
from airflow.sdk import DAG
with DAG("shop", schedule=None):
    pass
"""
PAGE = "<!doctype html><title>orders</title>"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    """It, with the DAG `shop` and the page of one report."""
    if not Path(COMMAND).exists():
        missing("no Airflow 3.1: python -m tests.support.airflow_engines")
    home = tmp_path_factory.mktemp("airflow")
    for folder, name, text in (("dags", "shop.py", DAG), ("reports/shop", "r.html", PAGE)):
        (home / folder).mkdir(parents=True)
        (home / folder / name).write_text(text)
    reports = {"AIRFLOW__HEADGATE__REPORTS_FOLDER": str(home / "reports")}
    with airflow(home, home / "dags", parts=["api-server", "dag-processor"], command=COMMAND, **reports) as running:
        running.wait(lambda: running.call("GET", "dags")["total_entries"], "the DAG")
        yield running


def test_versions(server: Airflow) -> None:
    """It allows SQLAlchemy 1.4, with which there is no history; it does not come with that."""
    said = "import json, sqlalchemy, airflow; print(json.dumps([airflow.__version__, sqlalchemy.__version__]))"
    python = FOLDER / "bin" / "python"
    done = subprocess.run([python, "-c", said], env=server.environment, capture_output=True, text=True, check=True)
    found, alchemy = json.loads(done.stdout.splitlines()[-1])
    assert found.startswith("3.1.") and alchemy.startswith("2.")


def test_the_plugin_is_there(server: Airflow) -> None:
    assert server.call("GET", "plugins/importErrors")["import_errors"] == []
    (plugin,) = (each for each in server.call("GET", "plugins")["plugins"] if each["name"] == "headgate")
    assert [each["url_prefix"] for each in plugin["fastapi_apps"]] == ["/headgate"]


@pytest.mark.parametrize(("person", "status"), [(None, 401), ("viewer", 200)])
def test_a_report_is_shown(server: Airflow, person: str | None, status: int) -> None:
    answer = server.get("/headgate/reports/shop/r.html", person)
    assert (answer.status_code, answer.text == PAGE) == (status, person is not None), answer.text[:300]
