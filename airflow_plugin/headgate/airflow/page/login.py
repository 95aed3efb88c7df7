"""The way of a person who follows a link, and is not signed in, to Airflow's login and back."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from airflow.api_fastapi.app import get_auth_manager
from fastapi import Request
from fastapi.responses import RedirectResponse

from headgate.airflow.config import mounted_at


def navigates(request: Request) -> bool:
    """Return whether a browser shows the answer as a document: it follows a link, and no script asks."""
    headers = request.headers
    return (
        request.method == "GET"
        and "text/html" in headers.get("accept", "")
        and headers.get("sec-fetch-mode", "navigate") == "navigate"
        and "hx-request" not in headers
    )


def to_login(request: Request) -> RedirectResponse:
    """Return the way to Airflow's login, which leads back to what was asked for.

    The way back is a path of this host, without a scheme: that is what each auth manager takes, also behind a proxy. It
    cannot lead elsewhere, since it begins with our own.
    """
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    query = request.scope.get("query_string", b"").decode("latin-1")
    back = f"{mounted_at()}/{quote(path.lstrip('/'))}" + (f"?{query}" if query else "")
    login: str = get_auth_manager().get_url_login()
    return RedirectResponse(f"{login}{'&' if '?' in login else '?'}{urlencode({'next': back})}", 302)
