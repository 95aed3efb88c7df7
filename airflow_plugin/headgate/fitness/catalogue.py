"""The datasets that a folder of contracts describes, by their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from headgate.contract import Dataset
from headgate.contract.find import contracts_below
from headgate.errors import CallError, ContractError
from headgate.rules import Contract
from headgate.suggest import did_you_mean


@dataclass(frozen=True)
class Catalogue:
    """The datasets of the contracts below some folders. `faulty` are the contracts that cannot be read, each with what
    is wrong."""

    datasets: tuple[Dataset, ...]
    faulty: tuple[tuple[Path, str], ...] = ()

    @classmethod
    def below(cls, *folders: Path) -> Catalogue:
        """Read every contract below the folders.

        Raises:
            CallError: one of them is not a folder.
        """
        datasets: list[Dataset] = []
        faulty = []
        for folder in folders:
            if not folder.is_dir():
                raise CallError(f"{folder}: folder not found")
            for path in contracts_below(folder):
                if not path.is_file():  # a pipe would never end, and a link may lead nowhere
                    faulty.append((path, "this is not a file, or a link that leads nowhere"))
                    continue
                try:
                    datasets += Contract.load(path)
                except (ContractError, CallError) as error:
                    faulty.append((path, str(error)))
        return cls(tuple(datasets), tuple(faulty))

    def find(self, name: str) -> Dataset:
        """Return the dataset `name`: its name, its physicalName, or, where several have the same, CONTRACT_ID.NAME.

        Raises:
            CallError: none or several match.
        """
        found = [each for each in self.datasets if name in names_of(each)]
        if len(found) == 1:
            return found[0]
        if found:
            choices = [full_name(each) for each in found]
            if len(set(choices)) < len(choices):
                files = ", ".join(f"{each.contract.file}#{each.name}" for each in found)
                raise CallError(f"'{name}' is in contracts that have the same id; choose one of {files}")
            raise CallError(f"'{name}' is a dataset of several contracts; choose one of {', '.join(choices)}")
        known = [each.name for each in self.datasets]
        raise CallError(f"no contract has a dataset '{name}'{did_you_mean(name, known)}")

    def upstream_of(self, dataset: Dataset) -> Iterator[Dataset]:
        """Yield the datasets from which `dataset` is made, as far as contracts say: one of their consumers makes it of
        them (`consumers[].dataset`)."""
        mine = names_of(dataset)
        for each in self.datasets:
            if full_name(each) != full_name(dataset) and any(c.dataset in mine for c in each.consumers if c.dataset):
                yield each


def full_name(dataset: Dataset) -> str:
    """Return the name that no dataset of another contract has."""
    return f"{dataset.contract.id}.{dataset.name}"


def names_of(dataset: Dataset) -> frozenset[str]:
    """Return what a dataset may be called."""
    return frozenset({dataset.name, dataset.physical_name, full_name(dataset)})
