"""What a Protobuf file says of a message, as a contract says it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headgate.draft.quoting import quoted
from headgate.lint import personal
from headgate.streams.schemas.described import Described, chosen, inner_property, own, placed
from headgate.streams.schemas.protobuf import DATE_NOTE, DECIMAL_NOTE, LOCAL_NOTE, TIME_NOTE, WIDE_NOTE
from headgate.streams.schemas.protoc import compiled

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import (
        DescriptorProto,
        EnumDescriptorProto,
        FieldDescriptorProto,
        FileDescriptorProto,
        FileDescriptorSet,
    )

_Shape = Mapping[str, Any]
_INT32: _Shape = {"logicalType": "integer", "logicalTypeOptions": {"format": "i32"}}
_UINT32: _Shape = {"logicalType": "integer", "logicalTypeOptions": {"format": "u32"}}
_UINT64: _Shape = {"logicalType": "integer", "logicalTypeOptions": {"format": "u64"}}
_FLOAT: _Shape = {"logicalType": "number", "logicalTypeOptions": {"format": "f32"}}
_BYTES: _Shape = {"logicalType": "string", "physicalType": "bytes"}
_INTEGER: _Shape = {"logicalType": "integer"}
_NUMBER: _Shape = {"logicalType": "number"}
_BOOLEAN: _Shape = {"logicalType": "boolean"}
_TEXT: _Shape = {"logicalType": "string"}
# By their numbers in descriptor.proto.
_SCALARS: Mapping[int, _Shape] = {
    1: _NUMBER, 2: _FLOAT, 3: _INTEGER, 4: _UINT64, 5: _INT32, 6: _UINT64, 7: _UINT32, 8: _BOOLEAN, 9: _TEXT,
    12: _BYTES, 13: _UINT32, 15: _INT32, 16: _INTEGER, 17: _INT32, 18: _INTEGER,
}  # fmt: skip
# Those that the schema of a contract writes in other bytes, by number: what they are called, and what is written.
_REWRITTEN: Mapping[int, tuple[str, str]] = {
    6: ("fixed64", "uint64"), 7: ("fixed32", "uint32"), 15: ("sfixed32", "int32"), 16: ("sfixed64", "int64"),
    17: ("sint32", "int32"), 18: ("sint64", "int64"),
}  # fmt: skip
_MESSAGE, _GROUP, _ENUM = 11, 10, 14
_REPEATED, _REQUIRED = 3, 2
_GOOGLE: Mapping[str, _Shape] = {
    "Timestamp": {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}},
    "Struct": {"logicalType": "object"},
    "ListValue": {"logicalType": "array"},
    "DoubleValue": _NUMBER, "FloatValue": _FLOAT, "Int64Value": _INTEGER, "UInt64Value": _UINT64,
    "Int32Value": _INT32, "UInt32Value": _UINT32, "BoolValue": _BOOLEAN, "StringValue": _TEXT, "BytesValue": _BYTES,
}  # fmt: skip
_DECIMAL = re.compile(re.escape(DECIMAL_NOTE).replace(r"\{\}", r"(\d+)"))
_WIDE = re.compile(re.escape(WIDE_NOTE).replace(r"\{\}", r"([iu]128)"))
_NOTED: Mapping[str, _Shape] = {
    LOCAL_NOTE: {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": False}},
    DATE_NOTE: {"logicalType": "date"},
    TIME_NOTE: {"logicalType": "time"},
}
_DEEPEST, _MOST_RESERVED = 20, 1_000


def described_protobuf(text: str, name: str | None = None, folder: Path | None = None) -> Described:
    """Return what a Protobuf file says of the message `name`, or of the one that no other uses; see
    `draft_of_schema`."""
    files = compiled(text, folder)
    file = files.file[-1]
    called = chosen([each.name for each in file.message_type], lambda: _used(file), name, "Protobuf message")
    return _Reader(files).read(file, next(i for i, each in enumerate(file.message_type) if each.name == called))


def _used(file: FileDescriptorProto) -> set[str]:
    """Return the names of the top messages that another one has a field of."""
    prefix = f".{file.package}." if file.package else "."
    found = set()
    for top in file.message_type:
        todo = [top]
        while todo:
            message = todo.pop()
            todo += message.nested_type
            types = (each.type_name.removeprefix(prefix).partition(".")[0] for each in message.field)
            found |= {name for name in types if name != top.name}
    return found


class _Reader:
    def __init__(self, files: FileDescriptorSet) -> None:
        self.messages: dict[str, tuple[DescriptorProto, FileDescriptorProto, tuple[int, ...]]] = {}
        self.enums: dict[str, tuple[EnumDescriptorProto, FileDescriptorProto, tuple[int, ...]]] = {}
        self.comments: dict[tuple[str, tuple[int, ...]], tuple[str, str]] = {}
        self.said = Described("")
        for file in files.file:
            self._learn(file)

    def _learn(self, file: FileDescriptorProto) -> None:
        """Remember the messages, enums and comments of a file. Paths are those of its source info."""
        prefix = f".{file.package}" if file.package else ""
        for place in file.source_code_info.location:
            found = (place.leading_comments.strip(), place.trailing_comments.strip())
            if any(found):
                self.comments[file.name, tuple(place.path)] = found
        for i, enum in enumerate(file.enum_type):
            self.enums[f"{prefix}.{enum.name}"] = (enum, file, (5, i))
        todo: list[tuple[str, DescriptorProto, tuple[int, ...]]] = [
            (f"{prefix}.{each.name}", each, (4, i)) for i, each in enumerate(file.message_type)
        ]
        while todo:
            full, message, path = todo.pop()
            self.messages[full] = (message, file, path)
            todo += [(f"{full}.{each.name}", each, (*path, 3, i)) for i, each in enumerate(message.nested_type)]
            for i, enum in enumerate(message.enum_type):
                self.enums[f"{full}.{enum.name}"] = (enum, file, (*path, 4, i))

    def read(self, file: FileDescriptorProto, index: int) -> Described:
        message = file.message_type[index]
        full = f".{file.package}.{message.name}" if file.package else f".{message.name}"
        self.said.name = message.name
        self.said.description = self._comment(file, (4, index))[0]
        if file.package:
            self.said.settings["namespace"] = file.package
        if reserved := self._reserved(message, ""):
            self.said.settings["reservedNumbers"] = reserved
        for name, shape in self._fields(full, (full,), ""):
            self.said.fields[name] = shape
        if others := [each.name for each in file.message_type if each.name != message.name]:
            self.said.remarks.append(f"the file has other messages: {', '.join(map(quoted, others))}")
        if file.syntax == "editions":
            self.said.remarks.append("the features of an edition, which change how fields are written, were not read")
        for each in file.extension:
            self._extends(each, "")
        return self.said

    def _extends(self, each: FieldDescriptorProto, path: str) -> None:
        self._remark(
            path, f"{quoted(each.extendee[1:])} is extended by {quoted(each.name)}, which is not in the contract"
        )

    def _comment(self, file: FileDescriptorProto, path: tuple[int, ...]) -> tuple[str, str]:
        """Return the comments above a line and behind it, each without the space that a comment begins with."""
        above, behind = self.comments.get((file.name, path), ("", ""))
        return "\n".join(line.strip() for line in above.splitlines()), behind

    def _reserved(self, message: DescriptorProto, path: str) -> list[int]:
        """Return the numbers that a message reserves; none, with a note, if they are too many for a list."""
        if sum(each.end - each.start for each in message.reserved_range) > _MOST_RESERVED:
            self._remark(path, "the reserved numbers are too many for a contract")
            return []
        return [number for each in message.reserved_range for number in range(each.start, each.end)]

    def _remark(self, path: str, said: str) -> None:
        if path:
            self.said.note(path, said)
        else:
            self.said.remarks.append(said)

    def _fields(self, full: str, within: Sequence[str], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the fields of a message by name, as ODCS has them."""
        message, file, place = self.messages[full]
        self._note_others(message, path)
        for i, each in enumerate(message.field):
            here = f"{path}.{each.name}" if path else each.name
            above, behind = self._comment(file, (*place, 2, i))
            shape = self._field(each, behind, within, here)
            numbered = own(fieldNumber=each.number)
            shape["customProperties"] = [*numbered, *shape.pop("customProperties", [])]
            yield each.name, ({"description": above} if above else {}) | shape
            if each.HasField("oneof_index") and not each.proto3_optional:
                self.said.note(here, f"one of {quoted(message.oneof_decl[each.oneof_index].name)}; only one is there")

    def _note_others(self, message: DescriptorProto, path: str) -> None:
        """Note what a message has besides its fields."""
        if message.extension_range:
            told = ", ".join(f"{each.start} to {each.end - 1}" for each in message.extension_range)
            self._remark(path, f"the field numbers for extensions ({told}) are not in the contract")
        for each in message.extension:
            self._extends(each, path)
        if message.reserved_name:
            told = ", ".join(map(quoted, message.reserved_name))
            self._remark(path, f"the reserved names ({told}) are not in the contract")

    def _field(self, each: FieldDescriptorProto, note: str, within: Sequence[str], path: str) -> dict[str, Any]:
        required = {"required": True} if each.label == _REQUIRED else {}
        if each.HasField("default_value"):
            told = "" if personal.named(each.name) else f", {quoted(each.default_value[:80])},"
            self.said.note(path, f"its default{told} is not in the contract: proto3 has none")
        if each.label != _REPEATED:
            return required | self._one(each, note, within, path)
        entry = self.messages[each.type_name][0] if each.type == _MESSAGE else None
        if entry is not None and entry.options.map_entry:
            key, value = (self._one(inner, note, within, path) for inner in entry.field)
            return {"logicalType": "map", "map": {"key": key, "value": placed(value)}}
        return {"logicalType": "array", "items": placed(self._one(each, note, within, f"{path}[]"))}

    def _one(self, each: FieldDescriptorProto, note: str, within: Sequence[str], path: str) -> dict[str, Any]:
        """Return one value of a field as ODCS has it."""
        if each.type == _ENUM:
            return self._enum(each.type_name, path)
        if each.type == _GROUP:
            self._written_as(path, "a group", "a message")
        if each.type == _GROUP or each.type == _MESSAGE:
            return self._message(each.type_name, within, path)
        if each.type in _REWRITTEN:
            self._written_as(path, *_REWRITTEN[each.type])
        if each.type == 9 and (match := _DECIMAL.fullmatch(note)):
            return {"logicalType": "number", "physicalType": f"DECIMAL({match[1]},{match[2]})"}
        if each.type == 9 and (match := _WIDE.fullmatch(note)):
            return {"logicalType": "integer", "logicalTypeOptions": {"format": match[1]}}
        return dict(_NOTED[note] if each.type == 9 and note in _NOTED else _SCALARS[each.type])

    def _written_as(self, path: str, old: str, new: str) -> None:
        self.said.note(path, f"{old} in the Protobuf file; a schema of this contract has {new}, which is other bytes")

    def _message(self, full: str, within: Sequence[str], path: str) -> dict[str, Any]:
        package, _, name = full.rpartition(".")
        if package == ".google.protobuf":
            if name in _GOOGLE:
                if name.endswith("Value") and name != "ListValue":
                    self._written_as(path, quoted(full[1:]), "the value itself")
                return dict(_GOOGLE[name])
            self.said.note(path, f"the Protobuf type {quoted(full[1:])} is not in the contract; TODO logicalType")
            return {}
        if full in within or len(within) > _DEEPEST:
            self.said.note(path, "holds itself; what is inside is not in the contract")
            return {"logicalType": "object"}
        reserved = self._reserved(self.messages[full][0], path)
        fields = [inner_property(name, shape) for name, shape in self._fields(full, (*within, full), path)]
        if not fields:
            self._written_as(path, f"the empty message {quoted(full[1:])}", "any object")
        return (
            {"logicalType": "object"}
            | ({"properties": fields} if fields else {})
            | ({"customProperties": own(reservedNumbers=reserved)} if reserved else {})
        )

    def _enum(self, full: str, path: str) -> dict[str, Any]:
        """Return the values of an enum, as they are spelt in the comments behind them if these spell the names.

        What stands for no value is left out: 0, if it is called so. Without numbers, which one of 0 or less has not,
        nor one that two values have, it is a text again.
        """
        enum, file, place = self.enums[full]
        names = [each.name for each in enum.value]
        numbers: dict[str, int] = {}
        spellings: dict[str, int] = {}
        for i, each in enumerate(enum.value):
            if each.number == 0 and each.name.upper().endswith(("UNSPECIFIED", "UNKNOWN")):
                continue
            spelt = self._comment(file, (*place, 2, i))[1]
            is_spelt = bool(spelt) and all("_" in name for name in names) and each.name.endswith(f"_{spelt.upper()}")
            numbers[each.name] = each.number
            spellings[spelt if is_spelt else each.name] = each.number
        if len(spellings) == len(numbers):
            numbers = spellings
        shape: dict[str, Any] = {"logicalType": "string", "enum": [{"value": value} for value in numbers]}
        if numbers and all(number > 0 for number in numbers.values()) and len({*numbers.values()}) == len(numbers):
            return shape | {"customProperties": own(enumNumbers=numbers)}
        self._written_as(path, f"the enum {quoted(full[1:])}", "a text")
        if not numbers:
            del shape["enum"]
        return shape
