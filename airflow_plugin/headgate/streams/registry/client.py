"""A client of any Confluent-compatible registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args
from urllib.parse import quote

from headgate.contract.settings import MODES
from headgate.errors import CallError, ConfigurationError
from headgate.streams.registry.address import Address, address_of
from headgate.streams.registry.compatibility import Mode
from headgate.streams.registry.transport import TIMEOUT_S, RefusedError, Transport
from headgate.streams.schemas import SchemaType

# What a registry calls it that a subject, a version, a schema, or a mode of a subject's own is not there.
_NO_SUBJECT, _NO_VERSION, _NO_SCHEMA, _SOFT_DELETED, _NO_MODE = 40401, 40402, 40403, 40404, 40408
_GONE = frozenset({_NO_SUBJECT, _NO_VERSION, _NO_SCHEMA, _SOFT_DELETED})
Version = int | Literal["latest"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Another schema that a schema uses, by the name that it uses for it."""

    name: str
    subject: str
    version: int


@dataclass(frozen=True, slots=True)
class SchemaText:
    """A schema as a registry has it."""

    type: SchemaType
    text: str
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """One version of a subject. `id` is that of its schema, which messages carry."""

    subject: str
    version: int
    id: int
    schema: SchemaText


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registry says to a schema. `messages` are its reasons, where it gives any."""

    compatible: bool
    messages: tuple[str, ...] = ()


class Registry:
    """The questions that are asked of a registry.

    Every method raises ConfigurationError where the address or the user is wrong, and TransientError where the registry
    cannot be reached, is too slow, or fails.
    """

    def __init__(self, address: Address, timeout_s: float = TIMEOUT_S) -> None:
        self.url = address.url
        self._transport = Transport(address, timeout_s)

    @classmethod
    def of(cls, url: str | None = None, timeout_s: float = TIMEOUT_S) -> Registry:
        """Return the registry at `url`, else that of HEADGATE_REGISTRY_URL; the environment says how to sign in."""
        return cls(address_of(url), timeout_s)

    def subjects(self) -> tuple[str, ...]:
        """Return the names of all subjects."""
        return tuple(sorted(map(str, self._list(self._ask("GET", "/subjects")))))

    def versions(self, subject: str) -> tuple[int, ...]:
        """Return the versions of a subject; none where it does not exist."""
        return tuple(sorted(self._numbers(self._find("GET", f"{_at(subject)}/versions"))))

    def version(self, subject: str, version: Version = "latest") -> Registered | None:
        """Return one version of a subject, None where it does not exist."""
        found = self._find("GET", f"{_at(subject)}/versions/{version}")
        return None if found is None else self._registered(found)

    def lookup(self, subject: str, schema: SchemaText) -> Registered | None:
        """Return the version under which a subject has a schema already, None where it has not."""
        found = self._find("POST", _at(subject), _body(schema))
        return None if found is None else self._registered(found)

    def by_id(self, schema_id: int) -> SchemaText | None:
        """Return the schema with an id, None where there is none."""
        found = self._find("GET", f"/schemas/ids/{schema_id}")
        return None if found is None else self._schema(found)

    def register(self, subject: str, schema: SchemaText) -> int:
        """Register a schema as the next version of a subject, and return its id; that of one which is there already.

        Raises:
            RefusedError: it is not compatible (`status` 409), or no schema (422); `said` is the registry's reason.
        """
        found = self._mapping(self._ask("POST", f"{_at(subject)}/versions", _body(schema)))
        return self._number(found, "id")

    def test(self, subject: str, schema: SchemaText, against: Version | Literal["all"] = "latest") -> Answer:
        """Return whether a schema is compatible with one version of a subject, or all, under the subject's mode.

        A subject that does not exist takes any. Raises RefusedError where the text is no schema.
        """
        path = f"/compatibility{_at(subject)}/versions" + ("" if against == "all" else f"/{against}")
        try:
            found = self._mapping(self._ask("POST", path, _body(schema), {"verbose": "true"}))
        except RefusedError as error:
            if error.code == _NO_SUBJECT:
                return Answer(True)
            raise
        if not isinstance(found.get("is_compatible"), bool):
            raise self._strange("is_compatible")
        return Answer(found["is_compatible"], tuple(map(str, self._list(found.get("messages"), "messages"))))

    def own_mode(self, subject: str | None = None) -> Mode | None:
        """Return the compatibility mode of a subject, or the registry's default without one. None where a subject has
        none of its own, as far as the registry tells: some answer with the default."""
        try:
            return self._mode(self._ask("GET", _config(subject)))
        except RefusedError as error:
            if subject is not None and error.code in (_NO_SUBJECT, _NO_MODE):
                return None
            raise

    def mode(self, subject: str) -> Mode:
        """Return the compatibility mode that holds for a subject: its own, else the registry's default."""
        own = self.own_mode(subject) or self.own_mode()
        assert own is not None
        return own

    def set_mode(self, mode: Mode, subject: str | None = None) -> None:
        """Set the compatibility mode of a subject, or the registry's default without one, and read it back.

        Raises:
            CallError: the registry kept another one.
        """
        try:
            self._ask("PUT", _config(subject), {"compatibility": mode})
        except RefusedError as error:
            raise CallError(f"the registry at {self.url} does not take the mode {mode}: {error.said}") from None
        if (kept := self.own_mode(subject)) != mode:
            about = f"'{subject}'" if subject else "its default"
            raise CallError(f"the registry at {self.url} answered that it set the mode of {about} to {mode}, but kept "
                            f"{kept or 'its default'}; nothing was registered")  # fmt: skip

    def unset_mode(self, subject: str) -> None:
        """Take a subject's own mode away, so that the registry's default holds; nothing happens where it has none."""
        try:
            self._ask("DELETE", _config(subject))
        except RefusedError as error:
            if error.code not in (_NO_SUBJECT, _NO_MODE):
                raise

    def delete(self, subject: str, *, permanent: bool = False) -> tuple[int, ...]:
        """Delete a subject, and return its versions; none where it does not exist. A permanent deletion comes after one
        that is not."""
        query = {"permanent": "true"} if permanent else None
        return tuple(self._numbers(self._find("DELETE", _at(subject), query=query)))

    def _ask(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> Any:
        return self._transport.ask(method, path, body, query)

    def _find(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> Any:
        try:
            return self._ask(method, path, body, query)
        except RefusedError as error:
            if error.code in _GONE:
                return None
            raise

    def _registered(self, answer: Any) -> Registered:
        found = self._mapping(answer)
        numbers = self._number(found, "version"), self._number(found, "id")
        return Registered(str(found.get("subject")), *numbers, self._schema(found))

    def _schema(self, answer: Any) -> SchemaText:
        found = self._mapping(answer)
        type_, text = found.get("schemaType") or "AVRO", found.get("schema")
        if type_ not in get_args(SchemaType):
            raise CallError(f"the registry at {self.url} has a schema of type '{type_}', which headgate cannot read")
        if not isinstance(text, str):
            raise self._strange("schema")
        references = tuple(
            Reference(str(each.get("name")), str(each.get("subject")), self._number(each, "version"))
            for each in map(self._mapping, self._list(found.get("references"), "references"))
        )
        return SchemaText(cast(SchemaType, type_), text, references)

    def _mode(self, answer: Any) -> Mode:
        # Asked for, it is called otherwise than when it is set.
        found = self._mapping(answer)
        name = found.get("compatibilityLevel") or found.get("compatibility")
        if not isinstance(name, str) or name not in MODES:
            raise self._strange("compatibilityLevel")
        return cast(Mode, name)

    def _number(self, found: Mapping[str, Any], key: str) -> int:
        if not isinstance(found.get(key), int):
            raise self._strange(key)
        return int(found[key])

    def _mapping(self, answer: Any) -> Mapping[str, Any]:
        if not isinstance(answer, dict):
            raise self._strange()
        return answer

    def _list(self, answer: Any, key: str = "") -> list[Any]:
        """Return a list; an empty one of nothing."""
        if answer is None:
            return []
        if not isinstance(answer, list):
            raise self._strange(key)
        return answer

    def _numbers(self, answer: Any) -> list[int]:
        found = self._list(answer)
        if not all(isinstance(each, int) for each in found):
            raise self._strange()
        return found

    def _strange(self, key: str = "") -> ConfigurationError:
        lacks = f" without a valid '{key}'" if key else ""
        return ConfigurationError(f"{self.url} answered{lacks} as no Confluent-compatible registry does")


def _at(subject: str) -> str:
    return f"/subjects/{quote(subject, safe='')}"


def _config(subject: str | None) -> str:
    return "/config" if subject is None else f"/config/{quote(subject, safe='')}"


def _body(schema: SchemaText) -> dict[str, Any]:
    body: dict[str, Any] = {"schema": schema.text, "schemaType": schema.type}
    if schema.references:
        body["references"] = [{"name": r.name, "subject": r.subject, "version": r.version} for r in schema.references]
    return body
