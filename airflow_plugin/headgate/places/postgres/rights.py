"""What a role of PostgreSQL can change: all of it, or why a candidate may not run as that role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# The role itself, and every role whose rights it has or can take by SET ROLE.
_ROLES = "roles AS (SELECT r.* FROM pg_roles AS r WHERE pg_has_role(%(role)s, r.oid, 'MEMBER'))"
# Roles that PostgreSQL brings, and that write, run programs or end what others do.
_PREDEFINED = """
    'pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program', 'pg_signal_backend', 'pg_maintain',
    'pg_create_subscription', 'pg_database_owner'
"""
# Each row says one thing that the role can do, in words. Tables of the shadow's own schemas do not count.
_WRITES = f"""
    WITH {_ROLES},
    own AS (SELECT oid FROM pg_namespace
            WHERE nspname = %(schema)s OR starts_with(nspname, %(schema)s || '_') OR nspname ~ '^pg_(toast|temp)'),
    things AS (
        SELECT c.oid, c.relkind, c.relowner, format('%%I.%%I', n.nspname, c.relname) AS name
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname <> 'information_schema'
          AND (n.nspname <> 'pg_catalog' OR c.relkind = 'r') AND n.oid NOT IN (SELECT oid FROM own)
    )
    SELECT format('is %%s', said) FROM roles CROSS JOIN LATERAL (VALUES
        (rolsuper, 'a superuser'), (rolcreaterole, 'allowed to create roles'),
        (rolcreatedb, 'allowed to create databases'), (rolreplication, 'allowed to replicate')) AS v (has, said)
    WHERE has
    UNION SELECT format('is a member of %%s', rolname) FROM roles WHERE rolname IN ({_PREDEFINED})
    UNION SELECT format('owns %%s', t.name) FROM things AS t JOIN roles ON roles.oid = t.relowner
    UNION SELECT format('may write %%s', t.name) FROM things AS t CROSS JOIN roles AS r
        WHERE t.relkind <> 'S' AND (
            has_table_privilege(r.oid, t.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
            OR has_any_column_privilege(r.oid, t.oid, 'INSERT, UPDATE, REFERENCES'))
          AND NOT (t.name = 'pg_catalog.pg_settings')
    UNION SELECT format('may advance the sequence %%s', t.name) FROM things AS t CROSS JOIN roles AS r
        WHERE t.relkind = 'S' AND has_sequence_privilege(r.oid, t.oid, 'USAGE, UPDATE')
    UNION SELECT format('may create in the schema %%I', n.nspname) FROM pg_namespace AS n CROSS JOIN roles AS r
        WHERE n.oid NOT IN (SELECT oid FROM own) AND has_schema_privilege(r.oid, n.oid, 'CREATE')
    UNION SELECT format('owns the schema %%I', n.nspname) FROM pg_namespace AS n JOIN roles ON roles.oid = n.nspowner
        WHERE n.oid NOT IN (SELECT oid FROM own)
    UNION SELECT format('may create schemas in the database %%I', current_database()) FROM roles AS r
        WHERE has_database_privilege(r.oid, current_database(), 'CREATE')
    UNION SELECT format('may use the foreign server %%I', s.srvname) FROM pg_foreign_server AS s CROSS JOIN roles AS r
        WHERE has_server_privilege(r.oid, s.oid, 'USAGE')
    UNION SELECT format('may write the large object %%s', l.oid) FROM pg_largeobject_metadata AS l
        WHERE l.lomowner IN (SELECT oid FROM roles) OR EXISTS (
            SELECT 1 FROM aclexplode(l.lomacl) AS a
            WHERE a.privilege_type = 'UPDATE' AND a.grantee IN (SELECT oid FROM roles UNION SELECT 0))
"""
# Functions that run with the rights of their owner: who may write any SQL may call them.
_DEFINERS = f"""
    WITH {_ROLES}
    SELECT DISTINCT format('may call %%s, which runs with the rights of its owner %%s (SECURITY DEFINER)',
                           p.oid::regprocedure, pg_get_userbyid(p.proowner))
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace CROSS JOIN roles AS r
    WHERE p.prosecdef AND n.nspname <> 'pg_catalog' AND p.proowner NOT IN (SELECT oid FROM roles)
      AND has_function_privilege(r.oid, p.oid, 'EXECUTE') AND has_schema_privilege(r.oid, n.oid, 'USAGE')
"""


def writes_of(rows: Callable[[str, Any], list[tuple[Any, ...]]], role: str, schema: str, *, any_sql: bool) -> list[str]:
    """Return what a role can change outside of `schema`, and the schemas whose names begin with it and `_`, in words.

    Args:
        any_sql: whether it will run SQL that nobody has admitted, so that it can call any function.
    """
    given = {"role": role, "schema": schema}
    found = [said for (said,) in rows(_WRITES, given)]
    if any_sql:
        found += [said for (said,) in rows(_DEFINERS, given)]
    return sorted(found, key=lambda said: (said != "is a superuser", said))
