"""Parquet files that are read as one table, whose columns may have changed from one to the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from headgate.checks import Column
from headgate.errors import CallError, QueryError

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
# Magic, length of the footer, magic: what the smallest file has besides its footer.
_LEAST = 12
# Types that hold all values of those that stand before them.
_WIDENED = (
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    ("UTINYINT", "SMALLINT"),
    ("USMALLINT", "INTEGER", "BIGINT"),
    ("UINTEGER", "BIGINT"),
    ("FLOAT", "DOUBLE"),
)
_DAMAGED = "the Parquet file is damaged, or has a part that DuckDB cannot read; write it again"
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def validate_whole(path: str) -> None:
    """Raise CallError if a file is not a whole Parquet file: it is empty, cut off, encrypted, or something else."""
    size = Path(path).stat().st_size
    if size == 0:
        raise CallError(f"{path}: the file is empty (0 bytes), not a Parquet file; was it written to the end?")
    with Path(path).open("rb") as opened:
        first = opened.read(len(_MAGIC))
        opened.seek(max(0, size - 8))
        end = opened.read()
    if _ENCRYPTED in (first, end[4:]):
        raise CallError(f"{path}: the Parquet file is encrypted; headgate reads files that are not")
    if first != _MAGIC:
        raise CallError(f"{path}: not a Parquet file: it does not begin with PAR1")
    if size < _LEAST or end[4:] != _MAGIC or int.from_bytes(end[:4], "little") > size - _LEAST:
        raise CallError(f"{path}: the Parquet file is cut off or damaged: its footer is missing; write it again")


@dataclass(frozen=True, slots=True)
class Parts:
    """Parquet files of one table. If they are not `alike`, columns are found by name, and one that a file lacks is
    NULL there."""

    paths: tuple[str, ...]
    columns: tuple[Column, ...]
    alike: bool

    @classmethod
    def of(cls, paths: Sequence[str], describe: Callable[[str], tuple[Column, ...]]) -> Parts:
        """Return the files as one table; `describe` returns the columns of a whole one.

        Raises:
            CallError: a file is not a whole Parquet file, or a column has types that no type holds both.
        """
        for path in paths:
            validate_whole(path)
        each = []
        for path in paths:
            try:
                each.append(describe(path))
            except QueryError:
                raise CallError(f"{path}: {_DAMAGED}") from None
        known: dict[str, tuple[Column, str]] = {}
        for path, columns in zip(paths, each, strict=True):
            for column in columns:
                before, where = known.setdefault(column.name.lower(), (column, path))
                if not _same_kind(before.type, column.type) and before != column:
                    raise CallError(
                        f"{path}: the column '{column.name}' is {column.type}, but {before.type} in {where}; "
                        "rewrite the files with one type, or check them one by one"
                    )
                if column.type != before.type and _widens(before.type, column.type):
                    known[column.name.lower()] = (column, path)
        alike = all(columns == each[0] for columns in each)
        return cls(tuple(paths), tuple(column for column, _ in known.values()), alike)

    def examine(self, read: Callable[[str], object]) -> None:
        """Raise QueryError for the first file that cannot be read; `read` reads the whole of one."""
        for path in self.paths:
            try:
                read(path)
            except Exception:
                raise QueryError(f"{path}: {_DAMAGED}") from None


def _same_kind(one: str, other: str) -> bool:
    return one == other or _widens(one, other) or _widens(other, one)


def _widens(narrow: str, wide: str) -> bool:
    """Whether every value of the type `narrow` is one of the type `wide`."""
    if (few := _DECIMAL.fullmatch(narrow)) and (many := _DECIMAL.fullmatch(wide)):
        whole, fraction = int(few[1]) - int(few[2]), int(few[2])
        return int(many[1]) - int(many[2]) >= whole and int(many[2]) >= fraction
    return any(narrow in kinds and wide in kinds[kinds.index(narrow) :] for kinds in _WIDENED)
