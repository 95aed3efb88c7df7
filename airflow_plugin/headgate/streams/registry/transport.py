"""Questions to a registry over HTTP, and what its answers mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from headgate.errors import CallError, ConfigurationError, TransientError
from headgate.streams.registry.address import PASSWORD, TOKEN, USER, Address

TIMEOUT_S = 10.0
MAX_BYTES = 32_000_000
_JSON = "application/vnd.schemaregistry.v1+json"
_CAN_PASS = frozenset({408, 425, 429})


class RefusedError(CallError):
    """The registry does not do what was asked. `status` is that of HTTP, `code` the registry's own (40401), 0 where it
    gave none; `said` is its own text."""

    def __init__(self, message: str, status: int, code: int, said: str) -> None:
        self.status, self.code, self.said = status, code, said
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Transport:
    """How a registry is asked. A redirect is not followed: it would carry the password elsewhere."""

    address: Address
    timeout_s: float = TIMEOUT_S

    def ask(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> Any:
        """Return the JSON that the registry answers.

        Args:
            path: below the address, quoted.

        Raises:
            RefusedError: it answered with one of its own errors.
            ConfigurationError: it does not know the user, or the address is not one of a registry.
            TransientError: it cannot be reached, is too slow, or fails.
        """
        url = f"{self.address.url}{path}" + (f"?{urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": f"{_JSON}, application/json", "Content-Type": _JSON, "User-Agent": "headgate"}
        if self.address.authorization:
            headers["Authorization"] = self.address.authorization
        try:
            request = Request(url, data=data, headers=headers, method=method)  # noqa: S310 - http or https
            with _OPENER.open(request, timeout=self.timeout_s) as answer:
                return self._json(answer.read(MAX_BYTES + 1))
        except HTTPError as error:
            with error:
                raise self._refused(error, f"{method} {path}") from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            said = (isinstance(reason, OSError) and reason.strerror) or type(reason).__name__
            raise TransientError(f"the registry at {self.address.url} cannot be reached: {said}") from None

    def _json(self, text: bytes) -> Any:
        if len(text) > MAX_BYTES:
            raise CallError(f"the registry at {self.address.url} answered with more than {MAX_BYTES:,} bytes")
        try:
            return json.loads(text)
        except ValueError:
            raise self._no_registry("it did not answer in JSON") from None

    def _refused(self, error: HTTPError, asked: str) -> Exception:
        status = error.code
        if status in _CAN_PASS or status >= 500:
            return TransientError(f"the registry at {self.address.url} answered {status} to {asked}")
        if status in (401, 403):
            return ConfigurationError(
                f"the registry at {self.address.url} answered {status} to {asked}: "
                f"set {USER} and {PASSWORD}, or {TOKEN}, to somebody who may do that"
            )
        if 300 <= status < 400:
            return self._no_registry(f"it answered {status}, and redirects are not followed")
        try:
            found = json.loads(error.read(MAX_BYTES))
            code, said = int(found["error_code"]), " ".join(str(found.get("message", "")).split())
        except (ValueError, KeyError, TypeError, OSError, HTTPException):
            return self._no_registry(f"it answered {status} to {asked}")
        message = f"the registry at {self.address.url} answered {code} to {asked}: {said}"
        return RefusedError(message, status, code, said)

    def _no_registry(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self.address.url} is not the address of a Confluent-compatible registry: {why}; "
            "Apicurio's ends in /apis/ccompat/v7"
        )


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = build_opener(_NoRedirects)
