"""A JSON Schema, or a pydantic model, as columns: what a producer's code says of the rows that it will write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlglot import exp

from headgate.checks import EACH, VALUES, Column
from headgate.errors import CallError
from headgate.places import Constraint, Relation

_LOGICAL = {
    "integer": frozenset({"integer", "number"}),
    "number": frozenset({"number"}),
    "boolean": frozenset({"boolean"}),
    "string": frozenset({"string"}),
    "array": frozenset({"array", "vector"}),
    "object": frozenset({"object", "map"}),
}
# Texts of RFC 3339, which serve as what they say and as texts.
_FORMATS = {"date": "date", "date-time": "timestamp", "time": "time"}
_NESTED = 20  # deeper, or without an end


def is_model(value: Any) -> bool:
    """Return whether `value` is a model of pydantic."""
    return isinstance(value, type) and hasattr(value, "model_json_schema")


class DescribedSchema:
    """The columns that a JSON Schema describes, in the place of an open platform: there are no rows to query."""

    def __init__(self, schema: Mapping[str, Any], name: str, *, always: bool = False) -> None:
        self._root, self._name, self._always = schema, name, always

    @classmethod
    def of(cls, given: Any) -> DescribedSchema:
        """Return the schema of a model of pydantic, or of a JSON Schema of an object or of an array of objects."""
        if is_model(given):
            return cls(given.model_json_schema(by_alias=True), given.__name__, always=True)
        described = cls(given, str(given.get("title") or "the JSON Schema"))
        top = described._resolved(given)
        if top.get("type") == "array" and isinstance(top.get("items"), Mapping):
            return cls({**given, **described._resolved(top["items"])}, described._name)
        return described

    def relation(self) -> Relation:
        """Return the columns; a property is never NULL if it is required and null is none of its types (of a model: if
        null is none, since every instance has it)."""
        top = self._resolved(self._root)
        if not isinstance(top.get("properties"), Mapping):
            raise CallError(f"{self._name} has no `properties`; expected a JSON Schema of an object, the row")
        required = set(top["properties"]) if self._always else set(top.get("required") or [])
        columns, never = [], []
        for name, said in top["properties"].items():
            kinds = list(self._kinds(said))
            columns.append(self._column(str(name), said, 0))
            if name in required and kinds and "null" not in (kind.get("type") for kind in kinds):
                never.append(Constraint("not_null", (str(name),)))
        table, told = exp.to_table("described"), tuple(never)
        return Relation(table, tuple(columns), self._name, constraints=told, watched=frozenset({"not_null"}))

    def canonical(self, type_text: str) -> str | None:
        """Return None: a JSON Schema knows no physical types."""
        return None

    def members(self, relation: Relation, column: str) -> Sequence[str] | None:
        return None

    def _column(self, name: str, said: Any, depth: int) -> Column:
        kinds = [kind for kind in self._kinds(said) if kind.get("type") != "null"] if depth < _NESTED else []
        logical = frozenset[str]().union(*map(_logical, kinds)) if kinds else frozenset[str]()
        shown = " or ".join(dict.fromkeys(_shown(kind) for kind in kinds)) or "anything"
        inner = tuple(column for kind in kinds for column in self._inner(kind, depth + 1))
        if not logical:  # nothing is said: it may be anything
            logical = frozenset().union(*_LOGICAL.values(), _FORMATS.values())
        return Column(name, shown, logical, "timestamp" in logical, inner)

    def _inner(self, kind: Mapping[str, Any], depth: int) -> Iterator[Column]:
        if isinstance(kind.get("items"), Mapping):
            yield self._column(EACH, kind["items"], depth)
        for name, said in (kind.get("properties") or {}).items():
            yield self._column(str(name), said, depth)
        if isinstance(kind.get("additionalProperties"), Mapping):
            yield self._column(VALUES, kind["additionalProperties"], depth)

    def _kinds(self, said: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
        """Yield what a value may be, one type each."""
        node = self._resolved(said)
        several = node.get("anyOf") or node.get("oneOf")
        if isinstance(several, Sequence) and depth < _NESTED:
            for one in several:
                yield from self._kinds(one, depth + 1)
            return
        if "const" in node or "enum" in node:
            values = [node["const"]] if "const" in node else node["enum"]
            yield from ({"type": kind} for kind in dict.fromkeys(map(_type_of, values)))
            return
        types = node.get("type")
        for one in types if isinstance(types, list) else [types]:
            if one is not None:
                yield {**node, "type": one}

    def _resolved(self, said: Any) -> Mapping[str, Any]:
        """Return a schema in place of a reference to it (`#/$defs/Order`), and with all of `allOf` in it."""
        for _ in range(_NESTED):
            if not isinstance(said, Mapping):
                return {}
            reference = said.get("$ref")
            if not isinstance(reference, str):
                break
            found: Any = self._root
            for step in reference.removeprefix("#").strip("/").split("/"):
                found = (
                    found.get(step.replace("~1", "/").replace("~0", "~"))
                    if step and isinstance(found, Mapping)
                    else found
                )
            said = found
        parts = [self._resolved(part) for part in said.get("allOf") or ()]
        return {**{name: value for part in parts for name, value in part.items()}, **said} if parts else said


def _logical(kind: Mapping[str, Any]) -> frozenset[str]:
    logical = _LOGICAL.get(str(kind.get("type")), frozenset())
    known = _FORMATS.get(str(kind.get("format"))) if kind.get("type") == "string" else None
    return logical | {known} if known else logical


def _shown(kind: Mapping[str, Any]) -> str:
    return " ".join(str(kind[name]) for name in ("type", "format") if kind.get(name))


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
    return "array" if isinstance(value, list) else "object"
