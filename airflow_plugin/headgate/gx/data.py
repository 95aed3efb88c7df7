"""Data as GX's pandas engine sees it, with columns that DuckDB sees alike.

A column has a kind where both do: int, float, bool, str, time, zoned. A NULL of DuckDB is then what pandas takes for
one (None, NaN, NaT). Rows are counted from 0 in the order of the frame.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from headgate.checks import DATA
from headgate.errors import MissingExtraError, UnsupportedError
from headgate.gx import late
from headgate.places import Place, Relation, Session
from headgate.places.duckdb import Frame

ROW = "row"


class Data:
    """A pandas frame, and a relation over those of its columns that have a kind."""

    def __init__(self, frame: Any, session: Session) -> None:
        self.frame = frame
        self.session = session
        self.names = tuple(frame.columns)
        self.rows = len(frame)

    @functools.cached_property
    def plain(self) -> bool:
        """Whether every name means one column: GX takes names that differ in nothing but case for one."""
        return len({str(name).casefold() for name in self.names}) == len(self.names)

    @functools.cached_property
    def kinds(self) -> Mapping[str, str]:
        if not self.plain:
            return {}
        kinds = ((name, _kind(self.frame[name])) for name in self.names if isinstance(name, str))
        return {name: kind for name, kind in kinds if kind}

    @functools.cached_property
    def relation(self) -> Relation:
        columns = {self._alias(name): _readable(self.frame[name], self.kinds[name]) for name in self.kinds}
        view = late.pd.DataFrame({**columns, ROW: range(self.rows)})
        return self.session.read(Frame(view))

    def _alias(self, name: str) -> str:
        return f"c{self.names.index(name)}"

    def kind(self, name: str, *allowed: str) -> str:
        """The kind of a column. Raises UnsupportedError where it has none of the `allowed` ones."""
        if name not in self.names:
            raise UnsupportedError("a missing column is told by GX")
        kind = self.kinds.get(name)
        if kind is None or (allowed and kind not in allowed):
            raise UnsupportedError(f"a column of {kind or 'objects'}")
        return kind

    def column(self, name: str) -> exp.Column:
        return exp.column(self._alias(name), table=DATA, quoted=True)

    def select(self, *expressions: Any) -> exp.Select:
        return exp.select(*expressions).from_(self.relation.as_data)

    def first(self, condition: exp.Expr, limit: int | None) -> list[int]:
        """The rows that meet `condition`, at most `limit`, in the order of the frame."""
        row = exp.column(ROW, table=DATA, quoted=True)
        query = self.select(row).where(condition.copy()).order_by(row.copy())
        return [found[0] for found in self.session.rows(query if limit is None else query.limit(limit))]

    def distinct(self, name: str) -> Any:
        """The values of a column that are no NULL, each once, as a Series of the column's dtype."""
        return self.frame[name].dropna().drop_duplicates()

    def where(self, condition: Any) -> Data:
        """The rows that a query of pandas keeps. Raises UnsupportedError where it fails."""
        try:
            return Data(self.frame.query(condition), self.session)
        except Exception as error:  # whatever it is, GX tells it its own way
            raise UnsupportedError(f"the row condition fails: {type(error).__name__}") from None

    def keep(self, mask: Any) -> Data:
        """The rows for which `mask`, a boolean for each, holds."""
        return Data(self.frame[mask], self.session)

    def labels(self, rows: Sequence[int]) -> list[Any]:
        return list(self.frame.index[list(rows)])

    def values(self, names: Iterable[str], rows: Sequence[int]) -> Any:
        """The frame of some rows and columns."""
        return self.frame[list(names)].iloc[list(rows)]


def frame_of(place: Place) -> Any:
    """The pandas frame that GX would be given: a frame as it is, anything else as DuckDB's `df()` makes one of it, or
    of the rows of another platform as pandas does.

    Raises:
        CallError: there is no such data.
        MissingExtraError: pandas is not installed.
    """
    given = place.data if isinstance(place, Frame) else None
    if type(given).__module__.partition(".")[0] == "pandas":
        return given
    try:
        pd = late.pd
    except ImportError:
        raise MissingExtraError("pandas", "gx") from None
    with place.connect() as session:
        relation = session.read(place)
        query = exp.select("*").from_(relation.source)
        if session.dialect == "duckdb":
            return session.connection.execute(query.sql("duckdb")).df()  # type: ignore[attr-defined]
        return pd.DataFrame(session.rows(query), columns=[column.name for column in relation.columns])


def _kind(series: Any) -> str | None:
    kind, dtype = series.dtype.kind, series.dtype
    text = str(dtype)
    if text in ("int64", "int32", "int16", "int8", "uint8", "uint16", "uint32"):
        return "int"
    if text in ("float64", "bool"):
        return text.rstrip("64")
    if text == "str":
        return "str"
    if kind == "M":
        return "time" if text.startswith("datetime64[") and "," not in text else "zoned"
    if text == "object" and late.pd.api.types.infer_dtype(series, skipna=True) == "string":
        return "str" if type(series.dropna().iloc[0]) is str else None
    return None


def _readable(series: Any, kind: str) -> Any:
    values = series.reset_index(drop=True)
    if kind != "str":
        return values
    # As objects with None: how a string column lies in memory is pandas' own affair.
    return late.pd.Series(
        [None if missing else value for value, missing in zip(values, values.isna(), strict=True)], dtype=object
    )
