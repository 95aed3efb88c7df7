"""How the page answers: headers, the way to the login and back, a store that is gone, forms, and attempts to break in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from headgate.page.assets import FOLDER
from headgate.page.routes import ROUTES
from starlette.testclient import TestClient

from tests.support.airflow_page import HOST, SAME, Page, serving
from tests.support.messages import receiving

pytestmark = pytest.mark.slow
BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Sec-Fetch-Mode": "navigate"}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return serving(tmp_path_factory.mktemp("page"), SimpleAuthManager)


# ---- headers

HEADED = [("admin", "/", 200), ("admin", "/incidents/1", 200), ("admin", "/incidents/99", 404), ("admin", "/none", 404),
          (None, "/", 401), ("admin", "/summary", 200)]  # fmt: skip


@pytest.mark.parametrize(("person", "path", "status"), HEADED)
def test_every_answer_has_the_headers(person: str | None, path: str, status: int, page: Page) -> None:
    answer = page.call(person, "GET", path)
    assert answer.status_code == status
    found = {name: answer.headers[name] for name in ("content-security-policy", "x-content-type-options")}
    assert found == {"content-security-policy": POLICY, "x-content-type-options": "nosniff"}
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("same-origin", "no-store")
    assert ("server-timing" in answer.headers) == (person is not None and path in ("/", "/incidents/1"))


def test_the_page_of_a_report_keeps_its_own_policy(page: Page) -> None:
    file = page.folder / "reports" / "alpha" / "publish" / "run-1.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("<p>a report")
    answer = page.call("viewer", "GET", "/reports/alpha/publish/run-1.html")
    assert answer.text == "<p>a report" and answer.headers["content-security-policy"].endswith("sandbox")
    assert answer.headers["referrer-policy"] == "no-referrer"


# ---- login

WAYS = [
    "/",
    "/incidents/1",
    "/contracts?state=broken&q=a%26b",
    "/dag?dag_id=alpha",
    "/task_instance?run_id=manual__2026%2B00",
    "/none",
]


@pytest.mark.parametrize("path", WAYS)
def test_whoever_follows_a_link_comes_to_the_login_and_back(path: str, page: Page) -> None:
    answer = page.call(None, "GET", path, headers=BROWSER)
    assert answer.status_code == 302 and answer.content == b""
    target = urlsplit(answer.headers["location"])
    assert (target.netloc, target.path) == ("", "/auth/login")
    (back,) = parse_qs(target.query)["next"]
    assert back == f"/headgate{path}"


@pytest.mark.parametrize("path", WAYS[:5])
def test_the_login_leads_back(path: str, tmp_path: Path) -> None:
    """By the login of an Airflow in which everybody is an admin, the only one that needs no script."""
    page = serving(tmp_path, SimpleAuthManager, CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS="True")
    from headgate.airflow.page.login import to_login
    from starlette.requests import Request

    at = urlsplit(path)
    scope = {"type": "http", "path": f"/headgate{at.path}", "root_path": "/headgate", "query_string": at.query.encode()}
    with page.active():
        client = TestClient(page.app, base_url=HOST, follow_redirects=False)
        answer = client.get(to_login(Request(scope)).headers["location"])
    assert answer.status_code == 307 and answer.headers["location"] == f"/headgate{path}"


def test_nobody_is_led_to_another_host(page: Page) -> None:
    for path in ("//evil.example", "/%5C%5Cevil.example", "/%2F%2Fevil.example", "/https://evil.example"):
        answer = page.call(None, "GET", path, headers=BROWSER)
        (back,) = parse_qs(urlsplit(answer.headers["location"]).query)["next"]
        assert back.startswith("/headgate/") and not back.startswith("/headgate//")


# What is no navigation gets 401, and no way to the login.
SCRIPTS = [{}, {"Accept": "*/*"}, {"Accept": "application/json"}, BROWSER | {"Sec-Fetch-Mode": "cors"},
           BROWSER | {"HX-Request": "true"}]  # fmt: skip


@pytest.mark.parametrize("headers", SCRIPTS, ids=str)
def test_a_script_is_not_led_to_the_login(headers: dict[str, str], page: Page) -> None:
    assert page.call(None, "GET", "/", headers=headers).status_code == 401


# ---- files


def test_files_are_for_everybody_and_none_but_those_of_the_folder(page: Page) -> None:
    for file in FOLDER.iterdir():
        answer = page.call(None, "GET", f"/static/{file.name}")
        assert answer.status_code == (200 if file.suffix in (".css", ".js", ".svg") else 404)
        if answer.status_code == 200:
            assert answer.content == file.read_bytes()
            again = page.call(None, "GET", f"/static/{file.name}", headers={"If-None-Match": answer.headers["etag"]})
            assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize(
    "name", ["..%2Facts.py", "%2e%2e%2facts.py", "..%5cacts.py", "%2Fetc%2Fpasswd", "widget.js%00", ".", "__init__.py"]
)
def test_no_other_file_is_served(name: str, page: Page) -> None:
    assert page.call(None, "GET", f"/static/{name}").status_code in (401, 404)
    assert page.call("admin", "GET", f"/static/{name}").status_code == 404


# ---- a store that is gone


def test_a_store_that_is_gone_is_said_and_not_made_anew(page: Page, tmp_path: Path) -> None:
    assert page.call("admin", "GET", "/").status_code == 200
    for file in page.folder.glob("history.db*"):
        shutil.move(file, tmp_path / file.name)
    try:
        for path in ("/", "/incidents/1", "/contracts"):
            answer = page.call("admin", "GET", path)
            assert answer.status_code == 503 and "cannot be read now: no history found in" in answer.text
        assert page.call("admin", "GET", "/summary").status_code == 503
        assert page.act("admin", "/incidents/1/note", text="seen").status_code == 503
        assert page.call(None, "GET", "/static/widget.js").status_code == 200
        assert list(page.folder.glob("history.db*")) == []
    finally:
        for file in tmp_path.glob("history.db*"):
            shutil.move(file, page.folder / file.name)
    assert page.call("admin", "GET", "/").status_code == 200


# The store of the configuration, and what is said of it; never its password.
STORES = [
    ("none", "no history of checks is kept: set [headgate] store"),
    ("mysql://me:s3cret@db/x", "the store of the history is mysql"),
    ("postgresql://me:s3cret@127.0.0.1:1/x", "postgresql 127.0.0.1:1/x"),
    ("nothing_of_this_name", "Airflow connection &#x27;nothing_of_this_name&#x27; not found"),
]


@pytest.mark.parametrize(("store", "said"), STORES)
def test_what_is_wrong_with_a_store_is_said_without_secrets(store: str, said: str, tmp_path: Path) -> None:
    page = serving(tmp_path, SimpleAuthManager, HEADGATE__STORE=store)
    answer = page.call("admin", "GET", "/")
    assert answer.status_code == 503 and said in answer.text and "s3cret" not in answer.text
    assert "s3cret" not in page.call("admin", "GET", "/summary").text


def test_a_store_by_an_airflow_connection(tmp_path: Path) -> None:
    """Of Airflow's own database."""
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    page = serving(tmp_path, SimpleAuthManager, HEADGATE__STORE="history_of_checks")
    with create_session() as session:
        session.add(Connection("history_of_checks", "sqlite", host=str(tmp_path / "history.db")))
    try:
        assert page.call("admin", "GET", "/incidents/1").status_code == 200
    finally:
        with create_session() as session:
            session.query(Connection).filter_by(conn_id="history_of_checks").delete()


# ---- forms

FORMS = [
    ({"data": {"text": "  seen  "}}, 303),
    ({"data": {"text": " "}}, 400),
    ({"data": {}}, 415),
    ({"data": {"text": "x" * 2000}}, 303),
    ({"data": {"text": "x" * 2001}}, 400),
    ({"data": {"text": "x" * 33_000}}, 413),
    ({"data": {f"f{n}": "x" for n in range(21)}}, 400),
    ({"data": {"text": "a\0b"}}, 400),
    ({"content": b"text=%ff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400),
    ({"json": {"text": "seen"}}, 415),
    ({"files": {"text": b"seen"}}, 415),
    ({"content": b"text=seen", "headers": {"Content-Type": "text/plain"}}, 415),
]


@pytest.mark.parametrize(("body", "status"), FORMS, ids=lambda each: str(each)[:60])
def test_a_form_is_a_few_short_texts(body: dict[str, object], status: int, page: Page) -> None:
    before = page.acts()
    headers = {**SAME, **body.get("headers", {})}  # type: ignore[dict-item]
    answer = page.call("op", "POST", "/incidents/2/note", **body | {"headers": headers})  # type: ignore[arg-type]
    assert answer.status_code == status
    assert len(page.acts()) - len(before) == (status == 303)


# The end of a mute, and whether it is one.
UNTIL = [
    ("4h", 303),
    ("2d", 303),
    ("2999-01-01T10:00", 303),
    ("now", 303),
    ("2020-01-01", 400),
    ("soon", 400),
    ("", 400),
    ("-4h", 400),
]


@pytest.mark.parametrize(("until", "status"), UNTIL)
def test_a_mute_ends(until: str, status: int, page: Page) -> None:
    answer = page.act("op", "/incidents/2/mute", text="known", until=until)
    assert answer.status_code == status
    if status == 400:
        assert "until" in answer.text.lower()


def test_acts_are_on_the_page_and_are_told(tmp_path: Path) -> None:
    with receiving() as receiver:
        page = serving(tmp_path, SimpleAuthManager, HEADGATE__CHANNELS=json.dumps({"*": receiver.url}))
        assert page.act("op", "/incidents/1/ack", text="I look <b>at</b> it").status_code == 303
        shown = page.call("op", "GET", "/incidents/1").text
        assert "I look &lt;b&gt;at&lt;/b&gt; it" in shown and "<b>at</b>" not in shown
        said = [body["text"] for _, _, body in receiver.received]
        assert any("op has it" in text for text in said), said


# ---- attempts

ATTEMPTS = [
    "'", "1 OR 1=1", "1'; DROP TABLE headgate_incident; --", "%25' OR '1'='1", "../../../../etc/passwd", "..%2f..%2f", "%00", "1%00",
    "-1", "0", "9" * 40, "1e9", "１", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "\u202e", "a" * 4000, "~", "file:///etc/passwd",
]  # fmt: skip
PARAMETERS = (
    "dag_id",
    "run_id",
    "task_id",
    "map_index",
    "q",
    "state",
    "owner",
    "domain",
    "sort",
    "page",
    "before",
    "rule",
    "all",
)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda each: each[:20])
def test_nothing_breaks_in(attempt: str, page: Page) -> None:
    part = attempt if "%" in attempt else quote(attempt, safe="")
    everywhere = "&".join(f"{name}={part}" for name in PARAMETERS)
    behind = "&".join(f"{name}={part}" for name in PARAMETERS if name != "dag_id")
    paths = [path.format(id=part, number=part) for path in ROUTES if "{" in path]
    paths += [
        f"{path.format(id=1, number=1)}?{query}" for path in ROUTES for query in (everywhere, f"dag_id=alpha&{behind}")
    ]
    for path in (*paths, f"/reports/{part}/{part}.html", f"/reports/alpha/{part}.html"):
        answer = page.call("viewer", "GET", path)
        assert answer.status_code in (200, 404), (path, answer.status_code)
        assert "root:" not in answer.text and "<script>alert" not in answer.text and "Traceback" not in answer.text
    for path in (f"/incidents/{part}/note", f"/incidents/1/{part}"):
        assert page.act("admin", path, text="seen").status_code == 404
    assert page.call("viewer", "GET", "/incidents/1").status_code == 200
