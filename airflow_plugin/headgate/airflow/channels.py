"""The channels of messages that Airflow's configuration names, and those that only Airflow reaches: webhooks of its
connections, and its notifiers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import BaseNotifier

from headgate.airflow import late
from headgate.airflow.config import setting
from headgate.airflow.webhooks import post_to
from headgate.errors import ConfigurationError, TransientError
from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.alerts import Channels
    from headgate.alerts.channels import Open, Send
    from headgate.incidents import Notice

# Of a notifier's target, what is not an argument of its class.
_OWN = frozenset({"notifier", "each"})
# An argument by which a receiver knows an incident again: it is told of each.
_KEY = "dedup_key"


def channels_for_tasks() -> Channels:
    """Return the channels of `[headgate] channels`, else of HEADGATE_CHANNELS. Raises ConfigurationError."""
    given = setting("channels")
    source = {"source": "[headgate] channels"} if given else {}
    return late.channels_of(given or None, **source, makers={"conn": _of_connection, "notifier": _of_notifier})


def _of_connection(name: str, conn_id: str) -> Open:
    def send(notice: Notice, key: str) -> None:
        post_to(conn_id, late.content_of(notice), {"Idempotency-Key": key})

    return lambda: send


def _of_notifier(name: str, target: Mapping[str, Any]) -> Open:
    arguments = {key: value for key, value in target.items() if key not in _OWN}
    each = target.get("each", "incident" if _KEY in arguments else "message") == "incident"
    return lambda: _opened(name, str(target["notifier"]), arguments, each)


def _opened(name: str, path: str, arguments: Mapping[str, Any], each: bool) -> Send:
    """Return what calls a notifier: once for each incident of a notice, or once for all of them.

    Raises:
        ConfigurationError: the class cannot be imported, or is no notifier.
    """
    module, _, attribute = path.rpartition(".")
    try:
        kind = lazily(__name__, {path: f"{module}:{attribute}"})(path)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(f"'{name}': the notifier cannot be imported: {error}") from None
    if not (isinstance(kind, type) and issubclass(kind, BaseNotifier)):
        raise ConfigurationError(f"'{name}': {path} is not a notifier; expected a subclass of Airflow's BaseNotifier")

    def send(notice: Notice, key: str) -> None:
        for event in late.events_of(notice) if each else (late.event_of(notice),):
            _notify(name, lambda: kind(**copy.deepcopy(dict(arguments))), event)

    return send


def _notify(name: str, make: Callable[[], Any], event: Mapping[str, Any]) -> None:
    try:
        notifier = make()
    except TypeError as error:
        raise ConfigurationError(f"'{name}': {error}") from None
    except Exception as error:
        raise TransientError(f"the notifier of '{name}': {type(error).__name__}") from None
    # As a notifier does when it is called, but for this: what an event has is not hidden by an argument of that name.
    context = {field: getattr(notifier, field, None) for field in notifier.template_fields} | dict(event)
    try:
        notifier.render_template_fields(context)
        notifier.notify(context)
    except Exception as error:  # its text may have the secret of a connection
        status = getattr(getattr(error, "response", None), "status_code", None)
        said = f"the notifier of '{name}': {type(error).__name__}{f', HTTP {status}' if status else ''}"
        raise (late.RefusedError if status in late.REFUSES else TransientError)(said) from None
