"""Drafting a contract from data: a profile, the proposals that follow from it, and their YAML text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from headgate.checks import RESERVED
from headgate.draft.declared import DeclaredTable, declared
from headgate.draft.described import notes_of_row, propose_described
from headgate.draft.keys import find_key
from headgate.draft.propose import Proposer
from headgate.draft.quoting import quoted
from headgate.draft.rules import rules_of
from headgate.draft.write import Draft
from headgate.errors import CallError
from headgate.json_schema import DescribedSchema, schema_of
from headgate.lint import personal
from headgate.places import DataLike, Place, Session, Statements, Stored, Target, place_of, written_as
from headgate.places.records import RUN_KEY
from headgate.places.registry import format_of, server_of
from headgate.plural import counted
from headgate.scan.profile import kind_of, profile

__all__ = ["draft_contract"]

# Where reading takes long, so many rows of a table are read.
_MOST_ROWS = 1_000_000


def draft_contract(
    data: DataLike | type | Mapping[str, object], *, name: str | None = None, folder: Path | str = "."
) -> Draft:
    """A contract drafted from data or from a schema, for a person to finish; `str()` of it is the YAML text.

    Values of columns that look personal are not in it; those of others are, as bounds and lists. Of a large table of a
    database server, a million rows are read.

    Args:
        data: a path or glob of CSV, JSON or Parquet files, `FILE.duckdb#schema.table`,
            `postgresql://USER@HOST/DATABASE#schema.table`, or a DataFrame. CSV files may be separated by semicolons,
            tabs or pipes. Or what the rows will be: a model of pydantic, or `module:Model` that names one; a JSON
            Schema as a mapping, or the path of a `.json` file.
        name: of the dataset; by default the name of the file or table.
        folder: where the contract will stand: the path of its server is relative to it.

    Raises:
        CallError: there is no such data, it can be read in several ways, or no contract can name its columns.
        TransientError: the place could not be reached now.
    """
    schema = schema_of(data)
    return _of_schema(schema, name) if schema else _of_data(cast("DataLike", data), name, Path(folder))


def _of_schema(schema: DescribedSchema, name: str | None) -> Draft:
    top = schema.top
    for column in top["properties"]:
        _ensure_free(str(column), schema.name)
    called = name or schema.name
    return Draft(
        origin=f"the schema {quoted(schema.name)}; no rows were read",
        dataset=called,
        physical_name=called,
        properties=propose_described(schema),
        description=top.get("description"),
        settings={"extraColumns": "fail"} if top.get("additionalProperties") is False else {},
        notes=notes_of_row(schema),
    )


def _ensure_free(column: str, where: str) -> None:
    if column.lower().startswith(RESERVED):
        raise CallError(f"{where}: the column '{column}' has a name that headgate uses itself; rename it")


def _of_data(data: DataLike, name: str | None, folder: Path) -> Draft:
    place = place_of(data)
    stored = isinstance(place, Stored)
    server = server_of(place, folder)
    if stored and server is None:
        raise CallError(f"{place}: a contract is drafted from files, DataFrames and tables of a database only")
    settings = format_of(place)
    read = written_as(place, settings)
    with read.connect() as session:
        relation = session.read(read)
        # A publish adds it; it is no promise of the contract.
        relation = replace(relation, columns=tuple(c for c in relation.columns if c.name != RUN_KEY))
        for column in relation.columns:
            _ensure_free(column.name, str(place))
        table = (
            declared(relation, session, {c.name: kind_of(c) for c in relation.columns}) if stored else DeclaredTable()
        )
        some = session.sample(relation, _MOST_ROWS)
        guarded = {column.name for column in relation.columns if personal.named(column.name)}
        found = profile(some or relation, session, guarded=guarded)
        key = table.key or find_key(found, session)
        published = _published(place, session)
        properties = Proposer(found, key, stored, session.canonical, table).properties()
    called = name or _name(place)
    extent = "of more, drawn at random" if some else "all of them read"
    return Draft(
        origin=f"{quoted(str(place))}: {counted(found.rows, 'row')}, {extent}",
        dataset=called,
        physical_name=place.name if isinstance(place, Stored) else called,
        properties=properties,
        rows=found.rows,
        server=server or {},
        description=table.description,
        rules=tuple(rules_of(found.rows, published, table)),
        settings=settings,
        notes=table.notes,
    )


def _published(place: Place, session: Session) -> int | None:
    """Return how many rows were last published into a table, if that was done with headgate."""
    if not (isinstance(place, Target) and isinstance(session, Statements)):
        return None
    last = session.ledger(place).last()
    return last.rows_published if last else None


def _name(place: Place) -> str:
    """What a person calls the data: the table, the file without its ending, the folder of a glob."""
    if isinstance(place, Stored):
        return place.name
    if place.lineage is None:
        return "data"
    path = Path(str(place))
    plain = [part for part in (path.stem, path.parent.name, *(p.name for p in path.parents))
             if part and not set(part) & set("*?[]")]  # fmt: skip
    return plain[0] if plain else "data"
