"""A folder that headgate publishes Parquet files into."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from headgate.naming import PlaceName, files
from headgate.places.registry import open_place
from headgate.places.statements import Statements

# Where the pointers are, below a folder.
POINTERS = "_headgate"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, as a path or as s3://bucket/path. `part` is data, or quarantine for the quarantined rows."""

    url: str
    part: str = "data"

    def __str__(self) -> str:
        return self.url if self.part == "data" else f"{self.url}/{POINTERS}/{self.part}"

    @property
    def name(self) -> str:
        return self.part

    @property
    def schema(self) -> str:
        return "main"

    @property
    def quarantine(self) -> Folder:
        """The folder of the quarantined rows, beside the data."""
        return replace(self, part="quarantine")

    @property
    def lineage(self) -> PlaceName:
        return files(str(self))

    def beside(self, name: str) -> Folder:
        """Return the folder `name` in the same folder."""
        return Folder(f"{self.url.rpartition('/')[0]}/{name}")

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Statements]:
        return open_place(self, write=write, label=label)


def is_published(path: Path) -> bool:
    """Return whether headgate has published into this folder of a filesystem."""
    return (path / POINTERS).is_dir()
