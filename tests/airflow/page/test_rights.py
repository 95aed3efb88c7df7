"""Who may see and do what on the page: everybody on every route, a person of one DAG, and what other sites send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from fastapi.routing import APIRoute
from headgate.page.acts import DEEDS
from headgate.page.routes import ROUTES

from tests.support.airflow_page import DATASETS, HOST, ROLES, SAME, LimitedAuthManager, Page, serving

pytestmark = pytest.mark.slow
# Of each part of a path, what it may be.
PARTS = {
    "id": "1", "number": "1", "deed": "note", "dag_id": "alpha", "path": "nothing/here", "name": "widget.js",
    "run_id": "run-1", "task_id": "publish", "contract": "shop", "dataset": "alpha_orders",
}  # fmt: skip
# What Airflow asks its tabs for.
TAB = "?dag_id=alpha&run_id=run-1&task_id=publish&map_index=-1"
BROWSER = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture(scope="module")
def simple(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return serving(tmp_path_factory.mktemp("simple"), SimpleAuthManager)


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return serving(tmp_path_factory.mktemp("limited"), LimitedAuthManager)


def routes() -> list[tuple[str, str]]:
    """Each method and path of the app, with a value for each part."""
    from headgate.airflow.page.app import page_app

    found = [each for each in page_app.routes if isinstance(each, APIRoute)]
    assert len(found) == len(page_app.routes)  # no docs, no openapi, nothing that is mounted
    return sorted({(method, filled(each.path)) for each in found for method in each.methods})


def filled(path: str, **parts: str) -> str:
    return re.sub(r"{(\w+)(:path)?}", lambda part: (PARTS | parts)[part[1]], path)


def test_every_view_is_a_route() -> None:
    assert {("GET", filled(path)) for path in ROUTES} <= set(routes())


def test_whoever_is_not_signed_in_gets_files_and_no_answer_else(simple: Page) -> None:
    unknown = [("GET", path) for path in ("/docs", "/redoc", "/openapi.json", "/static", "/..%2f", "/incidents/1/")]
    answers = {(method, path): simple.call(None, method, path).status_code for method, path in (*routes(), *unknown)}
    files = {key: status for key, status in answers.items() if key[1].startswith("/static/")}
    assert files == {("GET", "/static/widget.js"): 200}
    assert {status for key, status in answers.items() if key not in files} == {401}


@pytest.mark.parametrize("token", ["", "x", "Bearer", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9."])
def test_a_token_that_is_not_airflows_is_nobodys(token: str, simple: Page) -> None:
    for method, path in routes():
        if not path.startswith("/static/"):
            for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"_token={token}"}):
                assert simple.call(None, method, path, headers=headers).status_code in (401, 403), (method, path)


# Of the routes that are no views, what they answer to whoever is signed in.
KNOWN = {
    ("GET", "/static/widget.js"): 200,
    ("GET", "/summary"): 200,
    ("GET", "/mcp"): 405,
    ("DELETE", "/mcp"): 405,
    ("POST", "/mcp"): 403,  # Origin-less
    ("POST", "/incidents/1/note"): 403,  # the same
}


@pytest.mark.parametrize("person", ROLES)
def test_whoever_is_signed_in_gets_views_and_nothing_of_paths_that_are_none(person: str, simple: Page) -> None:
    views = {("GET", filled(path)) for path in ROUTES}
    for method, path in routes():
        answer = simple.call(person, method, path + TAB if (method, path) in views else path)
        expected = KNOWN.get((method, path), 200 if (method, path) in views else 404)
        assert answer.status_code == expected, (method, path)


FORM = {"text": "seen", "until": "4h", "by": "somebody else"}


@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed != "accept"])
@pytest.mark.parametrize(("person", "status"), [("viewer", 403), ("user", 303), ("op", 303), ("admin", 303)])
def test_who_may_edit_dags_may_act(person: str, status: int, deed: str, simple: Page) -> None:
    before = simple.acts()
    answer = simple.act(person, f"/incidents/1/{deed}", **FORM)
    assert answer.status_code == status
    done = [] if status == 403 else [({"unmute": "mute"}.get(deed, deed), person, "seen")]
    assert simple.acts()[len(before) :] == done
    if done:
        assert answer.headers["location"] == "/headgate/incidents/1"


def test_who_may_edit_dags_may_accept_what_is_open(tmp_path: Path) -> None:
    page = serving(tmp_path, SimpleAuthManager)
    answers = {person: page.act(person, "/incidents/1/accept", **FORM) for person in ROLES}
    assert {person: answer.status_code for person, answer in answers.items()} == {
        "viewer": 403, "user": 303, "op": 400, "admin": 400,
    }  # fmt: skip
    assert "Incident 1 is closed since" in answers["op"].text
    assert page.acts() == [("accept", "user", "seen")]


# ---- other sites

ORIGINS: list[tuple[dict[str, str], int]] = [
    ({"Sec-Fetch-Site": "same-origin"}, 303),
    ({"Sec-Fetch-Site": "same-origin", "Origin": HOST}, 303),
    ({"Origin": HOST}, 303),
    ({"Origin": HOST.replace("http:", "https:")}, 303),  # a proxy took the TLS off
    ({"Origin": f"{HOST}:80"}, 303),
    ({}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "none"}, 403),
    ({"Sec-Fetch-Site": ""}, 403),
    ({"Sec-Fetch-Site": "cross-site", "Origin": HOST}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": ""}, 403),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": f"{HOST}.evil.example"}, 403),
    ({"Origin": f"{HOST}:8080"}, 403),
    ({"Origin": "http://evil.example/airflow.example.com"}, 403),
    ({"Origin": "http://[airflow"}, 403),
    ({"Referer": f"{HOST}/headgate/"}, 403),
    ({"Authorization": "Bearer {token}"}, 403),  # beside the cookie
]


@pytest.mark.parametrize(("headers", "status"), ORIGINS, ids=str)
@pytest.mark.parametrize("path", ["/incidents/2/note", "/mcp"])
def test_a_browser_writes_from_our_own_pages_only(
    path: str, headers: dict[str, str], status: int, simple: Page
) -> None:
    headers = {name: value.format(token=simple.token("admin")) for name, value in headers.items()}
    answer = simple.act("admin", path, headers, text="seen")
    assert answer.status_code == status if path != "/mcp" else (answer.status_code == 403) == (status == 403)


def test_a_program_has_a_token_and_no_cookie(simple: Page) -> None:
    bearer = {"Authorization": f"Bearer {simple.token('admin')}"}
    assert simple.act(None, "/incidents/2/note", bearer, text="seen").status_code == 303
    for foreign in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert simple.act(None, "/incidents/2/note", bearer | foreign, text="seen").status_code == 403


def test_where_everybody_is_an_admin_other_sites_still_do_nothing(tmp_path: Path) -> None:
    page = serving(tmp_path, SimpleAuthManager, CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS="True")
    assert page.act(None, "/incidents/1/note", {"Origin": "http://evil.example"}, text="x").status_code == 403
    assert page.act(None, "/incidents/1/note", SAME, text="x").status_code == 303


# ---- a person of one DAG


def test_what_other_dags_have_is_nowhere(limited: Page) -> None:
    others = [name for dag, name in DATASETS.items() if dag != "alpha"]
    assert all(
        "alpha_orders" in limited.call("reader", "GET", path).text for path in ("/", "/contracts", "/incidents/1")
    )
    queries = (
        "",
        TAB,
        "?dag_id=beta",
        "?q=beta",
        "?dag_id=beta&run_id=run-1&task_id=publish",
        "?all=1",
        "?sort=dataset",
    )
    for path, number, query in product(ROUTES, "123", queries):
        answer = limited.call("reader", "GET", filled(path, id=number, number=number, dataset=others[0]) + query)
        assert not [name for name in (*others, "beta_rule") if name in answer.text], (path, number, query)


# The person, whose incident it is, and what they are answered: 404 is what is not there.
LIMITS = [
    ("nobody", 1, 404), ("nobody", 2, 404), ("nobody", 3, 404),
    ("reader", 1, 403), ("reader", 2, 404), ("reader", 3, 404), ("reader", 4, 404),
    ("editor", 1, 303), ("editor", 2, 403), ("editor", 3, 404), ("editor", 4, 404),
    ("viewer", 1, 403), ("viewer", 2, 403), ("viewer", 3, 403), ("viewer", 4, 404),
    ("user", 1, 303), ("user", 2, 303), ("user", 3, 303), ("user", 4, 404),
]  # fmt: skip


@pytest.mark.parametrize(("person", "number", "status"), LIMITS)
def test_acts_need_the_right_to_edit(person: str, number: int, status: int, limited: Page) -> None:
    before = limited.acts()
    answer = limited.act(person, f"/incidents/{number}/note", text="seen")
    assert answer.status_code == status
    assert limited.acts()[len(before) :] == ([("note", person, "seen")] if status == 303 else [])
    unseen = {"nobody": set(DATASETS), "reader": {"beta", "outside"}, "editor": {"outside"}}.get(person, set())
    assert not [name for name in unseen if name in answer.text]


SEEN = [("nobody", set()), ("reader", {"alpha"}), ("editor", {"alpha", "beta"}), ("viewer", set(DATASETS))]


@pytest.mark.parametrize(("person", "dags"), SEEN)
def test_the_widget_and_agents_see_the_same(person: str, dags: set[str], limited: Page) -> None:
    said = limited.call(person, "GET", "/summary")
    assert said.status_code == 200 and len(said.json()["lines"]) == bool(dags)
    assert not [name for dag, name in DATASETS.items() if dag not in dags and name in said.text]
    assert {each["dataset"] for each in asked(limited, person, "list_datasets")["datasets"]} == {
        name for dag, name in DATASETS.items() if dag in dags
    }


def test_an_agent_is_not_told_of_a_dataset_that_it_may_not_see(limited: Page) -> None:
    assert asked(limited, "reader", "contract", dataset="alpha_orders")["dataset"] == "alpha_orders"
    unknown = told(limited, "reader", "contract", dataset="beta_salaries")
    assert unknown["isError"] and "no contract has a dataset 'beta_salaries'" in unknown["content"][0]["text"]


def scope_of(page: Page, person: str, role: str, *teams: str) -> tuple[Any, list[str | None], list[str | None]]:
    """As views ask it: the DAGs that are read (True: all), and those of which values are read, and that are edited."""
    from headgate.airflow.page.rights import Rights

    with page.active():
        scope = Rights(page.manager.deserialize_user({"sub": person, "role": role, "teams": list(teams)})).scope
        dags: tuple[str | None, ...] = ("alpha", "beta", "gone", None)
        return (
            scope.dags is None or sorted(scope.dags & {"alpha", "beta"}),  # other tests have DAGs here as well
            [dag for dag in dags if scope.values(dag)],
            [dag for dag in dags if scope.edits(dag)],
        )


EVERYTHING = ["alpha", "beta", "gone", None]
RIGHTS = [
    ("reader", "viewer", (["alpha"], [], [])),
    ("editor", "viewer", (["alpha", "beta"], ["alpha"], ["alpha"])),
    ("most", "viewer", (["alpha"], ["alpha", "gone", None], ["alpha", "gone", None])),
    ("nobody", "viewer", ([], [], [])),
    ("viewer", "viewer", (True, EVERYTHING, [])),
    ("user", "user", (True, EVERYTHING, EVERYTHING)),
    ("op", "op", (True, EVERYTHING, EVERYTHING)),
    ("admin", "admin", (True, EVERYTHING, EVERYTHING)),
]


@pytest.mark.parametrize(("person", "role", "rights"), RIGHTS)
def test_the_rights_of_a_person(person: str, role: str, rights: Any, limited: Page) -> None:
    assert scope_of(limited, person, role) == rights


@pytest.fixture
def teams(simple: Page, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`beta` is a DAG of the blue team; there is a red one besides."""
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.team import Team
    from airflow.utils.session import create_session

    with create_session() as session:
        blue = Team(name="blue")
        bundle = DagBundleModel(name="of blue")
        bundle.teams.append(blue)
        session.add_all([blue, Team(name="red"), bundle])
        session.flush()
        session.get(DagModel, "beta").bundle_name = "of blue"
    monkeypatch.setenv("AIRFLOW__CORE__MULTI_TEAM", "True")
    yield
    with create_session() as session:
        session.get(DagModel, "beta").bundle_name = "of the page"
        session.flush()
        session.delete(session.get(DagBundleModel, "of blue"))
        session.flush()
        for team in session.query(Team):
            session.delete(team)


# Of each role and its teams.
TEAMS = [
    ("user", ["red"], (["alpha"], ["alpha", "gone"], ["alpha", "gone"])),
    ("user", ["blue"], (["alpha", "beta"], ["alpha", "beta", "gone"], ["alpha", "beta", "gone"])),
    ("user", ["blue", "red"], (True, EVERYTHING, EVERYTHING)),
    ("admin", [], (True, EVERYTHING, EVERYTHING)),
]


@pytest.mark.usefixtures("teams")
@pytest.mark.parametrize(("role", "of", "rights"), TEAMS)
def test_the_rights_of_a_team(role: str, of: list[str], rights: Any, simple: Page) -> None:
    assert scope_of(simple, "x", role, *of) == rights


def told(page: Page, person: str, tool: str, **arguments: str) -> dict[str, Any]:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    headers = {"Authorization": f"Bearer {page.token(person)}", "Accept": "application/json, text/event-stream"}
    answer = page.call(None, "POST", "/mcp", headers=headers, json=call)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["result"]
    return result


def asked(page: Page, person: str, tool: str, **arguments: str) -> dict[str, Any]:
    result = told(page, person, tool, **arguments)
    assert not result.get("isError"), result
    structured: dict[str, Any] = result["structuredContent"]
    return structured
