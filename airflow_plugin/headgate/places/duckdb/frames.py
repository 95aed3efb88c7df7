"""DataFrames whose columns DuckDB reads otherwise than other engines do, or not at all."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from headgate.errors import QueryError
from headgate.places.duckdb.places import Frame
from headgate.places.duckdb.types import NO_TYPE, logical_types
from headgate.places.place import Relation

if TYPE_CHECKING:
    from headgate.places.duckdb.session import DuckDB


def read_frame(place: Frame, session: DuckDB) -> Relation:
    """Return the rows of a DataFrame.

    Raises:
        QueryError: DuckDB cannot read one of its columns.
    """

    def read(column: object) -> None:
        session.connection.execute(f"SELECT max(COLUMNS(*)::VARCHAR) FROM {session.register(column)}")

    session.examine_later(lambda: _examine(place.data, str(place), read))
    with session.errors():
        relation = session.relation(session.register(place.data), str(place))
    empty = _without_type(place.data)
    # Where dicts lack a key or have unlike values, DuckDB takes them for maps of one type of values, or for texts.
    likely = [c.name for c in relation.columns if c.name not in empty and re.search(r"MAP\(|^VARCHAR", c.type)]
    documents = [name for name in likely if _is_pandas(place.data) and _has_dicts(place.data, name)]
    if documents:
        cells = [exp.column(c.name, quoted=True) for c in relation.columns]
        shown = [exp.alias_(exp.cast(c, "JSON"), c.name, quoted=True) if c.name in documents else c for c in cells]
        texts = session.register(_with_documents(place.data, documents))
        relation = session.relation(exp.select(*shown).from_(texts).subquery("__headgate_source"), str(place))
    columns = (
        replace(c, type=NO_TYPE, logical=logical_types(NO_TYPE)) if c.name in empty else c for c in relation.columns
    )
    return replace(relation, columns=tuple(columns))


def _is_pandas(data: Any) -> bool:
    """Return whether a DataFrame is one of pandas, which is not imported for it."""
    return type(data).__module__.partition(".")[0] == "pandas"


def _without_type(data: Any) -> set[str]:
    """Return the pandas columns that hold no value at all: what type they have is an accident.

    pandas makes a column of objects or floats of nothing but missing values, whatever it is a column of.
    """
    if not _is_pandas(data):
        return set()
    kinds = data.dtypes.items()
    return {str(name) for name, kind in kinds if not len(data) or (kind.kind in "Of" and data[name].isna().all().all())}


def _has_dicts(data: Any, name: str) -> bool:
    """Whether the first cells of a pandas column that are not missing are dicts, or lists of them."""
    if name not in data.columns or data[name].dtype.kind != "O":
        return False
    first: Any = next((cell for cell in data[name] if not _missing(cell)), None)
    while isinstance(first, list | tuple) or hasattr(first, "tolist"):
        first = next(iter(first), None) if isinstance(first, list | tuple) else first.tolist()
    return isinstance(first, Mapping)


def _with_documents(data: Any, columns: Collection[str]) -> Any:
    """Return a pandas DataFrame with the dicts of these columns as JSON texts."""
    texts = {name: [None if _missing(cell) else json.dumps(_plain(cell)) for cell in data[name]] for name in columns}
    return data.assign(**texts)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: a missing one is null, a moment an ISO text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):  # numpy's arrays and numbers
        return _plain(value.tolist())
    if _missing(value):
        return None
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, str | int | float) else str(value)


def _missing(value: Any) -> bool:
    """Whether pandas takes it for missing: None, NaN, NaT, NA."""
    is_nan = isinstance(value, float) and math.isnan(value)
    return value is None or is_nan or type(value).__name__ in ("NAType", "NaTType")


def _examine(data: Any, name: str, read: Callable[[Any], object]) -> None:
    """Raise QueryError if DuckDB cannot read a column of a DataFrame; `read` reads the whole of one."""
    for column, kind, alone in _columns(data):
        try:
            read(alone)
        except duckdb.Error:
            raise QueryError(
                f"{name}: DuckDB cannot read the column '{column}' ({kind}): its type is not supported, or its values "
                "are of different types; convert it, or leave it out"
            ) from None


def _columns(data: Any) -> Iterator[tuple[str, object, Any]]:
    """The columns with their types, each as a DataFrame of its own."""
    if _is_pandas(data):
        for position, (name, kind) in enumerate(data.dtypes.items()):
            yield str(name), kind, data.iloc[:, [position]]
    elif hasattr(data, "select") and hasattr(data, "schema"):
        # A schema of polars is a mapping, one of Arrow lists fields.
        polars = isinstance(data.schema, Mapping)
        fields = data.schema.items() if polars else ((field.name, field.type) for field in data.schema)
        for name, kind in fields:
            yield name, kind, data.select([name])
