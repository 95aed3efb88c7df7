"""Publishing into a DuckDB database: stage, set aside, switch."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from headgate.checks import DATA, Column, raw_name
from headgate.errors import CallError, TransientError
from headgate.places.duckdb.places import Table
from headgate.places.duckdb.session import DIALECT, DuckDB, identifier, quoted
from headgate.places.place import QueryError, Record, Relation

_RAW = raw_name("")
# Stages of this process that are in use: (database, table).
_LIVE: set[tuple[str, str]] = set()


class DuckDBPublisher(DuckDB):
    """An open DuckDB database that can publish into its own tables."""

    def stage(self, target: Table, query: exp.Select, run_key: str, name: str) -> Relation:
        self._refuse(target, query, name)
        self._sweep(target)
        staged = _aside(target, "stage", run_key)
        _LIVE.add((self.database, staged.name))
        self.rows(exp.Create(this=identifier(target.schema), kind="SCHEMA", exists=True))
        self.rows(exp.Create(this=quoted(staged), kind="TABLE", replace=True, expression=query))
        return self._relation(quoted(staged), name)

    def _refuse(self, target: Table, query: exp.Select, name: str) -> None:
        """What cannot be published here, found out before anything is built."""
        if "rowid" in (column.name.lower() for column in self.view(query, name).columns):
            raise CallError(f"{name}: the column 'rowid' has a name that is taken in DuckDB; rename it")
        kind = self.rows(
            "SELECT table_type FROM information_schema.tables WHERE table_catalog = current_database() "
            "AND lower(table_schema) = lower(?) AND lower(table_name) = lower(?)",
            target.schema,
            target.name,
        )
        if kind and kind[0][0] == "VIEW":
            raise CallError(f"{target} is a view; a publish replaces a table: give another target")

    def _sweep(self, target: Table) -> None:
        """Remove what dead runs left: no other process has the file open, and this one knows its own."""
        for schema, table in self.rows(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() "
            "AND regexp_matches(table_name, '^__headgate_(stage|aside)_')"
        ):
            if (self.database, table.replace("_aside_", "_stage_")) not in _LIVE:
                self.rows(f"DROP TABLE IF EXISTS {quoted(replace(target, schema=schema, name=table)).sql(DIALECT)}")

    def set_aside(self, target: Table, run_key: str, reasons: Mapping[str, exp.Expr]) -> int:
        stage = quoted(_aside(target, "stage", run_key))
        cases = [exp.Case().when(condition, exp.Literal.string(key)) for key, condition in reasons.items()]
        listed = f"list_filter({exp.Array(expressions=cases).sql(DIALECT)}, lambda reason: reason IS NOT NULL)"
        aside = quoted(_aside(target, "aside", run_key)).sql(DIALECT)
        self.rows(
            f"CREATE OR REPLACE TABLE {aside} AS SELECT * FROM "
            f"(SELECT rowid AS __headgate_row, {listed} AS headgate_reasons, * "
            f"FROM {stage.sql(DIALECT)} AS {DATA}) AS marked WHERE len(headgate_reasons) > 0"
        )
        return self.rows(f"SELECT count(*) FROM {aside}")[0][0]

    def remaining(self, target: Table, run_key: str, name: str) -> Relation:
        stage, aside = (quoted(_aside(target, part, run_key)) for part in ("stage", "aside"))
        marked = exp.select("__headgate_row").from_(aside)
        rest = exp.select("*").from_(stage).where(exp.column("rowid").isin(query=marked).not_())
        return self._relation(rest.subquery(), name)

    def switch(self, target: Table, record: Record, *, allow_older: bool = False) -> None:
        stage, aside = (_aside(target, part, record.run_key) for part in ("stage", "aside"))
        staged = self._relation(quoted(stage), "").columns
        columns = [c for c in staged if not c.name.startswith(_RAW)]
        raw = [c.name for c in staged if c.name.startswith(_RAW)]
        if record.rows_set_aside:
            deleted = self.rows(
                f"DELETE FROM {quoted(stage).sql(DIALECT)} WHERE rowid IN "
                f"(SELECT __headgate_row FROM {quoted(aside).sql(DIALECT)})"
            )
            if deleted[0][0] != record.rows_set_aside:
                raise QueryError(f"{target}: {deleted[0][0]} rows to set aside, {record.rows_set_aside} expected")
        for name in raw:
            self.rows(f"ALTER TABLE {quoted(stage).sql(DIALECT)} DROP COLUMN {identifier(name).sql(DIALECT)}")
        with self.transaction():
            record = self._settled(target, record, allow_older)
            self.write_data(target, stage)
            self.write_quarantine(target, aside if record.rows_set_aside else None, columns, raw, record)
            self.write_record(record)

    def discard(self, target: Table, run_key: str) -> None:
        _LIVE.discard((self.database, _aside(target, "stage", run_key).name))
        for part in ("stage", "aside"):
            self.rows(f"DROP TABLE IF EXISTS {quoted(_aside(target, part, run_key)).sql(DIALECT)}")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        self.rows("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            # A commit that failed, or a fatal error, has ended the transaction already.
            with contextlib.suppress(QueryError, TransientError):
                self.rows("ROLLBACK")
            raise
        self.rows("COMMIT")

    def write_data(self, target: Table, stage: Table) -> None:
        self.rows(f"DROP TABLE IF EXISTS {quoted(target).sql(DIALECT)}")
        self.rows(f"ALTER TABLE {quoted(stage).sql(DIALECT)} RENAME TO {identifier(target.name).sql(DIALECT)}")

    def write_quarantine(
        self, target: Table, aside: Table | None, columns: list[Column], raw: list[str], record: Record
    ) -> None:
        """Replace what this run key set aside. A column that is new is added, one whose type changed becomes text."""
        quarantine = target.quarantine
        there = self.exists(quarantine)
        if there:
            self.rows(f"DELETE FROM {quoted(quarantine).sql(DIALECT)} WHERE headgate_run_key = ?", record.run_key)
        if aside is None:
            return
        own = (
            ("headgate_run_key", "VARCHAR"),
            ("headgate_reasons", "VARCHAR[]"),
            ("headgate_raw", "JSON"),
            ("headgate_contract_version", "VARCHAR"),
            ("headgate_run_at", "TIMESTAMPTZ"),
        )
        table = quoted(quarantine).sql(DIALECT)
        wanted = [(c.name, "VARCHAR" if "ENUM" in c.type else c.type) for c in columns]
        if not there:
            spelled = ", ".join(f"{identifier(n).sql(DIALECT)} {t}" for n, t in (*wanted, *own))
            self.rows(f"CREATE TABLE {table} ({spelled})")
        else:
            have = {c.name.lower(): c.type for c in self._relation(quoted(quarantine), "").columns}
            for name, kind in wanted:
                spelled = identifier(name).sql(DIALECT)
                if name.lower() not in have:
                    self.rows(f"ALTER TABLE {table} ADD COLUMN {spelled} {kind}")
                elif have[name.lower()] not in (kind, "VARCHAR"):
                    self.rows(f"ALTER TABLE {table} ALTER COLUMN {spelled} TYPE VARCHAR")
        listed = ", ".join(identifier(c.name).sql(DIALECT) for c in columns)
        cells = ", ".join(
            f"{exp.Literal.string(name.removeprefix(_RAW)).sql(DIALECT)}, {identifier(name).sql(DIALECT)}"
            for name in raw
        )
        # A merge patch drops the cells that did cast.
        kept = f"nullif(json_merge_patch('{{}}', json_object({cells})), '{{}}')" if raw else "NULL"
        self.rows(
            f"INSERT INTO {table} ({listed}, {', '.join(n for n, _ in own)}) "
            f"SELECT {listed}, ?, headgate_reasons, {kept}, ?, ? FROM {quoted(aside).sql(DIALECT)}",
            record.run_key,
            record.contract_version,
            record.run_at,
        )

    def write_record(self, record: Record) -> None:
        values = {name: getattr(record, name) for name in Record.__dataclass_fields__}
        self.rows("DELETE FROM headgate.publications WHERE run_key = ? AND target = ?", record.run_key, record.target)
        self.rows(
            f"INSERT INTO headgate.publications ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
            *values.values(),
        )

    def _settled(self, target: Table, record: Record, allow_older: bool) -> Record:
        """The record as it will be written: a rerun keeps the time of its run; an older interval is refused."""
        self.rows("CREATE SCHEMA IF NOT EXISTS headgate")
        self.rows(
            "CREATE TABLE IF NOT EXISTS headgate.publications (run_key VARCHAR NOT NULL, target VARCHAR NOT NULL, "
            "contract_id VARCHAR, contract_version VARCHAR, contract_commit VARCHAR, dataset VARCHAR, verdict VARCHAR, "
            "policy VARCHAR, outcome VARCHAR, rows_published BIGINT, rows_set_aside BIGINT, run_at TIMESTAMPTZ, "
            "interval_start TIMESTAMPTZ, interval_end TIMESTAMPTZ)"
        )
        before = self.rows(
            "SELECT min(run_at) FILTER (run_key = ?), max(interval_end) FILTER (run_key <> ?) "
            "FROM headgate.publications WHERE target = ?",
            record.run_key,
            record.run_key,
            record.target,
        )
        first_run_at, served = before[0]
        if served and record.interval_end and record.interval_end < served and not allow_older:
            raise CallError(
                f"{target} already serves the data interval that ends {served.isoformat()}; this run's ends "
                f"{record.interval_end.isoformat()}. To publish older data over newer, allow it: allow_older=True"
            )
        return replace(record, run_at=first_run_at or record.run_at)


def _aside(target: Table, part: str, run_key: str) -> Table:
    token = hashlib.sha256(f"{target}\0{run_key}".encode()).hexdigest()[:12]
    return replace(target, name=f"__headgate_{part}_{token}")
