"""The names that a schema needs besides those of the fields, and what is wrong with a name."""

from __future__ import annotations

import re

from headgate.contract import Dataset
from headgate.errors import ContractError, Problem
from headgate.streams.schemas.fields import Field

# What Avro and Protobuf take as a name.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def namespace_of(dataset: Dataset) -> str:
    """Return the namespace of a dataset's records: as the contract says, else made of its id."""
    if dataset.settings["namespace"]:
        return str(dataset.settings["namespace"])
    parts = re.split(r"[.:/]+", dataset.contract.id)
    return ".".join(as_name(part) for part in parts if part) or "contract"


def record_name(dataset: Dataset) -> str:
    """Return the name of a dataset's record: its own name, with `_` for what no name may have."""
    return as_name(dataset.name)


def as_name(text: str) -> str:
    """Return a text with `_` for each character that no name may have."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", text)
    return name if NAME.fullmatch(name) else f"_{name}"


def pascal(text: str) -> str:
    """Return a name as Protobuf writes the names of messages: order_lines is OrderLines."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    return as_name("".join(word[:1].upper() + word[1:] for word in words) or "Message")


def name_problem(dataset: Dataset, field: Field, language: str) -> Problem | None:
    """Return the problem of a field's name that the language refuses; None if it takes it."""
    if NAME.fullmatch(field.name):
        return None
    said = (
        f"{language} does not take '{field.name}' as the name of a field ({field.prop.name}); give the property a "
        f"physicalName of letters, digits and _, such as {as_name(field.name)}"
    )
    return problem(dataset, field, "schema-name", said)


def problem(dataset: Dataset, field: Field, rule: str, said: str) -> Problem:
    """Return what keeps a dataset from having a schema, at the line of a field."""
    return Problem(str(dataset.contract.file), field.line, 1, rule, said)


def refuse(problems: list[Problem]) -> None:
    """Raise ContractError if there are problems."""
    if problems:
        raise ContractError(problems)
