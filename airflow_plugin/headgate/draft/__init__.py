"""Drafting a contract from data: a profile, the proposals that follow from it, and their YAML text."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from headgate.checks import RESERVED
from headgate.draft.propose import key_candidates, propose
from headgate.draft.write import Draft
from headgate.errors import CallError
from headgate.lint import personal
from headgate.places import DataLike, Place, Session, Stored, place_of
from headgate.places.registry import server_of
from headgate.scan.profile import Profile, is_unique, may_be_unique, profile

__all__ = ["draft_contract"]

# A key is looked for among so many candidates, and so many of them are looked at to the last row.
_MOST_CANDIDATES, _MOST_PROOFS = 24, 2


def draft_contract(data: DataLike, *, name: str | None = None, folder: Path | str = ".") -> Draft:
    """A contract drafted from data, for a person to finish; `str()` of it is the YAML text.

    Values of columns that look personal are not in it; those of others are, as bounds and lists.

    Args:
        data: a path or glob of CSV or Parquet files, `FILE.duckdb#schema.table`, or a DataFrame.
        name: of the dataset; by default the name of the file or table.
        folder: where the contract will stand: the path of its server is relative to it.

    Raises:
        CallError: there is no such data, or no contract can name its columns.
        TransientError: the place could not be reached now.
    """
    place = place_of(data)
    stored = isinstance(place, Stored)
    server = server_of(place, Path(folder))
    if stored and server is None:
        raise CallError(f"{place}: a contract is proposed for files, DataFrames and DuckDB tables only")
    with place.connect() as session:
        relation = session.read(place)
        for column in relation.columns:
            if column.name.lower().startswith(RESERVED):
                raise CallError(f"{place}: the column '{column.name}' has a name that headgate uses itself; rename it")
        guarded = {column.name for column in relation.columns if personal.named(column.name)}
        found = profile(relation, session, guarded=guarded)
        key = _key(found, session)
        properties = propose(found, key, stored=stored, canonical=session.canonical)
    called = name or _name(place)
    return Draft(
        source=str(data) if isinstance(data, str | Path) else str(place),
        rows=found.rows,
        dataset=called,
        physical_name=place.name if isinstance(place, Stored) else called,
        properties=properties,
        server=server or {},
    )


def _key(found: Profile, session: Session) -> tuple[str, ...]:
    """The columns of the likeliest primary key, proven; none where none was found."""
    candidates = islice(key_candidates(found), _MOST_CANDIDATES)
    likely = (key for key in candidates if may_be_unique(key, found.relation, session))
    return next((key for key in islice(likely, _MOST_PROOFS) if is_unique(key, found.relation, session)), ())


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
