"""CSV files that DuckDB reads in pieces: each of more than 32 MB, as Python's csv module reads it."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from headgate.places.duckdb.places import Files
from sqlglot import exp

LEAST = 34 << 20
LOG = "2025-01-01,INFO,started"
NAMES = ["id", "note", "amount"]

# Shape: its line end, what stands before the header, the header, a cell with {} for the number of its row, and what
# stands after a row now and then.
SHAPES = {
    "cells of many lines that look like rows": ("\n", "", NAMES, f"{LOG}\n" * 900, ""),
    "such cells, rows ended by CRLF": ("\r\n", "", NAMES, f"{LOG}\n" * 900, ""),
    "such cells with CRLF, rows ended by CR": ("\r", "", NAMES, f"{LOG}\r\n" * 900, ""),
    "cells of one line, rows ended by CRLF": ("\r\n", "", NAMES, 'text, "quoted"' * 200, ""),
    "quoted delimiters and quotes": ("\n", "", NAMES, '",","' * 600, ""),
    "no quotes": ("\n", "", NAMES, "text " * 800, ""),
    "byte order mark": ("\n", "\ufeff", NAMES, f"{LOG}\n" * 900, ""),
    "byte order mark and breaks in the header": ("\r\n", "\ufeff", ["id\n(id)", 'the "note"\r', "amount"], LOG * 900, ""),
    "breaks in the header": ("\r\n", "", ["id\n(id)", "note\r\n,,\n", "amount"], f"{LOG}\n" * 900, ""),
    "blank lines": ("\r\n", "\r\n\r\n", NAMES, "text " * 800, "\r\n\r\n"),
    "blank lines between cells of many lines": ("\n", "\n", NAMES, f"{LOG}\n\n" * 900, "\n"),
    "long rows": ("\n", "", NAMES, "x" * 5_000_000, ""),
}  # fmt: skip


def write(path: Path, end: str, before: str, names: list[str], long: str, after: str) -> None:
    random = Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(before)
        rows = csv.writer(file, lineterminator=end)
        rows.writerow(names)
        number = 0
        while file.tell() < LEAST:
            for _ in range(500):
                number += 1
                is_long = random.random() < (0.02 if len(long) < 1_000_000 else 0.004)
                rows.writerow([number, long if is_long else "n", random.random()])
                if random.random() < 0.01:
                    file.write(after)


def digest(rows: Iterator[tuple[str | None, ...]]) -> tuple[int, str]:
    """Return how many rows there are, and a hash of them in their order."""
    number, found = 0, hashlib.sha256()
    for row in rows:
        number += 1
        found.update(repr(row).encode())
    return number, found.hexdigest()


def expected(path: Path) -> Iterator[tuple[str | None, ...]]:
    before = csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = (row for row in csv.reader(text) if row)
        next(rows)
        yield from (tuple(cell or None for cell in row) for row in rows)
    csv.field_size_limit(before)


def found(path: Path) -> Iterator[tuple[str | None, ...]]:
    place = Files(str(path), "csv")
    with place.connect() as session:
        relation = session.read(place)
        for batch in session.batches(exp.select("*").from_(relation.source.copy()), 2_000):
            yield from batch


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_large_files(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    write(path, *SHAPES[shape])
    assert path.stat().st_size > 32 << 20
    assert digest(found(path)) == digest(expected(path))
    path.unlink()
