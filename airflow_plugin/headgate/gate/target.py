"""Where a dataset is, and where it is published."""

from __future__ import annotations

import contextlib
from pathlib import Path

from headgate.contract import Dataset
from headgate.errors import CallError, TargetRefusedError
from headgate.places import DataLike, Place, Stored, Target, as_read, place_of, reaches, server_place, written_as
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
    """Return the dataset's own table on `server`, or on the contract's only server if headgate can reach that; None if
    there is none, or the server has files only.

    Args:
        url: how to connect to that server; without a server, where the table is.
    """
    place = own_of(dataset, server, url)
    return place if isinstance(place, Stored) else None


def own_of(dataset: Dataset, server: str | None = None, url: str | None = None) -> Place | None:
    """Return where the dataset is by its contract: a table, a folder or files; None if that cannot be told."""
    contract = dataset.contract
    if server is None and (len(contract.servers) != 1 or not reaches(contract.servers[0])):
        return place_of(f"{url}#{dataset.physical_name}") if url else None
    return server_place(contract.server(server), dataset.physical_name, contract.file.resolve().parent, url)


def is_own(dataset: Dataset, place: Place) -> bool:
    """Return whether readers find a dataset at a place, by its contract."""
    for server in dataset.contract.servers:
        with contextlib.suppress(CallError):
            own = own_of(dataset, server.name) if reaches(server) else None
            if own is not None and own.lineage is not None and own.lineage == place.lineage:
                return True
    return False


def neighbour_of(dataset: Dataset, place: Place, other: Dataset) -> Place | None:
    """Return where another dataset of the contract is, on the server where `dataset` is at `place`; None if it is the
    dataset's own on none."""
    for server in dataset.contract.servers:
        with contextlib.suppress(CallError):
            own = own_of(dataset, server.name) if reaches(server) else None
            if own is not None and written_as(own, dataset.settings) == place:
                there = own_of(other, server.name)
                return None if there is None or _is_of_no_name(there, other, server.name) else there
    return None


def _refuse_shared(dataset: Dataset, place: Place, server: str | None) -> None:
    """Raise CallError if a server of files has none that are this dataset's alone, and the contract has several."""
    others = [other.name for other in dataset.contract if other is not dataset]
    if others and _is_of_no_name(place, dataset, server):
        said = f"the server has the same files for {' and '.join([dataset.name, *others])}"
        raise CallError(f"{dataset.contract.file}: {said}; write {{object}} in its path, or give the data")


def _is_of_no_name(place: Place, dataset: Dataset, server: str | None) -> bool:
    """Return whether a place on a server is the same for a dataset of any name."""
    folder = dataset.contract.file.resolve().parent
    return place == server_place(dataset.contract.server(server), "__headgate_no_dataset", folder)


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
    if data is not None:
        near = home_of(dataset, server, url)
        return place_of(data, near=near, folder=folder), near
    own = own_of(dataset, server, url)
    if own is None:
        raise CallError(f"{dataset.contract.file}{_why_unsaid(dataset)}")
    if isinstance(own, Stored):
        return as_read(own), own
    _refuse_shared(dataset, own, server)
    return own, None


def _why_unsaid(dataset: Dataset) -> str:
    lost = " does not say where its data is"
    match dataset.contract.servers:
        case ():
            return f"{lost}: it has no server; declare one, or give the data"
        case (one,):
            return f": server '{one.name}' {why_unreachable(one)}; give the data"
        case servers:
            names = ", ".join(server.name for server in servers)
            return f"{lost}: it has several servers, {names}; choose one (--server NAME, server=), or give the data"
