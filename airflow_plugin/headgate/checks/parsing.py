"""Types that SQL cannot express: Python checks each distinct text (see `scan.texts`)."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from headgate.checks.check import Check
from headgate.checks.check_type import CheckType

_TEXT = frozenset({"string"})


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        try:
            parse(text)
        except (ValueError, OverflowError, RecursionError):
            return False
        return True

    return test


def _date(check: Check) -> Callable[[str], bool]:
    from dateutil.parser import UnknownTimezoneWarning, parse

    def read(text: str) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnknownTimezoneWarning)
            return parse(text)

    return _parses(read)


def _written_as(check: Check) -> Callable[[str], bool]:
    form = check.args["format"]
    return _parses(lambda text: datetime.strptime(text, form))


def _json(check: Check) -> Callable[[str], bool]:
    return _parses(json.loads)


def _json_schemas() -> tuple[Any, Any]:
    """(what gives the validator of a schema, a registry that fetches nothing) of a library that is slow to import."""
    import jsonschema.validators
    import referencing

    return jsonschema.validators.validator_for, referencing.Registry()


def _json_schema(check: Check) -> Callable[[str], bool]:
    """Return whether a text matches the schema; a text that is not JSON does not."""
    schema: Mapping[str, Any] = check.args["schema"]
    validator_for, registry = _json_schemas()
    validator = validator_for(schema)(schema, registry=registry)  # nothing is fetched

    def test(text: str) -> bool:
        try:
            return bool(validator.is_valid(json.loads(text)))
        except (ValueError, RecursionError):
            return False

    return test


def wrong_schema(schema: Any) -> str | None:
    """Return why this JSON schema cannot be applied to texts; None if it can."""
    if not isinstance(schema, Mapping):
        return "it is not an object"
    validator_for, _ = _json_schemas()
    try:
        kind = validator_for(schema)
        wrong = next(iter(kind(kind.META_SCHEMA).iter_errors(dict(schema))), None)
    except RecursionError:
        return "it is nested too deeply"
    if wrong is not None:
        return f"it is not a JSON schema: {wrong.message[:120]}"
    todo: list[Any] = [schema]
    while todo:
        here = todo.pop()
        if isinstance(here, Mapping):
            if "$ref" in here or "$dynamicRef" in here:
                return "it has a reference; none is followed, and nothing is fetched"
            if "pattern" in here or "patternProperties" in here:
                return "it has a pattern, which would be Python's and may take for ever"
        todo += here.values() if isinstance(here, Mapping) else here if isinstance(here, list) else []
    return None


def _type(
    name: str, promise: Callable[[Check], str], predicate: Callable[[Check], Callable[[str], bool]], module: str = ""
) -> CheckType:
    return CheckType(name, "conformity", promise, predicate=predicate, evaluator="texts", wants=_TEXT, module=module)


TYPES = (
    _type("date_text", lambda check: f"{check.path} can be read as a date", _date, "dateutil"),
    _type("strptime", lambda check: f"{check.path} is written as {check.args['format']}", _written_as),
    _type("json", lambda check: f"{check.path} is JSON", _json),
    _type("json_schema", lambda check: f"{check.path} is JSON that matches its schema", _json_schema),
)
