"""The rows of a CSV file one by one, as Python's csv module reads them: slow, and exact about what is wrong."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TextIO

from headgate.places.duckdb.csv.layout import LINE_ENDS, Layout
from headgate.places.duckdb.csv.source import QUOTE, Source

# A quote that is not closed makes the rest of the file one cell, which need not be held in memory.
_LONGEST_CELL = 1 << 26


class Row(NamedTuple):
    """A row: its first line, its cells, its text with the line end, and whether it has several lines. A blank line has
    no cells."""

    line: int
    cells: list[str]
    text: str
    multiline: bool

    @property
    def line_end(self) -> str:
        """LF, CR or CRLF; empty at the end of the file."""
        if self.text.endswith("\n"):
            return "\r\n" if self.text.endswith("\r\n") else "\n"
        return "\r" if self.text.endswith("\r") else ""


def rows(source: Source) -> Generator[Row]:
    """Yield the rows of a file.

    Raises:
        QueryError: it is not UTF-8, or its quotes are not those of RFC 4180; a bare quote inside a cell is a character.
    """
    with source.text() as text, _long_cells():
        lines = _Lines(text)
        quote = source.quote or None
        reader = csv.reader(
            lines,
            delimiter=source.delimiter,
            quotechar=quote,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            strict=True,
        )
        begins_with_spaces = _quoted_after_spaces(source)
        while True:
            first, lines.taken = reader.line_num + 1, []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                _misquoted(source, lines, first, reader.line_num)
            raw = lines.taken[0] if len(lines.taken) == 1 else "".join(lines.taken)
            if quote and f" {quote}" in raw and begins_with_spaces(raw):
                source.fault(first, "a space before a quote; a quoted cell begins with its quote")
            yield Row(first, cells, raw, len(lines.taken) > 1)


def _quoted_after_spaces(source: Source) -> Callable[[str], bool]:
    """Return a function that says whether a cell of a row's text begins with spaces and a quote."""
    quote, delimiter = re.escape(source.quote or QUOTE), re.escape(source.delimiter)
    quoted = f"{quote}(?:[^{quote}]|{quote}{quote})*{quote}"
    cell = re.compile(rf"({quoted}|[^{delimiter}\r\n]*)(?:{delimiter}|\r\n|\n|\r|\Z)")
    spaces = re.compile(f" +{quote}")
    return lambda text: any(spaces.match(found[1]) for found in cell.finditer(text))


def _misquoted(source: Source, lines: _Lines, first: int, last: int) -> None:
    if sum(map(len, lines.taken)) > _LONGEST_CELL:
        source.fault(first, f"a cell of more than {_LONGEST_CELL >> 20} MB, or a quote that is not closed")
    if lines.ended:
        source.fault(first, "a quote that is not closed; a quote inside a quoted cell is written twice")
    if last > first:
        source.fault(first, f"a quote that is not closed: its cell goes on to line {last}, where text follows a quote; "
                     "a quote inside a quoted cell is written twice")  # fmt: skip
    source.fault(first, "text after a closing quote; a quote inside a quoted cell is written twice")


def examine(source: Source) -> Layout:
    """Return the layout of a file with the columns of `source`.

    Raises:
        QueryError: it cannot be read as a table. The message names the first line that is wrong.
    """
    header, line_end = Row(1, [], "", False), ""
    found = blank = size = longest = 0
    multiline = False
    for row in rows(source):
        if not line_end:
            header, line_end = row, row.line_end
        elif (other := row.line_end) not in ("", line_end):
            what = f"mixed line ends: {LINE_ENDS[other]} here, {LINE_ENDS[line_end]} in line {header.line}"
            source.fault(row.line, f"{what}; save the file with one of them")
        if row.cells and len(row.cells) != source.columns:
            more = len(row.cells) > source.columns
            hint = "quote a cell that has the delimiter in it" if more else "is a part of the row missing?"
            cells = f"{len(row.cells)} cell{'s' * (len(row.cells) > 1)}"
            source.fault(row.line, f"{cells} where the header has {source.columns}; {hint}")
        if row.cells:
            found += 1
        elif found:
            blank += 1
        length = len(row.text)
        size += length
        longest = max(longest, length)
        multiline = multiline or row.multiline
    # A character has four bytes at most.
    return Layout(line_end or "\n", found - 1, blank, multiline, quoted=True, size=size, longest=4 * longest)


class _Lines:
    """The lines of a text, unchanged; `taken` are those since it was last emptied."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        return line


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)
