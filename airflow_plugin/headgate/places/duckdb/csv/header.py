"""The header line of CSV files."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from headgate.errors import CallError
from headgate.places.duckdb.csv.rows import rows
from headgate.places.duckdb.csv.source import Source

DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "pipes", ",": "commas"}
# So much of a line is looked at for its delimiter.
_LOOK = 1 << 16


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
    if source.separator is None:
        _ensure_delimiter(source)
    with contextlib.closing(rows(source)) as found:
        row = next((row for row in found if row.cells), None)
    if row is None:
        raise CallError(f"{source.name} is empty: a CSV file begins with a line of column names")
    seen: set[str] = set()
    for position, name in enumerate(row.cells, start=1):
        if not name:
            raise CallError(f"{source.name}, line {row.line}: column {position} has no name")
        if name.lower() in seen:
            raise CallError(f"{source.name}, line {row.line}: duplicate column '{name}'")
        seen.add(name.lower())
    return Header(tuple(row.cells), row.line - 1)


def _ensure_delimiter(source: Source) -> None:
    """Raise CallError if the first line says that the cells are separated otherwise, or has a single column that is
    rather several, as the next line shows."""
    with source.text() as text:
        lines = [text.readline(_LOOK).rstrip("\r\n") for _ in range(2)]
    header, other = lines
    for delimiter, called in DELIMITERS.items():
        wanted = f"let the contract say so (`customProperties`, delimiter: {json.dumps(delimiter)})"
        if header.lower() == f"sep={delimiter}":
            raise CallError(f"{source.name}, line 1: '{header}' is a line for Excel; remove it, and {wanted}")
        names, cells = header.split(delimiter), other.split(delimiter)
        quoted = [name[:1] + name[-1:] == '""' and name != '"' for name in names]
        several = len(names) > 1 and all(names) and (all(quoted) or '"' not in header)
        if several and source.delimiter not in header and (not other or len(cells) == len(names)):
            raise CallError(f"{source.name}: one column '{header}': the file is separated by {called}; {wanted}")
