"""Writes come from our own pages: another site cannot make a person's browser act for it.

A browser sends the cookie of who is signed in with whatever a site lets it send, and says from where it was sent.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import HTTPException, Request

from headgate.airflow.config import base_url

_PORTS = {"http": 80, "https": 443}


def demand_same_origin(request: Request, user: GetUserDep) -> None:
    """Raise HTTPException (403) for what the browser of a person who is signed in may have been made to send by another
    site.

    `Sec-Fetch-Site` decides, else `Origin`. A program sends neither, and has a token in `Authorization` in place of the
    cookie. A token does not stand for either of them: where everybody is an admin, Airflow adds one to each request.
    """
    headers = request.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        allowed = site == "same-origin"
    elif origin is not None:
        allowed = _is_own(origin, headers.get("host", ""))
    else:
        bearer = headers.get("authorization", "").partition(" ")[0].lower() == "bearer"
        allowed = bearer and COOKIE_NAME_JWT_TOKEN not in request.cookies
    if not allowed:
        raise HTTPException(403, "this was not sent by a page of this Airflow, so that nothing was done")


def _is_own(origin: str, host: str) -> bool:
    """Return whether an origin is the host that was asked, or that of `[api] base_url`. A proxy may have taken the TLS
    off, so that the scheme that we see is not the browser's."""
    try:
        sent = urlsplit(origin)
        known = {_address(sent.scheme, host), _address(*urlsplit(base_url())[:2])} - {None}
        return (
            sent.scheme in _PORTS
            and not sent.path
            and "@" not in sent.netloc
            and _address(sent.scheme, sent.netloc) in known
        )
    except ValueError:
        return False


def _address(scheme: str, host: str) -> tuple[str, int] | None:
    """Return a host and its port, the scheme's own where none is named; None where there is no host."""
    parts = urlsplit(f"//{host}")
    return (parts.hostname, parts.port or _PORTS.get(scheme, 0)) if parts.hostname else None
