"""Whether a table of PostgreSQL can be published into: what kind of table it is, who may write, what would be lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headgate.errors import TargetRefusedError
from headgate.places.ledger import NEWER, SCHEMA, TABLES
from headgate.places.records import SWAP, UPSERT, WriteMode
from headgate.sql.quote import ident

if TYPE_CHECKING:
    from headgate.places.postgres.session import Postgres
    from headgate.places.statements import Target

# PostgreSQL cuts longer names off.
LONGEST_NAME = 63
_KINDS = {"v": "a view", "m": "a materialized view", "f": "a foreign table"}
_FOUND = """
    SELECT c.oid, n.nspname, c.relname, c.relkind::text, c.relhassubclass, c.relhasrules,
           row_security_active(c.oid), pg_get_userbyid(c.relowner)::text,
           ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'DELETE', 'UPDATE']) AS p
                 WHERE NOT has_table_privilege(c.oid, p))
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE lower(n.nspname) = lower(%(schema)s) AND lower(c.relname) = lower(%(name)s)
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY n.nspname = %(schema)s AND c.relname = %(name)s DESC LIMIT 1
"""
# Whether temporary tables may be made, the schema is there, and tables may be made in it.
_MAY = """
    SELECT has_database_privilege(current_database(), 'TEMP'), n.oid IS NOT NULL,
           coalesce(has_schema_privilege(n.oid, 'CREATE'), has_database_privilege(current_database(), 'CREATE'))
    FROM (SELECT) AS one LEFT JOIN pg_namespace AS n ON n.nspname = %s
"""
# Whether headgate's own schema is there or can be made, its tables are there or can be made, and can be written.
_LEDGER = """
    SELECT n.oid IS NOT NULL OR has_database_privilege(current_database(), 'CREATE'),
           n.oid IS NULL OR t.tables = %(tables)s OR has_schema_privilege(n.oid, 'CREATE'), t.written
    FROM (SELECT) AS one LEFT JOIN pg_namespace AS n ON n.nspname = %(schema)s,
    LATERAL (SELECT count(*) AS tables,
                    coalesce(bool_and(has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
                                      AND has_table_privilege(c.oid, 'DELETE')), true) AS written
             FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname = ANY(%(names)s)) AS t
"""
# What happens to rows of other tables, or of this one, when rows are deleted.
_FOLLOWING = """
    SELECT c.conname, c.conrelid::regclass::text,
           CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END
    FROM pg_constraint AS c
    WHERE c.confrelid = %s AND c.contype = 'f' AND c.confdeltype IN ('c', 'n', 'd')
      AND NOT (%s AND c.conrelid = c.confrelid) LIMIT 1
"""
# What a new table in place of the old one would not have.
_LOST = """
    SELECT 'the trigger ' || tgname FROM pg_trigger WHERE tgrelid = %(oid)s AND NOT tgisinternal
    UNION ALL SELECT 'the foreign key ' || conname FROM pg_constraint
              WHERE contype = 'f' AND %(oid)s IN (conrelid, confrelid)
    UNION ALL SELECT 'the policy ' || polname FROM pg_policy WHERE polrelid = %(oid)s
    UNION ALL SELECT 'row security' FROM pg_class WHERE oid = %(oid)s AND relrowsecurity
    UNION ALL SELECT 'the view ' || v.oid::regclass::text FROM pg_depend AS d JOIN pg_rewrite AS w ON w.oid = d.objid
              JOIN pg_class AS v ON v.oid = w.ev_class
              WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = %(oid)s AND v.oid <> d.refobjid
    UNION ALL SELECT 'the sequence ' || objid::regclass::text FROM pg_depend
              WHERE classid = 'pg_class'::regclass AND refobjid = %(oid)s AND deptype IN ('a', 'i')
                AND EXISTS (SELECT 1 FROM pg_class AS s WHERE s.oid = objid AND s.relkind = 'S')
    UNION ALL SELECT 'its place in the publication ' || p.pubname FROM pg_publication_rel AS r
              JOIN pg_publication AS p ON p.oid = r.prpubid WHERE r.prrelid = %(oid)s
    UNION ALL SELECT 'the grants on columns' FROM pg_attribute
              WHERE attrelid = %(oid)s AND attacl IS NOT NULL HAVING count(*) > 0
    UNION ALL SELECT 'the storage options' FROM pg_class WHERE oid = %(oid)s AND reloptions IS NOT NULL
    UNION ALL SELECT 'its place in a hierarchy of tables' FROM pg_inherits WHERE %(oid)s IN (inhrelid, inhparent)
              HAVING count(*) > 0
"""


@dataclass(frozen=True, slots=True)
class _Found:
    oid: int
    schema: str
    name: str
    kind: str
    has_children: bool
    has_rules: bool
    row_security: bool
    owner: str
    lacking: list[str]


def admit(session: Postgres, target: Target, mode: WriteMode, *, quarantines: bool) -> None:
    """Raise CallError if `target` cannot be published into in this mode, or its quarantine not be written."""
    problems = itertools.chain(
        _problems(session, target, mode), _of_quarantine(session, target.quarantine) if quarantines else ()
    )
    for problem in problems:
        raise TargetRefusedError(f"cannot publish to {target}: {problem}")


def _problems(session: Postgres, target: Target, mode: WriteMode) -> Iterator[str]:
    for name in (target.schema, target.quarantine.name):
        if len(name.encode()) > LONGEST_NAME:
            yield f"the name {name} has more than {LONGEST_NAME} bytes, PostgreSQL would cut it off"
    if mode.kind == UPSERT and session.connection.info.server_version < 150000:
        yield "an upsert needs PostgreSQL 15 or newer"
    ((may_stage, has_schema, may_create),) = session.rows(_MAY, [target.schema])
    if not may_stage:
        what = f"TEMPORARY ON DATABASE {_database(session)}"
        yield f"its user may not make temporary tables, in which rows are staged: {_grant(session, what)}"
    there = session.rows(_FOUND, {"schema": target.schema, "name": target.name})
    if there:
        yield from _of_table(session, target, mode, _Found(*there[0]))
    elif not may_create:
        where = f"SCHEMA {ident(target.schema)}" if has_schema else f"DATABASE {_database(session)}"
        more = "" if has_schema else f", or make the schema {target.schema}"
        yield f"table not found, and its user may not create one: {_grant(session, f'CREATE ON {where}')}{more}"
    yield from _of_ledger(session)


def _of_quarantine(session: Postgres, quarantine: Target) -> Iterator[str]:
    """What keeps the user from putting bad rows aside, in a table beside a target that is there."""
    there = session.rows(_FOUND, {"schema": quarantine.schema, "name": quarantine.name})
    ((_, has_schema, may_create),) = session.rows(_MAY, [quarantine.schema])
    if there:
        lacking = [privilege for privilege in _Found(*there[0]).lacking if privilege != "UPDATE"]
        if lacking:
            what = f"{', '.join(lacking)} ON TABLE {ident(quarantine.schema, quarantine.name)}"
            yield f"its user lacks {', '.join(lacking)} on its quarantine: {_grant(session, what)}"
    elif has_schema and not may_create:
        what = f"CREATE ON SCHEMA {ident(quarantine.schema)}"
        yield f"its user may not create its quarantine, {quarantine}: {_grant(session, what)}"


def _of_ledger(session: Postgres) -> Iterator[str]:
    names = [table for table in TABLES if table not in NEWER]  # without these, the statement is told that makes them
    about = {"schema": SCHEMA, "tables": len(names), "names": names}
    ((has_schema, has_tables, may_write),) = session.rows(_LEDGER, about)
    who = f"its user may not {{}} the schema {SCHEMA}, where records are kept: {{}}"
    if not has_schema:
        yield who.format("make", f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {_user(session)}")
    elif not has_tables:
        yield who.format("make tables in", _grant(session, f"CREATE, USAGE ON SCHEMA {SCHEMA}"))
    elif not may_write:
        what = f"SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA {SCHEMA}"
        yield who.format("write the tables of", _grant(session, what))


def _grant(session: Postgres, what: str) -> str:
    """Return the statement that gives the user a right."""
    return f"GRANT {what} TO {_user(session)}"


def _user(session: Postgres) -> str:
    return ident(session.connection.info.user)


def _database(session: Postgres) -> str:
    return ident(session.connection.info.dbname)


def _of_table(session: Postgres, target: Target, mode: WriteMode, found: _Found) -> Iterator[str]:
    if (found.schema, found.name) != (target.schema, target.name):
        yield f"there is {found.schema}.{found.name}, which PostgreSQL tells apart from it: name it as it is written"
    if found.kind in _KINDS:
        yield f"it is {_KINDS[found.kind]}; a publish writes into a table: give another target"
    if found.has_rules:
        rules = "SELECT 1 FROM pg_rewrite WHERE ev_class = %s AND ev_type <> '1'"
        if session.rows(rules, [found.oid]):
            yield "it has rules (CREATE RULE) that rewrite what is published: drop them"
    if found.has_children and found.kind == "r":
        children: list[tuple[Any, ...]] = session.rows("SELECT 1 FROM pg_inherits WHERE inhparent = %s", [found.oid])
        if children:
            yield "other tables inherit from it, and what is published would replace their rows: give another target"
    if found.row_security:
        hidden = "row security hides rows from its user, so that what is there cannot be replaced: "
        yield f"{hidden}ALTER ROLE {_user(session)} BYPASSRLS"
    needed = {"SELECT", "INSERT", "UPDATE" if mode.kind == UPSERT else "DELETE"}
    if lacking := [privilege for privilege in found.lacking if privilege in needed]:
        what = f"{', '.join(lacking)} ON TABLE {ident(target.schema, target.name)}"
        yield f"its user lacks {', '.join(lacking)} on it: {_grant(session, what)}"
    if mode.kind != UPSERT:
        for constraint, table, action in session.rows(_FOLLOWING, [found.oid, mode.whole]):
            yield (
                f"it is replaced by DELETE, and with ON DELETE {action} the constraint {constraint} would change rows "
                f"of {table}: publish with mode upsert, or change the constraint"
            )
    if mode.kind == SWAP and (lost := [what for (what,) in session.rows(_LOST, {"oid": found.oid})]):
        yield f"a swap would lose {', '.join(dict.fromkeys(lost))}: publish with mode replace, which keeps them"
