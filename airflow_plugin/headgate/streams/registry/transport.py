"""Questions to a registry over HTTP, and what its answers mean."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from http.client import HTTPException
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from headgate.errors import CallError, ConfigurationError, TransientError
from headgate.streams.registry.address import PASSWORD, TOKEN, USER, Address

TIMEOUT_S = 10.0
# A whole answer may take so many times as long as one read.
_READS = 3
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
    """How a registry is asked; `timeout_s` is of one read. A redirect is not followed: it would carry the password
    elsewhere."""

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
        request = Request(url, data=data, headers=headers, method=method)  # noqa: S310 - http or https
        whole_s = _READS * self.timeout_s
        try:
            status, text = _within(whole_s, lambda: self._exchange(request, time.monotonic() + whole_s))
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            said = (isinstance(reason, OSError) and reason.strerror) or type(reason).__name__
            raise TransientError(f"the registry at {self.address.url} cannot be reached: {said}") from None
        if len(text) > MAX_BYTES:
            raise CallError(f"the registry at {self.address.url} answered with more than {MAX_BYTES:,} bytes")
        if status >= 300:
            raise self._refused(status, text, f"{method} {path}")
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise self._no_registry("it did not answer in JSON") from None

    def _exchange(self, request: Request, deadline: float) -> tuple[int, bytes]:
        """Return the status and the text of an answer, of which no more is read than MAX_BYTES and one."""
        try:
            answer = _OPENER.open(request, timeout=self.timeout_s)
        except HTTPError as error:
            answer = error
        with answer:
            text = bytearray()
            while len(text) <= MAX_BYTES and (part := answer.read1(MAX_BYTES + 1 - len(text))):
                text += part
                if time.monotonic() > deadline:
                    raise TimeoutError
            return answer.status, bytes(text)

    def _refused(self, status: int, text: bytes, asked: str) -> Exception:
        if status in _CAN_PASS or status >= 500:
            return TransientError(f"the registry at {self.address.url} answered {status} to {asked}")
        if status in (401, 403):
            return ConfigurationError(
                f"the registry at {self.address.url} answered {status} to {asked}: "
                f"set {USER} and {PASSWORD}, or {TOKEN}, to somebody who may do that"
            )
        if status < 400:
            return self._no_registry(f"it answered {status}, and redirects are not followed")
        try:
            found = json.loads(text)
            code, said = int(found["error_code"]), " ".join(str(found.get("message", "")).split())
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return self._no_registry(f"it answered {status} to {asked}")
        message = f"the registry at {self.address.url} answered {code} to {asked}: {said}"
        return RefusedError(message, status, code, said)

    def _no_registry(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self.address.url} is not the address of a Confluent-compatible registry: {why}; "
            "Apicurio's ends in /apis/ccompat/v7"
        )


def _within(seconds: float, call: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
    """Return what `call` returns. Raises TimeoutError where that takes longer; the thread that is in it is left alone.

    A socket has a limit for one read alone: a registry that sends a header's letters one by one keeps to it for ever.
    """
    future: Future[tuple[int, bytes]] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except Exception as error:
            future.set_exception(error)

    Thread(target=run, daemon=True, name="headgate-registry").start()
    return future.result(seconds)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = build_opener(_NoRedirects)
