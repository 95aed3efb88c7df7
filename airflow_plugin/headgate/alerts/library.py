"""The library Apprise, which sends to a hundred services: e-mail, SMS, chats."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

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
    if not service.add(url):
        raise TransientError(f"Apprise cannot read the URL of '{name}'")

    def send(notice: Notice, key: str) -> None:
        kind = _TYPES.get(notice.told, "failure")
        if not service.notify(body=text(notice), title=subject(notice), notify_type=kind, body_format="text"):
            raise TransientError(f"Apprise could not send to '{name}'; its own log says more")

    return send
