"""Finding the contract of a task."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headgate.airflow import late
from headgate.airflow.bundle import checkout_of
from headgate.airflow.config import setting
from headgate.errors import DataNotFoundError

if TYPE_CHECKING:
    from headgate.contract import Contract, Dataset


def dataset_of(contract: str, name: str | None, folder: str) -> Dataset:
    """Return the dataset that `FILE` or `FILE#dataset` names, of the contract as of `contract_of`.

    Args:
        name: the dataset, where `contract` does not say it.
        folder: the DAG file's.

    Raises:
        CallError: the file or the dataset was not found.
        ContractError: the contract is wrong.
    """
    return contract_of(contract, folder).only(name or contract.partition("#")[2] or None)


def contract_of(contract: str, folder: str) -> Contract:
    """Return the contract that `FILE` or `FILE#dataset` names; the file is looked up beside the DAG file, which is in
    `folder`, then in the contracts folder.

    Raises:
        CallError: the file was not found.
        ContractError: the contract is wrong.
    """
    path = contract.partition("#")[0]
    configured = setting("contracts_folder")
    folders = [Path(each) for each in (folder, configured) if each]
    found = [candidate for each in folders if (candidate := each / path).exists()]
    if not found:
        raise DataNotFoundError(
            f"the contract {path} is neither in {folder} (the DAG file's folder) nor in "
            f"[headgate] contracts_folder ({configured or 'not set'})"
        )
    checkout = checkout_of(found[0])
    return late.Contract.load(found[0], checkout=checkout.commit if checkout else None)
