"""The two versions of a contract that are compared: what was promised, and what is to be promised from now on."""

from __future__ import annotations

from pathlib import Path

from headgate.changes.grade import is_odcs
from headgate.contract.document import Document, read
from headgate.contract.load import document_of
from headgate.errors import CallError, ContractError
from headgate.rules.load import understood


def old_contract(text: bytes, name: str, ref: str = "") -> Document:
    """What was promised: it need not keep today's rules, but it must be a contract that can be read.

    Raises:
        CallError: it is none.
    """
    at = f" at {ref}" if ref else ""
    try:
        found = read(text.decode("utf-8"), name)
    except UnicodeDecodeError:
        raise CallError(f"{name}{at} cannot be compared: it is not UTF-8") from None
    except ContractError as error:
        raise CallError(f"{name}{at} cannot be compared: {error.problems[0]}") from None
    if not is_odcs(found.value):
        raise CallError(
            f"{name}{at} cannot be compared: it is not an ODCS v3 contract (kind: DataContract with id and version)"
        )
    return found


def new_contract(text: bytes, name: str) -> Document:
    """What is promised from now on must be right. Variables of servers need not be set to compare.

    Raises:
        ContractError: with every problem.
    """
    document = document_of(text, name)
    try:
        understood(document, Path(name))
    except ContractError as error:
        if problems := [p for p in error.problems if p.level == "error" and p.rule != "variable"]:
            raise ContractError(problems) from None
    return document
