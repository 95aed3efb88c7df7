"""A JSON Schema, or a pydantic model, as columns: what a producer's code says of the rows that it will write."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlglot import exp

from headgate.checks import EACH, KEYS, VALUES, Column
from headgate.checks.formats import FORMATS
from headgate.checks.grammar import DAY, ZONE
from headgate.contract import Dataset
from headgate.errors import CallError
from headgate.places import Constraint, Relation
from headgate.report import Report, judge
from headgate.scan import measure_schema

_LOGICAL = {
    "integer": frozenset({"integer", "number"}),
    "number": frozenset({"number"}),
    "boolean": frozenset({"boolean"}),
    "string": frozenset({"string"}),
    "array": frozenset({"array", "vector"}),
    "object": frozenset({"object", "map"}),
}
# Texts of RFC 3339, which serve as what they say and as texts.
TEXT_FORMATS = {"date": "date", "date-time": "timestamp", "time": "time"}
# The texts of dates and times, as a pattern besides the format, or in place of one: the formats date-time and time
# demand a zone, and have no T left out. The days of those without a format are days that their month has.
_HOURS = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_SECONDS = r"(:[0-5][0-9]([.,][0-9]{1,9})?)?"
_DAY = FORMATS["date"][1]
DATE_TEXT = f"^{DAY}$"
ZONED_TEXT = rf"^{DAY}[Tt]{_HOURS}:[0-5][0-9](\.[0-9]{{1,9}})?([Zz]|[+-]{_HOURS})$"
CLOCK_TEXT = f"^{_HOURS}{_SECONDS}$"
LOCAL_TEXT = f"^{_DAY}([T ]{_HOURS}{_SECONDS})?$"
MOMENT_TEXT = f"^{_DAY}([T ]{_HOURS}{_SECONDS}{ZONE}?)?$"
# What such a text is: the logical type, and whether it has a zone.
TEXT_PATTERNS: Mapping[str, tuple[str, Mapping[str, bool]]] = {
    DATE_TEXT: ("date", {}),
    ZONED_TEXT: ("timestamp", {"timezone": True}),
    CLOCK_TEXT: ("time", {}),
    LOCAL_TEXT: ("timestamp", {"timezone": False}),
    MOMENT_TEXT: ("timestamp", {}),
}
# What says nothing of the values.
_ANNOTATIONS = frozenset(("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"))
_TIGHTER: Mapping[str, Callable[[Any, Any], Any]] = {
    "minimum": max, "exclusiveMinimum": max, "minLength": max, "minItems": max, "minProperties": max,
    "maximum": min, "exclusiveMaximum": min, "maxLength": min, "maxItems": min, "maxProperties": min,
}  # fmt: skip
_MODEL = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


def is_model(value: Any) -> bool:
    """Return whether `value` is a model of pydantic."""
    return isinstance(value, type) and hasattr(value, "model_json_schema")


def schema_of(data: object) -> DescribedSchema | None:
    """Return the schema that `data` is or names; None if it is something else, such as rows.

    Args:
        data: a model of pydantic, or `module:Model` that names one; a JSON Schema as a mapping, or the path of a file
            that ends in `.schema.json`, or in `.json` and has `$schema`, or `properties`, at its top.

    Raises:
        CallError: the file or the model was not found, or is no schema.
    """
    if is_model(data) or isinstance(data, Mapping):
        return DescribedSchema.of(data)
    if not isinstance(data, str | Path):
        return None
    if _MODEL.fullmatch(str(data)):
        return DescribedSchema.of(_imported(str(data)))
    path = Path(data)
    if path.suffix.lower() != ".json":
        return None
    certain = path.name.lower().endswith(".schema.json")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        if certain:
            raise CallError(f"{path}: the JSON Schema cannot be read: {error}") from None
        return None
    is_schema = isinstance(found, Mapping) and ("$schema" in found or isinstance(found.get("properties"), Mapping))
    if not (certain or is_schema):
        return None
    if not isinstance(found, Mapping):
        raise CallError(f"{path}: not a JSON Schema; expected an object")
    return DescribedSchema.of(found, path.name.partition(".")[0])


def _imported(name: str) -> object:
    """Return the model that `module:Model` names."""
    try:
        found = pkgutil.resolve_name(name)
    except (ImportError, AttributeError) as error:
        raise CallError(f"{name}: the model cannot be imported: {error}") from None
    if not is_model(found):
        raise CallError(f"{name} is not a model of pydantic")
    return found


def check_described(dataset: Dataset, schema: DescribedSchema) -> Report:
    """Return what a schema alone says of a contract."""
    session: Any = schema
    relation = schema.relation()
    return judge(dataset, relation, measure_schema(dataset.checks, relation, session, stored=False))


class DescribedSchema:
    """The columns that a JSON Schema describes, in the place of an open platform: there are no rows to query."""

    # Schemas that are nested more deeply, or without an end, are not read on.
    DEEPEST = 20

    def __init__(self, schema: Mapping[str, Any], name: str, *, always: bool = False) -> None:
        self._root, self.name, self.always = schema, name, always

    @classmethod
    def of(cls, given: Any, name: str = "the JSON Schema") -> DescribedSchema:
        """Return the schema of a model of pydantic, or of a JSON Schema of an object or of an array of objects, which
        is called `name` if it has no title."""
        if is_model(given):
            return cls(given.model_json_schema(by_alias=True), given.__name__, always=True)
        described = cls(given, str(given.get("title") or name))
        top = described.resolved(given)
        if top.get("type") == "array" and isinstance(top.get("items"), Mapping):
            return cls({**given, **described.resolved(top["items"])}, described.name)
        return described

    def relation(self) -> Relation:
        """Return the columns; a property is never NULL if it is required and null is none of its types (of a model: if
        null is none, since every instance has it)."""
        columns = tuple(self._column(str(name), said, ()) for name, said in self.top["properties"].items())
        told = tuple(Constraint("not_null", (name,)) for name in self.never_null(self.top))
        table = exp.to_table("described")
        return Relation(table, columns, self.name, constraints=told, watched=frozenset({"not_null"}))

    @property
    def top(self) -> Mapping[str, Any]:
        """The schema of a row. Raises CallError if it is none."""
        top = self.resolved(self._root)
        if not isinstance(top.get("properties"), Mapping):
            raise CallError(f"{self.name} has no `properties`; expected a JSON Schema of an object, the row")
        return top

    def never_null(self, node: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the properties of an object that are never NULL."""
        properties = node.get("properties") or {}
        required = properties if self.always else set(node.get("required") or ())
        kinds = {str(name): list(self.kinds(said)) for name, said in properties.items() if name in required}
        return tuple(name for name, of in kinds.items() if of and "null" not in (kind.get("type") for kind in of))

    @staticmethod
    def references(said: Any) -> frozenset[str]:
        """Return the definitions that a schema refers to, itself or one of its alternatives."""
        if not isinstance(said, Mapping):
            return frozenset()
        parts = [part for name in ("allOf", "anyOf", "oneOf") for part in said.get(name) or ()]
        own = {said["$ref"]} if isinstance(said.get("$ref"), str) else set()
        return frozenset(own).union(*map(DescribedSchema.references, parts))

    def canonical(self, type_text: str) -> str | None:
        """Return None: a JSON Schema knows no physical types."""
        return None

    def members(self, relation: Relation, column: str) -> Sequence[str] | None:
        return None

    def _column(self, name: str, said: Any, within: Sequence[str]) -> Column:
        """Return the column of a schema, `within` the definitions that are being read; one of them again may be
        anything: it has no end."""
        to = self.references(said)
        endless = bool(to & set(within)) or len(within) > self.DEEPEST
        kinds = [kind for kind in self.kinds(said) if kind.get("type") != "null"]
        logical = frozenset[str]().union(*map(_logical, kinds)) if kinds else frozenset[str]()
        shown = " or ".join(dict.fromkeys(_shown(kind) for kind in kinds)) or "anything"
        here = (*within, *(to or ("",)))
        inner = () if endless else tuple(column for kind in kinds for column in self._inner(kind, here))
        if not logical:  # nothing is said: it may be anything
            logical = frozenset().union(*_LOGICAL.values(), TEXT_FORMATS.values())
        return Column(name, shown, logical, "timestamp" in logical, inner)

    def _inner(self, kind: Mapping[str, Any], within: Sequence[str]) -> Iterator[Column]:
        if isinstance(kind.get("items"), Mapping):
            yield self._column(EACH, kind["items"], within)
        for name, said in (kind.get("properties") or {}).items():
            yield self._column(str(name), said, within)
        if isinstance(kind.get("additionalProperties"), Mapping):
            yield Column(KEYS, "string", _LOGICAL["string"])
            yield self._column(VALUES, kind["additionalProperties"], within)

    def kinds(self, said: Any) -> Iterator[Mapping[str, Any]]:
        """Yield what a value may be, one type each."""
        for node in self.alternatives(said):
            if "const" in node or "enum" in node:
                values = [node["const"]] if "const" in node else node["enum"]
                yield from ({"type": kind} for kind in dict.fromkeys(map(type_of, values)))
                continue
            types = node.get("type")
            for one in types if isinstance(types, list) else [types]:
                if one is not None:
                    yield {**node, "type": one}

    def alternatives(self, said: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
        """Yield the schemas of which a value keeps one, each with what is said of all of them."""
        node = self.resolved(said)
        key = "anyOf" if node.get("anyOf") else "oneOf"
        several = node.get(key)
        if not (isinstance(several, Sequence) and several and depth < self.DEEPEST):
            yield node
            return
        common = {name: value for name, value in node.items() if name != key and name not in _ANNOTATIONS}
        for one in several:
            yield from self.alternatives({"allOf": [common, one]} if common else one, depth + 1)

    def resolved(self, said: Any, depth: int = 0) -> Mapping[str, Any]:
        """Return a schema in place of a reference to it (`#/$defs/Order`), and with all of `allOf` in it.

        What cannot be said in one schema stays in `allOf`.
        """
        beside: list[Mapping[str, Any]] = []
        for _ in range(self.DEEPEST):
            if not isinstance(said, Mapping) or depth > self.DEEPEST:
                return {}
            reference = said.get("$ref")
            if not isinstance(reference, str):
                break
            others = {name: value for name, value in said.items() if not name.startswith("$") and name != "definitions"}
            beside += [others] if others and not self._refers_only else []
            found: Any = self._root
            for step in reference.removeprefix("#").strip("/").split("/"):
                found = (
                    found.get(step.replace("~1", "/").replace("~0", "~"))
                    if step and isinstance(found, Mapping)
                    else found
                )
            said = found
        parts = [self.resolved(part, depth + 1) for part in said.get("allOf") or ()]
        own: dict[str, Any] = {name: value for name, value in said.items() if name != "allOf" or not parts}
        if not (parts or beside):
            return own
        return _merged([*parts, own, *reversed(beside)])

    @property
    def _refers_only(self) -> bool:
        """Whether the dialect of the schema reads nothing besides a reference."""
        return bool(re.search(r"draft-0[3-7]", str(self._root.get("$schema"))))


def _merged(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the schema of what keeps all of `parts`; a keyword that no one keyword can say with another of its name
    stays in `allOf`."""
    made: dict[str, Any] = {}
    left: list[Mapping[str, Any]] = []
    for name, value in ((name, value) for part in parts for name, value in part.items()):
        if name == "allOf":
            left += [each for each in value if each not in left]
        elif name not in made or made[name] == value or name in _ANNOTATIONS or name.startswith("$"):
            made[name] = value
        elif name in ("properties", "$defs", "definitions"):
            both = {key: {"allOf": [made[name][key], value[key]]} for key in value if key in made[name]}
            made[name] = {**made[name], **value, **both}
        elif name == "required":
            made[name] = list(dict.fromkeys([*made[name], *value]))
        elif name in _TIGHTER:
            made[name] = _TIGHTER[name](made[name], value)
        elif name == "enum":
            made[name] = [each for each in made[name] if each in value]
        elif name == "type" and (both_types := _common_types(made[name], value)):
            made[name] = both_types
        elif {name: value} not in left:
            left.append({name: value})
    return made | ({"allOf": left} if left else {})


def _common_types(one: Any, other: Any) -> Any:
    """Return the types that both allow; an integer is a number, too."""
    first, second = (each if isinstance(each, list) else [each] for each in (one, other))
    wide = [{*each, *(["integer"] if "number" in each else [])} for each in (first, second)]
    found = [each for each in dict.fromkeys([*first, *second]) if all(each in types for types in wide)]
    return found[0] if len(found) == 1 else found


def _logical(kind: Mapping[str, Any]) -> frozenset[str]:
    logical = _LOGICAL.get(str(kind.get("type")), frozenset())
    known = TEXT_FORMATS.get(str(kind.get("format"))) if kind.get("type") == "string" else None
    return logical | {known} if known else logical


def _shown(kind: Mapping[str, Any]) -> str:
    return " ".join(str(kind[name]) for name in ("type", "format") if kind.get(name))


def type_of(value: Any) -> str:
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
