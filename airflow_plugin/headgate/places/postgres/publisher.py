"""Publishing into a PostgreSQL database: rows are replaced in place, so that readers read on and all that hangs on the
table stays; staged rows are in temporary tables, which nobody else sees and no dead session leaves behind."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlglot
from psycopg.errors import LockNotAvailable
from sqlglot import exp

from headgate.checks import DATA, Column, RuleId
from headgate.errors import CallError, TransientError
from headgate.places.drift import Held, drift
from headgate.places.duckdb.session import DuckDB
from headgate.places.place import Relation
from headgate.places.postgres.conversions import misfit
from headgate.places.postgres.faults import translated
from headgate.places.postgres.loading import Reader
from headgate.places.postgres.lookup import looked_up
from headgate.places.postgres.places import Table
from headgate.places.postgres.render import DIALECT
from headgate.places.postgres.session import LOCK_TIMEOUT_S, QUERY_TIMEOUT_S, Postgres, opened
from headgate.places.postgres.staging import Staging
from headgate.places.postgres.target import admit
from headgate.places.publisher import ROW, TablePublisher
from headgate.places.records import APPEND, RUN_KEY, SWAP, Mode
from headgate.places.tables import own_name
from headgate.sql.names import RAW
from headgate.sql.quote import ident, text

if TYPE_CHECKING:
    from headgate.places.place import Place, Session

# Whoever waits for a lock on a table makes others wait who come later; so it is asked for briefly, and often.
_LOCK_WAIT_S, _LOCK_TRIES = 1.5, 12
_HELD = """
    SELECT a.attname, a.atttypid, a.atttypmod, a.atthasdef OR a.attidentity = 'd',
           a.attgenerated <> '' OR a.attidentity = 'a'
    FROM pg_attribute AS a WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
# Who may do what with a table, but for its owner.
_GRANTS = """
    SELECT DISTINCT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
           g.privilege_type, g.is_grantable
    FROM pg_class AS c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS g
    WHERE c.oid = %s AND g.grantee <> c.relowner
"""
# The owner of a table, whether this user acts as the owner, and whether the table can be given to them.
_OWNER = """
    SELECT quote_ident(pg_get_userbyid(c.relowner)), pg_has_role(c.relowner, 'USAGE'),
           has_schema_privilege(c.relowner, c.relnamespace, 'CREATE')
    FROM pg_class AS c WHERE c.oid = %s
"""
_INDEXES = """
    SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = %s
    ORDER BY regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX .* USING ', ' '), i.indisprimary, c.relname
"""


class PostgresPublisher(Postgres, TablePublisher):
    """An open PostgreSQL database that can publish into its own tables."""

    row_number = "ctid"
    as_text = "text"
    as_document = "jsonb"
    swaps = False

    @contextlib.contextmanager
    def source(self, origin: Place) -> Iterator[tuple[Session, Relation]]:
        if isinstance(origin, Table):
            relation = self.read(origin)
            # As the values are, not as they compare with texts.
            table = relation.source if isinstance(relation.source, exp.Table) else relation.source.find(exp.Table)
            assert table is not None
            yield self, replace(relation, source=table)
            return
        with origin.connect() as session:
            if not isinstance(session, DuckDB):
                raise CallError(f"{origin} cannot be published into PostgreSQL")
            reader = Reader(session, self.canonical)
            yield reader, reader.read(origin)

    def run(self, statement: str) -> int:
        with translated(self._what, seconds=QUERY_TIMEOUT_S, patient=True), self.connection.transaction():
            return max(self.connection.execute(self._sent(statement)).rowcount, 0)

    # --- what is staged ---

    def admit(self, target: Table, mode: Mode) -> None:
        admit(self, target, mode)

    def stage(
        self, target: Table, query: exp.Select, reader: Session, run_key: str, name: str,
        types: Mapping[str, str | None],
    ) -> Relation:  # fmt: skip
        held = {name: h.column.type for name, h in (self.columns_of(target) or {}).items()}
        wanted = {column: self.canonical(kind) if kind else None for column, kind in types.items()}
        staging = Staging(self, self.part(target, "stage", run_key), wanted, held)
        if isinstance(reader, DuckDB):
            staging.of_duckdb(reader, query, name)
        else:
            staging.of_query(query, name)
        staged = self.staged(target, run_key, name)
        self._all_kept(staged, types)
        return staged

    def _all_kept(self, staged: Relation, watched: Container[str]) -> None:
        """Raises CallError where values were lost and no rule of the contract would find that."""
        for column in staged.columns:
            name = column.name.removeprefix(RAW)
            if name == column.name or name in watched:
                continue
            ((lost,),) = self.rows(f"SELECT count({ident(column.name)}) FROM {self.sql(staged.as_data)}")
            if lost:
                raise CallError(
                    f"{staged.name}: PostgreSQL cannot hold {lost:,} values of {name}; mend the source, or give the "
                    "contract its logicalType, so that the policy decides about such rows"
                )

    def staged(self, target: Table, run_key: str, name: str = "") -> Relation:
        table = exp.table_(own_name(target, "stage", run_key), db="pg_temp", quoted=True)
        self._read.add(("pg_temp", table.name))
        return self._as_staged(target, run_key, table, name)

    def _as_staged(self, target: Table, run_key: str, rows: exp.Expr, name: str) -> Relation:
        oid = self._oid(self.part(target, "stage", run_key))
        assert oid is not None
        return self._compared(oid, rows, name)[0]

    def _oid(self, table: str) -> int | None:
        ((oid,),) = self.rows("SELECT to_regclass(%s)::oid::int8", [table])
        return oid

    def part(self, target: Table, part: str, run_key: str) -> str:
        return f"pg_temp.{ident(own_name(target, part, run_key))}"

    def make(self, table: str, query: str) -> None:
        self.run(f"DROP TABLE IF EXISTS {table}")
        self.run(f"CREATE TEMPORARY TABLE {table.removeprefix('pg_temp.')} AS {query}")
        self.run(f"ANALYZE {table}")

    def discard(self, target: Table, run_key: str) -> None:
        for part in ("stage", "aside"):
            self.run(f"DROP TABLE IF EXISTS {self.part(target, part, run_key)}")

    def version(self, target: Table) -> str:
        """Which transactions wrote the ledger last."""
        ledger = self.ledger(target)
        if not ledger.there:
            return ""
        rows = (f"SELECT xmin::text FROM headgate.{table} WHERE target = {text(str(target))}"
                for table in ("publications", "releases"))  # fmt: skip
        return " ".join(sorted(xmin for (xmin,) in self.rows(" UNION ALL ".join(rows))))

    def standing(self, target: Table, run_key: str, mode: Mode, *, marked: bool = True) -> Relation | None:
        self._read.add((target.schema, target.name))
        rows, oid = super().standing(target, run_key, mode, marked=marked), self._oid(ident(target.schema, target.name))
        return self._compared(oid, rows.source, rows.name)[0] if rows and oid else None

    def set_aside(self, target: Table, run_key: str, reasons: Mapping[RuleId, exp.Expr]) -> int:
        stage, aside = self.part(target, "stage", run_key), self.part(target, "aside", run_key)
        # The values as they are, beside the values as they compare with texts.
        compared = self.staged(target, run_key).source
        shown = compared.this.expressions if isinstance(compared, exp.Subquery) else []
        seen = ", ".join(map(self.sql, shown)) if shown else "held.*"
        self.make(
            aside,
            f"SELECT * FROM (SELECT held.ctid AS {ROW}, {self.reasons(reasons)}, held.* "
            f"FROM {stage} AS held CROSS JOIN LATERAL (SELECT {seen}) AS {ident(DATA)}) AS marked "
            "WHERE cardinality(headgate_reasons) > 0",
        )
        return int(self.rows(f"SELECT count(*) FROM {aside}")[0][0])

    def at_once(self, condition: exp.Expr) -> exp.Expr:
        return looked_up(condition)

    def remaining(self, target: Table, run_key: str, name: str) -> Relation:
        self._read.add(("pg_temp", own_name(target, "aside", run_key)))
        return self._as_staged(target, run_key, super().remaining(target, run_key, name).source, name)

    def with_target(self, target: Table, run_key: str, mode: Mode, name: str) -> Relation:
        self._read.add((target.schema, target.name))
        both = super().with_target(target, run_key, mode, name)
        return self._as_staged(target, run_key, both.source, name)

    def parsed(self, query: str) -> exp.Select:
        return sqlglot.parse_one(query, dialect=DIALECT, into=exp.Select)

    # --- the switch ---

    @contextlib.contextmanager
    def transaction(self, target: Table) -> Iterator[None]:
        self._make_ledger()
        with translated(self._what, seconds=QUERY_TIMEOUT_S, patient=True), self.connection.transaction():
            try:
                self._alone(f"publish {target}")
            except TransientError:
                if self.connection.broken:
                    raise
                raise TransientError(
                    f"{target}: another publish into it has not ended within {LOCK_TIMEOUT_S} s; try again"
                ) from None
            self.run("SET CONSTRAINTS ALL DEFERRED")
            yield

    def _make_ledger(self) -> None:
        """In a transaction of its own: who publishes into other tables makes the same ones."""
        with translated(self._what, seconds=QUERY_TIMEOUT_S, patient=True), self.connection.transaction():
            self._alone("ledger")
            self.ledger("").make()

    def _alone(self, what: str) -> None:
        """Wait until nobody else of headgate does `what`, and let nobody until the transaction ends."""
        self.rows(f"SELECT pg_advisory_xact_lock(hashtextextended({text(f'headgate {what}')}, 0))")

    def write_data(self, target: Table, run_key: str, columns: Sequence[Column], mode: Mode) -> None:
        held = self.columns_of(target)
        if held is None:
            self._make_schema(target.schema)
        elif mode.kind == SWAP:
            self.swap(target, run_key)
            return
        else:
            alters = drift(str(target), columns, held).added or (mode.kind == APPEND and RUN_KEY not in held)
            # Nobody else writes meanwhile; readers read on, unless the table itself changes.
            self._lock(target, "ACCESS EXCLUSIVE" if alters else "SHARE ROW EXCLUSIVE")
        super().write_data(target, run_key, columns, mode)

    def _make_schema(self, schema: str) -> None:
        if not self.rows("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]):
            self.run(f"CREATE SCHEMA {ident(schema)}")

    def _lock(self, target: Table, kind: str) -> None:
        lock = self._sent(f"LOCK TABLE {ident(target.schema, target.name)} IN {kind} MODE")
        for _ in range(_LOCK_TRIES):
            with translated(self._what, seconds=QUERY_TIMEOUT_S, patient=True), contextlib.suppress(LockNotAvailable):
                with self.connection.transaction():
                    self.connection.execute(f"SET LOCAL lock_timeout = {_LOCK_WAIT_S * 1000:.0f}")
                    self.connection.execute(lock)
                return
            time.sleep(random.uniform(0.2, 0.8))  # noqa: S311 - no secret
        raise TransientError(
            f"{target}: others have it in use, {_LOCK_TRIES} tries to lock it failed (pg_locks says who); try again"
        )

    def remove(self, target: Table, condition: str | None) -> None:
        super().remove(target, condition)
        table = ident(target.schema, target.name)
        ((left,),) = self.rows(f"SELECT count(*) FROM {table} WHERE {condition or 'TRUE'}")
        if left:
            raise CallError(f"{target}: {left:,} rows that were to be replaced are still there; look at its triggers")

    def insert(self, target: Table, run_key: str, columns: Sequence[Column], *, keyed: bool) -> int:
        return self._all_written(target, run_key, super().insert(target, run_key, columns, keyed=keyed))

    def upsert(self, target: Table, run_key: str, columns: Sequence[Column], mode: Mode) -> int:
        written = super().upsert(target, run_key, columns, mode)
        # A row that is nothing but its key is not written again where that is there.
        return written if len(columns) == len(mode.keys) else self._all_written(target, run_key, written)

    def _all_written(self, target: Table, run_key: str, written: int) -> int:
        """Raises CallError where a trigger held rows back. One key of a staged row may be that of several others."""
        ((staged,),) = self.rows(f"SELECT count(*) FROM {self.part(target, 'stage', run_key)}")
        if written < staged:
            raise CallError(f"{target}: {staged:,} rows were to be written, {written:,} were; look at its triggers")
        return written

    def swap(self, target: Table, run_key: str) -> None:
        """A new table like the old one, in its place."""
        columns, held = self._visible(target, run_key), self.columns_of(target) or {}
        old = self._oid(ident(target.schema, target.name))
        new = replace(target, name=own_name(target, "new", ""))
        there, here = ident(target.schema, target.name), ident(new.schema, new.name)
        ((owner, _, _),) = self.rows(_OWNER, [old])
        grants, comment = self.rows(_GRANTS, [old]), self.comment(target)
        self._lock(target, "SHARE ROW EXCLUSIVE")
        self.run(f"CREATE TABLE {here} (LIKE {there} INCLUDING ALL)")
        for column in drift(str(target), columns, held).added:
            self.run(f"ALTER TABLE {here} ADD COLUMN {ident(column.name)} {column.type}")
        into = ", ".join(ident(c.name) for c in columns)
        self.run(f"INSERT INTO {here} ({into}) SELECT {into} FROM {self.part(target, 'stage', run_key)}")
        self._forget_grants(new)
        for grantee, privilege, grantable in grants:
            more = " WITH GRANT OPTION" if grantable else ""
            self.run(f"GRANT {privilege} ON TABLE {here} TO {grantee}{more}")
        if comment is not None:
            self.set_comment(new, comment)
        names = [self.rows(_INDEXES, [oid]) for oid in (old, self._oid(here))]
        self._lock(target, "ACCESS EXCLUSIVE")
        self.run(f"DROP TABLE {there}")
        for (before,), (now,) in zip(*names, strict=True):
            self.run(f"ALTER INDEX {ident(target.schema, now)} RENAME TO {ident(before)}")
        self.run(f"ALTER TABLE {here} RENAME TO {ident(target.name)}")
        self.run(f"ALTER TABLE {there} OWNER TO {owner}")

    # --- tables and their owners ---

    def columns_of(self, target: Table) -> dict[str, Held] | None:
        oid = self._oid(ident(target.schema, target.name))
        found = self.rows(_HELD, [oid]) if oid else []
        return {n.lower(): Held(self._column(n, kind, mod)[0], filled, generated)
                for n, kind, mod, filled, generated in found} or None  # fmt: skip

    def shelter(self, quarantine: Table, target: Table) -> None:
        self._forget_grants(quarantine)
        ((owner, mine, may_create),) = self.rows(_OWNER, [self._oid(ident(target.schema, target.name))])
        if mine and may_create:
            self.run(f"ALTER TABLE {ident(quarantine.schema, quarantine.name)} OWNER TO {owner}")

    def _forget_grants(self, table: Table) -> None:
        """Default privileges may give a new table to others."""
        named = ident(table.schema, table.name)
        for grantee in {grantee for grantee, _, _ in self.rows(_GRANTS, [self._oid(named)])}:
            self.run(f"REVOKE ALL ON TABLE {named} FROM {grantee}")

    def comment(self, target: Table) -> str | None:
        ((comment,),) = self.rows(
            "SELECT obj_description(%s, 'pg_class')", [self._oid(ident(target.schema, target.name))]
        )
        return comment

    def set_comment(self, target: Table, comment: str | None) -> None:
        """Only the owner may; the ledger says the same."""
        named = ident(target.schema, target.name)
        ((_, mine, _),) = self.rows(_OWNER, [self._oid(named)])
        if mine:
            self.run(f"COMMENT ON TABLE {named} IS {text(comment)}")

    # --- the words ---

    def misfits(self, new: Column, old: Column) -> str | None:
        return misfit(ident(new.name), new.type, old.type)

    def without_nulls(self, values: str) -> str:
        return f"array_remove({values}, NULL)"

    def document(self, cells: Mapping[str, str]) -> str:
        pairs = [f"{text(key)}, {value}" for key, value in cells.items()]
        # A function takes a hundred arguments.
        objects = [f"jsonb_build_object({', '.join(pairs[n : n + 50])})" for n in range(0, len(pairs), 50)]
        return f"nullif(jsonb_strip_nulls({' || '.join(objects)}), '{{}}')"

    def kept_type(self, column: Column) -> str:
        return column.type

    def fingerprint(self, columns: Sequence[str]) -> str:
        row = f"CAST(ROW({', '.join(ident(column) for column in columns)}) AS text)"
        return f"CAST(sum(CAST(hashtextextended({row}, 0) AS numeric)) AS text)"


@contextlib.contextmanager
def opened_place(place: Table, write: bool, label: str) -> Iterator[PostgresPublisher]:
    """Open the database of a table; `label` says to its server for whom."""
    with opened(place.url, label, write=write) as connection:
        yield PostgresPublisher(connection, place.url, label)
