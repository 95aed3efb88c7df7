"""Folders of Parquet files, on a filesystem or an object store, with one atomic pointer to the files that count."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from pathlib import Path

from headgate.places.duckdb import Files
from headgate.places.parquet.places import Folder, is_published
from headgate.places.place import Place, Session
from headgate.places.platform import Platform, Server, under

__all__ = ["PLATFORM", "Folder", "is_published"]

_OBJECT_STORES = ("s3://",)
# Formats of files on a local server that are read, and as what.
_READ = {"csv": "csv", "json": "json", "jsonl": "json", "ndjson": "json", "parquet": "parquet", "pq": "parquet"}
# What stands for the dataset in a path.
_NAME = re.compile(r"\{(object|model|table|dataset)\}")
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
    given = str(server.fields.get("format") or "").lower()
    if server.type == "local" and given not in _READ:
        return f"has files of format '{given}'; headgate reads files of format csv, json and parquet"
    if server.type != "local" and given != "parquet":
        return "has files of another format; headgate reads and publishes files of format parquet only"
    return None


def _from_server(server: Server, name: str, folder: Path, url: str | None) -> Place:
    where = _NAME.sub(lambda _: name, str(server.fields[_FOLDERS[server.type]])).removeprefix("file://").rstrip("/")
    path = under(folder, where)
    if server.type != "local":
        return Folder(f"{path}/{name}")
    place = _local(path, _READ[str(server.fields["format"]).lower()], name)
    return place.written_as(server.settings) if isinstance(place, Files) else place


def _local(path: str, form: str, name: str) -> Place:
    """Return a dataset on a local server: its path is a file, a glob, or a folder.

    In a folder the dataset is a folder or file of its own name; where there is none, all files of the folder. A folder
    of Parquet is where it is published.
    """
    if set("*?[") & set(path) or Path(path).is_file() or Path(path).suffix.lower().lstrip(".") in _READ:
        return Files(path, form)
    own = Path(path, name)
    endings = [ending for ending, read in _READ.items() if read == form]
    for file in (own.with_name(f"{own.name}.{ending}") for ending in endings):
        if file.is_file():
            return Files(str(file), form)
    if form == "parquet" and (own.is_dir() or not _has(Path(path), endings)):
        return Folder(str(own))
    inside = own if own.is_dir() else Path(path)
    ending = next((ending for ending in endings if _has(inside, [ending])), form)
    return Files(f"{inside}/**/*.{ending}", form, partitioned=form == "parquet")


def _has(folder: Path, endings: list[str]) -> bool:
    return folder.is_dir() and any(True for ending in endings for _ in folder.glob(f"*.{ending}"))


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
