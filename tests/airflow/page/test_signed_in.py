"""What a person's browser does: the link of an alert leads through the login, forms work with and without scripts and in
Airflow's frame, and Airflow's home stays whole whatever becomes of the lines on it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.support.airflow_engines import COMMAND as OLDEST
from tests.support.airflow_page import history
from tests.support.airflow_server import COMMAND, Airflow, airflow
from tests.support.browser import chromium, complaints, log_in, open_page, plugin_frame

pytestmark = pytest.mark.engines
VERSIONS = {"own": COMMAND, "airflow-3.1": OLDEST}


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    home = tmp_path_factory.mktemp("airflow")
    (home / "dags").mkdir()
    store = history(home)
    with airflow(
        home, home / "dags", parts=["api-server"], command=VERSIONS[request.param], AIRFLOW__HEADGATE__STORE=store
    ) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def test_the_link_of_an_alert_opens_its_view_after_the_login(server: Airflow, browser: Browser) -> None:
    page = open_page(browser)
    page.goto(f"{server.url}/headgate/incidents/1?from=alert")
    assert "/auth/login" in page.url and "alpha_orders" not in page.content()
    page.fill("input[name=username]", "viewer")
    page.fill("input[name=password]", "viewer")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/headgate/incidents/1?from=alert")
    assert "alpha_orders" in page.inner_text("h1")
    page.context.close()


@pytest.mark.parametrize("framed", [False, True])
def test_a_form_writes(server: Airflow, browser: Browser, framed: bool) -> None:
    page = open_page(browser)
    log_in(page, server.url, "op")
    said = complaints(page)
    if framed:
        page.goto(f"{server.url}/plugin/headgate")
        where = plugin_frame(page)
        where.goto(f"{server.url}/headgate/incidents/2")
    else:
        page.goto(f"{server.url}/headgate/incidents/2")
        where = page.main_frame
    where.fill("form[action$='/note'] input[name=text]", f"framed: {framed}")
    where.click("form[action$='/note'] button")
    where.wait_for_selector(f"td:has-text('framed: {framed}')")
    assert [each for each in said if "headgate" in each or "Content Security" in each] == []
    page.context.close()


def test_a_form_writes_without_scripts(server: Airflow, browser: Browser) -> None:
    """The token of who is signed in is in a cookie, by whatever page it came there."""
    page = open_page(browser, scripts=False)
    page.context.add_cookies([{"name": "_token", "value": server.logged_in("op").token, "url": server.url}])
    page.goto(f"{server.url}/headgate/incidents/2")
    page.fill("form[action$='/note'] input[name=text]", "without scripts")
    page.click("form[action$='/note'] button")
    page.wait_for_url(re.compile(r"/headgate/incidents/2$"))
    assert "without scripts" in page.content()
    page.context.close()


def test_another_site_writes_nothing(server: Airflow, browser: Browser) -> None:
    page = open_page(browser)
    page.context.add_cookies([{"name": "_token", "value": server.logged_in("op").token, "url": server.url}])
    form = (
        f'<form method="post" action="{server.url}/headgate/incidents/2/note"><input name="text" value="evil"><button>x'
    )
    page.route("http://evil.example/", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://evil.example/")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.click("button")
    assert answer.value.status in (401, 403)
    page.context.close()


def test_airflows_home_has_the_lines_and_stays_whole_without_them(server: Airflow, browser: Browser) -> None:
    page = open_page(browser)
    log_in(page, server.url, "viewer")
    page.goto(server.url)
    page.wait_for_selector("[data-headgate=lines]")
    assert "alpha_orders does not meet its contract" in page.inner_text("[data-headgate=lines]")
    assert page.locator("[data-headgate=lines] li").count() <= 3
    for broken in ("<html>", '{"lines": 7}', '{"lines": [{"text": {"an": "object"}, "href": 1}]}', '{"lines": [null]}'):
        page.route("**/headgate/summary", partial(_answer, broken))
        _goes_home(page, server.url)
        page.unroute("**/headgate/summary")
    page.context.close()


def _answer(body: str, route: Route) -> None:
    route.fulfill(body=body, content_type="application/json")


def _goes_home(page: Page, url: str) -> None:
    """Airflow's home is there, without the lines and without what Airflow shows in place of a page that has failed."""
    with page.expect_response("**/headgate/summary"):
        page.goto(url)
    page.wait_for_selector("h2")
    page.wait_for_timeout(500)
    assert page.locator("[data-headgate=lines]").count() == 0
    assert page.locator("h2").count() > 0 and "error" not in " ".join(page.locator("h1, h2").all_inner_texts()).lower()


def test_a_store_that_is_gone_leaves_airflows_home_whole(server: Airflow, browser: Browser, tmp_path: Path) -> None:
    page = open_page(browser)
    log_in(page, server.url, "viewer")
    for file in server.home.glob("history.db*"):
        shutil.move(file, tmp_path / file.name)
    try:
        _goes_home(page, server.url)
        assert page.goto(f"{server.url}/headgate/").status == 503  # type: ignore[union-attr]
    finally:
        for file in tmp_path.glob("history.db*"):
            shutil.move(file, server.home / file.name)
    page.context.close()
