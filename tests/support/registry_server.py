"""A registry in a thread: Confluent's, or Apicurio's where that one differs.

What it says of compatibility is what Apicurio said of the same two schemas (tests/streams/registry/verdicts.json); it
refuses to judge any others. tests/streams/registry/test_client.py holds it to the real one.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import fastavro
import jsonschema

VERDICTS = Path(__file__).parents[1] / "streams" / "registry" / "verdicts.json"
MODES = ("NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE")


def canonical(type_: str, text: str) -> Any:
    """What a schema says, whatever its white space."""
    return " ".join(text.split()) if type_ == "PROTOBUF" else json.loads(text)


def digest(type_: str, text: str) -> str:
    return sha256(json.dumps(canonical(type_, text), sort_keys=True).encode()).hexdigest()[:16]


def pair(type_: str, old: str, new: str) -> str:
    """The key of a verdict."""
    return f"{type_} {digest(type_, old)} {digest(type_, new)}"


class Refused(Exception):  # noqa: N818 - an answer
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Version:
    id: int
    type: str
    text: str
    references: tuple[Any, ...] = ()


@dataclass
class Fake:
    """`kind` is whose registry it is like. `asked` are the requests, `failing` what it answers instead of working,
    `answers` to one request alone; `keeps` is a mode that it keeps, whatever is set. `authorization` is the header that it wants."""

    kind: Literal["confluent", "apicurio"] = "confluent"
    url: str = ""
    subjects: dict[str, dict[int, Version]] = field(default_factory=dict)
    deleted: dict[str, dict[int, Version]] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    default: str = ""
    schemas: list[tuple[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    failing: tuple[int, bytes] | None = None
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    keeps: str = ""
    authorization: str = ""
    lock: Any = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.default = "NONE" if self.apicurio else "BACKWARD"
        self.verdicts = json.loads(VERDICTS.read_text()) if VERDICTS.exists() else {}

    @property
    def apicurio(self) -> bool:
        return self.kind == "apicurio"

    @property
    def writes(self) -> list[str]:
        """The requests that changed something."""
        reading = re.compile(r"GET |POST /compatibility|POST /subjects/[^/]+$")
        return [asked for asked in self.asked if not reading.match(asked)]

    # --- what it does ---

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        for pattern, handler in _ROUTES[method]:
            if match := re.fullmatch(pattern, path):
                return handler(self, *(unquote(part) for part in match.groups()), query=query, body=body)
        raise Refused(404, 404, "HTTP 404 Not Found")

    def _versions(self, subject: str) -> dict[int, Version]:
        if not (found := self.subjects.get(subject)):
            raise Refused(404, 40401, f"Subject '{subject}' not found.")
        return found

    def _version(self, subject: str, version: str) -> int:
        found = self._versions(subject)
        if version == "latest":
            return max(found)
        if not version.isdigit() or int(version) not in found:
            raise Refused(404, 40402, f"Version {version} not found.")
        return int(version)

    def list_subjects(self, **_: Any) -> Any:
        return sorted(self.subjects)

    def list_versions(self, subject: str, **_: Any) -> Any:
        return sorted(self._versions(subject))

    def get_version(self, subject: str, version: str, **_: Any) -> Any:
        return self._shown(subject, self._version(subject, version))

    def _shown(self, subject: str, number: int) -> Any:
        version = self.subjects[subject][number]
        return {"subject": subject, "version": number, "id": version.id, **_schema(version)}

    def lookup(self, subject: str, *, body: Any, **_: Any) -> Any:
        type_, text = self._valid(body)
        for number, version in self._versions(subject).items():
            if version.type == type_ and self._same(type_, version.text, text):
                return self._shown(subject, number)
        raise Refused(404, 40403, f"The given schema does not match any schema under the subject {subject}")

    def register(self, subject: str, *, body: Any, **_: Any) -> Any:
        type_, text = self._valid(body)
        there = self.subjects.get(subject, {})
        for version in there.values():
            if version.type == type_ and self._same(type_, version.text, text):
                return {"id": version.id}
        mode = self.modes.get(subject, self.default)
        good, why = self._judge(mode, [there[n] for n in sorted(there)], type_, text)
        if not good:
            raise Refused(409, 409, f"Schema being registered is incompatible with an earlier schema: {why}")
        known = next((id_ for id_, (kind, said) in enumerate(self.schemas, 1)
                      if kind == type_ and self._same(type_, said, text)), None)  # fmt: skip
        if known is None:
            self.schemas.append((type_, text))
            known = len(self.schemas)
        used = {**there, **self.deleted.get(subject, {})}
        number = max(used, default=0) + 1
        self.subjects.setdefault(subject, {})[number] = Version(known, type_, text, tuple(body.get("references", ())))
        return {"id": known}

    def test(self, subject: str, version: str = "", *, query: dict[str, list[str]], body: Any) -> Any:
        if subject not in self.subjects:
            if not version and self.apicurio:
                self._versions(subject)
            return {"is_compatible": True}
        there = self._versions(subject)
        numbers = [self._version(subject, version)] if version else sorted(there)
        type_, text = self._valid(body)
        mode = self.modes.get(subject, self.default)
        every = mode if version or mode == "NONE" else f"{mode.removesuffix('_TRANSITIVE')}_TRANSITIVE"
        good, why = self._judge(every, [there[n] for n in numbers], type_, text)
        messages = {"messages": [] if good else [why]} if "verbose" in query and not self.apicurio else {}
        return {"is_compatible": good, **messages}

    def _judge(self, mode: str, there: list[Version], type_: str, text: str) -> tuple[bool, str]:
        if mode == "NONE" or not there:
            return True, ""
        for version in there if mode.endswith("TRANSITIVE") else there[-1:]:
            if version.type != type_:
                if self.apicurio:
                    raise Refused(422, 42201, f"Invalid schema: Syntax violation for {version.type.title()} artifact.")
                return False, f"Incompatible because of different schema type: {version.type}, {type_}"
            if canonical(type_, version.text) == canonical(type_, text):
                continue
            verdict = self.verdicts[pair(type_, version.text, text)]  # nobody asked Apicurio: record it
            if not verdict[mode.removesuffix("_TRANSITIVE")]:
                return False, verdict["reason"]
        return True, ""

    def _valid(self, body: Any) -> tuple[str, str]:
        type_, text = body.get("schemaType") or "AVRO", body["schema"]
        try:
            if type_ == "AVRO":
                schema = json.loads(text)
                if not body.get("references"):  # what they define is not here
                    fastavro.parse_schema(schema)
            elif type_ == "JSON":
                jsonschema.Draft7Validator.check_schema(json.loads(text))
            elif not re.search(r"^\s*message \w+ \{", text, re.MULTILINE) and "message" not in text:
                raise ValueError
        except Exception:
            said = "Failed to discover artifact type from content." if self.apicurio else "Invalid schema"
            raise Refused(422, 42201, said) from None
        return type_, text

    def _same(self, type_: str, one: str, other: str) -> bool:
        """Apicurio does not see what Avro's documentation says; neither of them white space."""
        first, second = canonical(type_, one), canonical(type_, other)
        if type_ == "AVRO" and self.apicurio:
            first, second = _without_doc(first), _without_doc(second)
        return bool(first == second)

    def by_id(self, number: str, **_: Any) -> Any:
        if not 0 < int(number) <= len(self.schemas):
            raise Refused(404, 40403, f"Schema {number} not found.")
        type_, text = self.schemas[int(number) - 1]
        return _schema(Version(int(number), type_, text))

    def get_default(self, **_: Any) -> Any:
        return {"compatibilityLevel": self.default}

    def get_mode(self, subject: str, **_: Any) -> Any:
        if subject not in self.modes:
            if not self.apicurio:
                raise Refused(404, 40408, f"Subject '{subject}' does not have subject-level compatibility configured")
            self._versions(subject)
        return {"compatibilityLevel": self.modes.get(subject, self.default)}

    def set_mode(self, subject: str = "", *, body: Any, **_: Any) -> Any:
        mode = body["compatibility"]
        if mode not in MODES:
            raise Refused(422, 42203, f"Invalid compatibility level: {mode}")
        kept = self.keeps or mode
        if subject:
            self.modes[subject] = kept
        else:
            self.default = kept
        return {"compatibility": mode}

    def unset_mode(self, subject: str, **_: Any) -> Any:
        if subject not in self.modes:
            raise Refused(404, 40401, f"Subject '{subject}' not found.")
        return {"compatibility": self.modes.pop(subject)}

    def delete(self, subject: str, *, query: dict[str, list[str]], **_: Any) -> Any:
        if "permanent" in query:
            if subject in self.subjects:
                raise Refused(409 if self.apicurio else 404, 40405, f"Subject {subject} must be soft deleted first")
            if subject not in self.deleted:
                raise Refused(404, 40401, f"Subject '{subject}' not found.")
            return sorted(self.deleted.pop(subject))
        if subject in self.deleted and subject not in self.subjects:
            raise Refused(404, 40404, f"Subject {subject} is in soft deleted state.")
        found = self._versions(subject)
        self.deleted[subject] = self.subjects.pop(subject)
        return sorted(found)


def _schema(version: Version) -> dict[str, Any]:
    """A schema without a type is in Avro."""
    shown: dict[str, Any] = {"schema": version.text}
    if version.type != "AVRO":
        shown["schemaType"] = version.type
    if version.references:
        shown["references"] = list(version.references)
    return shown


def _without_doc(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_doc(value) for key, value in schema.items() if key != "doc"}
    return [_without_doc(each) for each in schema] if isinstance(schema, list) else schema


_ROUTES: dict[str, list[tuple[str, Any]]] = {
    "GET": [
        (r"/subjects", Fake.list_subjects),
        (r"/subjects/([^/]+)/versions", Fake.list_versions),
        (r"/subjects/([^/]+)/versions/([^/]+)", Fake.get_version),
        (r"/schemas/ids/(\d+)", Fake.by_id),
        (r"/config", Fake.get_default),
        (r"/config/([^/]+)", Fake.get_mode),
    ],
    "POST": [
        (r"/subjects/([^/]+)/versions", Fake.register),
        (r"/subjects/([^/]+)", Fake.lookup),
        (r"/compatibility/subjects/([^/]+)/versions", Fake.test),
        (r"/compatibility/subjects/([^/]+)/versions/([^/]+)", Fake.test),
    ],
    "PUT": [(r"/config", Fake.set_mode), (r"/config/([^/]+)", Fake.set_mode)],
    "DELETE": [(r"/subjects/([^/]+)", Fake.delete), (r"/config/([^/]+)", Fake.unset_mode)],
}


@contextmanager
def serving(kind: Literal["confluent", "apicurio"] = "confluent") -> Iterator[Fake]:
    """A registry that is empty, at `url`."""
    fake = Fake(kind)

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with fake.lock:
                fake.asked.append(f"{self.command} {parts.path}")
                try:
                    if failing := fake.answers.get(fake.asked[-1], fake.failing):
                        return self._say(*failing)
                    if fake.authorization and self.headers.get("Authorization") != fake.authorization:
                        return self._say(401, b'{"error_code":401,"message":"Unauthorized"}')
                    found = fake.answer(self.command, parts.path, parse_qs(parts.query), json.loads(body or "null"))
                    self._say(200, json.dumps(found).encode())
                except Refused as refused:
                    said = {"error_code": refused.code, "message": str(refused)}
                    self._say(refused.status, json.dumps(said).encode())
                except Exception as error:
                    self._say(418, f"the fake registry cannot say: {error!r}".encode())

        def _say(self, status: int, text: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            if status in (301, 302):
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
