"""The real readers of each language of schemas: what they refuse."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import fastavro
import jsonschema
import jsonschema_rs
from fastavro.validation import validate
from google.protobuf import descriptor_pool, message_factory
from headgate.checks import CATALOGUE, EACH, KEYS, VALUES, Check
from headgate.streams.schemas import Schema
from headgate.streams.schemas.protoc import compiled

Accepts = Callable[[dict[str, Any]], bool]


def reader(schema: Schema, decimals: str = "number") -> Accepts:
    """Return whether the reader of a schema accepts an event; the schema itself must be one of its language."""
    return {"AVRO": _avro, "JSON": lambda text: _json(text, decimals), "PROTOBUF": _protobuf}[schema.type](schema.text)


def _avro(text: str) -> Accepts:
    """Each field is read as a record of its own, once for each value: an event of hundreds of fields is slow to write."""
    schema = json.loads(text)
    fastavro.parse_schema(json.loads(text))
    alone = {each["name"]: {**schema, "fields": [each]} for each in json.loads(text)["fields"]}
    parsed = {name: fastavro.parse_schema(record) for name, record in json.loads(json.dumps(alone)).items()}
    known: dict[tuple[str, str], bool] = {}

    def takes(name: str, value: Any) -> bool:
        event = as_record({name: value}, alone[name])
        try:
            validate(event, parsed[name], raise_errors=True, strict=True)
            fastavro.schemaless_writer(io.BytesIO(), parsed[name], event, strict=True)
        except Exception:
            return False
        return True

    def accepts(event: dict[str, Any]) -> bool:
        for name, value in event.items():
            if name in parsed and (name, repr(value)) not in known:
                known[name, repr(value)] = takes(name, value)
        return set(event) == set(parsed) and all(known[name, repr(value)] for name, value in event.items())

    return accepts


def as_record(value: Any, node: Any) -> Any:
    """An event as Avro has it: a whole number of more than 64 bits is a decimal, what has no fixed inside a text."""
    if isinstance(node, list):
        (node,) = (each for each in node if each != "null")
    if not isinstance(node, dict):
        return json.dumps(value) if isinstance(value, list | dict) else value
    if isinstance(value, dict) and node["type"] == "record":
        types = {each["name"]: each["type"] for each in node["fields"]}
        return {name: as_record(each, types.get(name)) for name, each in value.items()}
    if isinstance(value, dict) and node["type"] == "map":
        return {key: as_record(each, node["values"]) for key, each in value.items()}
    if isinstance(value, list) and node["type"] == "array":
        return [as_record(each, node["items"]) for each in value]
    return Decimal(value) if type(value) is int and node.get("logicalType") == "decimal" else value


def _json(text: str, decimals: str) -> Accepts:
    schema = json.loads(text)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema_rs.Draft7Validator(schema, validate_formats=True)

    def accepts(event: dict[str, Any]) -> bool:
        try:
            return validator.is_valid(_as_json(event, decimals))
        except ValueError:  # what is no JSON, such as a key that is no text
            return False

    return accepts


def _as_json(value: Any, decimals: str) -> Any:
    """An event as JSON has it: what is NULL is left out, and dates are text."""
    match value:
        case dict():
            return {key: _as_json(each, decimals) for key, each in value.items() if each is not None}
        case list():
            return [_as_json(each, decimals) for each in value]
        case Decimal():
            return str(value) if decimals == "string" else float(value)
        case bytes():
            return base64.b64encode(value).decode()
        case date() | datetime() | time():
            return value.isoformat()
    return value


def _protobuf(text: str) -> Accepts:
    files = compiled(text)
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    file = files.file[-1]
    message = message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.{file.message_type[0].name}"))

    def accepts(event: dict[str, Any]) -> bool:
        try:
            message(**_as_message(event, message.DESCRIPTOR)).SerializeToString()
        except Exception:
            return False
        return True

    return accepts


def _as_message(event: dict[str, Any], descriptor: Any) -> dict[str, Any]:
    """An event as a message takes it: what is NULL is left out, and what Protobuf has no type for is text."""
    return {
        name: _as_field(value, descriptor.fields_by_name.get(name))
        for name, value in event.items()
        if value is not None
    }


def _as_field(value: Any, field: Any, within: bool = False) -> Any:
    if isinstance(value, list):
        return [_as_field(each, field, within=True) for each in value]
    if field is not None and field.is_repeated and not within and not isinstance(value, dict):
        return 7  # a text would be taken as a list of letters
    to = field.message_type if field is not None else None
    if isinstance(value, dict) and to is not None:
        if to.GetOptions().map_entry:
            return {key: _as_field(each, to.fields_by_name["value"]) for key, each in value.items()}
        return value if to.full_name.startswith("google.") else _as_message(value, to)
    if isinstance(value, str) and to is not None and to.name == "ListValue":
        return 7
    if isinstance(value, datetime) and to is not None:
        moment = to._concrete_class()
        moment.FromDatetime(value)
        return moment
    if to is None and isinstance(value, Decimal | date | datetime | time):
        return value.isoformat() if not isinstance(value, Decimal) else str(value)
    if to is None and field is not None and field.enum_type is not None and isinstance(value, str):
        return next((each for each in field.enum_type.values_by_name if each.endswith(f"_{value.upper()}")), value)
    is_wide = field is not None and field.type == field.TYPE_STRING and type(value) is int
    return str(value) if is_wide else value


def breaking(check: Check, event: dict[str, Any]) -> list[dict[str, Any]]:
    """Return events that break a check; none of one that no event alone can break."""
    steps = [*check.columns[:1], *check.within]
    if check.type == "no_extra_columns":
        return [{**event, "surprise": "x"}]
    if CATALOGUE[check.type].condition is None and check.type not in ("physical_type", "timezone"):
        return []
    return [_changed(event, steps, (lambda value, bad=bad: bad(value))) for bad in _worse(check)]


def _changed(value: Any, steps: list[str], change: Callable[[Any], Any]) -> Any:
    """Return an event with another value at a place: of an array at its first item, of a map at its first key."""
    if not steps:
        return change(value)
    step, *rest = steps
    if step == EACH:
        return [_changed(value[0], rest, change), *value[1:]]
    if step in (KEYS, VALUES):
        (key, each), *others = value.items()
        changed = (change(key), each) if step == KEYS else (key, _changed(each, rest, change))
        return dict([changed, *others])
    return {**value, step: _changed(value[step], rest, change)}


_LARGEST_F32 = Decimal("340282346638528859811704183484516925440")
_OTHER_TYPES: dict[str, list[Any]] = {
    "string": [7.5], "integer": ["x", 1.5], "number": ["x"], "boolean": ["x"], "date": ["x"], "time": ["x"],
    "timestamp": ["x"], "array": ["x", 7], "object": ["x", 7], "map": ["x", 7],
}  # fmt: skip


def _worse(check: Check) -> Iterator[Callable[[Any], Any]]:
    """Yield what makes a good value one that breaks the check."""
    args = check.args
    match check.type:
        case "not_null":
            yield lambda value: None
        case "type":
            for other in _OTHER_TYPES[args["type"]]:
                yield lambda value, other=other: other
        case "physical_type" if args["type"].startswith(("DECIMAL", "NUMERIC")):
            yield lambda value: value + Decimal("0.00001")
            yield lambda value: value + 10**12
        case "timezone":
            yield lambda value: value.replace(tzinfo=None if args["zoned"] else value.tzinfo or UTC)
        case "between" if args.get("type") in ("integer", "number"):
            if args.get("minimum") is not None:
                yield lambda value: _like(value, args["minimum"] - (0 if args.get("strict_minimum") else _step(args)))
            if args.get("maximum") is not None:
                yield lambda value: _like(value, args["maximum"] + (0 if args.get("strict_maximum") else _step(args)))
        case "between":
            yield lambda value: time(23, 59) if isinstance(value, time) else value.replace(year=1999)
        case "length_between":
            if args.get("minimum") is not None:
                yield lambda value: value[: args["minimum"] - 1]
            if args.get("maximum") is not None:
                yield lambda value: value[:1] * (args["maximum"] + 1)
        case "matches":
            yield lambda value: "~~ ~~"
        case "in_set" | "valid":
            yield lambda value: _other(value)
        case "multiple_of":
            yield lambda value: _like(value, Decimal(str(value)) + (Decimal(args["of"]) / 2 if args["of"] < 1 else 1))
        case "items_between":
            if args.get("minimum") is not None:
                yield lambda value: value[: args["minimum"] - 1]
            if args.get("maximum") is not None:
                yield lambda value: [*range(args["maximum"] + 1)] if isinstance(value[0], int) else [*"abcdefgh"]
        case "items_unique":
            yield lambda value: [value[0], value[0]]
        case "properties_between":
            yield lambda value: {f"k{i}": "x" for i in range(9)} | value
        case "has_properties":
            yield lambda value: {key: each for key, each in value.items() if key not in args["names"]}


def _step(args: Any) -> Any:
    """How far beyond a bound a value is that every reader tells from it: the largest float is far from the next."""
    return Decimal(10) ** 38 if (args.get("maximum") or 0) == _LARGEST_F32 else 1


def _like(value: Any, number: Any) -> Any:
    if isinstance(value, Decimal):
        return Decimal(number)
    return int(number) if isinstance(value, int) and number == int(number) else float(number)


def _other(value: Any) -> Any:
    return "no such value" if isinstance(value, str) else date(1999, 1, 1) if isinstance(value, date) else value + 1000
