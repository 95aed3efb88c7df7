"""A webhook: one POST of JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from headgate.errors import TransientError
from headgate.history import RefusedError

TIMEOUT_S = 5.0
# What is said of the body, not of the address or the server.
REFUSES = frozenset({400, 413, 422})


def post(url: str, body: Mapping[str, Any], about: str, headers: Mapping[str, str] | None = None) -> None:
    """Send `body` as JSON; no redirect is followed. A user and password in the URL are sent as such.

    Args:
        url: of http or https; it may be a secret, and is in no error.
        about: what the errors call it: "the webhook of 'x'".

    Raises:
        RefusedError: the server answered that it does not take this body (HTTP 400, 413, 422).
        TransientError: it answered something else than success, or not within 5 s.
    """
    try:
        request = _request(url, json.dumps(body).encode(), headers or {})
        with _OPENER.open(request, timeout=TIMEOUT_S):
            return
    except HTTPError as error:
        error.close()
        failure = RefusedError if error.code in REFUSES else TransientError
        raise failure(f"{about} at {_shown(url)} answered {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        said = (isinstance(reason, OSError) and reason.strerror) or type(reason).__name__
        raise TransientError(f"{about} at {_shown(url)} cannot be reached: {said}") from None


def check_url(url: str) -> None:
    """Raise ValueError where `url` is not one of http or https with a host."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError("not a URL of a webhook")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("a URL has no spaces")


def _request(url: str, body: bytes, headers: Mapping[str, str]) -> Request:
    check_url(url)
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    own = {"Content-Type": "application/json", "User-Agent": "headgate"}
    if user:
        own["Authorization"] = f"Basic {b64encode(unquote(user).encode()).decode()}"
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    address = urlunsplit((parts.scheme, host, path, quote(parts.query, safe="/%:@!$&'()*+,;=~-._?"), ""))
    return Request(address, data=body, headers={**own, **headers}, method="POST")  # noqa: S310 - http or https


def _shown(url: str) -> str:
    """Return scheme, host and port: what follows is the secret of many a webhook."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "an address that cannot be read"


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = build_opener(_NoRedirects)
