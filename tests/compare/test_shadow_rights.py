"""A role that could change production is no role for a candidate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from headgate.errors import CallError
from headgate.places import place_of
from headgate.places.postgres.shadow import opened_login
from headgate.places.shadow import shadow_beside

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
# What a role may do, and what the refusal says of it; `{schema}` is production's schema.
RIGHTS = {
    "superuser": ("ALTER ROLE trial SUPERUSER", "is a superuser"),
    "creates roles": ("ALTER ROLE trial CREATEROLE", "is allowed to create roles"),
    "creates databases": ("ALTER ROLE trial CREATEDB", "is allowed to create databases"),
    "replicates": ("ALTER ROLE trial REPLICATION", "is allowed to replicate"),
    "insert": ("GRANT INSERT ON t TO trial", "may write {schema}.t"),
    "update": ("GRANT UPDATE ON t TO trial", "may write {schema}.t"),
    "a column": ("GRANT UPDATE (a) ON t TO trial", "may write {schema}.t"),
    "delete": ("GRANT DELETE ON t TO trial", "may write {schema}.t"),
    "truncate": ("GRANT TRUNCATE ON t TO trial", "may write {schema}.t"),
    "a trigger": ("GRANT TRIGGER ON t TO trial", "may write {schema}.t"),
    "references": ("GRANT REFERENCES ON t TO trial", "may write {schema}.t"),
    "a view": ("GRANT UPDATE ON v TO trial", "may write {schema}.v"),
    "by PUBLIC": ("GRANT INSERT ON t TO PUBLIC", "may write {schema}.t"),
    "a sequence": ("GRANT USAGE ON SEQUENCE s TO trial", "may advance the sequence {schema}.s"),
    "owns": ("ALTER TABLE t OWNER TO trial", "owns {schema}.t"),
    "creates tables": ("GRANT CREATE ON SCHEMA {schema} TO trial", "may create in the schema {schema}"),
    "owns the schema": ("ALTER SCHEMA {schema} OWNER TO trial", "owns the schema {schema}"),
    "creates schemas": ("GRANT CREATE ON DATABASE postgres TO trial", "may create schemas in the database postgres"),
    "by another role": ("GRANT INSERT ON t TO writers; GRANT writers TO trial", "may write {schema}.t"),
    "by a role to be taken": (
        "ALTER ROLE trial NOINHERIT; GRANT INSERT ON t TO writers; GRANT writers TO trial", "may write {schema}.t"
    ),
    "writes all": ("GRANT pg_write_all_data TO trial", "is a member of pg_write_all_data"),
    "runs programs": ("GRANT pg_execute_server_program TO trial", "is a member of pg_execute_server_program"),
    "writes files": ("GRANT pg_write_server_files TO trial", "is a member of pg_write_server_files"),
    "a large object": ("SELECT lo_create(4711); GRANT UPDATE ON LARGE OBJECT 4711 TO trial", "may write the large object 4711"),
}  # fmt: skip
DEFINER = "CREATE FUNCTION clear() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM {schema}.t'; GRANT USAGE ON SCHEMA {schema} TO trial"


@pytest.fixture
def trial(schema: Any) -> Iterator[Any]:
    """A role that can read, and what could give it more."""
    schema.run("CREATE TABLE t (a INTEGER)", "CREATE VIEW v AS SELECT * FROM t", "CREATE SEQUENCE s",
               "CREATE ROLE trial LOGIN", "CREATE ROLE writers", "GRANT SELECT ON t TO trial")  # fmt: skip
    yield schema
    schema.run("SELECT lo_unlink(oid) FROM pg_largeobject_metadata", "DROP FUNCTION IF EXISTS clear()",
               "ALTER TABLE t OWNER TO headgate", f"ALTER SCHEMA {schema.schema} OWNER TO headgate",
               "DROP OWNED BY trial, writers", "DROP ROLE trial", "DROP ROLE writers",
               "REVOKE ALL ON t FROM PUBLIC")  # fmt: skip


@pytest.mark.parametrize("case", RIGHTS)
def test_a_role_that_can_write_is_refused(trial: Any, case: str) -> None:
    statement, said = (text.format(schema=trial.schema) for text in RIGHTS[case])
    trial.run(*statement.split("; "))
    with (
        pytest.raises(CallError, match="must not run as the role trial") as refused,
        shadow_beside(place_of(trial.url("t")), NOW, role="trial"),
    ):
        pass
    assert said in str(refused.value)


def test_a_role_that_only_reads_is_taken(trial: Any) -> None:
    with shadow_beside(place_of(trial.url("t")), NOW, role="trial") as schema:
        schema.build("made", "SELECT 1 AS a")
    assert trial.run("SELECT 1 FROM pg_roles WHERE rolname = 'trial'") == [(1,)]


def test_functions_with_the_rights_of_others_count_where_any_sql_runs(trial: Any) -> None:
    trial.run(*DEFINER.format(schema=trial.schema).split("; "))
    with shadow_beside(place_of(trial.url("t")), NOW, role="trial"):
        pass  # an admitted query calls none of them
    login = f"postgresql://trial@/postgres?host={trial.server}"
    with (
        pytest.raises(CallError, match="runs with the rights of its owner"),
        opened_login(trial.server_url, NOW, login),
    ):
        pass


def test_a_login_is_made_and_dropped(trial: Any) -> None:
    import psycopg

    with (
        opened_login(trial.server_url, NOW) as login,
        psycopg.connect(**login.parameters, autocommit=True) as connection,
    ):
        assert connection.execute(f"SELECT count(*) FROM {trial.schema}.t").fetchall() == [(0,)]
        for statement in (
            f"INSERT INTO {trial.schema}.t VALUES (1)",
            f"DROP TABLE {trial.schema}.t",
            "CREATE SCHEMA x",
            "RESET ROLE; CREATE ROLE x",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        connection.execute(f"CREATE TABLE {login.schema}.mine AS SELECT 1 AS a")
        assert login.parameters["password"] not in repr(login)
    assert trial.run("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'headgate_shadow%'") == []
    assert trial.run("SELECT rolname FROM pg_roles WHERE rolname LIKE 'headgate_shadow%'") == []
