"""Where a dataset is, and where it is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headgate.contract import Dataset
from headgate.errors import CallError
from headgate.places import Folder, Place, Stored, Target, as_it_lies, place_of, reaches, server_table
from headgate.places.postgres import table_of


def target_of(dataset: Dataset, target: Any, server: str | None = None, url: str | None = None) -> Target:
    """Where a dataset is published: `target`, else the dataset's physicalName on the contract's server.

    Args:
        url: how to connect to that server, if it is one of PostgreSQL.

    Raises:
        CallError: nothing can be published there.
    """
    if isinstance(target, Target):
        return target
    folder = dataset.contract.file.resolve().parent
    place: Place
    if isinstance(target, str) and "#" in target:
        place = place_of(target)
    elif isinstance(target, str | Path) and ("/" in str(target)):
        place = place_of(target) if "://" in str(target) else Folder(str(target).rstrip("/"))
    else:
        name = target or dataset.physical_name
        place = server_table(dataset.contract.server(server), name, folder, url)
    if not isinstance(place, Target):
        raise CallError(f"cannot publish to {place}: a target is a table or a folder")
    name = place.name.lower()
    if place.schema.lower() == "headgate" or name.startswith("__headgate") or name.endswith("__quarantine"):
        raise CallError(f"cannot publish to {place}: headgate keeps its own records under such names")
    return place


def home_of(dataset: Dataset, server: str | None = None, url: str | None = None) -> Stored | None:
    """The dataset's own table on `server`, or on the contract's only server if headgate can reach that; else None.

    Args:
        url: how to connect to that server, if it is one of PostgreSQL; without a server, where the table is.
    """
    servers = dataset.contract.servers
    if server is None and (len(servers) != 1 or not reaches(servers[0])):
        return table_of(f"{url}#{dataset.physical_name}") if url else None
    folder = dataset.contract.file.resolve().parent
    return server_table(dataset.contract.server(server), dataset.physical_name, folder, url)


def data_of(
    dataset: Dataset, data: Any, server: str | None = None, url: str | None = None, folder: Path | None = None
) -> tuple[Place, Stored | None]:
    """Where `data` is (as of `place_of`; None is the dataset's own table, as of `home_of`), and the table beside which
    those of other datasets are.

    Raises:
        CallError: it cannot be told.
    """
    near = home_of(dataset, server, url)
    if data is not None:
        return place_of(data, near=near, folder=folder), near
    if near is None:
        raise CallError(
            f"{dataset.contract.file} does not say where its data is: give the data, or a server where it has several"
        )
    return as_it_lies(near), near
