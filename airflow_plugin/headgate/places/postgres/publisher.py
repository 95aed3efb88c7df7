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

from headgate.checks import DATA, Column
from headgate.errors import CallError, TargetRefusedError, TransientError
from headgate.places.capabilities import Capabilities
from headgate.places.duckdb.connection import IN_MEMORY
from headgate.places.duckdb.connection import opened as duckdb_opened
from headgate.places.duckdb.session import DuckDB
from headgate.places.ledger import Ledger
from headgate.places.place import Relation
from headgate.places.postgres.conversions import misfit
from headgate.places.postgres.copy import Reader
from headgate.places.postgres.errors import postgres_errors
from headgate.places.postgres.places import Table
from headgate.places.postgres.preflight import admit
from headgate.places.postgres.render import DIALECT
from headgate.places.postgres.semi_join import as_semi_join
from headgate.places.postgres.session import LOCK_TIMEOUT_S, QUERY_TIMEOUT_S, Postgres, opened, table_in
from headgate.places.postgres.staging import Staging
from headgate.places.records import WriteMode
from headgate.places.statements import ROW, Staged, Statements, TableState, Target, TargetColumn, own_name
from headgate.plural import agreeing, counted
from headgate.sql.names import RAW
from headgate.sql.quote import ident, text

if TYPE_CHECKING:
    from headgate.places.columns import ColumnChanges
    from headgate.places.place import Place, Session

# Whoever waits for a lock on a table makes others wait who come later; so it is asked for briefly, and often.
_LOCK_WAIT_S, _LOCK_TRIES = 1.5, 12
_HELD = """
    SELECT a.attname, a.atttypid, a.atttypmod, a.atthasdef OR a.attidentity = 'd',
           a.attgenerated <> '' OR a.attidentity = 'a', obj_description(a.attrelid, 'pg_class')
    FROM pg_attribute AS a
    WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
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


class PostgresPublisher(Postgres, Statements):
    """An open PostgreSQL database that can publish into its own tables."""

    can = Capabilities(swap="asked", comments=True, grants=True)
    row_number = "ctid"
    as_text = "text"
    as_document = "jsonb"

    @contextlib.contextmanager
    def source(self, origin: Place) -> Iterator[tuple[Session, Relation]]:
        if isinstance(origin, Table):
            relation = self.read(origin)
            # As the values are, not as they compare with texts.
            yield self, replace(relation, source=table_in(relation))
            return
        with origin.connect() as session:
            if isinstance(session, DuckDB):
                reader = Reader(session, self.canonical)
                yield reader, reader.read(origin)
                return
            rows = session.arrow(exp.select("*").from_(session.read(origin).source))
            with duckdb_opened(IN_MEMORY, write=True) as connection:
                reader = Reader(DuckDB(connection, IN_MEMORY), self.canonical)
                yield reader, reader.receive(rows, str(origin))

    # --- what is staged ---

    def admit(self, target: Target, mode: WriteMode, state: TableState, *, quarantines: bool) -> None:
        admit(self, target, mode, quarantines=quarantines)

    def stage(
        self, target: Target, query: exp.Select, reader: Session, run_key: str, name: str,
        types: Mapping[str, str | None], state: TableState,
    ) -> Relation:  # fmt: skip
        held = {name: h.column.type for name, h in state.columns.items()}
        wanted = {column: self.canonical(kind) if kind else None for column, kind in types.items()}
        staging = Staging(self, self.part(target, "stage", run_key), wanted, held)
        if isinstance(reader, Reader):
            staging.of_duckdb(reader, query, name)
        else:
            staging.of_query(query, name)
        staged = self._staged(target, run_key, name)
        self._all_kept(staged, types)
        return staged

    def restage(self, target: Target, query: str, run_key: str, name: str) -> Relation:
        self.make(self.part(target, "stage", run_key), query)
        return self._staged(target, run_key, name)

    def _staged(self, target: Target, run_key: str, name: str) -> Relation:
        """What is staged, which queries of the contract may read, as what is marked and the target's own rows."""
        stage, aside = (own_name(target, part, run_key) for part in ("stage", "aside"))
        self._read |= {("pg_temp", stage), ("pg_temp", aside), (target.schema, target.name)}
        oid = self._oid(self.part(target, "stage", run_key))
        assert oid is not None
        return self._compared(oid, exp.table_(stage, db="pg_temp", quoted=True), name)[0]

    def _all_kept(self, staged: Relation, watched: Container[str]) -> None:
        """Raises CallError where values were lost and no rule of the contract would find that."""
        for column in staged.columns:
            name = column.name.removeprefix(RAW)
            if name == column.name or name in watched:
                continue
            ((lost,),) = self.rows(f"SELECT count({ident(column.name)}) FROM {self.sql(staged.as_data)}")
            if lost:
                raise CallError(
                    f"{staged.name}: PostgreSQL cannot hold {counted(lost, 'value')} of {name}; fix the source, or "
                    "give the contract its logicalType, so that the policy decides about such rows"
                )

    def _oid(self, table: str) -> int | None:
        ((oid,),) = self.rows("SELECT to_regclass(%s)::oid::int8", [table])
        value: int | None = oid
        return value

    def part(self, target: Target, part: str, run_key: str) -> str:
        return f"pg_temp.{ident(own_name(target, part, run_key))}"

    def discard(self, target: Target, run_key: str) -> None:
        self.run(f"DROP TABLE IF EXISTS {', '.join(self.part(target, part, run_key) for part in ('stage', 'aside'))}")

    def version(self, target: Target) -> str:
        """Which transactions wrote the ledger last."""
        ledger = self.ledger(target)
        if not ledger.there:
            return ""
        rows = (f"SELECT xmin::text FROM headgate.{table} WHERE target = {text(str(target))}"
                for table in ("publications", "releases"))  # fmt: skip
        return " ".join(sorted(xmin for (xmin,) in self.rows(" UNION ALL ".join(rows))))

    def existing(self, target: Target, rows: exp.Select, state: TableState) -> Relation:
        oid = self._oid(ident(target.schema, target.name))
        assert oid is not None
        return self._compared(oid, rows.subquery(), str(target))[0]

    def marking(self, staged: Staged, marks: str) -> str:
        # The values as they are, beside the values as they compare with texts.
        compared = staged.relation.source
        shown = compared.this.expressions if isinstance(compared, exp.Subquery) else []
        seen = ", ".join(map(self.sql, shown)) if shown else "held.*"
        return (
            f"SELECT held.ctid AS {ROW}, {marks}, held.* "
            f"FROM {staged.table} AS held CROSS JOIN LATERAL (SELECT {seen}) AS {ident(DATA)}"
        )

    def at_once(self, condition: exp.Expr) -> exp.Expr:
        return as_semi_join(condition)

    def parsed(self, query: str) -> exp.Select:
        return sqlglot.parse_one(query, dialect=DIALECT, into=exp.Select)

    # --- the switch ---

    @contextlib.contextmanager
    def transaction(self, target: Target) -> Iterator[None]:
        self._make_ledger()
        with postgres_errors(self._what, seconds=QUERY_TIMEOUT_S, patient=True), self.connection.transaction():
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
        if Ledger(self, "").complete:
            return
        with postgres_errors(self._what, seconds=QUERY_TIMEOUT_S, patient=True), self.connection.transaction():
            self._alone("ledger")
            Ledger(self, "").make()

    def _alone(self, what: str) -> None:
        """Wait until nobody else of headgate does `what`, and let nobody until the transaction ends."""
        self.rows(f"SELECT pg_advisory_xact_lock(hashtextextended({text(f'headgate {what}')}, 0))")

    def prepare(self, staged: Staged, mode: WriteMode, state: TableState, *, alters: bool) -> None:
        """Nobody else writes meanwhile; readers read on, unless the table itself changes."""
        if not state.exists:
            self.make_schema(staged.target.schema)
        elif not self.can.swaps(mode, state):
            self._lock(staged.target, "ACCESS EXCLUSIVE" if alters else "SHARE ROW EXCLUSIVE")

    def make_schema(self, schema: str) -> None:
        if not self.rows("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]):
            self.run(f"CREATE SCHEMA {ident(schema)}")

    def _lock(self, target: Target, kind: str) -> None:
        lock = self._sent(f"LOCK TABLE {ident(target.schema, target.name)} IN {kind} MODE")
        for _ in range(_LOCK_TRIES):
            with (
                postgres_errors(self._what, seconds=QUERY_TIMEOUT_S, patient=True),
                contextlib.suppress(LockNotAvailable),
            ):
                with self.connection.transaction():
                    self.connection.execute(f"SET LOCAL lock_timeout = {_LOCK_WAIT_S * 1000:.0f}")
                    self.connection.execute(lock)
                return
            time.sleep(random.uniform(0.2, 0.8))  # noqa: S311 - no secret
        raise TransientError(
            f"{target}: others have it in use, {_LOCK_TRIES} tries to lock it failed (pg_locks says who); try again"
        )

    def remove(self, target: Target, condition: str | None) -> None:
        super().remove(target, condition)
        table = ident(target.schema, target.name)
        ((left,),) = self.rows(f"SELECT count(*) FROM {table} WHERE {condition or 'TRUE'}")
        if left:
            raise TargetRefusedError(
                f"{target}: {counted(left, 'row')} that {agreeing(left, 'was', 'were')} to be replaced "
                f"{agreeing(left, 'is', 'are')} still there; check its triggers"
            )

    def insert(self, staged: Staged, *, keyed: bool) -> int:
        return self._all_written(staged, super().insert(staged, keyed=keyed))

    def upsert(self, staged: Staged, mode: WriteMode, absent: Sequence[Column] = (), *, keyed: bool) -> int:
        written = super().upsert(staged, mode, absent, keyed=keyed)
        # A row that is nothing but its key is not written again where that is there.
        return written if len(staged.visible) == len(mode.keys) else self._all_written(staged, written)

    def _all_written(self, staged: Staged, written: int) -> int:
        """Raises CallError where a trigger held rows back. One key of a staged row may be that of several others."""
        ((rows,),) = self.rows(f"SELECT count(*) FROM {staged.table}")
        if written < rows:
            raise TargetRefusedError(
                f"{staged.target}: {counted(rows, 'row')} {agreeing(rows, 'was', 'were')} to be written, {written:,} "
                f"{agreeing(written, 'was', 'were')}; check its triggers"
            )
        return written

    def swap(self, staged: Staged, state: TableState, changes: ColumnChanges) -> None:
        """A new table like the old one, in its place."""
        target = staged.target
        old = self._oid(ident(target.schema, target.name))
        new = Table("", own_name(target, "new", ""), target.schema)
        there, here = ident(target.schema, target.name), ident(new.schema, new.name)
        ((owner, _, _),) = self.rows(_OWNER, [old])
        grants = self.rows(_GRANTS, [old])
        self._lock(target, "SHARE ROW EXCLUSIVE")
        self.run(f"CREATE TABLE {here} (LIKE {there} INCLUDING ALL)")
        for column in changes.added:
            self.run(f"ALTER TABLE {here} ADD COLUMN {ident(column.name)} {column.type}")
        into = ", ".join(ident(c.name) for c in staged.visible)
        self.run(f"INSERT INTO {here} ({into}) SELECT {into} FROM {staged.table}")
        self._forget_grants(new)
        for grantee, privilege, grantable in grants:
            more = " WITH GRANT OPTION" if grantable else ""
            self.run(f"GRANT {privilege} ON TABLE {here} TO {grantee}{more}")
        if state.comment is not None:
            self.set_comment(new, state.comment)
        names = [self.rows(_INDEXES, [oid]) for oid in (old, self._oid(here))]
        self._lock(target, "ACCESS EXCLUSIVE")
        self.run(f"DROP TABLE {there}")
        for (before,), (now,) in zip(*names, strict=True):
            self.run(f"ALTER INDEX {ident(target.schema, now)} RENAME TO {ident(before)}")
        self.run(f"ALTER TABLE {here} RENAME TO {ident(target.name)}")
        self.run(f"ALTER TABLE {there} OWNER TO {owner}")

    # --- tables and their owners ---

    def states(self, *tables: Target) -> list[TableState]:
        return [self._state(table) for table in tables]

    def _state(self, table: Target) -> TableState:
        columns, comment = {}, None
        for name, kind, mod, filled, generated, said in self.rows(_HELD, [ident(table.schema, table.name)]):
            columns[name.lower()] = TargetColumn(self._column(name, kind, mod)[0], filled, generated)
            comment = said
        return TableState(columns, comment)

    def shelter(self, quarantine: Target, target: Target) -> None:
        self._forget_grants(quarantine)
        ((owner, mine, may_create),) = self.rows(_OWNER, [self._oid(ident(target.schema, target.name))])
        if mine and may_create:
            self.run(f"ALTER TABLE {ident(quarantine.schema, quarantine.name)} OWNER TO {owner}")

    def _forget_grants(self, table: Target) -> None:
        """Default privileges may give a new table to others."""
        named = ident(table.schema, table.name)
        for grantee in {grantee for grantee, _, _ in self.rows(_GRANTS, [self._oid(named)])}:
            self.run(f"REVOKE ALL ON TABLE {named} FROM {grantee}")

    def set_comment(self, target: Target, comment: str | None) -> None:
        """Only the owner may; the ledger says the same."""
        named = ident(target.schema, target.name)
        ((_, mine, _),) = self.rows(_OWNER, [self._oid(named)])
        if mine:
            self.run(f"COMMENT ON TABLE {named} IS {text(comment)}")

    # --- the words ---

    def misfits(self, new: Column, old: Column) -> str | None:
        return misfit(ident(new.name), new.type, old.type)

    def some_of(self, values: Sequence[str]) -> str:
        return f"array_remove(ARRAY[{', '.join(values)}], NULL)"

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
