"""The files of a folder, and the pointers to the current ones.

Each publish writes a pointer, a small JSON file that names the data files and everything that belongs to them; the one
with the highest number is current. A pointer is written whole or not at all, and no two have the same number: it is
renamed into place under a lock on a filesystem, and written by one conditional PUT on S3.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import re
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from headgate.errors import CallError, ConflictError, MissingExtraError, TransientError
from headgate.places.parquet.places import POINTERS

FORMAT = 1
# How long a pointer, and the files that only it names, stay after they were replaced: a reader may be at them.
RETENTION = timedelta(hours=24)
LOCK_TIMEOUT_S = 30.0
# What a publish calls its files, below the folder. Others, and those of folders below, are not headgate's to remove.
_OURS = re.compile(r"v[0-9]{12}-[0-9a-f]{12}/part-(data|quarantine)\.parquet")


@dataclass(frozen=True, slots=True)
class Pointer:
    """The current files. `files` are paths below the folder; `columns` are (name, DuckDB type); `ledger` holds the rows
    of headgate's own tables; `quarantine` is the file of the quarantined rows."""

    version: int = 0
    files: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    ledger: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    quarantine: str | None = None
    created_at: str = ""

    @classmethod
    def read(cls, text: bytes, where: str) -> Pointer:
        try:
            found = dict(json.loads(text))
            if found.pop("format") != FORMAT:
                raise CallError(f"{where} was written by a newer headgate; update it")
            files, columns = tuple(found.pop("files")), tuple((n, t) for n, t in found.pop("columns"))
            return cls(files=files, columns=columns, ledger=dict(found.pop("ledger", {})), **found)
        except (ValueError, TypeError, KeyError):
            raise CallError(f"{where} is not a pointer of headgate's") from None

    @property
    def all_files(self) -> tuple[str, ...]:
        return (*self.files, self.quarantine) if self.quarantine else self.files

    def written(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1).encode()


def store_of(url: str) -> Store:
    """Return the store of a folder. Raises CallError if headgate cannot publish atomically there."""
    scheme = url.partition("://")[0] if "://" in url else "file"
    if scheme == "s3":
        return S3Store(url)
    if scheme == "file":
        return LocalStore(url.removeprefix("file://"))
    raise CallError(f"{url}: headgate reads and publishes folders of a filesystem and of s3://, not of {scheme}://")


class Store(ABC):
    """The files of a folder. Paths are relative to it."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.fs = self._filesystem()

    @abstractmethod
    def _filesystem(self) -> Any: ...

    @abstractmethod
    def local(self, path: str, work: Path) -> str:
        """Return a path from which the file can be read; `work` is a folder of this process."""

    @abstractmethod
    def writing(self, path: str, work: Path) -> AbstractContextManager[str]:
        """Return the path to write the file to; it is stored for good afterwards."""

    @abstractmethod
    def point(self, pointer: Pointer) -> None:
        """Make `pointer` the current one, whole or not at all. Raises ConflictError if its number is taken."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of this machine that the files are in, besides the process's own."""
        return ()

    def _at(self, path: str) -> str:
        return f"{self.url}/{path}"

    def versions(self) -> list[int]:
        with filesystem_errors(self.url):
            self.fs.invalidate_cache()
            try:
                names = [str(name).rpartition("/")[2] for name in self.fs.ls(self._at(POINTERS), detail=False)]
            except FileNotFoundError:
                return []
        return sorted(int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdecimal())

    def latest(self) -> Pointer:
        """Return the current pointer; an empty one if nothing was published yet."""
        versions = self.versions()
        return self.pointer(versions[-1]) if versions else Pointer()

    def pointer(self, version: int) -> Pointer:
        with filesystem_errors(self.url):
            where = self._at(named(version))
            found = Pointer.read(self.fs.cat_file(where), where)
        if found.version != version:
            raise CallError(
                f"{where} is a copy of pointer {found.version}: the next one would not hold; remove the copy"
            )
        return found

    def sweep(self) -> None:
        """Remove what no one can be reading any more: pointers replaced long ago, and files that no pointer names."""
        versions, limit = self.versions(), datetime.now(UTC) - RETENTION
        pointers = {version: self.pointer(version) for version in versions}
        until = {old: pointers[new].created_at for old, new in itertools.pairwise(versions)}
        dead = [v for v in versions if v in until and datetime.fromisoformat(until[v]) < limit]
        kept = [pointers[version] for version in versions if version not in dead]
        needed = {file for pointer in kept for file in pointer.all_files}
        with filesystem_errors(self.url):
            for version in dead:
                self.fs.rm_file(self._at(named(version)))
            root = str(self.fs._strip_protocol(self.url))
            for path, info in self.fs.find(self.url, detail=True).items():
                file = path.removeprefix(f"{root}/")
                if _OURS.fullmatch(file) and file not in needed and _modified(info) < limit:
                    self.fs.rm_file(path)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep others from publishing meanwhile, if the store can; if not, the second pointer is refused."""
        yield


class LocalStore(Store):
    """A folder of a filesystem."""

    @property
    def folders(self) -> tuple[str, ...]:
        return (str(Path(self.url).resolve()), self.url)

    def _filesystem(self) -> Any:
        from fsspec.implementations.local import LocalFileSystem

        return LocalFileSystem()

    def local(self, path: str, work: Path) -> str:
        return self._at(path)

    @contextlib.contextmanager
    def writing(self, path: str, work: Path) -> Iterator[str]:
        target = Path(self._at(path))
        with filesystem_errors(self.url):
            target.parent.mkdir(parents=True, exist_ok=True)
            yield str(target)
            _sync(target)
            _sync(target.parent)

    def point(self, pointer: Pointer) -> None:
        target = Path(self._at(named(pointer.version)))
        aside = target.with_name(f".{target.name}-{uuid.uuid4().hex}")
        with filesystem_errors(self.url):
            try:
                aside.write_bytes(pointer.written())
                _sync(aside)
                if target.exists():
                    raise ConflictError(f"{self.url} was published by another task meanwhile")
                self.rename(aside, target)
                _sync(target.parent)
            finally:
                aside.unlink(missing_ok=True)

    def rename(self, aside: Path, target: Path) -> None:
        aside.rename(target)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        folder = Path(self._at(POINTERS))
        with filesystem_errors(self.url):
            folder.mkdir(parents=True, exist_ok=True)
            handle = (folder / ".lock").open("a")
        with handle:
            until = time.monotonic() + LOCK_TIMEOUT_S
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    if time.monotonic() > until:
                        raise TransientError(f"{self.url}: another task publishes there for too long") from None
                    time.sleep(0.05)
            yield  # the lock goes with the handle, or with the process


class S3Store(Store):
    """A prefix of an S3 bucket; credentials, region and endpoint come from the environment, as boto has them."""

    def _filesystem(self) -> Any:
        try:
            import s3fs
        except ImportError:
            raise MissingExtraError("s3fs", "s3") from None
        return s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)

    def local(self, path: str, work: Path) -> str:
        target = work / "read" / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with filesystem_errors(self.url):
                self.fs.get_file(self._at(path), str(target))
        return str(target)

    @contextlib.contextmanager
    def writing(self, path: str, work: Path) -> Iterator[str]:
        made = work / "read" / path
        made.parent.mkdir(parents=True, exist_ok=True)
        yield str(made)
        with filesystem_errors(self.url):
            self.fs.put_file(str(made), self._at(path))

    def point(self, pointer: Pointer) -> None:
        with filesystem_errors(self.url):
            try:
                self.fs.pipe_file(self._at(named(pointer.version)), pointer.written(), mode="create")
            except FileExistsError:
                raise ConflictError(f"{self.url} was published by another task meanwhile") from None


def named(version: int) -> str:
    """Return the path of the pointer with that number."""
    return f"{POINTERS}/{version:012d}.json"


@contextlib.contextmanager
def filesystem_errors(url: str) -> Iterator[None]:
    """Turn errors of a filesystem into headgate's: a missing file or permission is an error of the call, the rest is
    transient."""
    try:
        yield
    except (PermissionError, NotADirectoryError, IsADirectoryError) as error:
        raise CallError(f"{url}: {error.strerror or type(error).__name__}") from None
    except OSError as error:
        raise TransientError(f"{url}: {error.strerror or type(error).__name__}") from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("botocore", "aiobotocore", "aiohttp"):
            raise TransientError(f"{url}: {type(error).__name__}") from None
        raise


def _sync(path: Path) -> None:
    """Flush to disk, so that after a crash of the machine no pointer names a missing file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _modified(info: dict[str, Any]) -> datetime:
    when = info.get("LastModified") or info["mtime"]
    return when if isinstance(when, datetime) else datetime.fromtimestamp(when, UTC)
