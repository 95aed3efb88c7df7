"""Copies of CSV files as DuckDB can read them."""

from __future__ import annotations

import codecs
import shutil
import tempfile
from pathlib import Path

from headgate.places.duckdb.csv.source import CHUNK, Source, breaks


class Copies:
    """Copies of files, which are removed when nothing refers to them any more."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._number = 0

    def unmarked(self, source: Source) -> str:
        """Return a copy of a file without its byte order mark."""
        path = self._path(source)
        with source.bytes() as marked, path.open("wb") as copy:
            marked.read(len(codecs.BOM_UTF8))
            shutil.copyfileobj(marked, copy, CHUNK)
        return str(path)

    def recoded(self, source: Source, encoding: str) -> str:
        """Return a copy in UTF-8 of a file in another encoding.

        Raises:
            QueryError: it is not in this encoding.
        """
        path, decoder, line = self._path(source), codecs.getincrementaldecoder(encoding)(), 1
        with source.bytes() as given, path.open("wb") as copy:
            while True:
                chunk = given.read(CHUNK)
                try:
                    text = decoder.decode(chunk, final=not chunk).encode()
                except UnicodeError as error:
                    if isinstance(error, UnicodeDecodeError):
                        line += breaks(error.object[: error.start].decode(encoding, "ignore").encode())
                    source.fault(line, f"not {encoding}; let the contract name the encoding that the file is in")
                copy.write(text)
                line += breaks(text)
                if not chunk:
                    return str(path)

    def _path(self, source: Source) -> Path:
        """A new path whose name tells the delimiter as the file's own does."""
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="headgate-")
        self._number += 1
        name = Path(source.path).name
        return Path(self._folder.name) / f"{self._number}-{name[: -len('.gz')] if source.compressed else name}"
