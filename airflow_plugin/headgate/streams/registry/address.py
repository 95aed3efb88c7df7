"""Where a registry is, and how headgate signs in there."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from headgate.errors import ConfigurationError

VARIABLE = "HEADGATE_REGISTRY_URL"
USER, PASSWORD, TOKEN = "HEADGATE_REGISTRY_USER", "HEADGATE_REGISTRY_PASSWORD", "HEADGATE_REGISTRY_TOKEN"
_EXPECTED = "expected http://HOST:PORT, with the path of its Confluent-compatible API if it has one"


@dataclass(frozen=True, slots=True)
class Address:
    """The URL of a registry, without user and password, and the header that signs in."""

    url: str
    authorization: str = field(default="", repr=False)


def address_of(given: str | None = None) -> Address:
    """Return the address that was given, else that of HEADGATE_REGISTRY_URL.

    User and password are in the URL of the variable, or in HEADGATE_REGISTRY_USER and HEADGATE_REGISTRY_PASSWORD; a
    bearer token is in HEADGATE_REGISTRY_TOKEN. They sign in at an address that was given as well.

    Raises:
        ConfigurationError: there is none, it is not a URL of http or https, `given` has a user or password in it, or
            what signs in cannot be sent.
    """
    url = given if given is not None else os.environ.get(VARIABLE, "").strip()
    if not url and given is None:
        raise ConfigurationError(f"which registry? Set {VARIABLE}, or give --registry URL")
    name = "--registry" if given is not None else VARIABLE
    user, address = _split(url, name)
    if given and user:
        raise ConfigurationError(f"--registry: others can read a command line; set {USER} and {PASSWORD} instead")
    if token := _secret(TOKEN, "a token"):
        if not token.isascii() or " " in token:
            raise ConfigurationError(f"{TOKEN} is not a token")
        return Address(address, f"Bearer {token}")
    if login := _secret(USER, "the name of a user"):
        user = f"{login}:{_secret(PASSWORD, 'a password')}"
    return Address(address, f"Basic {b64encode(user.encode()).decode()}" if user else "")


def _secret(name: str, what: str) -> str:
    """Return the value of a variable without the end of line that a file of secrets leaves; it is never shown."""
    value = os.environ.get(name, "").strip("\r\n")
    if not value.isprintable():
        raise ConfigurationError(f"{name} is not {what}")
    return value


def _split(url: str, name: str) -> tuple[str, str]:
    """Return the user and password (`user:password`, empty without one) and the address without them."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        (parts.hostname or "").encode("idna")
        path = quote(parts.path.rstrip("/"), safe="/%:!$&'()*+,;=~")
    except ValueError:
        known, path = False, ""
    if not known or any(character.isspace() or not character.isprintable() for character in url):
        raise ConfigurationError(f"{name} is not the address of a registry; {_EXPECTED}")
    user, _, host = parts.netloc.rpartition("@")
    if "@" in parts.path + parts.query + parts.fragment:
        raise ConfigurationError(
            f"{name}: an '@' after the host; write the /, ? and # of a user or password as %2F, %3F and %23"
        )
    return unquote(user), urlunsplit((parts.scheme, host, path, "", ""))
