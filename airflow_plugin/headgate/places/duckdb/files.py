"""Files as DuckDB reads them. Neither types nor dialects are sniffed."""

from __future__ import annotations

import glob
import itertools
import operator
from collections.abc import Sequence
from pathlib import Path

from sqlglot import exp

from headgate.errors import DataNotFoundError
from headgate.places.duckdb.header import Header


def matching(path: str) -> list[str]:
    """Return the files that a path or glob matches. Raises CallError if there are none."""
    found = [path] if Path(path).is_file() else sorted(glob.glob(path, recursive=True))  # noqa: PTH207
    files = [file for file in found if Path(file).is_file()]
    if not files:
        raise DataNotFoundError(f"{path}: file not found")
    return files


def parquet(files: Sequence[str], *, partitioned: bool) -> exp.Expr:
    """Return the query that reads Parquet files. With `partitioned`, the name of a folder (day=2026-01-01) is a column
    of text."""
    hive = [_option("hive_partitioning", exp.true() if partitioned else exp.false())]
    if partitioned:
        hive.append(_option("hive_types_autocast", exp.false()))
    return exp.func("read_parquet", _listed(files), *hive)


def united(files: Sequence[str], file: str | None = None) -> exp.Expr:
    """Return the query that reads Parquet files as one table: a column that some of them lack is NULL there. `file`
    names an additional column with the path of the file that each row is in."""
    options = [_option("union_by_name", exp.true()), _option("hive_partitioning", exp.false())]
    if file is not None:
        options.append(_option("filename", exp.Literal.string(file)))
    return exp.Table(this=exp.func("read_parquet", _listed(files), *options))


def csv(files: Sequence[str], headers: Sequence[Header]) -> exp.Expr:
    """Return the query that reads CSV files: comma, double quotes, a header line, everything as text. `headers` are
    those of `files`."""
    ended = zip(files, (header.line_end for header in headers), strict=True)
    alike = itertools.groupby(ended, key=operator.itemgetter(1))
    parts = [_csv([file for file, _ in group], headers[0].names, end) for end, group in alike]
    if len(parts) == 1:
        return parts[0]
    selects: list[exp.Query] = [exp.select("*").from_(part) for part in parts]
    return exp.union(*selects, distinct=False).subquery("__headgate_source")


def _csv(files: Sequence[str], names: Sequence[str], line_end: str) -> exp.Expr:
    text = exp.Literal.string("VARCHAR")
    typed = [exp.PropertyEQ(this=exp.Literal.string(name), expression=text.copy()) for name in names]
    options = {
        "auto_detect": exp.false(),
        "columns": exp.Struct(expressions=typed),
        "header": exp.true(),
        "delim": exp.Literal.string(","),
        "quote": exp.Literal.string('"'),
        "escape": exp.Literal.string('"'),
        "comment": exp.Literal.string(""),
        # Left alone, DuckDB takes the first line break of the file, be it one in a quoted name; where the rows end in
        # another, it reads none of them and says nothing.
        "new_line": exp.Literal.string(line_end.replace("\r", "\\r").replace("\n", "\\n")),
        "hive_partitioning": exp.false(),
    }
    return exp.func("read_csv", _listed(files), *(_option(name, value) for name, value in options.items()))


def objects(files: Sequence[str]) -> exp.Expr:
    """Return the query that reads JSON objects, one after the other or in an array, into the column `json`."""
    return exp.func("read_json_objects", _listed(files), _option("format", exp.Literal.string("auto")),
                    _option("hive_partitioning", exp.false()))  # fmt: skip


def keys(files: Sequence[str]) -> exp.Select:
    """Return the query of the keys of all JSON objects; a NULL among them means that some item is not an object."""
    kind = exp.func("JSON_TYPE", exp.column("json"))
    of_object = exp.Case().when(kind.eq(exp.Literal.string("OBJECT")), exp.func("JSON_KEYS", exp.column("json")))
    nothing = exp.Array(expressions=[exp.cast(exp.null(), "TEXT")])
    one = exp.Unnest(expressions=[of_object.else_(nothing)])
    return exp.select(exp.alias_(one, "key")).distinct().from_(objects(files)).order_by("key")


def texts(files: Sequence[str], names: Sequence[str]) -> exp.Expr:
    """Return the query of the values of JSON objects under these keys, as text; a nested object or array is JSON
    text."""
    pointers = (name.replace("~", "~0").replace("/", "~1") for name in names)
    cells = [
        exp.alias_(
            exp.func("JSON_EXTRACT_STRING", exp.column("json"), exp.Literal.string(f"/{pointer}")), name, quoted=True
        )
        for name, pointer in zip(names, pointers, strict=True)
    ]
    return exp.select(*cells).from_(objects(files)).subquery("__headgate_source")


def _listed(files: Sequence[str]) -> exp.Expr:
    # DuckDB takes every path for a glob.
    return exp.Array(expressions=[exp.Literal.string(glob.escape(file)) for file in files])


def _option(name: str, value: exp.Expr) -> exp.Expr:
    return exp.EQ(this=exp.column(name), expression=value)
