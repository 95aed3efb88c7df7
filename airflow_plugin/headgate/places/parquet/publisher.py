"""Publishing Parquet files: built in a DuckDB database of the process's own, made visible by one pointer.

The files of the folder are never changed. A publish writes anew those that hold rows which it replaces, and a file of
what it adds; the next pointer names these and the others.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Container, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlglot import exp

from headgate.errors import DataNotFoundError, HeadgateError, QueryError, TargetRefusedError, TransientError
from headgate.places.capabilities import Capabilities
from headgate.places.duckdb.column_views import with_every_nan
from headgate.places.duckdb.connection import opened
from headgate.places.duckdb.files import united
from headgate.places.duckdb.publisher import DuckDBPublisher
from headgate.places.duckdb.session import DIALECT
from headgate.places.ledger import ADDED, SCHEMA, TABLES, Ledger
from headgate.places.parquet.places import Folder
from headgate.places.parquet.store import Pointer, Store, store_of
from headgate.places.place import Relation
from headgate.places.records import RUN_KEY, UPSERT, WriteMode
from headgate.places.statements import Staged, TableState, Target, same_key
from headgate.plural import counted
from headgate.sql.quote import ident, text

# How many records of runs a pointer carries; older ones are of no use to a rerun.
_RECORDS = 1000
# Which are the last of each of headgate's tables.
# Where the pointer has the times of publication.
_PUBLISHED = "published_at"
_TIMES = ("published_at", "written_at")
_ORDER = {"publications": "seq", "stale": "since", "releases": "released_at", "added_columns": "column_name"}
# Types that Parquet keeps in another way, with the same values.
_SAME = {"TIMESTAMP_S": "TIMESTAMP", "TIMESTAMP_MS": "TIMESTAMP"}

# Others may have made what lies in a folder for all: nothing is followed, waited for or emptied.
_AS_IT_IS = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK


@contextlib.contextmanager
def opened_folder(url: str, *, write: bool) -> Iterator[ParquetPublisher]:
    """A database of this process's own that stands for the folder.

    Raises CallError where nothing was published yet and nothing is to be.
    """
    store = store_of(url)
    pointer = store.latest()
    if not write and not pointer.version:
        raise DataNotFoundError(f"{url}: headgate has published nothing there")
    with _work() as work, opened(str(work / "work.duckdb"), write=True) as connection:
        yield ParquetPublisher(connection, str(work / "work.duckdb"), Folder(url), store, pointer, work)


class ParquetPublisher(DuckDBPublisher):
    """A folder, open to be published into. In its database the target is a table of those rows that are written anew,
    all others stay in the files that they are in."""

    can = Capabilities(commit="pointer", swap="always")
    reads = (*DuckDBPublisher.reads, Folder)

    def __init__(
        self, connection: Any, database: str, folder: Folder, store: Store, pointer: Pointer, work: Path
    ) -> None:
        super().__init__(connection, database)
        self.folder, self.store, self.work = folder, store, work
        self._folders |= {str(work), *store.folders}
        self._load(pointer)

    def _load(self, pointer: Pointer) -> None:
        """Bring the database to what a pointer says."""
        self.pointer = pointer
        self._rewritten: set[str] | None = None
        self._aside_changed = False
        for table in ("data", "quarantine"):
            self.rows(f"DROP TABLE IF EXISTS main.{table}")
        if pointer.columns:
            self.rows(f"CREATE TABLE main.data ({', '.join(f'{ident(n)} {kind}' for n, kind in pointer.columns)})")
        if pointer.quarantine:
            there = united([self.store.local(pointer.quarantine, self.work)]).sql(DIALECT)
            self.rows(f"CREATE TABLE main.quarantine AS SELECT * FROM {there}")
        self.ledger(self.folder).make()
        place = {"place_namespace": self.folder.lineage.namespace, "place_name": self.folder.lineage.name}
        times = {row["run_key"]: row for row in pointer.ledger.get(_PUBLISHED, [])}
        for table in TABLES:
            self.rows(f"DELETE FROM {SCHEMA}.{table}")
            here = {"target": self.folder.url} | (place if table in ADDED else {})
            found = [row | here for row in pointer.ledger.get(table, [])]  # however called then
            if table in ADDED:
                found = [row | {name: times.get(row["run_key"], {}).get(name) for name in _TIMES} for row in found]
            names = list(dict.fromkeys(name for row in found for name in row))
            listed = ", ".join(f"({', '.join(text(row.get(name)) for name in names)})" for row in found)
            if found:
                self.rows(f"INSERT INTO {SCHEMA}.{table} ({', '.join(names)}) VALUES {listed}")

    def ledger(self, target: Target) -> Ledger:
        return Ledger(self, self.folder.url)

    # --- reading ---

    def read(self, place: Any) -> Relation:
        if not isinstance(place, Folder):
            return super().read(place)
        if place == self.folder.quarantine:
            return self.relation(exp.table_("quarantine", db="main"), str(place))
        store = self.store if place == self.folder else store_of(place.url)
        pointer = self.pointer if place == self.folder else store.latest()
        if not pointer.files:
            raise DataNotFoundError(f"{place}: headgate has published nothing there")
        paths = [store.local(file, self.work) for file in pointer.files]
        self._paths.update(paths)
        return with_every_nan(self.relation(united(paths), str(place)))

    def content(self, target: Target) -> str:
        return united(self._local()).sql(DIALECT) if self.pointer.files else "main.data"

    def _local(self) -> list[str]:
        return [self.store.local(file, self.work) for file in self.pointer.files]

    # --- the switch ---

    def refuse_columns(self, staged: Staged) -> None:
        columns = {c.name: c.type for c in staged.visible}
        path = self.work / "types.parquet"
        listed = ", ".join(ident(name) for name in columns)
        self.rows(f"COPY (SELECT {listed} FROM {staged.table} LIMIT 0) TO {text(path)} (FORMAT parquet)")
        for column in self.relation(united([str(path)]), "").columns:
            wanted = columns[column.name]
            if column.type != _SAME.get(wanted, wanted) and not wanted.startswith("ENUM"):
                raise TargetRefusedError(
                    f"{staged.target}: Parquet keeps no {wanted} ({column.name}); give the column another physicalType"
                )

    def version(self, target: Target) -> str:
        return str(self.pointer.version)

    @contextlib.contextmanager
    def transaction(self, target: Target) -> Iterator[None]:
        with self.store.lock():
            latest = self.store.latest()
            if latest.version != self.pointer.version:
                self._load(latest)
            with super().transaction(target):
                yield
                pointer = self.write_files()
            self.store.point(pointer)
            self._load(pointer)
        with contextlib.suppress(HeadgateError, OSError):
            self.store.sweep()

    def prepare(self, staged: Staged, mode: WriteMode, state: TableState, *, alters: bool) -> None:
        """Find the files with rows that are replaced, and bring all of their rows into the database."""
        files = dict(zip(self._local(), self.pointer.files, strict=True))
        if mode.whole or not files:
            self._rewritten = set(self.pointer.files)
            return
        before = {name.lower() for name, _ in self.pointer.columns}
        if mode.where is not None:
            concerned = self.sql(mode.where.transform(lambda n: exp.null() if _is_unknown(n, before) else n))
        elif mode.kind == UPSERT:
            concerned = f"EXISTS (SELECT 1 FROM {staged.table} AS new WHERE {same_key(mode)})"
        else:
            concerned = f"{RUN_KEY} = {text(staged.run_key)}" if state.has_run_key else "FALSE"
        scanned = united(list(files), "headgate_file").sql(DIALECT)
        found = [
            file for (file,) in self.rows(f"SELECT DISTINCT headgate_file FROM {scanned} AS held WHERE {concerned}")
        ]
        self._rewritten = {files[file] for file in found}
        if found:
            # By name: these may be files that are older than a column of the others.
            self.rows(f"INSERT INTO main.data BY NAME SELECT * FROM {united(found).sql(DIALECT)}")

    def write_files(self) -> Pointer:
        """Write what is new; the pointer to it, which does not hold yet."""
        version = self.pointer.version + 1
        place = f"v{version:012d}-{uuid.uuid4().hex[:12]}"
        files, columns, quarantine = self.pointer.files, self.pointer.columns, self.pointer.quarantine
        if self._rewritten is not None:
            files = tuple(file for file in files if file not in self._rewritten)
            ((rows,),) = self.rows("SELECT count(*) FROM main.data")
            if rows or not files:
                files = (*files, self._write("data", f"{place}/part-data.parquet", rows))
            named = self.relation(united([self.store.local(file, self.work) for file in files]), "").columns
            columns = tuple((c.name, c.type) for c in named)
        if self._aside_changed and self.states(self.folder.quarantine)[0].exists:
            ((rows,),) = self.rows("SELECT count(*) FROM main.quarantine")
            quarantine = self._write("quarantine", f"{place}/part-quarantine.parquet", rows) if rows else None
        now = datetime.now(UTC).isoformat()
        return Pointer(version, files, columns, self._records(), quarantine, now)

    def _write(self, table: str, path: str, rows: int) -> str:
        with self.store.writing(path, self.work) as there:
            self.rows(f"COPY main.{table} TO {text(there)} (FORMAT parquet, COMPRESSION zstd)")
            ((written,),) = self.rows(f"SELECT count(*) FROM {united([there]).sql(DIALECT)}")
            if written != rows:
                raise QueryError(f"{self.folder}: {counted(written, 'row')} written, {rows:,} expected")
        return path

    def _records(self) -> dict[str, list[dict[str, Any]]]:
        """The ledger, as JSON has it. Columns that were added are not written there, as an older headgate reads only
        those that it knows: the place is that of this folder, and times of publication have a list of their own."""
        found: dict[str, list[dict[str, Any]]] = {}
        for table, order in _ORDER.items():
            columns = [c.name for c in self.relation(exp.table_(table, db=SCHEMA), "").columns]
            names = [name for name in columns if name not in ADDED.get(table, ())]
            rows = self.rows(f"SELECT {', '.join(names)} FROM {SCHEMA}.{table} ORDER BY {order} DESC LIMIT {_RECORDS}")
            plain = [[v.isoformat() if isinstance(v, datetime) else v for v in row] for row in reversed(rows)]
            found[table] = [dict(zip(names, row, strict=True)) for row in plain]
        times = self.ledger(self.folder).publications()[-_RECORDS:]
        found[_PUBLISHED] = [
            {"run_key": record.run_key} | {name: at.isoformat() for name in _TIMES if (at := getattr(record, name))}
            for record in times
            if record.published_at or record.written_at
        ]
        return found

    @contextlib.contextmanager
    def quarantining(self) -> Iterator[None]:
        self._aside_changed = True
        yield


def _is_unknown(node: exp.Expr, columns: Container[str]) -> bool:
    return isinstance(node, exp.Column) and node.name.lower() not in columns


@contextlib.contextmanager
def _work() -> Iterator[Path]:
    """A folder for this process alone. Those of processes that died are removed."""
    parent = Path(tempfile.gettempdir())
    for old in parent.glob("headgate-work-*"):
        with contextlib.suppress(OSError), os.fdopen(os.open(old / "lock", _AS_IT_IS, 0o600), "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody holds it
            shutil.rmtree(old, ignore_errors=True)
    try:
        made = Path(tempfile.mkdtemp(prefix="headgate-new-", dir=parent))
        handle = (made / "lock").open("w")
        fcntl.flock(handle, fcntl.LOCK_EX)
        # Only now may others find it: without its lock it would be one of those of the dead.
        folder = made.rename(made.with_name(made.name.replace("headgate-new-", "headgate-work-")))
    except OSError as error:
        raise TransientError(f"{parent}: {error.strerror}") from None
    with handle:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
