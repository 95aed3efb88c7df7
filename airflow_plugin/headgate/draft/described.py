"""From a JSON Schema, or a model of pydantic, to proposals: what the code that writes the rows promises of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from headgate.checks.formats import FORMATS
from headgate.checks.formats import pattern as format_pattern
from headgate.checks.re2 import wrong_pattern
from headgate.contract import Property
from headgate.contract.values import default_problem
from headgate.draft.proposal import DraftProperty, Proposal
from headgate.draft.quoting import quoted
from headgate.json_schema import TEXT_FORMATS, TEXT_PATTERNS, DescribedSchema, type_of
from headgate.lint import personal

_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_SIZES = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
_DECIMAL = [["number"], ["string"]]
_FORMATS = {format_pattern(name): name for name in FORMATS}
_CLOSED = frozenset(("additionalProperties", "items"))
# What says how a schema is meant and built, and what is read besides the options.
_READ = frozenset((
    "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "discriminator", "type",
    "enum", "const", "properties", "required", "definitions",
))  # fmt: skip


def propose_described(schema: DescribedSchema) -> tuple[DraftProperty, ...]:
    """Return a property for every property of the row, with a note about each keyword that a contract has no words
    for."""
    top, never = schema.top, set(schema.never_null(schema.top))
    properties = []
    for name, said in top["properties"].items():
        reader = _Reader(schema)
        shape = reader.field(str(name), said, str(name) in never, (), "")
        proposals = tuple(Proposal(key, value) for key, value in shape.items() if key != "name")
        notes = tuple(dict.fromkeys(reader.notes))
        properties.append(DraftProperty(str(name), notes, proposals, "classification" in shape))
    return tuple(properties)


def notes_of_row(schema: DescribedSchema) -> tuple[str, ...]:
    """Return what a schema says of the row as a whole, and a contract has no words for."""
    reader = _Reader(schema)
    top = {name: value for name, value in schema.top.items() if (name, value) != ("additionalProperties", False)}
    reader.name_others("object", top, set(), {}, "")
    nullable = (
        [] if schema.always else [str(name) for name, said in top["properties"].items() if _may_be_null(schema, said)]
    )
    if nullable:
        told = ", ".join(map(quoted, nullable))
        reader.notes.append(f"may be null: {told}; a JSON Schema of this contract leaves them out instead")
    return tuple(dict.fromkeys(reader.notes))


def _may_be_null(schema: DescribedSchema, said: Any) -> bool:
    return any(kind.get("type") == "null" for kind in schema.kinds(said))


class _Reader:
    """Reads one property of the row, and gathers notes about it."""

    def __init__(self, schema: DescribedSchema) -> None:
        self._schema = schema
        self.notes: list[str] = []

    def field(self, name: str, said: Any, required: bool, within: Sequence[str], path: str) -> dict[str, Any]:
        """Return a property of an object as ODCS has it."""
        here = f"{path}.{name}" if path else name
        marks: dict[str, Any] = {"classification": "confidential"} if personal.named(name) else {}
        marks |= {"required": True} if required else {}
        shape = self._shape(said, within, here)
        first = {key: shape.pop(key) for key in ("description", "logicalType", "physicalType") if key in shape}
        settings = self._settings(said, first.get("logicalType"), here)
        return {"name": name, **first, **marks, **shape, **settings}

    def _settings(self, said: Any, kind: str | None, path: str) -> dict[str, Any]:
        """Return the default of a property as headgate's setting; that of a model's field is none: it is filled in."""
        value = _exact(self._schema.resolved(said).get("default"))
        if self._schema.always or value is None:
            return {}
        if default_problem(value, Property("", "", kind)):
            self._note(path, "its default is not in the contract")
            return {}
        return {"customProperties": [{"property": "default", "value": value, "vendor": "headgate"}]}

    def _shape(self, said: Any, within: Sequence[str], path: str) -> dict[str, Any]:
        """Return a schema as ODCS has it, without its name; `within` are the definitions that are being read."""
        to = self._schema.references(said)
        described = said.get("description") if isinstance(said, Mapping) else None
        described = described or self._schema.resolved(said).get("description")
        shape: dict[str, Any] = {"description": described} if isinstance(described, str) and described else {}
        if set(path) & set(".[{") and not self._schema.always and _may_be_null(self._schema, said):
            self._note(path, "may be null; a JSON Schema of this contract does not allow it")
        nodes = [node for node in self._schema.alternatives(said) if node.get("type") != "null"]
        enum: dict[str, Any] = {}
        if listed := self._listed(nodes):
            kinds = {type_of(value) for value in listed}
            kinds = {"number"} if kinds == {"integer", "number"} else kinds
            if len(kinds) == 1 and kinds <= {"string", "integer", "number", "boolean"}:
                enum = {"enum": [{"value": _exact(value)} for value in listed]}
                if len(nodes) != 1 or len(_types(nodes[0])) != 1:
                    return shape | {"logicalType": kinds.pop()} | enum
                nodes = [{key: value for key, value in nodes[0].items() if key not in ("enum", "const")}]
        node = _chosen(nodes)
        if node is None:
            types = dict.fromkeys(map(type_of, listed)) or dict.fromkeys(t for each in nodes for t in _types(each))
            self._note(path, f"may be {' or '.join(types) or 'anything'}; TODO logicalType")
            return shape
        (kind,) = _types(node)
        if [_types(each) for each in nodes] == _DECIMAL:
            self._note(path, "a number or its text, as decimals are described")
        for each in nodes if node not in nodes else ():  # integers or numbers, each with bounds of its own
            self.name_others(kind, each, set(), {}, path)
        moment, zone = _moment(node, zoned=not self._schema.always) if kind == "string" else (None, {})
        if moment == "time" and "format" in node:
            self._note(path, "the format time demands a zone; a time of a contract has none")
        endless = bool(to & set(within)) or len(within) > DescribedSchema.DEEPEST
        if endless:
            self._note(path, "holds itself; what is inside is not in the contract")
            return shape | {"logicalType": kind}
        inside = self._inside(kind, node, (*within, *(to or ("",))), path)
        options = dict(zone) if moment else dict(self._options(kind, node))
        self.name_others(kind, node, {*options, *_told(node, moment)}, inside, path)
        logical = "map" if "map" in inside else moment or kind
        shape |= {"logicalType": logical} | ({"physicalType": "bytes"} if _is_base64(kind, node) else {})
        return shape | ({"logicalTypeOptions": options} if options else {}) | enum | inside

    def _listed(self, nodes: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Return the values of enums and constants but for null, if there is nothing else."""
        lists = [[node["const"]] if "const" in node else node.get("enum") for node in nodes]
        if not lists or not all(isinstance(each, list) for each in lists):
            return []
        return [value for each in lists for value in each or () if value is not None]

    def _inside(self, kind: str, node: Mapping[str, Any], within: Sequence[str], path: str) -> dict[str, Any]:
        if kind == "array" and isinstance(node.get("items"), Mapping):
            return {"items": self._shape(node["items"], within, f"{path}[]")}
        if kind == "object" and isinstance(node.get("properties"), Mapping) and node["properties"]:
            never = set(self._schema.never_null(node))
            fields = node["properties"].items()
            return {"properties": [self.field(str(n), said, str(n) in never, within, path) for n, said in fields]}
        if kind == "object" and isinstance(node.get("additionalProperties"), Mapping):
            value = self._shape(node["additionalProperties"], within, f"{path}{{}}")
            return {"map": {"key": self._key(node), "value": value}}
        return {}

    def _key(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """Return the key of a map."""
        said = node.get("propertyNames")
        if not isinstance(said, Mapping):
            return {"logicalType": "string"}
        return self._shape({"type": "string", **said}, (), "")

    def _options(self, kind: str, node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the logicalTypeOptions that say what keywords say."""
        if kind in ("integer", "number"):
            for name in _NUMBERS:
                bound = _number(node.get(name), whole=kind == "integer")
                if bound is not None:
                    yield name, bound
        for name in _SIZES.get(kind, ()):
            size = _number(node.get(name), whole=True)
            if size is not None and not ("properties" not in node and name.endswith("Properties")):
                yield name, size
        if kind == "array" and node.get("uniqueItems") is True:
            yield "uniqueItems", True
        named = _FORMATS.get(str(node.get("pattern")))
        said = node.get("pattern")
        if kind == "string" and isinstance(said, str) and not named and not wrong_pattern(said):
            yield "pattern", said
        if kind == "string" and (named or node.get("format") in FORMATS):
            yield "format", named or node["format"]

    def name_others(
        self, kind: str, node: Mapping[str, Any], carried: set[str], inside: Mapping[str, Any], path: str
    ) -> None:
        """Note the keywords of a type that were not carried over."""
        for name, value in node.items():
            open_ = name == "additionalProperties" and value is True
            of_map = name in ("additionalProperties", "propertyNames") and "map" in inside
            idle = name.startswith(("$", "x-")) or open_ or of_map or (name == "items" and "items" in inside)
            if name in _READ or name in carried or idle or (value is False and name not in _CLOSED):
                continue
            self._note(path, f"{quoted(name)} {quoted(str(value)[:80])} is not in the contract")
        properties = node.get("properties") or {}
        for name in (node.get("required") or ()) if kind == "object" else ():
            if name not in properties:
                self._note(path, f"{quoted(str(name))} is required, and nothing is said of it")

    def _note(self, path: str, said: str) -> None:
        where = f"{quoted(path)}: " if set(path) & set(".[{") else ""
        self.notes.append(f"{where}{said}")


def _moment(node: Mapping[str, Any], *, zoned: bool) -> tuple[str | None, Mapping[str, bool]]:
    """Return the logical type of texts that are dates or times, and whether they have a zone if the pattern says so, or
    the format does: `zoned`. Models have the format of moments without a zone, too."""
    if said := TEXT_PATTERNS.get(str(node.get("pattern"))):
        return said
    moment = TEXT_FORMATS.get(str(node.get("format")))
    return moment, {"timezone": True} if zoned and moment == "timestamp" else {}


def _is_base64(kind: str, node: Mapping[str, Any]) -> bool:
    return kind == "string" and node.get("contentEncoding") == "base64"


def _told(node: Mapping[str, Any], moment: str | None) -> Iterator[str]:
    """Yield the keywords that the type of a property says, or its format."""
    if moment:
        yield "format"
    pattern = str(node.get("pattern"))
    if pattern in _FORMATS or (moment and pattern in TEXT_PATTERNS):
        yield "pattern"
    if _is_base64("string", node):
        yield "contentEncoding"


def _types(node: Mapping[str, Any]) -> list[str]:
    types = node.get("type")
    if types is None and isinstance(node.get("properties"), Mapping):
        return ["object"]
    return [str(kind) for kind in (types if isinstance(types, list) else [types]) if kind not in (None, "null")]


def _chosen(nodes: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the schema that says what a value is; None where there are several.

    Of a number and a text, as pydantic describes decimals, it is the number.
    """
    plain = [node for node in nodes if "enum" not in node and "const" not in node]
    if len(plain) != len(nodes):
        return None
    if [_types(node) for node in plain] == _DECIMAL:
        return plain[0]
    if len(plain) == 1 and len(_types(plain[0])) == 1:
        return plain[0]
    types = {kind for node in plain for kind in _types(node)}
    return {"type": "number"} if types == {"integer", "number"} else None


def _number(value: Any, *, whole: bool) -> int | Decimal | None:
    """Return a number as a contract has it; None if it is none, or has digits after the point where none can be."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    exact: int | Decimal = _exact(value)
    if whole and isinstance(exact, Decimal):
        return int(exact) if exact == exact.to_integral_value() else None
    return exact


def _exact(value: Any) -> Any:
    return Decimal(repr(value)) if isinstance(value, float) else value
