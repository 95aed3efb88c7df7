"""Validation of a contract against the JSON schema of ODCS from the package open-data-contract-standard."""

from __future__ import annotations

import functools
import json
import operator
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import metadata
from pathlib import Path as FilePath
from typing import Any

from headgate.contract.document import Document, Path, path_text
from headgate.contract.schema_cache import mark_of, remember
from headgate.contract.schema_early import for_early
from headgate.errors import Problem, ProblemLevel
from headgate.suggest import did_you_mean

PACKAGE = "open-data-contract-standard"


@functools.cache
def json_schema() -> dict[str, Any]:
    """Return ODCS's JSON schema with its mistakes corrected.

    Its rules of the form `if {properties: {logicalType: {const: X}}}` also apply if there is no logicalType at all, so
    that a property without one is taken for a map; the condition needs `required`. What such a rule says about a key
    (`items`, an option, a rule's `query`) applies nowhere else, so that the key may have any value there.
    """
    # Found through the distribution's files: importing the package would import pydantic.
    files = metadata.distribution(PACKAGE).files or []
    path = next(file for file in files if file.name == "schema.json")
    schema = json.loads(FilePath(str(path.locate())).read_text(encoding="utf-8"))
    for rule in schema["$defs"]["SchemaBaseProperty"]["allOf"]:
        for condition in [rule.get("if", {}), *rule.get("if", {}).get("anyOf", [])]:
            if "logicalType" in condition.get("properties", {}):
                condition["required"] = ["logicalType"]
    _type_everywhere(schema["$defs"])
    value: dict[str, Any] = schema
    return value


def _type_everywhere(parts: dict[str, Any]) -> None:
    """Give keys that are typed only under a condition that type everywhere; each key is visited once."""
    base = parts["SchemaBaseProperty"]
    options: dict[str, dict[str, None]] = {}
    for rule in base["allOf"]:
        then = rule.get("then", {}).get("properties", {})
        for name in ("properties", "items", "map"):
            if name in then:
                base["properties"][name] = then.pop(name)
        for name, option in then.get("logicalTypeOptions", {}).get("properties", {}).items():
            options.setdefault(name, {})[option["type"]] = None
    typed = [c for rule in base["allOf"] if "logicalTypeOptions" in rule.get("then", {}).get("properties", {})
             for c in rule["if"].get("anyOf", [rule["if"]])]  # fmt: skip
    loose = {name: {"type": list(kinds)} for name, kinds in options.items()}
    base["allOf"].append(
        {"if": {"anyOf": typed}, "else": {"properties": {"logicalTypeOptions": {"properties": loose}}}}
    )
    rule = parts["DataQuality"]["properties"]
    for name in ("DataQualityLibrary", "DataQualitySql", "DataQualityCustom"):
        rule |= {key: value for key, value in parts[name]["properties"].items() if key not in rule}
    for choice in parts["DataQualityOperators"]["oneOf"]:
        rule |= choice["properties"]


@functools.cache
def _jsonschema() -> Any:
    """Return the library. It is slow to import, and not needed for a contract that is known to be valid."""
    import jsonschema

    return jsonschema


@functools.cache
def _validator(early: bool) -> Any:
    """Return the validator of the newest schema, or of ODCS 3.0's, with two rules made linear: a contract is untrusted,
    and nested rules could take exponential time."""
    jsonschema = _jsonschema()

    def strangers(validator: Any, allowed: Any, value: Any, schema: Any) -> Iterator[Any]:
        if allowed is False and isinstance(value, dict) and not known_keys(schema).issuperset(value):
            yield jsonschema.ValidationError("unknown keys")

    def repetitions(validator: Any, unique: Any, value: Any, schema: Any) -> Iterator[Any]:
        if unique and isinstance(value, list):
            texts = [json.dumps(item, sort_keys=True, default=str) for item in value]
            if len(set(texts)) < len(texts):
                yield jsonschema.ValidationError("duplicate item")

    own = {"unevaluatedProperties": strangers, "uniqueItems": repetitions}
    schema = for_early(json_schema()) if early else json_schema()
    return jsonschema.validators.extend(jsonschema.Draft201909Validator, own)(schema)


def problems(document: Document) -> list[Problem]:
    """Return every deviation of the document from the schema of its version, each with its position.

    ODCS 3.0 is open inside objects: there a key that no version knows is a warning.
    """
    mark = mark_of(document.value)
    if mark.exists():
        return []
    version = document.value.get("apiVersion")
    early = isinstance(version, str) and version.startswith("v3.0")
    found = list(_deviations(document, early, "error"))
    if early:
        told = {(problem.line, problem.column) for problem in found}
        strangers = (p for p in _deviations(document, False, "warning") if p.rule == "odcs-unknown-key")
        found += [problem for problem in strangers if (problem.line, problem.column) not in told]
    if not found:
        remember(mark)
    return list(dict.fromkeys(found))


def _deviations(document: Document, early: bool, level: ProblemLevel) -> Iterator[Problem]:
    for error in _validator(early).iter_errors(document.value):
        for path, rule, message in _explain(error):
            yield document.problem(path, rule, message, level)


def _explain(error: Any) -> Iterator[tuple[Path, str, str]]:
    path: Path = tuple(error.absolute_path)
    value, where = error.instance, path_text(path)
    match error.validator:
        case "required":
            for name in error.validator_value:
                if name not in value:
                    yield path, "odcs-required", f"{where} has no '{name}', which ODCS requires"
        case "additionalProperties" | "unevaluatedProperties":
            known = known_keys(error.schema)
            for name in (name for name in value if name not in known):
                hint = did_you_mean(name, known)
                yield (*path, name), "odcs-unknown-key", f"'{name}' is not a key of {where}{hint}"
        case "enum" | "const":
            allowed = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
            hint = did_you_mean(value, allowed)
            expected = ", ".join(map(str, allowed))
            yield path, "odcs-value", f"{where} is {_shown(value)}; expected one of {expected}{hint}"
        case "type" if "enum" in error.schema:
            return  # what is allowed is told by the enum
        case "type":
            kind = error.validator_value
            said = f"{where} is {_shown(value)}; it must be of type {kind}{_remedy(kind, value, path)}"
            yield path, "odcs-type", said
        case "oneOf" | "anyOf":
            yield from _explain_choice(error, path)
        case _:
            yield path, "odcs-value", f"{where}: {error.message[:200]}"


def _explain_choice(error: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    operators = [choice["required"][0] for choice in error.validator_value if choice.get("required")]
    if isinstance(error.instance, dict) and operators and operators[0].startswith("mustBe"):
        given = [name for name in operators if name in error.instance]
        if len(given) == 1:  # the operator is there, its value is not as it must be
            for inner in error.context:
                if len(inner.absolute_path) > len(path):
                    yield from _explain(inner)
            return
        said = f"has {' and '.join(given)}" if given else "has no operator"
        yield (
            path,
            "odcs-operator",
            f"the rule {path_text(path)} {said}; it needs exactly one of {', '.join(operators)}",
        )
        return
    if isinstance(error.instance, str) and {"to", "from"} & {*path[-2:]}:
        forms = "object.property, or schema/<id>/properties/<id> with the file of another contract and # before it"
        wrong = f"{_shown(error.instance)}, which is not a valid reference"
        yield path, "odcs-value", f"{path_text(path)} is {wrong}; write {forms}"
        return
    # Of the forms that are allowed, the one whose own type fits is meant; all that is wrong inside it is told.
    fitting = [e for e in error.context if e.validator != "type" or len(e.absolute_path) > len(path)]
    deeper = [inner for inner in fitting if len(inner.absolute_path) > len(path)]
    if deeper:
        for inner in deeper:
            yield from _explain(inner)
        return
    inner = _jsonschema().exceptions.best_match(fitting or error.context) if error.context else None
    if inner is not None:
        yield from _explain(inner)
    else:
        yield path, "odcs-choice", f"{path_text(path)}: {error.message[:200]}"


def known_keys(schema: Any) -> set[str]:
    """Return every key that a schema names in any of its branches: where one branch fails, its keys are not unknown
    ones."""
    found = _KNOWN.get(id(schema))
    if found is None:
        found = _KNOWN[id(schema)] = _collect(schema)
    return found


# By identity: the schemas are parts of the one that json_schema() keeps.
_KNOWN: dict[int, set[str]] = {}


def _collect(schema: Any) -> set[str]:
    found: set[str] = set()
    todo = [schema]
    while todo:
        part = todo.pop()
        if "$ref" in part:
            todo.append(functools.reduce(operator.getitem, part["$ref"].removeprefix("#/").split("/"), json_schema()))
        found |= set(part.get("properties", {}))
        for name in ("allOf", "anyOf", "oneOf"):
            todo += part.get(name, [])
        todo += [part[name] for name in ("then", "else") if name in part]
    return found


def _remedy(kind: Any, value: Any, path: Path) -> str:
    """Return how a value of another type is written; empty if that cannot be derived."""
    match kind, value:
        case "boolean", _:
            return ": write true or false"
        case "string", bool() | int() | Decimal():
            return ": write it in quotes"
        case "number" | "integer", str() if re.fullmatch(r"[+-]?\d+(\.\d+)?", value):
            return ": write it without quotes"
        case "array", _ if path and str(path[-1]).endswith("Between"):
            return ": write [lowest, highest]"
        case "array", _:
            return ": write a list"
        case "object", str() | bool() | int() | Decimal() if "enum" in path[-2:]:
            return ": write {value: ...}"
    return ""


def _shown(value: Any) -> str:
    """Return a value as YAML, shortened."""
    match value:
        case dict():
            text = "a mapping"
        case list():
            text = "a list"
        case None | bool():
            text = json.dumps(value)
        case Decimal():
            text = str(value)
        case _:
            text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
