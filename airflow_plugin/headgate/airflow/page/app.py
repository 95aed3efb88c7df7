"""The app of the page: a route of each view, and what Airflow asks of it besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from inspect import signature
from typing import Any
from urllib.parse import quote

from airflow.api_fastapi.core_api.security import GetUserDep, get_user
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException as StarletteHTTPException

from headgate import alerts
from headgate.airflow.channels import channels_for_tasks
from headgate.airflow.config import mounted_at
from headgate.airflow.page import agents, reports, static
from headgate.airflow.page.answer import answer, not_served, see_other
from headgate.airflow.page.form import FormDep
from headgate.airflow.page.headers import Headed
from headgate.airflow.page.question import STORE, question
from headgate.airflow.page.rights import ScopeDep
from headgate.airflow.page.same_origin import demand_same_origin
from headgate.errors import HeadgateError
from headgate.history.budget import history_budget
from headgate.page.acts import carry_out
from headgate.page.ask import NotShownError
from headgate.page.routes import ROUTES, View
from headgate.page.summary import MAX_LINES, lines

# Airflow 3.1.0 asks for the token in a header, which no browser sends when it follows a link.
if "request" not in signature(get_user).parameters:
    raise ImportError("it needs Airflow 3.1.1 or newer, which knows by a cookie who is signed in")
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def make_app() -> FastAPI:
    """Return the app. Whoever is not signed in gets the files of `static`, and nothing else of it."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.add_exception_handler(StarletteHTTPException, not_served)
    for router in (static.router, reports.router, agents.router):
        app.include_router(router)
    app.add_api_route("/summary", summary, methods=["GET"])
    app.add_api_route("/incidents/{number}/{deed}", act, methods=["POST"], dependencies=[Depends(demand_same_origin)])
    for path, view in ROUTES.items():
        app.add_api_route(path, _shown(view), methods=["GET"], name=path, response_class=HTMLResponse)
    app.add_api_route("/{path:path}", nothing, methods=_METHODS)
    app.add_middleware(Headed)
    return app


def _shown(view: View) -> Callable[..., Response]:
    """Return the endpoint of a view."""

    def endpoint(request: Request, scope: ScopeDep) -> Response:
        def made() -> Response:
            parts, query = dict(request.path_params), dict(request.query_params)
            if any("\0" in text for text in (*parts.values(), *query, *query.values())):
                raise NotShownError("no text has this character")
            with question(scope, query) as ask:
                return HTMLResponse(view(ask, **parts))

        return answer(made)

    return endpoint


def summary(scope: ScopeDep) -> Response:
    """Return the lines of the widget on Airflow's home."""
    try:
        with question(scope, {}) as ask:
            found = [asdict(each) for each in lines(ask)[:MAX_LINES]]
    except HeadgateError as error:
        raise HTTPException(503, f"the history of checks cannot be read now: {error}") from None
    return JSONResponse({"lines": found})


def act(number: str, deed: str, user: GetUserDep, scope: ScopeDep, form: FormDep) -> Response:
    """Do what a form says about an incident, and lead back to it. Its messages are sent after that."""

    def made() -> Response:
        with question(scope, {}) as ask:
            done = carry_out(ask, number, deed, user.get_name(), form)
            response = see_other(ask.links.to("incidents", done))
        response.background = BackgroundTask(_send, f"incident {done} {ask.now}")
        return response

    return answer(made, f"{mounted_at()}/incidents/{quote(number, safe='')}")


def _send(act: str) -> None:
    """Send the messages that an act has caused, and others that wait, for a second at most."""
    history_budget.begin(act)
    alerts.send_due(STORE.url, channels_for_tasks, lineage=0)


def nothing(scope: ScopeDep) -> Any:
    """Say that there is nothing here, to whoever is signed in; others are not told."""
    raise HTTPException(404)


page_app = make_app()
