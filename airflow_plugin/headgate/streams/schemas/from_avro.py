"""What an Avro schema says of a record, as a contract says it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from headgate.contract import Property
from headgate.contract.values import default_problem
from headgate.draft.quoting import quoted
from headgate.errors import CallError
from headgate.streams.schemas.described import Described, chosen, inner_property, own, placed

_EPOCH = datetime.datetime(1970, 1, 1)
_PRIMITIVES: Mapping[str, Mapping[str, Any]] = {
    "boolean": {"logicalType": "boolean"},
    "int": {"logicalType": "integer", "logicalTypeOptions": {"format": "i32"}},
    "long": {"logicalType": "integer"},
    "float": {"logicalType": "number", "logicalTypeOptions": {"format": "f32"}},
    "double": {"logicalType": "number"},
    "bytes": {"logicalType": "string", "physicalType": "bytes"},
    "string": {"logicalType": "string"},
}
# What the values of a logical type are, and how many of them a second has.
_LOGICAL: Mapping[str, tuple[Mapping[str, Any], int]] = {
    "date": ({"logicalType": "date"}, 0),
    "time-millis": ({"logicalType": "time"}, 1_000),
    "time-micros": ({"logicalType": "time"}, 1_000_000),
    **{
        f"{word}timestamp-{unit}": ({"logicalType": "timestamp", "logicalTypeOptions": {"timezone": zoned}}, a_second)
        for word, zoned in (("", True), ("local-", False))
        for unit, a_second in (("millis", 1_000), ("micros", 1_000_000), ("nanos", 1_000_000_000))
    },
    "uuid": ({"logicalType": "string", "logicalTypeOptions": {"format": "uuid"}}, 0),
}
# The type that a logical type is of; of another one Avro does not regard it.
_BASES: Mapping[str, frozenset[str]] = {
    logical: frozenset({"int" if logical in ("date", "time-millis") else "long"}) for logical in _LOGICAL
} | {"uuid": frozenset({"string"}), "decimal": frozenset({"bytes", "fixed"})}  # fmt: skip
# What is read of a field, and of a type.
_OF_FIELD = frozenset({"name", "type", "doc", "default", "order", "aliases"})
_OF_TYPE = frozenset({
    "type", "name", "namespace", "doc", "default", "aliases", "fields", "symbols", "size", "items", "values",
    "logicalType", "precision", "scale",
})  # fmt: skip
_NAMED = frozenset({"record", "error", "enum", "fixed"})
_DEEPEST = 20


def described_avro(text: str, name: str | None = None) -> Described:
    """Return what a schema says of its record, or of several of the one called `name`, else the one that no other uses.
    Raises CallError if it is not the schema of a record."""
    try:
        found = json.loads(text)
        reader = _Reader(name)
        reader.learn(found, "")
        return reader.read(found)
    except RecursionError:
        raise CallError("the Avro schema is nested too deeply for a contract") from None
    except KeyError as error:
        raise CallError(f"not an Avro schema: a part of it has no {error}") from None
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise CallError(f"not an Avro schema: {error}") from None


class _Reader:
    def __init__(self, name: str | None) -> None:
        self.name = name
        self.named: dict[str, Mapping[str, Any]] = {}
        self.renamed: list[str] = []
        self.said = Described("")

    def learn(self, node: Any, namespace: str) -> None:
        """Remember the named types in a schema by their full names."""
        if isinstance(node, list):
            for each in node:
                self.learn(each, namespace)
        if not isinstance(node, Mapping):
            return
        if node.get("type") in _NAMED:
            if not isinstance(node.get("name"), str):
                raise CallError(f"not an Avro schema: a type {node['type']} has no name")
            full = _full_name(node["name"], node.get("namespace") or namespace)
            self.named[full] = node
            namespace = full.rpartition(".")[0]
        for key in ("type", "items", "values"):
            if not isinstance(node.get(key), str):
                self.learn(node.get(key), namespace)
        for each in node.get("fields") or ():
            self.learn(each["type"], namespace)

    def read(self, found: Any) -> Described:
        """Return the record; of a union or a list of schemas, the chosen one."""
        records = [each for each in (found if isinstance(found, list) else [found]) if _kind(each) == "record"]
        if not records:
            raise CallError('not the Avro schema of a record: expected {"type": "record", …}')
        by_name = {_full_name(str(each["name"]), each.get("namespace") or ""): each for each in records}
        short = {full.rpartition(".")[2]: full for full in by_name}
        name = short.get(self.name or "", self.name)
        top = by_name[chosen(list(by_name), lambda: self._used(by_name), name, "Avro record")]
        full = _full_name(str(top["name"]), top.get("namespace") or "")
        namespace, _, self.said.name = full.rpartition(".")
        self.said.description = str(top.get("doc") or "")
        if namespace:
            self.said.settings["namespace"] = namespace
        else:
            self.said.remarks.append("the schema has no namespace; one of this contract has")
        if top.get("aliases"):
            self.said.remarks.append(f"the record was called {', '.join(map(quoted, top['aliases']))}")
        for each in _fields_of(top):
            name = str(each["name"])
            self.said.fields[name] = self._field(each, namespace, (full,), name)
        if self.renamed:
            told = ", ".join(map(quoted, dict.fromkeys(self.renamed)))
            self.said.remarks.append(f"in a schema of this contract other names are given to {told}")
        return self.said

    def _used(self, records: Mapping[str, Any]) -> set[str]:
        """Return which of the records are a type inside another one."""
        return {
            other
            for full, each in records.items()
            for name in _names_in([field["type"] for field in _fields_of(each)])
            for other in (_full_name(name, full.rpartition(".")[0]), name)
            if other != full
        }

    def _field(self, each: Mapping[str, Any], namespace: str, within: Sequence[str], path: str) -> dict[str, Any]:
        shape = self._shape(each["type"], namespace, within, path)
        if isinstance(each.get("doc"), str) and each["doc"]:
            shape["description"] = each["doc"]
        default = self._default(each)
        if default is not None and default_problem(default, Property("", "", shape.get("logicalType"))) is None:
            shape["customProperties"] = own(default=default)
        elif each.get("default") is not None:
            self.said.note(path, "its default is not in the contract")
        self._note_field(each, default, path)
        if each.get("aliases"):
            self.said.note(path, f"was called {', '.join(map(quoted, each['aliases']))}")
        return shape

    def _note_field(self, each: Mapping[str, Any], default: Any, path: str) -> None:
        """Note what a field says besides its type."""
        for key in each:
            if key == "order" and each[key] != "ascending":
                self.said.note(path, f"the order {quoted(str(each[key]))} is not in the contract")
            elif key not in _OF_FIELD:
                self.said.note(path, f"{quoted(key)} is not in the contract")
        branches = each["type"] if isinstance(each["type"], list) else []
        kinds = [_kind(branch) for branch in branches]
        if "null" in kinds and len(kinds) == 2 and (kinds[0] == "null") is (default is not None):
            self.said.note(path, "the union has its types in another order in a schema of this contract")
        for node in branches or [each["type"]]:
            if _kind(node) == "enum" and isinstance(node, Mapping) and node.get("default") != default:
                told = quoted(str(node["default"])) if "default" in node else "none"
                self.said.note(path, f"the default of the enum itself is {told}; a contract has one for both")

    def _shape(self, node: Any, namespace: str, within: Sequence[str], path: str) -> dict[str, Any]:
        """Return a type as ODCS has it, `required` if it is not a union with null."""
        branches = node if isinstance(node, list) else [node]
        options = [each for each in branches if _kind(each) != "null"]
        required = {"required": True} if len(options) == len(branches) else {}
        if isinstance(node, list) and len(node) == 1:
            self.said.note(path, "the union of one type is the type itself in a schema of this contract")
        if path.endswith(("[]", "{}")) and options and not required and _kind(branches[0]) != "null":
            self.said.note(path, "the union has its types in another order in a schema of this contract")
        if len(options) != 1:
            self.said.note(path, f"may be {' or '.join(map(_called, options)) or 'nothing'}; TODO logicalType")
            return required
        return required | self._one(self._resolved(options[0], namespace), namespace, within, path)

    def _resolved(self, node: Any, namespace: str) -> Any:
        """Return the type that a name stands for."""
        if isinstance(node, str) and node not in _PRIMITIVES:
            full = _full_name(node, namespace)
            found = self.named.get(full) or self.named.get(node)
            if found is None:
                raise CallError(f"the Avro schema names the type '{node}' and does not have it")
            return found
        return node

    def _one(self, node: Any, namespace: str, within: Sequence[str], path: str) -> dict[str, Any]:
        kind = _kind(node)
        logical = str(node.get("logicalType") or "") if isinstance(node, Mapping) else ""
        if isinstance(node, Mapping):
            self._note_type(node, namespace, path)
        if kind == "fixed":
            self.said.note(path, f"fixed, {node['size']} bytes each; a schema of this contract has bytes")
        if logical in _BASES and kind in _BASES[logical]:
            if logical != "decimal":
                if _LOGICAL[logical][1] not in (0, 1_000_000):
                    self.said.note(path, f"{logical} in the Avro schema; a schema of this contract has microseconds")
                return dict(_LOGICAL[logical][0])
            precision, scale = int(node["precision"]), int(node.get("scale", 0))
            if 0 <= scale <= precision and precision:
                return {"logicalType": "number", "physicalType": f"DECIMAL({precision},{scale})"}
        if logical:
            self.said.note(path, f"the Avro type {quoted(logical)} is not in the contract")
        match kind:
            case "enum":
                return {"logicalType": "string", "enum": [{"value": str(value)} for value in node["symbols"]]}
            case "fixed":
                return dict(_PRIMITIVES["bytes"])
            case "array":
                return {"logicalType": "array", "items": self._inner(node["items"], namespace, within, f"{path}[]")}
            case "map":
                value = self._inner(node["values"], namespace, within, f"{path}{{}}")
                return {"logicalType": "map", "map": {"key": {"logicalType": "string"}, "value": value}}
            case "record":
                return self._record(node, namespace, within, path)
        if isinstance(kind, dict | list):  # a type in a type of its own
            return self._one(self._resolved(kind, namespace), namespace, within, path)
        return dict(_PRIMITIVES[self._known(kind)])

    def _note_type(self, node: Mapping[str, Any], namespace: str, path: str) -> None:
        """Note what a type says that a contract does not."""
        for key in node:
            if key not in _OF_TYPE:
                self.said.note(path, f"{quoted(str(key))} is not in the contract")
        if node.get("aliases"):
            self.said.note(path, f"its type was called {', '.join(map(quoted, node['aliases']))}")
        if node.get("type") == "enum" and "default" in node and path.endswith(("[]", "{}")):
            self.said.note(path, f"the default of the enum, {quoted(str(node['default']))}, is not in the contract")
        if node.get("type") in ("record", "error", "enum"):
            full = _full_name(str(node["name"]), node.get("namespace") or namespace)
            if not full.endswith(f"_types.{path.rpartition('.')[2].rstrip('[]{}')}"):
                self.renamed.append(full)

    def _known(self, kind: Any) -> str:
        if kind not in _PRIMITIVES:
            raise CallError(f"the Avro schema names the type '{kind}' and does not have it")
        return str(kind)

    def _inner(self, node: Any, namespace: str, within: Sequence[str], path: str) -> dict[str, Any]:
        return placed(self._shape(node, namespace, within, path))

    def _record(self, node: Mapping[str, Any], namespace: str, within: Sequence[str], path: str) -> dict[str, Any]:
        full = _full_name(str(node["name"]), node.get("namespace") or namespace)
        if full in within or len(within) > _DEEPEST:
            self.said.note(path, "holds itself; what is inside is not in the contract")
            return {"logicalType": "object"}
        if not node["fields"]:
            self.said.note(path, "a record without fields, which is a text in a schema of this contract")
        inside = full.rpartition(".")[0]
        fields = []
        for each in _fields_of(node):
            name = str(each["name"])
            fields.append(inner_property(name, self._field(each, inside, (*within, full), f"{path}.{name}")))
        return {"logicalType": "object"} | ({"properties": fields} if fields else {})

    def _default(self, each: Mapping[str, Any]) -> Any:
        """Return the default of a field as a contract has it; None if it has none, or a contract cannot say it."""
        value = each.get("default")
        if value is None:
            return None
        kind = each["type"][0] if isinstance(each["type"], list) and each["type"] else each["type"]
        logical = kind.get("logicalType") if isinstance(kind, Mapping) else None
        if logical == "decimal":
            unscaled = int.from_bytes(str(value).encode("latin-1"), "big", signed=True)
            return Decimal(unscaled).scaleb(-int(kind.get("scale", 0)))
        if logical in _LOGICAL and isinstance(value, int):
            try:
                return _moment(str(logical), value)
            except OverflowError:  # beyond the year 9999
                return None
        if isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):
            return Decimal(repr(value))
        if value in ([], {}) and _kind(kind) in ("array", "map"):
            return value
        return None


def _moment(logical: str, value: int) -> str:
    """Return a default of a date, a time or a timestamp as ISO text; one beyond microseconds is cut."""
    if logical == "date":
        return (_EPOCH.date() + datetime.timedelta(days=value)).isoformat()
    moment = _EPOCH + datetime.timedelta(microseconds=value * 1_000_000 // _LOGICAL[logical][1])
    if logical.startswith("time-"):
        return moment.time().isoformat()
    return moment.isoformat() + ("" if logical.startswith("local-") else "Z")


def _fields_of(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fields of a record. Raises CallError if one has no name, or two have one."""
    fields: list[Mapping[str, Any]] = record["fields"]
    names = [each.get("name") for each in fields]
    called = quoted(str(record["name"]))
    if not all(isinstance(name, str) and name for name in names):
        raise CallError(f"not an Avro schema: a field of the record {called} has no name")
    if double := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        told = ", ".join(quoted(str(name)) for name in double)
        raise CallError(f"not an Avro schema: the record {called} has several fields of one name: {told}")
    return fields


def _names_in(node: Any) -> Iterator[str]:
    """Yield the names of types in a type, and those of what is inside it."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for each in node:
            yield from _names_in(each)
    elif isinstance(node, Mapping):
        inside = [field["type"] for field in node.get("fields") or ()]
        yield from _names_in([node[key] for key in ("type", "items", "values") if key in node] + inside)


def _kind(node: Any) -> Any:
    return node.get("type") if isinstance(node, Mapping) else node


def _called(node: Any) -> str:
    kind = _kind(node)
    return quoted(str(node["name"])) if kind in _NAMED else str(kind)


def _full_name(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"
