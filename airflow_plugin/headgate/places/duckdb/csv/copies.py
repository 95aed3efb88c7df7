"""Copies of CSV files as DuckDB can read them."""

from __future__ import annotations

import codecs
import csv
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from headgate.places.duckdb.csv.dialect import Dialect
from headgate.places.duckdb.csv.header import headers_of
from headgate.places.duckdb.csv.rows import examine, rows
from headgate.places.duckdb.csv.source import CHUNK, QUOTE, Source, breaks


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

    def standard(self, source: Source, dialect: Dialect) -> Source:
        """Return a file in UTF-8 with double quotes and a header: itself, or a copy.

        Raises:
            CallError: it has no header, and none is given.
            QueryError: it cannot be read as a table of this dialect.
        """
        if dialect.encoding and dialect.encoding not in ("utf-8", "utf-8-sig"):
            source = replace(source, path=self.recoded(source, dialect.encoding), original=source.name)
        quote = QUOTE if dialect.quote is None else dialect.quote
        if dialect.header or quote != QUOTE:
            source = self._rewritten(replace(source, quote=quote), dialect.header)
        return source

    def _rewritten(self, source: Source, header: Sequence[str] | None) -> Source:
        """Return a copy with double quotes and a header. Every fault of the file is raised here, with its line."""
        names = header or headers_of([source])[0].names
        examine(replace(source, columns=len(names)))
        path = self._path(source)
        with path.open("w", encoding="utf-8", newline="") as copy:
            writer = csv.writer(copy, delimiter=source.delimiter)
            if header:
                writer.writerow(header)
            writer.writerows(row.cells for row in rows(source))
        return Source(str(path), source.separator, original=source.name)

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
