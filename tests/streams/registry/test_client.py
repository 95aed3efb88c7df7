"""The client, by one table of cases on a registry like Confluent's, one like Apicurio, and, marked `engines`, Apicurio."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from headgate.errors import CallError, ConfigurationError, HeadgateError, TransientError
from headgate.streams.registry import Address, Answer, Reference, RefusedError, Registry, SchemaText, address_of

from tests.streams.registry.changes import CASES
from tests.support.registry_server import Fake, serving

BY_NAME = {case.name: case for case in CASES}
KINDS = ("confluent", "apicurio")


def texts(name: str, type_: Any = "AVRO") -> tuple[SchemaText, SchemaText]:
    """The two schemas of one of the forty changes."""
    return SchemaText(type_, BY_NAME[name].text(type_, False)), SchemaText(type_, BY_NAME[name].text(type_, True))


OLD, NEW = texts("required field added")
DOC_OLD, DOC_NEW = texts("description changed")
JSON_OLD, JSON_NEW = texts("maximum lowered", "JSON")
PROTO_OLD, PROTO_NEW = texts("text → integer", "PROTOBUF")
BASE = SchemaText("AVRO", json.dumps({"type": "record", "name": "Address", "namespace": "shop", "fields": []}))
USING = json.dumps({"type": "record", "name": "Home", "namespace": "shop", "fields": [{"name": "a", "type": "shop.Address"}]})  # fmt: skip


@dataclass
class Asked:
    """A registry, and the names of subjects that nobody else has."""

    registry: Registry
    apicurio: bool
    prefix: str

    def name(self, subject: str) -> str:
        return f"{self.prefix}-{subject}"


@pytest.fixture(params=[*KINDS, pytest.param("real", marks=pytest.mark.engines)])
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    prefix = uuid.uuid4().hex[:8]
    if request.param == "real":
        yield Asked(Registry(Address(request.getfixturevalue("apicurio"))), True, prefix)
        return
    with serving(request.param) as fake:
        yield Asked(Registry(Address(fake.url)), fake.apicurio, prefix)


def refused(call: Callable[[], Any]) -> tuple[int, int]:
    """The status and the code of what a registry refuses."""
    with pytest.raises(RefusedError) as error:
        call()
    return error.value.status, error.value.code


# What is done with a subject `s`, and what comes of it: of both, or (Confluent, Apicurio) where they differ.
Do = Callable[[Registry, str], Any]


def first(registry: Registry, subject: str, *schemas: SchemaText, mode: str = "NONE") -> Registry:
    """Register schemas, and give the subject a mode."""
    registry.set_mode("NONE", subject)
    for schema in schemas:
        registry.register(subject, schema)
    registry.set_mode(mode, subject)  # type: ignore[arg-type]
    return registry


STEPS: list[tuple[str, Do, Any]] = [
    ("a subject that is not there has no versions", lambda r, s: r.versions(s), ()),
    ("no newest one", lambda r, s: r.version(s), None),
    ("and no schema", lambda r, s: r.lookup(s, OLD), None),
    ("takes any", lambda r, s: r.test(s, OLD), Answer(True)),
    ("also where all versions are asked about", lambda r, s: r.test(s, OLD, "all"), Answer(True)),
    ("has no mode of its own", lambda r, s: r.own_mode(s), None),
    ("but one that holds", lambda r, s: r.mode(s), ("BACKWARD", "NONE")),
    ("may be given a mode before its first version", lambda r, s: (r.set_mode("FULL", s), r.mode(s))[1], "FULL"),
    ("cannot be deleted", lambda r, s: r.delete(s), ()),
    ("every mode is read back", lambda r, s: [(r.set_mode(m, s), r.own_mode(s))[1] for m in (
        "NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE")], [
        "NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"]),
    ("a mode is taken away", lambda r, s: (first(r, s, OLD, mode="FULL").unset_mode(s), r.mode(s))[1], ("BACKWARD", "NONE")),
    ("before the first version too", lambda r, s: (r.set_mode("FULL", s), r.unset_mode(s), r.mode(s))[2], ("BACKWARD", "NONE")),
    ("where there is none", lambda r, s: r.unset_mode(s), None),
    ("the first version", lambda r, s: first(r, s, OLD).versions(s), (1,)),
    ("is the newest", lambda r, s: (first(r, s, OLD).version(s) or 0).version, 1),
    ("has its type", lambda r, s: first(r, s, PROTO_OLD).version(s).schema.type, "PROTOBUF"),
    ("its schema is found by its id", lambda r, s: r.by_id(first(r, s, JSON_OLD).version(s).id).type, "JSON"),
    ("an id that nothing has", lambda r, s: r.by_id(999_999), None),
    ("registered again it is no new version", lambda r, s: first(r, s, OLD, OLD).versions(s), (1,)),
    ("its id is the same in another subject", lambda r, s: first(r, s, OLD).register(f"{s}2", OLD) == r.version(s).id, True),
    ("the second version", lambda r, s: (first(r, s, OLD, NEW).versions(s), r.version(s, 1).version), ((1, 2), 1)),
    ("an old version again stays the old one", lambda r, s: (
        first(r, s, OLD, NEW, OLD).lookup(s, OLD).version, r.version(s).version), (1, 2)),
    ("a version that is not there", lambda r, s: first(r, s, OLD).version(s, 9), None),
    ("what is said of such a version", lambda r, s: refused(lambda: first(r, s, OLD, mode="FULL").test(s, NEW, 9)), (404, 40402)),
    ("compatible", lambda r, s: first(r, s, OLD, mode="FORWARD").test(s, NEW), Answer(True)),
    ("not compatible, with a reason or without", lambda r, s: (
        lambda a: (a.compatible, bool(a.messages)))(first(r, s, OLD, mode="BACKWARD").test(s, NEW)), ((False, True), (False, False))),
    ("not with one version", lambda r, s: first(r, s, OLD, mode="BACKWARD").test(s, NEW, 1).compatible, False),
    ("not with all", lambda r, s: first(r, s, OLD, mode="BACKWARD_TRANSITIVE").test(s, NEW, "all").compatible, False),
    ("of JSON", lambda r, s: first(r, s, JSON_OLD, mode="BACKWARD").test(s, JSON_NEW).compatible, False),
    ("of Protobuf", lambda r, s: first(r, s, PROTO_OLD, mode="FULL").test(s, PROTO_NEW).compatible, False),
    ("under NONE anything goes", lambda r, s: first(r, s, OLD).test(s, NEW), Answer(True)),
    ("register refuses what is not compatible", lambda r, s: refused(
        lambda: first(r, s, OLD, mode="BACKWARD").register(s, NEW)), (409, 409)),
    ("another language", lambda r, s: refused(lambda: first(r, s, PROTO_OLD, mode="BACKWARD").register(s, OLD))[0], (409, 422)),
    ("what is no schema", lambda r, s: refused(lambda: r.register(s, SchemaText("AVRO", "{nope"))), (422, 42201)),
    ("nor of JSON", lambda r, s: refused(lambda: r.register(s, SchemaText("JSON", '{"type":"strng"}'))), (422, 42201)),
    ("nor of Protobuf", lambda r, s: refused(lambda: r.register(s, SchemaText("PROTOBUF", "syntax x"))), (422, 42201)),
    ("tested", lambda r, s: refused(
        lambda: first(r, s, OLD, mode="FULL").test(s, SchemaText("AVRO", "{nope"))), (422, 42201)),
    ("documentation is a version, or not", lambda r, s: first(r, s, DOC_OLD, DOC_NEW).versions(s), ((1, 2), (1,))),
    ("deleted", lambda r, s: (first(r, s, OLD).delete(s), r.versions(s), r.delete(s)), ((1,), (), ())),
    ("deleted for good", lambda r, s: (first(r, s, OLD).delete(s), r.delete(s, permanent=True), r.versions(s)), ((1,), (1,), ())),
    ("deleted for good at once", lambda r, s: refused(
        lambda: first(r, s, OLD).delete(s, permanent=True))[1], 40405),
    ("a name with a slash", lambda r, s: (first(r, f"{s}/a b", OLD).versions(f"{s}/a b"), f"{s}/a b" in r.subjects()), ((1,), True)),
]  # fmt: skip


@pytest.mark.parametrize(("step", "do", "expected"), STEPS, ids=[step for step, _, _ in STEPS])
def test_a_registry_answers(step: str, do: Do, expected: Any, asked: Asked) -> None:
    differ = step in DIFFERENCES
    assert do(asked.registry, asked.name("s")) == (expected[asked.apicurio] if differ else expected)


# The steps in which Apicurio is not as Confluent.
DIFFERENCES = {
    "but one that holds", "a mode is taken away", "before the first version too", "not compatible, with a reason or without", "another language",
    "documentation is a version, or not",
}  # fmt: skip


def test_the_default_of_the_registry(asked: Asked) -> None:
    registry = asked.registry
    before = registry.own_mode()
    registry.set_mode("FULL")
    try:
        assert (before, registry.own_mode()) == ("NONE" if asked.apicurio else "BACKWARD", "FULL")
    finally:
        registry.set_mode(before)  # type: ignore[arg-type]


def test_a_schema_that_uses_another(asked: Asked) -> None:
    registry, base, subject = asked.registry, asked.name("base"), asked.name("s")
    registry.register(base, BASE)
    using = SchemaText("AVRO", USING, (Reference("shop.Address", base, 1),))
    registry.register(subject, using)
    found = registry.version(subject)
    assert found is not None and found.schema.references == using.references


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.fixture
def fake() -> Iterator[Fake]:
    with serving() as fake:
        yield fake


FAULTS: list[tuple[int, bytes, type[HeadgateError], str]] = [
    (500, b"oops", TransientError, "answered 500 to GET /subjects"),
    (503, b"", TransientError, "answered 503"),
    (429, b"", TransientError, "answered 429"),
    (401, b'{"error_code":401,"message":"hunter2"}', ConfigurationError, "set HEADGATE_REGISTRY_USER and"),
    (403, b"", ConfigurationError, "to somebody who may do that"),
    (302, b"", ConfigurationError, "redirects are not followed"),
    (404, b"<html>", ConfigurationError, "is not the address of a Confluent-compatible registry"),
    (200, b"<html>", ConfigurationError, "it did not answer in JSON"),
    (200, b"{}", ConfigurationError, "as no Confluent-compatible registry does"),
    (422, b'{"error_code":42299,"message":"no\\n such thing"}', RefusedError, "answered 42299 to GET /subjects: no such thing"),
    (422, b'{"error_code":"x"}', ConfigurationError, "it answered 422"),
    (422, b'{"error_code":Infinity}', ConfigurationError, "it answered 422"),
    (200, b"[" * 200_000, ConfigurationError, "it did not answer in JSON"),
    (409, b"[" * 200_000, ConfigurationError, "it answered 409"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "text", "kind", "said"), FAULTS, ids=[f"{s} {t[:9]!r}" for s, t, _, _ in FAULTS])
def test_a_fault_is_told(status: int, text: bytes, kind: type[HeadgateError], said: str, fake: Fake) -> None:
    fake.failing = status, text
    with pytest.raises(kind) as error:
        Registry(Address(fake.url, "Basic c2VjcmV0")).subjects()
    assert said in str(error.value)
    assert "hunter2" not in str(error.value) and "c2VjcmV0" not in str(error.value)


STRANGE: list[tuple[str, Do]] = [
    ('{"is_compatible":true,"messages":5}', lambda r, s: r.test(s, OLD)),
    ('{"is_compatible":"yes"}', lambda r, s: r.test(s, OLD)),
    ('{"version":1,"id":1,"schema":"{}","references":5}', lambda r, s: r.version(s)),
    ('{"version":1,"id":1,"schema":"{}","references":[5]}', lambda r, s: r.version(s)),
    ('{"version":[],"id":1,"schema":"{}"}', lambda r, s: r.version(s)),
    ('{"compatibilityLevel":[5]}', lambda r, s: r.mode(s)),
    ('["one"]', lambda r, s: r.versions(s)),
    ('["one"]', lambda r, s: r.delete(s)),
    ("5", lambda r, s: r.register(s, OLD)),
]


@pytest.mark.parametrize(("text", "do"), STRANGE, ids=[text for text, _ in STRANGE])
def test_a_strange_answer_is_told(text: str, do: Do, fake: Fake) -> None:
    fake.failing = 200, text.encode()
    with pytest.raises(ConfigurationError, match="as no Confluent-compatible registry does"):
        do(Registry(Address(fake.url)), "s")


DRIPS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
    b"HTTP/1.1 409 Conflict\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: ",
]


@pytest.mark.parametrize("head", DRIPS, ids=["a text", "an error", "a header"])
def test_a_registry_that_never_ends_its_answer_is_given_up(head: bytes) -> None:
    """Each letter comes in time, and the last one never."""
    done = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(head)
            while not done.wait(0.05):
                connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        started = time.monotonic()
        with pytest.raises(TransientError, match="cannot be reached: TimeoutError"):
            Registry(Address(f"http://127.0.0.1:{server.getsockname()[1]}"), timeout_s=0.2).subjects()
        assert 0.2 < time.monotonic() - started < 5
        done.set()
        thread.join(5)


def test_nobody_is_there() -> None:
    with serving() as gone:
        pass
    with pytest.raises(TransientError, match="cannot be reached: Connection refused"):
        Registry(Address(gone.url)).subjects()


def test_a_slow_registry_is_given_up(fake: Fake) -> None:
    fake.lock.acquire()
    started = time.monotonic()
    try:
        with pytest.raises(TransientError, match="cannot be reached"):
            Registry(Address(fake.url), timeout_s=0.2).subjects()
    finally:
        fake.lock.release()
    assert time.monotonic() - started < 5


def test_a_registry_that_keeps_another_mode_is_refused(fake: Fake) -> None:
    fake.keeps = "NONE"
    with pytest.raises(CallError, match="it set the mode of 's' to FULL, but kept NONE; nothing was registered"):
        Registry(Address(fake.url)).set_mode("FULL", "s")


# --- who signs in ----------------------------------------------------------------------------------------------------

BASIC = "Basic dXNlcjpwQHNz"  # user:p@ss
SIGNED: list[tuple[dict[str, str], str]] = [
    ({"HEADGATE_REGISTRY_URL": "http://user:p%40ss@{host}"}, BASIC),
    ({"HEADGATE_REGISTRY_URL": "http://{host}", "HEADGATE_REGISTRY_USER": "user", "HEADGATE_REGISTRY_PASSWORD": "p@ss"}, BASIC),
    ({"HEADGATE_REGISTRY_URL": "http://a:b@{host}", "HEADGATE_REGISTRY_USER": "user", "HEADGATE_REGISTRY_PASSWORD": "p@ss"}, BASIC),
    ({"HEADGATE_REGISTRY_URL": "http://{host}/", "HEADGATE_REGISTRY_TOKEN": "t0ken"}, "Bearer t0ken"),
    ({"HEADGATE_REGISTRY_URL": "http://{host}/", "HEADGATE_REGISTRY_TOKEN": "t0ken\r\n"}, "Bearer t0ken"),
    ({"HEADGATE_REGISTRY_URL": "http://{host}", "HEADGATE_REGISTRY_USER": "user\n", "HEADGATE_REGISTRY_PASSWORD": "p@ss\n"}, BASIC),
]  # fmt: skip


@pytest.mark.parametrize(("variables", "header"), SIGNED, ids=str)
def test_the_environment_signs_in(
    variables: dict[str, str], header: str, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.authorization = header
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(host=fake.url.removeprefix("http://")))
    registry = Registry.of()
    assert (registry.subjects(), registry.url) == ((), fake.url)
    assert "p@ss" not in repr(address_of()) and header not in repr(address_of())


WRONG: list[tuple[str | None, str, str]] = [
    (None, "", "which registry? Set HEADGATE_REGISTRY_URL, or give --registry URL"),
    (None, "ftp://user:secret@host", "HEADGATE_REGISTRY_URL is not the address of a registry"),
    (None, "http://user:secret@", "HEADGATE_REGISTRY_URL is not the address of a registry"),
    (None, "http://[secret", "HEADGATE_REGISTRY_URL is not the address of a registry"),
    (None, "http://host:secret", "HEADGATE_REGISTRY_URL is not the address of a registry"),
    (None, "http://user:12345/secret@host", "HEADGATE_REGISTRY_URL: an '@' after the host"),
    (None, "http://user:pa@secret/ss@host:80", "HEADGATE_REGISTRY_URL: an '@' after the host"),
    (None, "http://user:12345?secret@host", "HEADGATE_REGISTRY_URL: an '@' after the host"),
    (None, "http://user:12345#secret@host", "HEADGATE_REGISTRY_URL: an '@' after the host"),
    ("http://user:12345/secret@host", "", "--registry: an '@' after the host"),
    ("http://user:secret@host", "", "others can read a command line"),
    ("", "http://secret", "--registry is not the address of a registry"),
    ("http://ünï..x:80", "", "--registry is not the address of a registry"),
]

UNSENT = [
    ("TOKEN", "secret\nX: y", "a token"), ("TOKEN", "secretß", "a token"), ("TOKEN", "secret x", "a token"),
    ("TOKEN", "\udcffsecret", "a token"), ("USER", "secret\n\t", "the name of a user"),
    ("PASSWORD", "\x00secret", "a password"), ("PASSWORD", "secret\nx", "a password"),
]  # fmt: skip


@pytest.mark.parametrize(("variable", "value", "what"), UNSENT)
def test_what_cannot_be_sent_is_refused_unseen(
    variable: str, value: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.environ", {"HEADGATE_REGISTRY_USER": "user", f"HEADGATE_REGISTRY_{variable}": value})
    with pytest.raises(ConfigurationError) as error:
        address_of("http://host")
    assert str(error.value) == f"HEADGATE_REGISTRY_{variable} is not {what}"


def test_a_path_in_any_letters_is_asked_for(fake: Fake) -> None:
    with pytest.raises(RefusedError, match="/%C3%A4 answered 404 to GET /subjects"):
        Registry.of(f"{fake.url}/ä").subjects()


@pytest.mark.parametrize(("given", "variable", "said"), WRONG)
def test_a_wrong_address_is_refused_without_its_secret(
    given: str | None, variable: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADGATE_REGISTRY_URL", variable)
    with pytest.raises(ConfigurationError) as error:
        address_of(given)
    assert said in str(error.value) and "secret" not in str(error.value)
