"""An OpenLineage HTTP endpoint that takes events as Marquez does, and keeps them."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Endpoint:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.refused: list[str] = []

    def take(self, body: bytes) -> int:
        """201, or 422 and 400 for what Marquez cannot take."""
        try:
            event = json.loads(body, parse_constant=lambda constant: self.refused.append(constant))
        except ValueError as error:
            self.refused.append(str(error))
            return 400
        missing = [
            name for name in ("eventType", "eventTime", "producer", "schemaURL", "run", "job") if not event.get(name)
        ]
        if missing or "\\u0000" in body.decode():
            self.refused.append(f"{missing or 'NUL'} in {str(event)[:200]}")
            return 422
        self.events.append(event)
        return 201


@contextmanager
def listening() -> Iterator[tuple[str, Endpoint]]:
    """(URL, endpoint): POST /api/v1/lineage."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            status = endpoint.take(body) if self.path == "/api/v1/lineage" else 404
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", endpoint
    finally:
        server.shutdown()
        server.server_close()
