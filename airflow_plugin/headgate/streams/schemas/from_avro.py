"""What an Avro schema says of a record, as a contract says it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from headgate.contract import Property
from headgate.contract.values import default_problem
from headgate.draft.quoting import quoted
from headgate.errors import CallError
from headgate.streams.schemas.described import Described, inner_property, own, placed

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
_NAMED = frozenset({"record", "error", "enum", "fixed"})
_DEEPEST = 20


def described_avro(text: str) -> Described:
    """Return what a schema says of its record. Raises CallError if it is not the schema of a record."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise CallError(f"not an Avro schema: {error}") from None
    reader = _Reader()
    try:
        reader.learn(found, "")
        return reader.read(found)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CallError(f"not an Avro schema: {type(error).__name__} at {error}") from None


class _Reader:
    def __init__(self) -> None:
        self.named: dict[str, Mapping[str, Any]] = {}
        self.said = Described("")

    def learn(self, node: Any, namespace: str) -> None:
        """Remember the named types in a schema by their full names."""
        if isinstance(node, list):
            for each in node:
                self.learn(each, namespace)
        if not isinstance(node, Mapping):
            return
        if node.get("type") in _NAMED:
            full = _full_name(str(node["name"]), node.get("namespace") or namespace)
            self.named[full] = node
            namespace = full.rpartition(".")[0]
        for key in ("type", "items", "values"):
            if not isinstance(node.get(key), str):
                self.learn(node.get(key), namespace)
        for each in node.get("fields") or ():
            self.learn(each["type"], namespace)

    def read(self, found: Any) -> Described:
        """Return the record; of a union or a list of schemas, the last one."""
        records = [each for each in (found if isinstance(found, list) else [found]) if _kind(each) == "record"]
        if not records:
            raise CallError('not the Avro schema of a record: expected {"type": "record", …}')
        top = records[-1]
        full = _full_name(str(top["name"]), top.get("namespace") or "")
        namespace, _, self.said.name = full.rpartition(".")
        self.said.description = str(top.get("doc") or "")
        if namespace:
            self.said.settings["namespace"] = namespace
        for each in top["fields"]:
            name = str(each["name"])
            self.said.fields[name] = self._field(each, namespace, (full,), name)
        return self.said

    def _field(self, each: Mapping[str, Any], namespace: str, within: Sequence[str], path: str) -> dict[str, Any]:
        shape = self._shape(each["type"], namespace, within, path)
        if isinstance(each.get("doc"), str) and each["doc"]:
            shape["description"] = each["doc"]
        default = self._default(each)
        if default is not None and default_problem(default, Property("", "", shape.get("logicalType"))) is None:
            shape["customProperties"] = own(default=default)
        elif each.get("default") is not None:
            self.said.note(path, "its default is not in the contract")
        if each.get("aliases"):
            self.said.note(path, f"was called {', '.join(map(quoted, each['aliases']))}")
        return shape

    def _shape(self, node: Any, namespace: str, within: Sequence[str], path: str) -> dict[str, Any]:
        """Return a type as ODCS has it, `required` if it is no union with null."""
        options = [each for each in node if each != "null"] if isinstance(node, list) else [node]
        required = {} if isinstance(node, list) and "null" in node else {"required": True}
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
        if kind in ("bytes", "fixed") and logical == "decimal":
            return {"logicalType": "number", "physicalType": f"DECIMAL({node['precision']},{node.get('scale', 0)})"}
        if logical in _LOGICAL:
            return dict(_LOGICAL[logical][0])
        if logical:
            self.said.note(path, f"the Avro type {quoted(logical)} is not in the contract")
        match kind:
            case "enum":
                return {"logicalType": "string", "enum": [{"value": str(value)} for value in node["symbols"]]}
            case "fixed":
                self.said.note(path, f"{node['size']} bytes each")
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
        inside = full.rpartition(".")[0]
        fields = []
        for each in node["fields"]:
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
            return _moment(str(logical), value)
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


def _kind(node: Any) -> Any:
    return node.get("type") if isinstance(node, Mapping) else node


def _called(node: Any) -> str:
    kind = _kind(node)
    return quoted(str(node["name"])) if kind in _NAMED else str(kind)


def _full_name(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"
