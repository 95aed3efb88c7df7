"""headgate and its page in an Airflow 3.1, on the SQLAlchemy that it comes with."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from headgate.history import list_incidents, open_store

from tests.support.airflow_engines import COMMAND, FOLDER
from tests.support.airflow_server import Airflow, airflow
from tests.support.browser import chromium, log_in, open_page, plugin_frame
from tests.support.history import BEGIN, record, sqlite_at
from tests.support.parts import missing

pytestmark = pytest.mark.engines

DAG = """
from airflow.sdk import DAG
with DAG("shop", schedule=None):
    pass
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    """An Airflow 3.1 that has the DAG `shop`, and a history in which it broke a promise: incident 1."""
    if not Path(COMMAND).exists():
        missing("no Airflow 3.1: python -m tests.support.airflow_engines")
    home = tmp_path_factory.mktemp("airflow")
    (home / "dags").mkdir()
    (home / "dags" / "shop.py").write_text(DAG)
    with closing(open_store(sqlite_at(home))) as store:
        store.record(record(1, {"amount.max": "failed"}, run_key="shop/publish/manual"))
    parts = ["api-server", "dag-processor"]
    with airflow(
        home, home / "dags", parts=parts, command=COMMAND, AIRFLOW__HEADGATE__STORE=sqlite_at(home)
    ) as running:
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
    assert [(each["url_prefix"]) for each in plugin["fastapi_apps"]] == ["/headgate"]
    views = {each["destination"]: each["href"].partition("?")[0] for each in plugin["external_views"]}
    tabs = {name: f"/headgate/{name}" for name in ("dag", "dag_run", "task_instance")}
    assert views == {"nav": "/headgate/"} | tabs
    assert [each["destination"] for each in plugin["react_apps"]] == ["dashboard"]


# path, who asks, the status, and how the answer begins
ASKED = [
    ("/headgate/", None, 401, "application/json"),
    ("/headgate/", "viewer", 200, "text/html"),
    ("/headgate/", "admin", 200, "text/html"),
    ("/headgate/dag?dag_id=shop", "viewer", 200, "text/html"),
    ("/headgate/static/widget.js", None, 200, "text/javascript"),
    ("/headgate/openapi.json", None, 401, "application/json"),
]


@pytest.mark.parametrize(("path", "person", "status", "kind"), ASKED)
def test_it_is_asked_by_a_cookie(server: Airflow, path: str, person: str | None, status: int, kind: str) -> None:
    answer = server.get(path, person)
    assert (answer.status_code, answer.headers["content-type"].startswith(kind)) == (status, True), answer.text[:300]


def test_a_viewer_changes_nothing(server: Airflow) -> None:
    def ack(person: str) -> int:
        own = {"origin": server.url, "sec-fetch-site": "same-origin"}
        token = {"_token": server.logged_in(person).token}
        at = f"{server.url}/headgate/incidents/1/ack"
        return httpx.post(at, headers=own, cookies=token, data={"text": "mine"}, timeout=30).status_code

    def states() -> list[Any]:
        with closing(open_store(sqlite_at(server.home))) as store:
            return [each.incident.state for each in list_incidents(store, BEGIN)]

    assert (ack("viewer"), states()) == (403, ["open"])
    assert (ack("admin"), states()) == (303, ["acknowledged"])


def test_a_browser_shows_it(server: Airflow) -> None:
    with chromium() as browser:
        page = open_page(browser)
        log_in(page, server.url, "viewer")
        page.goto(f"{server.url}/plugin/headgate")
        assert "headgate" in plugin_frame(page).title().lower()
