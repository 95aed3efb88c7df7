"""Folders of Parquet files, on a filesystem or an object store, with one atomic pointer to the files that count."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from headgate.places.duckdb import Files
from headgate.places.parquet.places import Folder, is_published
from headgate.places.place import Place, Session
from headgate.places.platform import Platform, Server, under

__all__ = ["PLATFORM", "Folder", "is_published"]

_OBJECT_STORES = ("s3://",)
# The field that says where a server of folders is.
_FOLDERS = {"local": "path", "s3": "location"}


def _parse(text: str, folder: Path | None, new: bool) -> Place | None:
    if text.startswith(_OBJECT_STORES):
        return Folder(text.rstrip("/"))
    if "://" in text or "#" in text:
        return None
    path = under(folder, text)
    if new:
        return Folder(path.rstrip("/")) if "/" in text else None
    return _as_read(Folder(path.rstrip("/"))) if Path(path).is_dir() else None


def _as_read(place: Place) -> Place:
    if isinstance(place, Folder) and Path(place.url).is_dir() and not is_published(Path(place.url)):
        return Files(f"{place.url}/**/*.parquet", "parquet", partitioned=True)
    return place


def _lacks(server: Server) -> str | None:
    if server.fields.get("format") == "parquet":
        return None
    return "has files of another format; headgate reads and publishes files of format parquet only"


def _from_server(server: Server, name: str, folder: Path, url: str | None) -> Place:
    where = str(server.fields[_FOLDERS[server.type]]).rstrip("/")
    return Folder(f"{under(folder, where)}/{name}")


def _open(place: Folder, write: bool, label: str) -> AbstractContextManager[Session]:
    from headgate.places.parquet.publisher import opened_folder

    return opened_folder(place.url, write=write)


PLATFORM = Platform(
    name="parquet",
    examples=("a folder of Parquet files",),
    places=(Folder,),
    open=_open,
    parse=_parse,
    server_types=tuple(_FOLDERS),
    from_server=_from_server,
    server_lacks=_lacks,
    as_read=_as_read,
    extra="s3",
)
