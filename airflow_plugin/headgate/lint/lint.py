"""Lint: everything there is to say about a contract file, from what is wrong to what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from headgate.contract.find import contracts_below
from headgate.contract.load import contract_bytes, document_of
from headgate.contract.model import Contract
from headgate.errors import ContractError, Problem
from headgate.lint.advice import advise
from headgate.rules.load import understood


@dataclass(frozen=True)
class Linted:
    """A contract file and its problems, in the order of the file; `contract` is None where it does not load."""

    file: Path
    problems: tuple[Problem, ...]
    contract: Contract | None = None

    def count(self, level: str) -> int:
        return sum(problem.level == level for problem in self.problems)


def lint(path: Path) -> Linted:
    """Raises CallError where there is no such file."""
    try:
        document = document_of(contract_bytes(path), str(path))
        contract = understood(document, path)
    except ContractError as error:
        return Linted(path, error.problems)
    return Linted(path, tuple(sorted(advise(contract, document))), contract)


def contract_files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Each file as it is, and of each folder every contract below it."""
    for path in paths:
        if path.is_dir():
            yield from contracts_below(path)
        else:
            yield path
