"""The platforms that headgate can reach, and what a caller's words mean on them.

A platform is a value (`Platform`): the `PLATFORM` of a package beside this module, or the value of an entry point of
the group `headgate.places` in another distribution. Lists, help and messages are made from these values: nothing else
knows which platforms exist.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import unquote, urlsplit

from headgate.errors import CallError, ConfigurationError
from headgate.places.place import DataLike, Place, Stored
from headgate.places.platform import ConnectionParts, Platform, Server, under

GROUP = "headgate.places"
T = TypeVar("T")


@lru_cache(maxsize=1)
def built_in() -> dict[str, Platform]:
    """Return the platforms that are part of headgate: the packages beside this module, by their names."""
    folder = Path(__file__).parent
    names = sorted(path.parent.name for path in folder.glob("*/__init__.py"))
    return {name: importlib.import_module(f"headgate.places.{name}").PLATFORM for name in names}


@lru_cache(maxsize=1)
def platforms() -> dict[str, Platform]:
    """Return all installed platforms by their names: headgate's own, then those of other packages."""
    from importlib.metadata import entry_points

    return built_in() | {entry.name: entry.load() for entry in entry_points(group=GROUP)}


def _first(ask: Callable[[Platform], T | None]) -> T | None:
    """Return the first answer of a platform. Platforms of other packages are loaded only if no built-in one answers."""
    for platform in built_in().values():
        if (answer := ask(platform)) is not None:
            return answer
    others = (platform for name, platform in platforms().items() if name not in built_in())
    return next((answer for platform in others if (answer := ask(platform)) is not None), None)


def server_types() -> tuple[str, ...]:
    """Return ODCS's types of servers that headgate can reach."""
    return tuple(kind for platform in platforms().values() for kind in platform.server_types)


def conn_types() -> tuple[str, ...]:
    """Return the types of Airflow connections that headgate can use."""
    return tuple(kind for platform in platforms().values() for kind in platform.conn_types)


def examples() -> str:
    """Return examples of how data is written, for help and messages."""
    *most, last = (example for platform in platforms().values() for example in platform.examples)
    return f"{', '.join(most)}, or {last}"


def place_of(data: DataLike, *, near: Place | None = None, folder: Path | None = None, new: bool = False) -> Place:
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
        return _parsed(_without_scheme(str(data)), near, folder, new)
    if hasattr(type(data), "connect") and hasattr(type(data), "lineage"):  # of its class: columns may be called so
        return cast("Place", data)
    if type(data).__name__ == "RecordBatchReader":
        raise CallError("a stream can be read only once, a check reads it several times: give reader.read_all()")
    if (place := _first(lambda platform: platform.holds(data))) is not None:
        return place
    raise CallError(f"{type(data).__qualname__} is not data that headgate can read; give a path, place or DataFrame")


def _without_scheme(text: str) -> str:
    """Return a `file://` URL as a path, any other text as it is."""
    if not text.lower().startswith("file://"):
        return text
    parts = urlsplit(text)
    if parts.netloc not in ("", "localhost"):
        raise CallError(f"'{text}' is a file of another machine, or lacks a slash: a file is file:///path")
    return unquote(parts.path) + (f"#{unquote(parts.fragment)}" if parts.fragment else "")


def _parsed(text: str, near: Place | None, folder: Path | None, new: bool) -> Place:
    if (place := _first(lambda platform: platform.parse(text, folder, new))) is not None:
        return place
    if isinstance(near, Stored) and "/" not in text and not Path(under(folder, text)).exists():
        return near.beside(text)
    raise CallError(f"'{text}' is not data that headgate can read; expected {examples()}")


def written_as(place: Place, settings: Mapping[str, Any]) -> Place:
    """Return a place as the settings of a contract say that it is written, where they say how files are read."""
    written = getattr(type(place), "written_as", None)
    return cast("Place", written(place, settings)) if written else place


def format_of(place: Place) -> Mapping[str, object]:
    """Return the settings that say how files are written, as far as they are not what files are read as by default.

    Raises:
        CallError: the files can be read in more than one way.
        QueryError: they cannot be read.
    """
    found = getattr(type(place), "format_settings", None)
    return cast("Mapping[str, object]", found(place)) if found else {}


def open_place(place: Place, *, write: bool = False, label: str = "") -> AbstractContextManager[Any]:
    """Open the platform of a place; see `Place.connect`."""
    return _platform_of(place).open(place, write, label)


def open_workbench() -> AbstractContextManager[Any]:
    """Open a session in memory that takes rows of any platform, and compares them."""
    found = _first(lambda platform: platform.workbench)
    assert found is not None
    return found()


def _platform_of(place: Place) -> Platform:
    platform = _first(lambda platform: platform if isinstance(place, platform.places) else None)
    assert platform is not None, place
    return platform


def as_read(place: Place) -> Place:
    """Return the place to use when it is only checked: a folder that headgate has not published into is read as
    files."""
    return _platform_of(place).as_read(place)


def why_unreachable(server: Server) -> str | None:
    """Return why headgate cannot reach a dataset on a server of a contract; None if it can."""
    platform = _of_server(server.type)
    if platform is None:
        return f"is of type {server.type}; headgate can reach servers of type {', '.join(server_types())}"
    if server.unset:
        return f"needs the environment variable {' and '.join(server.unset)}, which is not set"
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


def connection_url(conn_type: str, parts: ConnectionParts) -> str:
    """Return how to connect by a connection of a type, as a URL. Raises CallError if headgate cannot."""
    platform = _first(lambda platform: platform if conn_type in platform.conn_types else None)
    if platform is None or platform.connection_url is None:
        lost = ""
        if conn_type == "generic":
            lost = (
                "; Airflow makes a type generic whose provider is not installed: give the connection as a URI or JSON"
            )
        known = ", ".join(conn_types())
        raise ConfigurationError(f"{parts.name} is of type {conn_type}; headgate connects to {known}{lost}")
    return platform.connection_url(parts)


def server_of(place: Place, folder: Path) -> Mapping[str, object] | None:
    """Return the ODCS server of a place, relative to a contract's folder: empty where it cannot be written, None where
    its platform has none to propose."""
    return _platform_of(place).server_of(place, folder)


def _of_server(kind: str) -> Platform | None:
    return _first(lambda platform: platform if kind in platform.server_types else None)
