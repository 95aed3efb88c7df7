"""CSV files as one table: the query that reads them, and what is wrong with them if it fails."""

from __future__ import annotations

import glob
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from headgate.places.duckdb.csv.copies import Copies
from headgate.places.duckdb.csv.dialect import Dialect
from headgate.places.duckdb.csv.header import headers_of
from headgate.places.duckdb.csv.layout import Layout, scan
from headgate.places.duckdb.csv.rows import examine
from headgate.places.duckdb.csv.source import Source

# DuckDB's own limit of a row.
_LONGEST = 2_000_000
# Less than this is read by one thread in one piece.
_PIECE = 4 << 20


@dataclass(frozen=True, slots=True)
class _File:
    """A file with its layout, and the number of blank lines before its header. `path` is what DuckDB reads: the file
    itself, or a copy."""

    source: Source
    layout: Layout
    skipped: int
    path: str


@dataclass(frozen=True, slots=True)
class Csv:
    """CSV files with the same columns: a header line, double quotes, everything as text."""

    names: tuple[str, ...]
    files: tuple[_File, ...]
    copies: Copies

    @classmethod
    def of(cls, paths: Sequence[str], dialect: Dialect) -> Csv:
        """Look at files from their first byte to the last. One that is not in UTF-8, has other quotes or no header is
        copied first.

        Raises:
            CallError: a file has no header, or another one than the first.
            QueryError: a file cannot be read as a table.
        """
        copies, files = Copies(), []
        sources = [copies.standard(Source(path, dialect.delimiter), dialect) for path in paths]
        headers = headers_of(sources)
        names = headers[0].names
        for unnamed, header in zip(sources, headers, strict=True):
            source = replace(unnamed, columns=len(names))
            # After a byte order mark, DuckDB does not see that the first name is quoted (2.0.0).
            special = {"\r", "\n", '"', source.delimiter} & set(names[0])
            misread = special and not header.skipped and source.marked
            read = copies.unmarked(source) if misread else source.path
            files.append(_File(source, scan(source) or examine(source), header.skipped, read))
        return cls(names, tuple(files), copies)

    @property
    def rows(self) -> int:
        """The number of rows. A blank line is one only where there is but one column: its cell is empty."""
        return sum(file.layout.rows + file.layout.blank * (len(self.names) == 1) for file in self.files)

    @property
    def guessed(self) -> bool:
        """Whether DuckDB has to find out where rows begin: after line breaks in cells, and in a piece of a file that
        has quotes, or blank lines that are rows."""
        alone = len(self.names) == 1
        layouts = [file.layout for file in self.files]
        return any(x.multiline or (x.size > _PIECE and (x.quoted or (alone and x.blank))) for x in layouts)

    def query(self, *, threads: bool = True) -> exp.Expr:
        """Return the query of all rows, in their order, read by several threads if that is safe and `threads` may."""
        threads = threads and not any(file.layout.multiline for file in self.files)
        alike = itertools.groupby(self.files, key=lambda f: (f.layout.line_end, f.skipped, f.source.delimiter))
        parts = [self._part([file.path for file in group], threads, *how) for how, group in alike]
        if len(parts) == 1:
            return parts[0]
        selects: list[exp.Query] = [exp.select("*").from_(part) for part in parts]
        return exp.union(*selects, distinct=False).subquery("__headgate_source")

    def examine(self) -> None:
        """Raise QueryError for the first fault of the files, if they have one."""
        for file in self.files:
            examine(file.source)

    def _part(self, paths: Sequence[str], threads: bool, line_end: str, skipped: int, delimiter: str) -> exp.Expr:
        text = exp.Literal.string("VARCHAR")
        typed = [exp.PropertyEQ(this=exp.Literal.string(name), expression=text.copy()) for name in self.names]
        options = {
            "auto_detect": exp.false(),
            "columns": exp.Struct(expressions=typed),
            "header": exp.true(),
            "delim": exp.Literal.string(delimiter),
            "quote": exp.Literal.string('"'),
            "escape": exp.Literal.string('"'),
            "comment": exp.Literal.string(""),
            # Left alone, DuckDB takes the first line break of the file, be it one in a quoted name; where the rows end
            # in another, it reads none of them and says nothing.
            "new_line": exp.Literal.string(line_end.replace("\r", "\\r").replace("\n", "\\n")),
            "hive_partitioning": exp.false(),
        }
        if skipped:
            options["skip"] = exp.Literal.number(skipped)
        if not threads:
            options["parallel"] = exp.false()  # a thread that begins in a quoted cell takes its lines for rows
        if (longest := max(file.layout.longest for file in self.files)) > _LONGEST:
            options["max_line_size"] = exp.Literal.number(longest)
        # DuckDB takes every path for a glob.
        listed = exp.Array(expressions=[exp.Literal.string(glob.escape(path)) for path in paths])
        given = (exp.EQ(this=exp.column(name), expression=value) for name, value in options.items())
        return exp.func("read_csv", listed, *given)
