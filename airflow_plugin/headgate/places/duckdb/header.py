"""The header line of CSV files."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from headgate.errors import CallError


def header_of(files: Sequence[str]) -> list[str]:
    """The column names that all `files` share.

    Raises:
        CallError: a file is empty or not UTF-8, a name is empty or stands twice, or the headers differ.
    """
    first = _read(files[0])
    for file in files[1:]:
        if (header := _read(file)) != first:
            differ = sorted(set(first) ^ set(header)) or ["their order"]
            raise CallError(f"{file} has another header than {files[0]}: {', '.join(differ[:5])}")
    return first


def _read(file: str) -> list[str]:
    try:
        with open(file, encoding="utf-8-sig", newline="") as lines:  # noqa: PTH123
            names = next(csv.reader(lines), [])
    except UnicodeDecodeError:
        raise CallError(f"{file}: not UTF-8; save the file as UTF-8") from None
    if not names:
        raise CallError(f"{file} is empty: a CSV file begins with a line of column names")
    folded = [name.lower() for name in names]
    for position, name in enumerate(folded, start=1):
        if not name:
            raise CallError(f"{file}, line 1: column {position} has no name")
        if folded.index(name) != position - 1:
            raise CallError(f"{file}, line 1: the column '{names[position - 1]}' stands there twice")
    return names
