"""`make page` shows what the demo left to three people, and ends with Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from headgate.history import open_store

from tests.support.airflow_server import Airflow
from tests.support.history import record, sqlite_at

pytestmark = pytest.mark.engines

ROOT = Path(__file__).parents[3]
PEOPLE = ("viewer", "op", "admin")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    """It, on a history that is there; after the tests somebody presses Ctrl-C."""
    home = tmp_path_factory.mktemp("demo")
    with closing(open_store(sqlite_at(home))) as store:
        store.record(record(1, {"amount.max": "failed"}))
    around = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "HEADGATE"))}
    command = [sys.executable, str(ROOT / "dags" / "churn" / "page.py"), "--port", "0"]
    process = subprocess.Popen(
        command, env=around | {"HEADGATE_DEMO_HOME": str(home)}, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.strip())
        if line.startswith("Ctrl-C"):
            break
    try:
        assert process.poll() is None, said
        (shown,) = (line.split()[-1] for line in said if line.startswith("the page"))
        assert [line.split()[:3] for line in said if " password " in line] == [
            [each, "password", each] for each in PEOPLE
        ]
        yield Airflow(home, shown.removesuffix("/plugin/headgate"), {})
    finally:
        process.send_signal(signal.SIGINT)
        ended = process.wait(60)
    assert ended == 0
    with pytest.raises(httpx.TransportError):
        httpx.get(shown, timeout=5)


@pytest.mark.parametrize("person", PEOPLE)
def test_whoever_is_printed_may_log_in(page: Airflow, person: str) -> None:
    logged_in = page.logged_in(person)
    page.wait(lambda: logged_in.call("GET", "dags")["total_entries"], "DAGs", seconds=120)
    logged_in.wait(lambda: logged_in.call("GET", "dags?dag_id_pattern=churn")["total_entries"], "the DAG", seconds=120)


def test_the_page_shows_what_the_demo_left(page: Airflow) -> None:
    """To an admin; nobody sees it without having logged in."""
    answer = page.get("/headgate/", "admin")
    assert (answer.status_code, "orders" in answer.text) == (200, True)
    assert page.get("/headgate/", None).status_code == 401
