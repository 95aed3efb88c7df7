"""Each tool as two functions: whether it takes an event from bytes, and how many reasons it gives."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from benchmarks.events import promise


@dataclass(frozen=True)
class Tool:
    """`of_bytes` reads an event and returns the number of reasons against it, or raises; `of_object` is asked of what
    was read already, None where there is no such way."""

    name: str
    of_bytes: Callable[[bytes], int]
    of_object: Callable[[Any], int] | None = None


def headgate() -> Tool:
    from headgate.streams import EventGate

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.odcs.yaml"
        path.write_text(json.dumps(promise.contract()))
        gate = EventGate(path)
    return Tool("headgate EventGate", lambda data: len(gate.check(data)), lambda event: len(gate.check(event)))


def pydantic() -> Tool:
    import pydantic as library

    kinds = {"string": str, "number": float, "integer": int, "boolean": bool, "timestamp": library.AwareDatetime}
    words = {
        "minimum": "ge",
        "maximum": "le",
        "minLength": "min_length",
        "maxLength": "max_length",
        "pattern": "pattern",
    }
    fields: dict[str, Any] = {}
    for name, kind, options in promise.FIELDS:
        allowed: Any = Literal[tuple(options["enum"])] if "enum" in options else kinds[kind]
        rules = {words[word]: value for word, value in options.items() if word in words}
        typed = Annotated[allowed, library.Field(**rules)]
        fields[name] = (typed, ...) if options.get("required") else (typed | None, None)
    model = library.create_model("Order", __config__=library.ConfigDict(extra="forbid"), **fields)

    def count(read: Callable[[Any], Any]) -> Callable[[Any], int]:
        def asked(event: Any) -> int:
            try:
                read(event)
            except library.ValidationError as error:
                return error.error_count()
            return 0

        return asked

    return Tool("pydantic", count(model.model_validate_json), count(model.model_validate))


def jsonschema_rs() -> Tool:
    import jsonschema_rs as library

    validator = library.validator_for(promise.schema(), validate_formats=True)

    def of_object(event: Any) -> int:
        return sum(1 for _ in validator.iter_errors(event))

    return Tool("json + jsonschema-rs", lambda data: of_object(json.loads(data)), of_object)


def jsonschema() -> Tool:
    import jsonschema as library

    validator = library.Draft7Validator(promise.schema(), format_checker=library.FormatChecker())

    def of_object(event: Any) -> int:
        return sum(1 for _ in validator.iter_errors(event))

    return Tool("json + jsonschema (Python)", lambda data: of_object(json.loads(data)), of_object)


def confluent() -> Tool:
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.error import SchemaRegistryError
    from confluent_kafka.schema_registry.json_schema import JSONSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError

    client = SchemaRegistryClient.new_client({"url": "mock://"})
    serializer = JSONSerializer(json.dumps(promise.schema()), client)
    context = SerializationContext("orders", MessageField.VALUE)

    def of_object(event: Any) -> int:
        try:
            serializer(event, context)
        except (SerializationError, SchemaRegistryError):
            return 1
        return 0

    return Tool("json + Confluent JSONSerializer", lambda data: of_object(json.loads(data)), of_object)


def cel() -> Tool:
    import celpy

    environment = celpy.Environment()
    rules = []
    for name, kind, options in promise.FIELDS:
        value, number = f"event.{name}", kind == "number"
        if options.get("required"):
            rules.append((name, f"has({value})"))
        for word, limit in options.items():
            said = float(limit) if number and word in ("minimum", "maximum") else limit
            test = {
                "minimum": f"{value} >= {said}",
                "maximum": f"{value} <= {said}",
                "minLength": f"size({value}) >= {limit}",
                "maxLength": f"size({value}) <= {limit}",
                "pattern": f"{value}.matches({json.dumps(limit)})",
                "enum": f"{value} in {json.dumps(limit)}",
            }.get(word)
            if test:
                rules.append((name, test))
    programs = [(name, environment.program(environment.compile(rule))) for name, rule in rules]

    def of_object(event: Any) -> int:
        context = {"event": celpy.json_to_cel(event)}
        return sum(not bool(run.evaluate(context)) for name, run in programs if name in event or "has" in str(run))

    return Tool("json + CEL, a rule each (cel-python)", lambda data: of_object(json.loads(data)), of_object)


TOOLS: Mapping[str, Callable[[], Tool]] = {
    "headgate": headgate,
    "pydantic": pydantic,
    "jsonschema_rs": jsonschema_rs,
    "confluent": confluent,
    "jsonschema": jsonschema,
    "cel": cel,
}
