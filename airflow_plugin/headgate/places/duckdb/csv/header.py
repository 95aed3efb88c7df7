"""The header line of CSV files."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from headgate.errors import CallError
from headgate.places.duckdb.csv.rows import Row, rows
from headgate.places.duckdb.csv.source import Source

_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "pipes", ",": "commas"}


@dataclass(frozen=True, slots=True)
class Header:
    """The column names of a file, and the number of blank lines before them."""

    names: tuple[str, ...]
    skipped: int


def headers_of(sources: Sequence[Source]) -> list[Header]:
    """Return the header of each of `sources`. All have the same column names.

    Raises:
        CallError: a file is empty or has another delimiter, a name is empty or duplicated, or the headers differ.
        QueryError: a header cannot be read.
    """
    headers = [_read(source) for source in sources]
    first = headers[0].names
    for source, header in zip(sources, headers, strict=True):
        if header.names != first:
            differ = sorted(set(first) ^ set(header.names)) or ["their order"]
            raise CallError(f"{source.name} has another header than {sources[0].name}: {', '.join(differ[:5])}")
    return headers


def _read(source: Source) -> Header:
    file = source.name
    with contextlib.closing(rows(source)) as found:
        filled = (row for row in found if row.cells)
        row = next(filled, None)
        if row is None:
            raise CallError(f"{file} is empty: a CSV file begins with a line of column names")
        if len(row.cells) == 1 and source.separator is None:
            _ensure_delimiter(file, row, filled)
    seen: set[str] = set()
    for position, name in enumerate(row.cells, start=1):
        if not name:
            raise CallError(f"{file}, line {row.line}: column {position} has no name")
        if name.lower() in seen:
            raise CallError(f"{file}, line {row.line}: duplicate column '{name}'")
        seen.add(name.lower())
    return Header(tuple(row.cells), row.line - 1)


def _ensure_delimiter(file: str, header: Row, others: Iterator[Row]) -> None:
    """Raise CallError if a single column is rather several with another delimiter between them."""
    (name,) = header.cells
    for delimiter, called in _DELIMITERS.items():
        wanted = f"let the contract say so (`customProperties`, delimiter: {json.dumps(delimiter)})"
        if name.lower() == f"sep={delimiter}":
            raise CallError(f"{file}, line {header.line}: '{name}' is a line for Excel; remove it, and {wanted}")
        if delimiter in name and delimiter in next(others, header).text:
            raise CallError(f"{file}: one column '{name}': the file is separated by {called}; {wanted}")
