"""Where a dataset is, and where it is published."""

from __future__ import annotations

from pathlib import Path

from headgate.contract import Dataset
from headgate.errors import CallError, TargetRefusedError
from headgate.places import DataLike, Place, Stored, Target, as_read, place_of, reaches, server_place
from headgate.places.registry import why_unreachable


def target_of(dataset: Dataset, target: DataLike | None, server: str | None = None, url: str | None = None) -> Target:
    """Return where a dataset is published: `target`, else the dataset's physicalName on the contract's server.

    Args:
        url: how to connect to that server, if it is one of PostgreSQL.

    Raises:
        CallError: nothing can be published there.
    """
    if isinstance(target, Target):
        return target
    if target is not None and not isinstance(target, str | Path):
        raise TargetRefusedError(f"cannot publish to {place_of(target)}: a target is a table or a folder")
    if target is not None and set("/#") & set(str(target)):
        place = place_of(target, new=True)
    else:
        name, folder = str(target or dataset.physical_name), dataset.contract.file.resolve().parent
        place = server_place(dataset.contract.server(server), name, folder, url)
    if not isinstance(place, Target):
        raise TargetRefusedError(f"cannot publish to {place}: a target is a table or a folder")
    name = place.name.lower()
    if place.schema.lower() == "headgate" or name.startswith("__headgate") or name.endswith("__quarantine"):
        raise TargetRefusedError(f"cannot publish to {place}: headgate keeps its own records under such names")
    return place


def home_of(dataset: Dataset, server: str | None = None, url: str | None = None) -> Stored | None:
    """Return the dataset's own table on `server`, or on the contract's only server if headgate can reach that; else
    None.

    Args:
        url: how to connect to that server; without a server, where the table is.
    """
    servers = dataset.contract.servers
    if server is None and (len(servers) != 1 or not reaches(servers[0])):
        return _stored(place_of(f"{url}#{dataset.physical_name}")) if url else None
    folder = dataset.contract.file.resolve().parent
    return _stored(server_place(dataset.contract.server(server), dataset.physical_name, folder, url))


def _stored(place: Place) -> Stored:
    assert isinstance(place, Stored), place  # what a server or a database holds is a table, or a folder of one
    return place


def data_of(
    dataset: Dataset,
    data: DataLike | None,
    server: str | None = None,
    url: str | None = None,
    folder: Path | None = None,
) -> tuple[Place, Stored | None]:
    """Return where `data` is (as of `place_of`; None is the dataset's own table, as of `home_of`), and the table beside
    which those of other datasets are.

    Raises:
        CallError: it cannot be told.
    """
    near = home_of(dataset, server, url)
    if data is not None:
        return place_of(data, near=near, folder=folder), near
    if near is None:
        raise CallError(f"{dataset.contract.file} does not say where its data is: {_why_unsaid(dataset)}")
    return as_read(near), near


def _why_unsaid(dataset: Dataset) -> str:
    match dataset.contract.servers:
        case ():
            return "it has no server; declare one, or give the data"
        case (one,):
            return f"its server '{one.name}' {why_unreachable(one)}; give the data"
        case servers:
            names = ", ".join(server.name for server in servers)
            return f"it has several servers, {names}; choose one (--server NAME, server=), or give the data"
