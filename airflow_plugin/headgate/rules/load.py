"""From an ODCS file to a contract with all its rules."""

from __future__ import annotations

from pathlib import Path

from headgate.checks import Check, Unchecked
from headgate.contract import Contract as ContractValues
from headgate.contract.commit import commit_of
from headgate.contract.document import Document, read
from headgate.contract.load import build_contract, contract_bytes, document_of
from headgate.contract.schema_object import SchemaObject
from headgate.errors import Problem
from headgate.rules.builder import RuleBuilder
from headgate.rules.rules import Rules


class Contract(ContractValues):
    """One ODCS document, read from a file. `contract["orders"]` is a Dataset; iterating yields them in the order of the
    file."""

    @classmethod
    def load(cls, path: str | Path, *, with_commit: bool = True, checkout: str | None = None) -> Contract:
        """Read and validate an ODCS v3.x YAML file.

        Args:
            with_commit: whether git is asked for the commit that the file was last changed in.
            checkout: the commit of the checkout that the file is in, for one that git does not know any more.

        Raises:
            CallError: the file was not found.
            ContractError: with every problem found, each with file, line and column.
        """
        file = Path(path)
        commit = (commit_of(file) if with_commit else None) or checkout
        return understood(document_of(contract_bytes(file), str(file)), file, commit)


def parse(text: str, path: Path) -> Contract:
    """Return the contract in `text`; `path` is the path of its file. Raises ContractError."""
    return understood(read(text, str(path)), path)


def understood(document: Document, path: Path, commit: str | None = None) -> Contract:
    """Return the contract in a document, as of a git commit. Raises ContractError."""
    return build_contract(document, path, _rules_of, Contract, commit)


def _rules_of(schema: SchemaObject) -> tuple[tuple[Check | Unchecked, ...], list[Problem]]:
    builder = RuleBuilder(schema.document, schema.root, schema.raw, schema.path, schema.properties, schema.settings)
    rules = Rules(builder).all
    return rules, builder.problems
