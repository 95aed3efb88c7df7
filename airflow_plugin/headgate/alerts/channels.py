"""The channels that are configured: who is told where.

{"#shop-data": "https://hooks.slack.com/services/T/B/X",
 "Risk team": ["apprise:mailto://…", {"notifier": "…PagerdutyNotifier", …}],
 "*": "https://chat.example.com/hooks/data"}
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headgate.alerts import library
from headgate.alerts.content import content_of
from headgate.alerts.webhook import check_url, post
from headgate.errors import ConfigurationError
from headgate.incidents import Notice

VARIABLE = "HEADGATE_CHANNELS"
# The channel of whom no other name fits.
OTHERS = "*"
TARGETS = "'https://…', 'apprise:URL', or in Airflow 'conn:ID' or {\"notifier\": \"module.Class\", …}"

# Sends a notice; the text is a key by which a receiver knows one that it has already. Raises RefusedError where it will
# never be taken, and another error where it may be later; its text has no secrets.
Send = Callable[[Notice, str], None]
# Loads what sending needs, which may take its time.
Open = Callable[[], Send]
# Makes of a channel's name and its target what opens it. Raises ValueError with what was expected.
Make = Callable[[str, Any], Open]


@dataclass(frozen=True, slots=True)
class Channel:
    """One target by its stable name. `open` is None where it can be reached from Airflow alone: its messages wait for
    that."""

    name: str
    open: Open | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of each name."""

    routes: Mapping[str, tuple[Channel, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.routes)

    @property
    def all(self) -> tuple[Channel, ...]:
        return tuple(channel for channels in self.routes.values() for channel in channels)

    @property
    def others(self) -> tuple[str, ...]:
        """The names of the channels of those who have none of their own."""
        return tuple(channel.name for channel in self.routes.get(OTHERS, ()))

    def of(self, names: Iterable[str]) -> tuple[Channel, ...] | None:
        """Return the channels of a recipient who has these names: of all names that are configured, else those of `*`.
        None where there is neither; a name with an empty list is told nothing."""
        routes = {_folded(name): channels for name, channels in self.routes.items()}
        called = {_folded(form) for name in names for form in _forms(name)} & routes.keys()
        if not called and OTHERS not in routes:
            return None
        found = (channel for name in routes if name in (called or {OTHERS}) for channel in routes[name])
        return tuple({channel.name: channel for channel in found}.values())


EMPTY = Channels()


def configured(given: str | None = None) -> str:
    """Return what was configured, empty where nothing was."""
    return (given or os.environ.get(VARIABLE, "")).strip()


def channels_of(
    given: str | None = None, *, source: str = VARIABLE, makers: Mapping[str, Make] | None = None
) -> Channels:
    """Return the channels that are configured: by JSON, or by the path of a JSON file.

    Args:
        given: in place of HEADGATE_CHANNELS.
        source: what errors call it.
        makers: how targets of Airflow are opened: `conn`, which is given an id, and `notifier`, an object.

    Raises:
        ConfigurationError: with the name that is wrong, and what is expected; without what may be secret.
    """
    text = configured(given)
    if not text:
        return EMPTY
    found = _read(text, source)
    routes: dict[str, tuple[Channel, ...]] = {}
    named: dict[str, str] = {}
    for name, value in found.items():
        if not name.strip() or (other := named.setdefault(_folded(name), name)) != name:
            wrong = "is empty" if not name.strip() else f"is the same as '{other}'"
            raise ConfigurationError(f"{source}: the name '{name}' {wrong}")
        targets = value if isinstance(value, list) else [value]
        routes[name] = tuple(
            _channel(name if at == 1 else f"{name}#{at}", target, source, makers or {})
            for at, target in enumerate(targets, 1)
        )
    names = [channel.name for channels in routes.values() for channel in channels]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"{source}: two channels are called '{name}'; rename one of them")
    return Channels(routes)


def _read(text: str, source: str) -> dict[str, Any]:
    expected = f'{source} is not a JSON object {{"name": target}}, nor the path of a file with one'
    if not text.startswith(("{", "[", '"')):
        if "://" in text:  # a URL is a secret
            raise ConfigurationError(expected)
        try:
            text = Path(text).expanduser().read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ConfigurationError(f"{source}: the file {text} cannot be read: {reason}") from None
    try:
        found = json.loads(text, object_pairs_hook=_pairs)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{expected}: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except ValueError as error:
        raise ConfigurationError(f"{source}: {error}") from None
    if not isinstance(found, dict):
        raise ConfigurationError(expected)
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    for name in found:
        if sum(name == other for other, _ in pairs) > 1:
            raise ValueError(f"'{name}' is there twice")
    return found


def _channel(name: str, target: Any, source: str, makers: Mapping[str, Make]) -> Channel:
    try:
        return Channel(name, _opens(name, target, makers))
    except ValueError as error:
        said = str(error) or f"expected {TARGETS}, or a list of these"
        raise ConfigurationError(f"{source}: '{name}' is {_masked(target)}; {said}") from None


def _opens(name: str, target: Any, makers: Mapping[str, Make]) -> Open | None:
    if isinstance(target, dict):
        if (
            not isinstance(target.get("notifier"), str)
            or not target["notifier"].isascii()
            or "." not in target["notifier"]
        ):
            raise ValueError('expected {"notifier": "module.Class", …} with the arguments of the class')
        if target.get("each", "message") not in ("message", "incident"):
            raise ValueError('expected "each": "message" or "incident"')
        return makers["notifier"](name, target) if "notifier" in makers else None
    if not isinstance(target, str):
        raise ValueError
    kind, _, rest = target.partition(":")
    match kind.lower():
        case "http" | "https":
            try:
                check_url(target)
            except ValueError:
                raise ValueError("expected a URL with a host") from None
            return lambda: webhook(name, target)
        case "apprise" if "://" in rest:
            return lambda: library.opened(name, rest)
        case "apprise":
            raise ValueError("expected 'apprise:' and a URL of Apprise, such as apprise:mailto://…")
        case "conn" if rest:
            return makers["conn"](name, rest) if "conn" in makers else None
    raise ValueError


def webhook(name: str, url: str) -> Send:
    """Return what sends to a webhook."""

    def send(notice: Notice, key: str) -> None:
        post(url, content_of(notice), f"the webhook of '{name}'", {"Idempotency-Key": key})

    return send


def _masked(target: Any) -> str:
    """Return what a target is, without what may be secret."""
    if isinstance(target, str):
        kind, colon, _ = target.partition(":")
        return f"'{kind}:***'" if colon and kind.isalnum() else "a text" if target else "empty"
    return {dict: "an object", list: "a list in a list", bool: "true or false", type(None): "null"}.get(
        type(target), "a number"
    )


def _forms(name: str) -> Iterable[str]:
    """A contract's support channel is its name and its URL: it may be called by both, or one of them."""
    yield name
    first, space, last = name.rpartition(" ")
    if space and "://" in last:
        yield from (first, last)


def _folded(name: str) -> str:
    return name.strip().casefold()
