"""How a CSV file is written, where its first rows leave no doubt."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping
from dataclasses import replace

from headgate.errors import CallError, QueryError
from headgate.places.duckdb.csv.copies import Copies
from headgate.places.duckdb.csv.header import DELIMITERS
from headgate.places.duckdb.csv.rows import rows
from headgate.places.duckdb.csv.source import Source

_ROWS = 1_000


def detect(path: str) -> Mapping[str, object]:
    """Return the settings `delimiter` and `encoding` of a file, as far as they are not what it is read as by default.

    An encoding is only told by a byte order mark.

    Raises:
        CallError: several delimiters divide the rows into equally many cells.
        QueryError: the file is damaged.
    """
    copies, source = Copies(), Source(path)
    encoding = source.marked_encoding
    if encoding:
        source = replace(source, path=copies.recoded(source, encoding), original=path)
    columns = {delimiter: _columns(replace(source, separator=delimiter)) for delimiter in DELIMITERS}
    fitting = {delimiter: count for delimiter, count in columns.items() if count > 1}
    if len(fitting) > 1:
        seen = " or ".join(f"{DELIMITERS[delimiter]} ({count} columns)" for delimiter, count in fitting.items())
        raise CallError(f"{path}: the rows may be separated by {seen}; rename the columns that have one in their names")
    delimiter = next(iter(fitting), source.delimiter)
    settings = {"delimiter": None if delimiter == source.delimiter else delimiter, "encoding": encoding}
    return {name: value for name, value in settings.items() if value}


def _columns(source: Source) -> int:
    """Return the number of columns if the first rows all have as many cells as there are names; else 0."""
    with contextlib.closing(rows(source)) as found:
        try:
            cells = [row.cells for row in itertools.islice(found, _ROWS) if row.cells]
        except QueryError:
            return 0
    names = cells[0] if cells else []
    return len(names) if all(names) and {len(names)} == set(map(len, cells)) else 0
