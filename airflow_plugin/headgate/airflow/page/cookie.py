"""The cookie of who is signed in, where Airflow does not look at it.

Airflow 3.1 asks for the token in a header, which a browser does not send when it follows a link; later ones take the
cookie as well.
"""

from __future__ import annotations

from inspect import signature

from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.api_fastapi.core_api.security import get_user
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

AIRFLOW_TAKES_IT = "request" in signature(get_user).parameters


class CookieAsToken:
    """An app that is given the cookie as the token, unless there is one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope.get("headers", ()))
        token = cookie_parser(given.get(b"cookie", b"").decode("latin-1")).get(COOKIE_NAME_JWT_TOKEN)
        if token and b"authorization" not in given:
            scope = {**scope, "headers": [*scope["headers"], (b"authorization", f"Bearer {token}".encode("latin-1"))]}
        await self._app(scope, receive, send)
