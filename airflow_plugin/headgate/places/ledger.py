"""headgate's own tables in a database: what was published, what is stale, what a person released.

Their SQL is the same on every platform that publishes into tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Protocol

from headgate.errors import CallError, QueryError, TargetRefusedError
from headgate.places.records import (
    APPEND,
    UPSERT,
    Publication,
    Released,
    ReleaseRequest,
    ServedVersion,
    Staleness,
    WriteMode,
)

SCHEMA = "headgate"
TABLES = {
    "publications": "run_key VARCHAR NOT NULL, target VARCHAR NOT NULL, mode VARCHAR, part VARCHAR, "
    "contract_id VARCHAR, contract_version VARCHAR, contract_commit VARCHAR, dataset VARCHAR, verdict VARCHAR, "
    "policy VARCHAR, outcome VARCHAR, rows_published BIGINT, rows_set_aside BIGINT, run_at TIMESTAMPTZ, "
    "interval_start TIMESTAMPTZ, interval_end TIMESTAMPTZ, seq BIGINT, place_namespace VARCHAR, place_name VARCHAR, "
    "published_at TIMESTAMPTZ, written_at TIMESTAMPTZ",
    "stale": "target VARCHAR NOT NULL, since TIMESTAMPTZ, run_key VARCHAR, why VARCHAR, part VARCHAR",
    "releases": "target VARCHAR NOT NULL, run_key VARCHAR NOT NULL, fingerprint VARCHAR NOT NULL, row_count BIGINT, "
    "reasons VARCHAR, released_by VARCHAR, why VARCHAR, released_at TIMESTAMPTZ",
    "added_columns": "target VARCHAR NOT NULL, column_name VARCHAR NOT NULL",
}
# Columns that were added after the first version: an older ledger lacks them until a user with the right to publishes.
ADDED = {
    "publications": {
        "place_namespace": "VARCHAR",
        "place_name": "VARCHAR",
        "published_at": "TIMESTAMPTZ",
        "written_at": "TIMESTAMPTZ",
    },
}
# The table that did, too.
NEWER = ("added_columns",)
_MARK = re.compile(r"\A\[headgate: stale since [^\]]*\] ?")


class Database(Protocol):
    """What the ledger needs from an open database."""

    def rows(self, query: str) -> list[tuple[Any, ...]]: ...
    def run(self, statement: str) -> int: ...
    def literal(self, value: Any) -> str: ...
    def make_schema(self, schema: str) -> None: ...
    def columns_in(self, schema: str) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """The state of a run key in the ledger of `target`: the sequence number of the last record, and of its own if it
    has one; the time of its first run, and when that was published; the end of the newest data interval that other runs
    published in its place; whether any part of the target is stale; and how many rows another run last published as the
    whole of it, or of that part."""

    target: str
    latest_seq: int
    own_seq: int | None
    first_run_at: datetime | None
    first_published_at: datetime | None
    served_until: datetime | None
    is_stale: bool
    rows_before: int | None

    def rerun(self, record: Publication) -> Publication:
        """Return the record to write: a rerun keeps the time of its first run, and when that was published if it is
        known."""
        if self.own_seq is None:
            return record
        return replace(record, run_at=self.first_run_at or record.run_at, published_at=self.first_published_at)

    def ensure_newest(self, record: Publication, mode: WriteMode, *, allow_older: bool) -> None:
        """Raise CallError if the target, or the part of it, already serves a newer data interval."""
        until, end = self.served_until, record.interval_end
        if mode.kind == APPEND or not end or allow_older or not until or end >= until:
            return
        raise TargetRefusedError(
            f"{self.target} already serves the data interval that ends {until.isoformat()}; this run's ends "
            f"{end.isoformat()}. To publish older data over newer, allow it: allow_older=True (--allow-older)"
        )


class Ledger:
    """The ledger of one target, in an open database; `folds` if names that differ only in case are the same table."""

    def __init__(self, database: Database, target: str, *, folds: bool = False) -> None:
        self._database, self._text = database, database.literal
        self._of_target = f"lower(target) = lower({self._text(target)})" if folds else f"target = {self._text(target)}"
        self._called, self.folds = target, folds

    @property
    def target(self) -> str:
        """What the ledger calls the target."""
        return self._called

    def make(self) -> None:
        """Create the tables and columns that do not exist yet.

        Raises:
            CallError: this user has no right to add a column that an older ledger lacks.
        """
        there = self._columns
        if not there:
            self._database.make_schema(SCHEMA)
        lacking = {f"{SCHEMA}.{table}": _created(table) for table in TABLES if table not in there}
        for table in ADDED.keys() & there.keys():
            new = {column: kind for column, kind in ADDED[table].items() if column not in there[table]}
            lacking |= _added(f"{SCHEMA}.{table}", new)
        if there:
            _upgrade(self._database, lacking)
        else:
            for statement in lacking.values():
                self._database.run(statement)

    @property
    def complete(self) -> bool:
        """Whether all of its tables and columns exist."""
        columns = self._columns
        return columns.keys() == TABLES.keys() and all(new.keys() <= columns[table] for table, new in ADDED.items())

    @property
    def there(self) -> set[str]:
        """headgate's own tables that exist in the database."""
        return set(self._columns)

    @property
    def _columns(self) -> dict[str, set[str]]:
        """The columns of headgate's own tables that exist in the database."""
        columns: dict[str, set[str]] = {}
        for table, column in self._database.columns_in(SCHEMA):
            if table in TABLES:
                columns.setdefault(str(table), set()).add(str(column))
        return columns

    def _rows(self, table: str, columns: str, more: str = "") -> list[tuple[Any, ...]]:
        return self._database.rows(f"SELECT {columns} FROM {SCHEMA}.{table} WHERE {self._of_target} {more}")

    def entry(self, record: Publication, mode: WriteMode) -> Entry:
        """Return what the ledger says about the run key and the target, before `record` is written."""
        mine = f"run_key = {self._text(record.run_key)}"
        whole = f"part IS NULL AND mode NOT IN ({self._text(APPEND)}, {self._text(UPSERT)})"
        there = f" AND (part = {self._text(mode.part)} OR {whole})" if mode.part else ""
        ((latest, own, first_run_at, first_published_at, served_until, stale, before),) = self._rows(
            "publications",
            f"coalesce(max(seq), 0), max(CASE WHEN {mine} THEN seq END), min(CASE WHEN {mine} THEN run_at END), "
            f"min(CASE WHEN {mine} THEN published_at END), "
            f"max(CASE WHEN NOT {mine}{there} THEN interval_end END), "
            f"(SELECT count(*) FROM {SCHEMA}.stale WHERE {self._of_target}), "
            f"(SELECT rows_published FROM {SCHEMA}.publications WHERE {self._of_target} AND NOT {mine} "
            f"AND part IS NOT DISTINCT FROM {self._text(mode.part)} "
            f"AND mode NOT IN ({self._text(APPEND)}, {self._text(UPSERT)}) ORDER BY seq DESC LIMIT 1)",
        )
        return Entry(
            target=self._called,
            latest_seq=latest,
            own_seq=own,
            first_run_at=first_run_at,
            first_published_at=first_published_at,
            served_until=served_until,
            is_stale=bool(stale),
            rows_before=None if mode.kind in (APPEND, UPSERT) else before,
        )

    def write(self, record: Publication, entry: Entry) -> None:
        """Replace the record of the run key. The caller makes sure that no one else publishes into the target
        meanwhile."""
        values = {f.name: getattr(record, f.name) for f in fields(record)}
        is_latest = entry.own_seq == entry.latest_seq and entry.own_seq is not None
        values["seq"] = entry.latest_seq if is_latest else entry.latest_seq + 1
        if entry.own_seq is not None:
            self._delete("publications", f"AND run_key = {self._text(record.run_key)}")
        self._insert("publications", values)
        if entry.is_stale:
            of_part = f"AND part IS NOT DISTINCT FROM {self._text(record.part)}"
            self._delete("stale", of_part if record.part or record.mode in (APPEND, UPSERT) else "")

    def version(self) -> str:
        """Return a text that changes with every publish and release; empty before the first."""
        if not self.there:
            return ""
        released = f"(SELECT count(*) FROM {SCHEMA}.releases WHERE {self._of_target})"
        listed = f"max(seq), count(*), sum(rows_published), sum(rows_set_aside), {released}"
        found = self._rows("publications", listed, "HAVING count(*) > 0")
        return str(found[0]) if found else ""

    def served(self, part: str | None = None) -> ServedVersion | None:
        """Return what was published last into the part, if that part was ever published alone."""
        if not self.there:
            return None
        order = f"ORDER BY coalesce(part = {self._text(part)}, FALSE) DESC, seq DESC LIMIT 1"
        last = self._rows("publications", "run_key, run_at, interval_end, contract_version, verdict, outcome", order)
        if not last:
            return None
        ((run_key, run_at, interval_end, version, verdict, outcome),) = last
        return ServedVersion(run_key, run_at, interval_end, self.stale(), version, verdict, outcome)

    def record(self, run_key: str) -> Publication | None:
        found = self._records(f"AND run_key = {self._text(run_key)}")
        return found[0] if found else None

    def last(self) -> Publication | None:
        """Return what was published last."""
        found = self._records("ORDER BY seq DESC LIMIT 1")
        return found[0] if found else None

    def publications(self) -> list[Publication]:
        """Return everything that was published, in the order of the records."""
        return self._records("ORDER BY seq")

    def _records(self, more: str) -> list[Publication]:
        columns = self._columns.get("publications", set())
        names = [f.name for f in fields(Publication) if f.name in columns]
        rows = self._rows("publications", ", ".join(names), more) if columns else []
        return [Publication(**dict(zip(names, row, strict=True))) for row in rows]

    def replaced_since(self, run_key: str) -> list[Publication]:
        """Return what may have replaced what `run_key` published, the last first. An upsert replaces no appended
        rows."""
        mine = self._rows("publications", "seq, mode", f"AND run_key = {self._text(run_key)}") if self.there else []
        if not mine:
            return []
        seq, mode = mine[0]
        beside = "AND mode <> 'upsert'" if mode == APPEND else ""
        return self._records(f"AND seq > {seq} AND mode <> 'append' {beside} ORDER BY seq DESC")

    def stale(self) -> Staleness | None:
        """Return the longest staleness of the target; None if it is not stale."""
        found = self._rows("stale", "since, run_key, why, part", "ORDER BY since, run_key LIMIT 1")
        return Staleness(*found[0]) if found else None

    def mark_stale(self, stale: Staleness) -> Staleness:
        """Mark the target, or that part of it, as stale unless it is already; return the mark that holds."""
        same = f"AND part IS NOT DISTINCT FROM {self._text(stale.part)}"
        if before := self._rows("stale", "since, run_key, why, part", same):
            return Staleness(*before[0])
        self._insert("stale", {"target": self._called, **asdict(stale)})
        return stale

    def added_columns(self) -> set[str]:
        """Return the columns, in lower case, that a publish added to the target though no contract named them."""
        return {str(name).lower() for (name,) in self._rows("added_columns", "column_name")} if self.complete else set()

    def add_columns(self, names: Sequence[str]) -> None:
        known = self.added_columns()
        for name in names:
            if name.lower() not in known:
                self._insert("added_columns", {"target": self._called, "column_name": name})

    def released(self, release: ReleaseRequest) -> bool:
        """Return whether these rows were released."""
        key = f"AND run_key = {self._text(release.run_key)} AND fingerprint = {self._text(release.fingerprint)}"
        return bool(self._rows("releases", "1", key))

    def releases(self) -> list[Released]:
        """Return which quarantined rows persons released, the oldest first."""
        columns = "run_key, row_count, reasons, released_by, released_at"
        rows = self._rows("releases", columns, "ORDER BY released_at") if "releases" in self.there else []
        return [Released(*row) for row in rows]

    def write_release(self, release: ReleaseRequest, rows: int) -> None:
        values = {"run_key": release.run_key, "fingerprint": release.fingerprint, "row_count": rows}
        values |= {"reasons": ", ".join(release.reasons), "released_by": release.by, "why": release.why}
        self._insert("releases", {"target": self._called, **values, "released_at": release.at})

    def _delete(self, table: str, more: str = "") -> None:
        self._database.run(f"DELETE FROM {SCHEMA}.{table} WHERE {self._of_target} {more}")

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        listed = ", ".join(self._text(value) for value in values.values())
        self._database.run(f"INSERT INTO {SCHEMA}.{table} ({', '.join(values)}) VALUES ({listed})")


def add_columns(database: Database, table: str, columns: Mapping[str, str]) -> None:
    """Add columns, {name: type}, that are new in this version of headgate, to one of its own tables.

    Raises:
        CallError: this user has no right to; the message has the statements.
    """
    _upgrade(database, _added(table, columns))


def _created(table: str) -> str:
    return f"CREATE TABLE IF NOT EXISTS {SCHEMA}.{table} ({TABLES[table]})"


def _added(table: str, columns: Mapping[str, str]) -> dict[str, str]:
    return {f"{table}.{column}": f"ALTER TABLE {table} ADD COLUMN {column} {kind}" for column, kind in columns.items()}


def _upgrade(database: Database, lacking: Mapping[str, str]) -> None:
    """Run the statements that make what an older headgate has not made, by its name."""
    try:
        for statement in lacking.values():
            database.run(statement)
    except QueryError as error:
        raise CallError(
            f"the database lacks {', '.join(lacking)}, which came with this version of headgate and cannot be added: "
            f"{error}. Have the owner run: {'; '.join(lacking.values())}"
            + ("; and grant this user SELECT, INSERT and DELETE on it" * any(map(_is_table, lacking)))
        ) from None


def _is_table(name: str) -> bool:
    return name.count(".") == 1


def comment_of(comment: str | None, stale: Staleness | None) -> str | None:
    """Return a table's comment, with the mark of staleness in front of the rest or without it."""
    rest = _MARK.sub("", comment or "")
    if stale is None:
        return rest or None
    return f"[headgate: stale since {stale.since.isoformat()}] {rest}".strip()
