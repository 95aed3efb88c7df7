"""The answers of the page: documents, and why there is none."""

from __future__ import annotations

import html
import logging
import time
from collections.abc import Callable

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from headgate.airflow.config import mounted_at
from headgate.airflow.page.login import navigates, to_login
from headgate.errors import CallError, ConfigurationError, HeadgateError, MissingExtraError, TransientError
from headgate.page.acts import NotAllowedError
from headgate.page.ask import NotShownError

_NOT_SHOWN = "There is nothing at this address, or you may not see it."
_GONE = "The history of checks cannot be read now"
log = logging.getLogger(__name__)


def answer(make: Callable[[], Response], back: str = "") -> Response:
    """Return what `make` returns, with the time that it took, or a page that says why there is nothing to see, with the
    way `back` to a view."""
    begun = time.perf_counter()
    try:
        response = make()
    except HeadgateError as error:
        status, said = _told(error)
        response = message(status, said, back if status != 404 else "")
    except HTTPException:
        raise
    except Exception as error:  # its text may have what is secret
        log.exception("a view of headgate failed")
        said = f"This view failed ({type(error).__name__}). The log of Airflow's API server says more."
        response = message(500, said)
    if response.status_code != 404:  # how long it took to find nothing might tell that there is something
        response.headers["Server-Timing"] = f"view;dur={(time.perf_counter() - begun) * 1000:.1f}"
    return response


def message(status: int, said: str, back: str = "") -> HTMLResponse:
    """Return a page with one sentence, and the way `back` to a view, or to home."""
    base = html.escape(mounted_at())
    way, where = (html.escape(back), "Back; nothing was done") if back else (f"{base}/", "Home")
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>headgate</title>'
        f'<meta name="viewport" content="width=device-width">'
        f'<link rel="stylesheet" href="{base}/static/page.css"><main id="main"><p>{html.escape(said)}</p>'
        f'<p><a href="{way}">{where}</a></p></main></html>',
        status,
    )


async def not_served(request: Request, error: Exception) -> Response:
    """Answer what FastAPI refuses: to a browser that is not signed in with the way to the login, to one that is with a
    sentence, to others as JSON."""
    assert isinstance(error, HTTPException)
    nobody = error.status_code == 401 or (error.status_code == 403 and error.detail == "Invalid JWT token")
    if navigates(request):
        if nobody:
            return to_login(request)
        if error.status_code == 404:
            return message(404, _NOT_SHOWN if error.detail == "Not Found" else str(error.detail))
    return JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)


def see_other(path: str) -> RedirectResponse:
    """Return the way to a view, after a write."""
    return RedirectResponse(path, 303)


def _told(error: HeadgateError) -> tuple[int, str]:
    match error:
        case NotShownError():
            return 404, _NOT_SHOWN
        case NotAllowedError():
            return 403, f"{_sentence(str(error))}"
        case ConfigurationError() | MissingExtraError() | TransientError():
            return 503, f"{_GONE}: {error}."
        case CallError():
            return 400, _sentence(str(error))
    return 503, f"{_GONE}: {error}."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
