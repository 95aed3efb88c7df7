"""The header line of CSV files."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from headgate.errors import CallError
from headgate.places.duckdb.csv.rows import rows
from headgate.places.duckdb.csv.source import Source


@dataclass(frozen=True, slots=True)
class Header:
    """The column names of a file, and the number of blank lines before them."""

    names: tuple[str, ...]
    skipped: int


def headers_of(files: Sequence[str]) -> list[Header]:
    """Return the header of each of `files`. All have the same column names.

    Raises:
        CallError: a file is empty, a name is empty or duplicated, or the headers differ.
        QueryError: a header cannot be read.
    """
    headers = [_read(file) for file in files]
    first = headers[0].names
    for file, header in zip(files, headers, strict=True):
        if header.names != first:
            differ = sorted(set(first) ^ set(header.names)) or ["their order"]
            raise CallError(f"{file} has another header than {files[0]}: {', '.join(differ[:5])}")
    return headers


def _read(file: str) -> Header:
    with contextlib.closing(rows(Source(file))) as found:
        row = next((row for row in found if row.cells), None)
    if row is None:
        raise CallError(f"{file} is empty: a CSV file begins with a line of column names")
    seen: set[str] = set()
    for position, name in enumerate(row.cells, start=1):
        if not name:
            raise CallError(f"{file}, line {row.line}: column {position} has no name")
        if name.lower() in seen:
            raise CallError(f"{file}, line {row.line}: duplicate column '{name}'")
        seen.add(name.lower())
    return Header(tuple(row.cells), row.line - 1)
