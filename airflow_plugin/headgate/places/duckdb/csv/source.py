"""CSV files as they are opened: UTF-8 with or without a byte order mark, plain or gzip."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn, TextIO, cast

from headgate.errors import QueryError

CHUNK = 1 << 19
QUOTE = '"'
_ENCODINGS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
              (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A CSV file. `columns` is the number of its names, 0 while they are not known; `separator` is its delimiter, where
    that is said; `original` is the file that it is a copy of; `quote` is what cells are quoted with, empty if none
    is."""

    path: str
    separator: str | None = None
    columns: int = 0
    original: str | None = None
    quote: str = QUOTE

    @property
    def name(self) -> str:
        """What messages call the file."""
        return self.original or self.path

    @property
    def delimiter(self) -> str:
        """What separates cells: by default a tab in files called .tsv, else a comma."""
        return self.separator or ("\t" if Path(self._plain).suffix.lower() == ".tsv" else ",")

    @property
    def compressed(self) -> bool:
        return self._plain != self.path

    @property
    def _plain(self) -> str:
        return self.path[: -len(".gz")] if self.path.lower().endswith(".gz") else self.path

    @property
    def marked(self) -> bool:
        """Whether it begins with a byte order mark."""
        with self.bytes() as opened:
            return opened.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8

    @property
    def marked_encoding(self) -> str | None:
        """The encoding that its byte order mark tells, if that is not UTF-8's."""
        with self.bytes() as opened:
            start = opened.read(4)
        return next((encoding for mark, encoding in _ENCODINGS if start.startswith(mark)), None)

    def fault(self, line: int, what: str) -> NoReturn:
        """Raise the error that names this file and `line`."""
        raise QueryError(f"{self.name}, line {line}: {what}")

    @contextmanager
    def bytes(self) -> Iterator[BinaryIO]:
        """Open the file for reading.

        Raises:
            QueryError: it is compressed, and damaged.
        """
        with gzip.open(self.path) if self.compressed else open(self.path, "rb") as opened:  # noqa: PTH123
            try:
                yield cast("BinaryIO", opened)
            except (EOFError, zlib.error, gzip.BadGzipFile):
                raise QueryError(f"{self.name}: not a gzip file, or cut off; write or copy the file again") from None

    @contextmanager
    def text(self) -> Iterator[TextIO]:
        """Open the file for reading, its line ends as they are.

        Raises:
            QueryError: it is not UTF-8, or compressed and damaged.
        """
        with self.bytes() as opened:
            try:
                yield io.TextIOWrapper(opened, encoding="utf-8-sig", newline="")
            except UnicodeDecodeError:
                self.not_utf8()

    def not_utf8(self) -> NoReturn:
        """Raise the error that names the first byte that is not UTF-8."""
        decoder, line, ended = codecs.getincrementaldecoder("utf-8")(), 1, b""
        if encoding := self.marked_encoding:
            raise QueryError(f"{self.name}: the file is {encoding.upper()}; save it as UTF-8")
        with self.bytes() as opened:
            chunk = opened.read(4)
            while True:
                pending = decoder.getstate()[0]
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    read = pending + chunk
                    line += breaks(ended + read[: error.start])
                    byte = f"0x{error.object[error.start]:02x}"
                    self.fault(line, f"not UTF-8 (byte {byte}; is it Latin-1 or Windows-1252?); save the file as UTF-8")
                read = chunk[: len(chunk) - 1] if chunk.endswith(b"\r") else chunk
                line += breaks(ended + read)
                ended = chunk[len(read) :]
                chunk = opened.read(CHUNK)


def breaks(text: bytes) -> int:
    """Return the number of line breaks."""
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
