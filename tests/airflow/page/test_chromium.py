"""The page in Airflow as a real browser shows it: its frame, its views, the home with the lines, the way of an alert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from headgate.history import RunRecord, home, list_incidents, open_store, runs
from headgate.history.store import Store
from headgate.naming import PlaceName
from playwright.sync_api import Browser, Frame, Page

from tests.support.airflow_server import Airflow, airflow
from tests.support.browser import (
    NARROW,
    chromium,
    complaints,
    findings,
    log_in,
    open_page,
    overflow,
    plugin_frame,
)
from tests.support.history import BEGIN, sqlite_at
from tests.support.page import freshness, result, run

pytestmark = pytest.mark.engines

# Of these no character may be lost, and none may mean anything.
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>javascript:alert(4)"
DAG = "shop"
RUN = "scheduled__10"


def fill(store: Store) -> None:
    """Ten days of a shop until now: one dataset breaks, one is late, one was quarantined, one holds, and one is called
    by markup in whatever has a name."""
    later = datetime.now(UTC) - (BEGIN + timedelta(days=10, minutes=10))

    def put(made: RunRecord) -> None:
        store.record(replace(made, moment=made.moment + later, at=made.at + later))

    for day in range(1, 11):
        amount = result("amount.maximum", "failed" if day == 10 else "passed", columns=("amount",))
        bound = {"operator": "<=", "bounds": [500.0]}
        total = result("total.sum", failed=None, rows=None, value=100.0 + day, expect=bound)
        put(run(day, "orders", DAG, amount, total, version="1.0.0" if day < 6 else "1.1.0"))
        put(run(day, "customers", DAG))
    aged = freshness(30)
    at = datetime.fromisoformat(aged["at"]) + later
    put(run(10, "clicks", DAG, levels=(aged | {"at": at.isoformat()},)))
    refunds = run(10, "refunds", DAG, result("reason.enum", "failed", columns=("reason",)))
    put(replace(refunds, outcome="published_partly", rows_quarantined=40, rows_published=1960))
    broken = replace(result("k", "failed", columns=(EVIL,), description=EVIL, unit=EVIL), label=EVIL)
    evil = run(10, "evil", DAG, broken, support=(EVIL,), consumers=({"name": EVIL, "contact": EVIL},))
    named = dict.fromkeys(("dataset", "contract", "version", "owner", "policy", "commit"), EVIL)
    put(replace(evil, **named, place=PlaceName(EVIL, EVIL)))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    folder = tmp_path_factory.mktemp("history")
    store = open_store(sqlite_at(folder))
    fill(store)
    yield sqlite_at(folder), store
    store.close()


@pytest.fixture(scope="module")
def server(history: tuple[str, Store], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    folder = tmp_path_factory.mktemp("airflow")
    (folder / "dags").mkdir()
    with airflow(folder, folder / "dags", parts=["api-server"], AIRFLOW__HEADGATE__STORE=history[0]) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def op(server: Airflow, browser: Browser) -> Iterator[Page]:
    page = open_page(browser)
    log_in(page, server.url, "op")
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def views(history: tuple[str, Store]) -> list[str]:
    """An address of every view, and of each thing that is called by markup."""
    store = history[1]
    found = ["/", "/contracts", "/contracts?q=orders", "/incidents", "/quarantine", "/reconciliations"]
    query = f"dag_id={DAG}&run_id={RUN}&task_id=publish_orders&map_index={quote('{MAP_INDEX}')}"
    found += [f"/dag?dag_id={DAG}", f"/dag_run?{query}", f"/task_instance?{query}"]
    for each in home(store):
        if each.dataset in ("orders", "clicks", EVIL):
            found += [f"/datasets/{each.id}", f"/runs/{runs(store, each.id)[0].id}"]
    found += [f"/incidents/{each.number}" for each in list_incidents(store, datetime.now(UTC))]
    return found


def test_every_view(server: Airflow, op: Page, views: list[str]) -> None:
    """Nothing serious by axe-core, no script of the data runs, no error, no scrolling to the side at 420 pixels, and
    what is seen first is whole without scripts; in light and in dark."""
    wrong, said = [], complaints(op)
    for scheme in ("light", "dark"):
        op.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for path in views:
            op.set_viewport_size({"width": 1280, "height": 900})
            op.goto(f"{server.url}/headgate{path}")
            wrong += [f"{scheme} {path}: {each}" for each in findings(op)]
            op.set_viewport_size({"width": NARROW, "height": 900})
            wrong += [f"{path}: {wide} pixels too wide"] if (wide := overflow(op)) > 0 else []
    op.emulate_media(color_scheme="light")
    op.set_viewport_size({"width": 1280, "height": 900})
    assert (wrong, said) == ([], [])
    assert len(views) > 15


def test_without_scripts_a_view_says_the_same(server: Airflow, browser: Browser, op: Page, views: list[str]) -> None:
    plain = open_page(browser, scripts=False)
    plain.context.add_cookies(op.context.cookies())
    for path in views:
        op.goto(f"{server.url}/headgate{path}")
        plain.goto(f"{server.url}/headgate{path}")
        assert plain.inner_text("main") == op.inner_text("main"), path
    plain.goto(f"{server.url}/headgate/contracts")
    plain.fill("input[name=q]", "cust")
    plain.click("button")
    assert "customers" in plain.inner_text("table") and "orders" not in plain.inner_text("table")
    plain.context.close()


def test_contracts_are_found_while_one_types(server: Airflow, op: Page) -> None:
    op.goto(f"{server.url}/headgate/contracts")
    said = complaints(op)
    op.type("input[name=q]", "cust")
    op.wait_for_function("() => !document.querySelector('#list').innerText.includes('orders')")
    assert "customers" in op.inner_text("#list") and "q=cust" in op.url and said == []


# --- inside Airflow --------------------------------------------------------------------------------------------------


def framed(page: Page, address: str, path: str) -> Frame:
    page.goto(address)
    return plugin_frame(page, path)


def test_the_frame_follows_airflows_theme_without_a_reload(server: Airflow, op: Page) -> None:
    frame = framed(op, f"{server.url}/plugin/headgate", "/headgate/")
    frame.evaluate("window.mark = 1")
    seen = []
    for theme in ("dark", "light", "dark", "light"):
        op.evaluate(
            "theme => { const c = document.documentElement.classList; c.remove('dark', 'light'); c.add(theme) }", theme
        )
        frame.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=theme)
        seen.append(frame.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert seen[0] == seen[2] != seen[1] == seen[3]
    assert frame.evaluate("window.mark") == 1


def test_links_of_a_frame_lead_to_airflow(server: Airflow, op: Page, history: tuple[str, Store]) -> None:
    number = next(each.id for each in home(history[1]) if each.dataset == "orders")
    frame = framed(op, f"{server.url}/plugin/headgate", "/headgate/")
    frame.goto(f"{server.url}/headgate/datasets/{number}")
    frame.click(f"a[data-airflow][href$='/dags/{DAG}']")
    op.wait_for_url(f"{server.url}/dags/{DAG}**")


def test_lines_on_airflows_home(server: Airflow, op: Page) -> None:
    op.goto(server.url)
    lines = op.locator("[data-headgate=lines] li")
    lines.first.wait_for()
    assert 1 <= lines.count() <= 3
    assert "does not meet its contract" in lines.first.inner_text()
    lines.first.locator("a").click()
    op.wait_for_url(f"{server.url}/headgate/incidents**")


# What `/summary` may answer where something is wrong with it; the second of them throws while it is drawn.
WRONG = {"no JSON": "<html>", "another shape": '{"lines": [null, 7]}', "nothing": ""}


@pytest.mark.parametrize("name", WRONG)
def test_a_widget_that_fails_leaves_airflows_home_whole(name: str, server: Airflow, browser: Browser, op: Page) -> None:
    page = open_page(browser)
    page.context.add_cookies(op.context.cookies())
    page.route("**/headgate/summary", lambda route: route.fulfill(content_type="application/json", body=WRONG[name]))
    page.goto(server.url)
    page.get_by_text("Stats").first.wait_for()
    page.wait_for_timeout(500)
    said = page.inner_text("body")
    assert "Failed Dags" in said and "Error" not in said and "404" not in said
    page.context.close()


def test_the_link_of_an_alert_opens_its_view_after_login(
    server: Airflow, browser: Browser, history: tuple[str, Store]
) -> None:
    line = next(each for each in list_incidents(history[1], datetime.now(UTC)) if each.concern.dataset == "orders")
    for path, said in (
        (f"/headgate/incidents/{line.number}", "orders: amount.maximum holds"),
        (f"/headgate/contracts?q={quote('ord&ers')}", "Contracts"),
    ):
        page = open_page(browser)
        page.goto(f"{server.url}{path}")
        page.wait_for_url(lambda at: "/auth/login" in at)
        page.fill("input[name=username]", "viewer")
        page.fill("input[name=password]", "viewer")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda at: urlsplit(at).path == urlsplit(path).path)  # noqa: B023
        assert said in page.inner_text("h1") and urlsplit(page.url).query == urlsplit(path).query
        page.context.close()


def test_a_person_acts(server: Airflow, browser: Browser, op: Page, history: tuple[str, Store]) -> None:
    """Who may edit acknowledges, and it stands there at once, without a reload; who may only read has no form."""
    line = next(each for each in list_incidents(history[1], datetime.now(UTC)) if each.concern.dataset == "refunds")
    op.goto(f"{server.url}/headgate/incidents/{line.number}")
    op.evaluate("window.mark = 1")
    op.fill("form[action$='/ack'] input", "I look at it")
    op.click("form[action$='/ack'] button")
    op.wait_for_function("() => document.querySelector('#main').innerText.includes('op has it: I look at it')")
    assert op.evaluate("window.mark") == 1
    reader = open_page(browser)
    log_in(reader, server.url, "viewer")
    reader.goto(f"{server.url}/headgate/incidents/{line.number}")
    assert reader.locator("form").count() == 0 and "op" in reader.inner_text(".answer")
    reader.context.close()


def test_a_history_that_is_gone_leaves_airflows_home_whole(
    server: Airflow, browser: Browser, op: Page, history: tuple[str, Store]
) -> None:
    """The last test of this server: its file is moved away, and comes back."""
    file = Path(history[0].removeprefix("sqlite:///"))
    away = file.rename(file.with_suffix(".away"))
    try:
        page = open_page(browser)
        page.context.add_cookies(op.context.cookies())
        page.goto(server.url)
        page.get_by_text("Stats").first.wait_for()
        page.wait_for_timeout(500)
        assert page.locator("[data-headgate=lines]").count() == 0 and "404" not in page.inner_text("body")
        answer = page.goto(f"{server.url}/headgate/")
        assert answer is not None and answer.status == 503
        assert "The history of checks cannot be read now" in page.inner_text("main")
        assert not file.exists()  # nobody made an empty one, which would know of no breach
        page.context.close()
    finally:
        away.rename(file)
