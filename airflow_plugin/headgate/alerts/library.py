"""The library Apprise, which sends to a hundred services: e-mail, SMS, chats."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from headgate.alerts.content import page_of
from headgate.errors import MissingExtraError, TransientError
from headgate.incidents import Notice, Told
from headgate.lazy import lazily
from headgate.render.notice import subject, text

if TYPE_CHECKING:
    from headgate.alerts.channels import Send

_late = lazily(__name__, {"Apprise": "apprise:Apprise"})
# Apprise's words, which some services show as a colour.
_TYPES = {Told.CLOSED: "success", Told.PAST: "info", Told.ACKNOWLEDGED: "info"}


def opened(name: str, url: str) -> Send:
    """Return what sends to a URL of Apprise.

    Raises:
        MissingExtraError: Apprise is not installed.
        TransientError: it does not know the URL.
    """
    if find_spec("apprise") is None:
        raise MissingExtraError("apprise", "alerts")
    service = _late("Apprise")()
    with _quiet(logging.CRITICAL):  # it would log the URL
        known = service.add(url)
    if not known:
        raise TransientError(f"Apprise cannot read the URL of '{name}'")

    def send(notice: Notice, key: str) -> None:
        said = {
            "body": text(notice, page=page_of(notice)),
            "title": subject(notice),
            "notify_type": _TYPES.get(notice.told, "failure"),
        }
        with _quiet(logging.WARNING):  # below, it logs URLs
            sent = service.notify(**said, body_format="text")
        if not sent:
            raise TransientError(f"Apprise could not send to '{name}'; its own log says more")

    return send


@contextmanager
def _quiet(level: int) -> Iterator[None]:
    """Drop what Apprise logs in this thread below a level."""
    thread = threading.get_ident()

    def may_pass(record: logging.LogRecord) -> bool:
        return record.levelno >= level or threading.get_ident() != thread

    logger = logging.getLogger("apprise")
    logger.addFilter(may_pass)
    try:
        yield
    finally:
        logger.removeFilter(may_pass)
