"""The files that a path or glob means, as Spark and Arrow have it: what an engine keeps beside the data is no data."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path, PurePath

from headgate.errors import CallError, DataNotFoundError

# What a table of such a format has in its folder, and its name.
_TABLES = (("_delta_log", "Delta"), ("metadata/*.metadata.json", "Iceberg"), (".hoodie", "Hudi"))


def matching(path: str) -> list[str]:
    """Return the files that a path or glob matches, in the order of their names.

    In the folders that a glob reaches, names that begin with `_` or `.` are those of an engine, not of data.

    Raises:
        CallError: there are none, or they belong to a table of Delta, Iceberg or Hudi.
    """
    if Path(path).is_file():
        return [path]
    root = _root(path)
    found = [file for file in sorted(glob.glob(path, recursive=True)) if Path(file).is_file()]  # noqa: PTH207
    files = [file for file in found if not any(map(_engines, PurePath(file).relative_to(root).parts))]
    for folder in _folders(root, files):
        for mark, name in _TABLES:
            if any(folder.glob(mark)):
                raise CallError(
                    f"{folder} is a table of {name}: its files may hold rows that are deleted or replaced; write its "
                    "current rows to Parquet files or a table, or give a DataFrame of them"
                )
    if not files:
        skipped = "; names that begin with _ or . are skipped" if found else ""
        raise DataNotFoundError(f"{path}: file not found{skipped}")
    return files


def _root(path: str) -> Path:
    """Return the folder of a glob that stands before its first wildcard."""
    parts = PurePath(path).parts
    fixed = next((i for i, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return Path(*parts[:fixed])


def _engines(name: str) -> bool:
    """Whether a file or folder of this name is an engine's own. `_day=1` is a partition."""
    return name.startswith(".") or (name.startswith("_") and "=" not in name)


def _folders(root: Path, files: list[str]) -> Iterator[Path]:
    """The folders that may be those of a table: that of the files, those between, and above partitions."""
    yield root
    above = root
    while "=" in above.name:
        above = above.parent
        yield above
    yield from sorted({folder for file in files for folder in Path(file).parents if root in folder.parents})
