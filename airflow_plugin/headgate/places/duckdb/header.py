"""The header line of CSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from headgate.errors import CallError

LINE_ENDS = ("\r\n", "\n", "\r")


@dataclass(frozen=True, slots=True)
class Header:
    """The column names of a file, and the line end after them: LF, CR or CRLF; LF if nothing follows."""

    names: tuple[str, ...]
    line_end: str


def headers_of(files: Sequence[str]) -> list[Header]:
    """Return the header of each of `files`. All have the same column names.

    Raises:
        CallError: a file is empty or not UTF-8, a name is empty or duplicated, or the headers differ.
    """
    headers = [_read(file) for file in files]
    first = headers[0].names
    for file, header in zip(files, headers, strict=True):
        if header.names != first:
            differ = sorted(set(first) ^ set(header.names)) or ["their order"]
            raise CallError(f"{file} has another header than {files[0]}: {', '.join(differ[:5])}")
    return headers


def _read(file: str) -> Header:
    try:
        with open(file, encoding="utf-8-sig", newline="") as lines:  # noqa: PTH123
            read = _Lines(lines)
            names = next(csv.reader(read), [])
    except UnicodeDecodeError:
        raise CallError(f"{file}: not UTF-8; save the file as UTF-8") from None
    if not names:
        raise CallError(f"{file} is empty: a CSV file begins with a line of column names")
    folded = [name.lower() for name in names]
    for position, name in enumerate(folded, start=1):
        if not name:
            raise CallError(f"{file}, line 1: column {position} has no name")
        if folded.index(name) != position - 1:
            raise CallError(f"{file}, line 1: duplicate column '{names[position - 1]}'")
    return Header(tuple(names), next((end for end in LINE_ENDS if read.last.endswith(end)), "\n"))


class _Lines:
    """The lines of a file, unchanged, and the last one that was read. A quoted name may span several lines."""

    def __init__(self, lines: TextIO) -> None:
        self._lines = lines
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.last = next(self._lines)
        return self.last
