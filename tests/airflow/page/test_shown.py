"""What a browser sees of a plugin's page in Airflow: the tests of the page go by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.airflow_server import Airflow, airflow
from tests.support.browser import chromium, log_in, open_page, plugin_frame

pytestmark = pytest.mark.engines

PLUGIN = """
from airflow.plugins_manager import AirflowPlugin
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
app = FastAPI()
@app.get("/", response_class=HTMLResponse)
def home(n: str = "none"):
    return f"<!doctype html><title>t</title><p>number {n}</p>"
class Plugin(AirflowPlugin):
    name = "hello"
    fastapi_apps = [{"app": app, "url_prefix": "/hello", "name": "hello"}]
    external_views = [{"name": "Hello", "href": "hello/", "url_route": "hello", "destination": "nav"}]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    home = tmp_path_factory.mktemp("airflow")
    (home / "plugins").mkdir()
    (home / "plugins" / "hello.py").write_text(PLUGIN)
    (home / "dags").mkdir()
    with airflow(home, home / "dags", parts=["api-server"]) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize(("dark", "theme"), [(False, "light"), (True, "dark")])
def test_a_page_in_its_frame(server: Airflow, browser: Browser, dark: bool, theme: str) -> None:
    page = open_page(browser, dark=dark)
    log_in(page, server.url, "viewer")
    page.goto(f"{server.url}/plugin/hello")
    assert plugin_frame(page, "/hello/").inner_text("p") == "number none"
    assert theme in str(page.evaluate("document.documentElement.className")).split()
    page.context.close()


def test_nobody_is_asked_to_log_in(server: Airflow, browser: Browser) -> None:
    page = open_page(browser)
    page.goto(server.url)
    page.wait_for_url(lambda at: "/auth/login" in at)
    page.context.close()
