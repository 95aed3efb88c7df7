"""How a CSV file is laid out, read off its bytes: quick, and certain only where every quote is one of RFC 4180."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from headgate.places.duckdb.csv.source import CHUNK, Source, breaks

LINE_ENDS = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out.

    `line_end` is that of the rows: LF, CR or CRLF; LF if there is but one line. `rows` and `blank` lines are counted
    after the header. `multiline` says whether a quoted cell, or name, has a line break in it, `quoted` whether there
    are quotes at all. `size` is that of the text; no row is longer than `longest`, in bytes.
    """

    line_end: str
    rows: int
    blank: int
    multiline: bool
    quoted: bool
    size: int
    longest: int


def scan(source: Source) -> Layout | None:
    """Return the layout of a file; None if something is odd about it, and its rows must be looked at one by one."""
    with source.bytes() as opened:
        seen = _Scan(source.delimiter.encode())
        for chunk in _chunks(opened):
            if not seen.take(chunk):
                return None
    return seen.layout(source.columns)


def _chunks(opened: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file after its byte order mark. A CR is never parted from its LF."""
    held = opened.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
    while read := opened.read(CHUNK):
        chunk = held + read
        held = chunk[len(chunk) - 1 :] if chunk.endswith(b"\r") else b""
        yield chunk[: len(chunk) - len(held)]
    if held:
        yield held


# What says that there is a blank line, and each one of them.
_BLANK = {
    b"\n\n": re.compile(rb"(?<=\n)\n"),
    b"\n\r\n": re.compile(rb"(?<=\n)\r\n"),
    b"\r\r": re.compile(rb"(?<=\r)\r"),
}


class _Scan:
    """What was seen of a file so far. Quotes come in pairs, of which the first opens a cell or repeats the last."""

    def __init__(self, delimiter: bytes) -> None:
        self._delimiter = delimiter
        # Before a quote and after it there is the end of a cell, or another quote.
        self._misplaced = re.compile(rb'[^%b\r\n"]"|"[^%b\r\n"]' % (delimiter, delimiter))
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        # The last byte outside of quotes; what is quoted is one quote there. The file begins as a line does.
        self._last = b""
        self._inside = False
        self._ends = dict.fromkeys((b"\r\n", b"\n", b"\r"), 0)
        self._blank = self._delimiters = self._leading = 0
        self._quoted = self._multiline = self._begun = False
        # `since` the chunk that had the last row end, that one included.
        self._size = self._since = self._longest = 0

    def take(self, chunk: bytes) -> bool:
        """Look at the next bytes. Return whether they are all right."""
        outside = self._outside(chunk)
        if not self._decodes(chunk) or (self._quoted and self._misplaced.search(self._last + outside)):
            return False
        crlf = outside.count(b"\r\n")
        found = {b"\r\n": crlf, b"\n": outside.count(b"\n") - crlf, b"\r": outside.count(b"\r") - crlf}
        self._ends = {end: count + found[end] for end, count in self._ends.items()}
        if sum(map(bool, self._ends.values())) > 1:
            return False
        self._count_blank(outside)
        self._delimiters += outside.count(self._delimiter)
        self._last = outside[-1:] or self._last
        self._size += len(chunk)
        self._since += len(chunk)
        self._longest = max(self._longest, self._since)
        if any(found.values()):
            self._since = len(chunk)
        return True

    def _count_blank(self, outside: bytes) -> None:
        """Count the blank lines before the header, and those after it."""
        lines = self._last + outside
        if not self._begun:
            lines = outside.lstrip(b"\r\n")
            self._leading += breaks(outside[: len(outside) - len(lines)])
            self._begun = bool(lines)
        for two, blank in _BLANK.items():
            if two in lines:
                self._blank += sum(1 for _ in blank.finditer(lines))

    def _decodes(self, chunk: bytes) -> bool:
        if chunk.isascii() and not self._decoder.getstate()[0]:
            return True
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
        return True

    def _outside(self, chunk: bytes) -> bytes:
        """Return what is not quoted; for what is, one quote stands where it begins."""
        if b'"' not in chunk:
            if self._inside:
                self._multiline = self._multiline or b"\n" in chunk or b"\r" in chunk
                return b""
            return chunk
        self._quoted = True
        parts = chunk.split(b'"')
        inside, outside = parts[not self._inside :: 2], parts[self._inside :: 2]
        if not self._multiline:
            quoted = b"".join(inside)
            self._multiline = b"\n" in quoted or b"\r" in quoted
        self._inside = (len(parts) - 1 + self._inside) % 2 == 1
        # A cell that a later chunk closes has its quote now.
        return b'"'.join(outside) + b'"' * self._inside

    def layout(self, columns: int) -> Layout | None:
        """Return the layout of the whole file; None if it is odd."""
        if self._inside or self._decoder.getstate()[0]:
            return None
        lines = sum(self._ends.values()) - self._leading + (self._last not in (b"", b"\n", b"\r"))
        rows = lines - self._blank
        if self._delimiters != rows * (columns - 1):
            return None
        end = next((end for end, count in self._ends.items() if count), b"\n")
        return Layout(end.decode(), rows - 1, self._blank, self._multiline, self._quoted, self._size, self._longest)
