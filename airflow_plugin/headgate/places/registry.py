"""The platforms that headgate can reach, and what a caller's words mean on them.

A platform is a value (`Platform`) that an entry point of the group `headgate.places` names. Lists, help and messages
are made from these values: nothing else knows which platforms there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from headgate.errors import CallError
from headgate.places.place import Place, Stored
from headgate.places.platform import Platform, Server, under

GROUP = "headgate.places"


@lru_cache(maxsize=1)
def platforms() -> dict[str, Platform]:
    """Return the installed platforms by their names, in the order of these."""
    return {entry.name: entry.load() for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def server_types() -> tuple[str, ...]:
    """Return ODCS's types of servers that headgate can reach."""
    return tuple(kind for platform in platforms().values() for kind in platform.server_types)


def conn_types() -> tuple[str, ...]:
    """Return the types of Airflow connections that headgate can use."""
    return tuple(kind for platform in platforms().values() for kind in platform.conn_types)


def examples() -> str:
    """Return how data is written, for help and messages."""
    *most, last = (example for platform in platforms().values() for example in platform.examples)
    return f"{', '.join(most)}, or {last}"


def place_of(data: Any, *, near: Place | None = None, folder: Path | None = None, new: bool = False) -> Place:
    """Return the place that `data` means.

    Args:
        data: a place as it is; a text that a platform reads (`Platform.examples`); the name of a table beside `near`;
            or a DataFrame (pandas, polars, Arrow).
        near: a table; a bare name is looked up in its database.
        folder: what a relative path is relative to; the working directory by default.
        new: whether the place may not exist yet.

    Raises:
        CallError: it is none of these.
    """
    if isinstance(data, str | Path):
        return _parsed(str(data), near, folder, new)
    if hasattr(type(data), "connect") and hasattr(type(data), "lineage"):  # of its class: columns may be called so
        value: Place = data
        return value
    if type(data).__name__ == "RecordBatchReader":
        raise CallError("a stream can be read only once, a check reads it several times: give reader.read_all()")
    for platform in platforms().values():
        if (place := platform.holds(data)) is not None:
            return place
    raise CallError(f"{type(data).__qualname__} is no data that headgate can read: give a path, a place or a DataFrame")


def _parsed(text: str, near: Place | None, folder: Path | None, new: bool) -> Place:
    for platform in platforms().values():
        if (place := platform.parse(text, folder, new)) is not None:
            return place
    if isinstance(near, Stored) and "/" not in text and not Path(under(folder, text)).exists():
        return near.beside(text)
    raise CallError(f"'{text}' is no data that headgate can read: give {examples()}")


def open_place(place: Place, *, write: bool = False, label: str = "") -> AbstractContextManager[Any]:
    """Open the platform of a place; see `Place.connect`."""
    platform = next(p for p in platforms().values() if isinstance(place, p.places))
    return platform.open(place, write, label)


def as_read(place: Place) -> Place:
    """Return a place as it is read by who only checks it: a folder that headgate has not published into is files."""
    for platform in platforms().values():
        place = platform.as_read(place)
    return place


def why_unreachable(server: Server) -> str | None:
    """Return why headgate cannot reach a dataset on a server of a contract; None if it can."""
    platform = _of_server(server.type)
    if platform is None:
        return f"is of type {server.type}; headgate can reach: {', '.join(server_types())}"
    return platform.server_lacks(server)


def reaches(server: Server) -> bool:
    """Return whether headgate can read and publish a dataset on a server of a contract."""
    return why_unreachable(server) is None


def server_place(server: Server, name: str, folder: Path, url: str | None = None) -> Place:
    """Return the dataset `name` on a server of a contract.

    Args:
        folder: the contract's own, which paths of the server are relative to.
        url: how to connect to it; by default as its fields say, and for the rest as its platform does.

    Raises:
        CallError: headgate cannot reach such a server.
    """
    if reason := why_unreachable(server):
        raise CallError(f"server '{server.name}' {reason}")
    platform = _of_server(server.type)
    assert platform is not None
    assert platform.from_server is not None
    return platform.from_server(server, name, folder, url)


def connects(server: Server) -> bool:
    """Return whether an Airflow connection can say how to connect to a server."""
    platform = _of_server(server.type)
    return platform is not None and bool(platform.conn_types)


def server_of(place: Place, folder: Path) -> Mapping[str, str] | None:
    """Return the ODCS server of a place, relative to a contract's folder: empty where it cannot be written, None where
    its platform has none to propose."""
    found = (platform.server_of(place, folder) for platform in platforms().values())
    return next((server for server in found if server is not None), None)


def _of_server(kind: str) -> Platform | None:
    return next((p for p in platforms().values() if kind in p.server_types), None)
