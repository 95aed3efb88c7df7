"""A connection that Airflow keeps, in its parts, reaches PostgreSQL as the provider's own hook would."""

from __future__ import annotations

from typing import Any

import pytest
from headgate import check
from headgate.errors import CallError, ConfigurationError
from headgate.places import place_of
from headgate.places.platform import ConnectionParts
from headgate.places.postgres.connection import connection_url
from headgate.places.registry import connection_url as url_of
from psycopg.conninfo import conninfo_to_dict

from tests.support.contracts import dataset
from tests.support.postgres_tables import Database

THINGS = dataset({"name": "n", "logicalType": "integer"})

# What the parts are, and what libpq then knows besides the name of the connection.
PARTS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {}),
    ({"host": "h", "port": 5433, "user": "u", "password": "p", "database": "d"},
     {"host": "h", "port": "5433", "user": "u", "password": "p", "dbname": "d"}),
    ({"host": "h", "user": "ü@/:", "password": "p%40/:@?#&= +"},
     {"host": "h", "user": "ü@/:", "password": "p%40/:@?#&= +"}),
    ({"host": "/var/run/postgresql", "port": 5433}, {"host": "/var/run/postgresql", "port": "5433"}),
    ({"host": "::1", "port": 1}, {"host": "::1", "port": "1"}),
    ({"host": "a,b", "extra": {"target_session_attrs": "read-write"}},
     {"host": "a,b", "target_session_attrs": "read-write"}),
    ({"host": "h", "database": "a b/c?d"}, {"host": "h", "dbname": "a b/c?d"}),
    ({"host": "h", "database": "d", "extra": {"database": "e"}}, {"host": "h", "dbname": "e"}),
    ({"extra": {"sslmode": "require", "connect_timeout": 10, "keepalives": True, "sslcompression": False}},
     {"sslmode": "require", "connect_timeout": "10", "keepalives": "1", "sslcompression": "0"}),
    ({"extra": {"options": "-c statement_timeout=5s -c search_path=a,b"}},
     {"options": "-c statement_timeout=5s -c search_path=a,b"}),
    ({"extra": {"cursor": "dictcursor", "iam": False, "aws_conn_id": "aws", "sqlalchemy_query": {"a": 1},
                "enable_log_db_messages": True, "redshift": False, "extra__postgres__x": 1, "sslcert": None}}, {}),
    ({"extra": {"password": "from the extra"}}, {"password": "from the extra"}),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "expected"), PARTS, ids=[str(parts)[:40] for parts, _ in PARTS])
def test_libpq_reads_the_parts(parts: dict[str, Any], expected: dict[str, str]) -> None:
    known = conninfo_to_dict(connection_url(ConnectionParts("Airflow connection 'dwh'", **parts)))
    assert known == {"fallback_application_name": "Airflow connection 'dwh'"} | expected


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"nonsense": 1}, "Airflow connection 'dwh': its extra has 'nonsense', which is no parameter of a connection"),
    ({"sslmod": "require"}, "its extra has 'sslmod'"),
    ({"options": {"a": 1}}, "'options' of its extra is a JSON dict; give a text"),
    ({"iam": True}, "its extra has 'iam', with which Airflow's own hook fetches a password"),
]


@pytest.mark.parametrize(("extra", "message"), WRONG)
def test_an_extra_that_cannot_be_used(extra: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        connection_url(ConnectionParts("Airflow connection 'dwh'", extra=extra))


def test_a_type_of_connection_that_headgate_does_not_know() -> None:
    with pytest.raises(ConfigurationError, match="'dwh' is of type mysql; headgate connects to postgres, postgresql"):
        url_of("mysql", ConnectionParts("Airflow connection 'dwh'"))


# What public connections have as their extra.
EXTRAS: list[dict[str, Any]] = [
    {},
    {"sslmode": "prefer"},
    {"application_name": "dags"},
    {"connect_timeout": 10},
    {"keepalives": True, "keepalives_idle": 30},
    {"cursor": "realdictcursor"},
    {"iam": False},
    {"enable_log_db_messages": True},
    {"options": "-c statement_timeout=5s"},
    {"sqlalchemy_scheme": "postgresql+psycopg2", "sqlalchemy_query": {"gssencmode": "disable"}},
]


@pytest.mark.slow
@pytest.mark.parametrize("extra", EXTRAS, ids=str)
def test_data_is_read_through_it(extra: dict[str, Any], schema: Database) -> None:
    schema.run("CREATE TABLE things (n INT)", "INSERT INTO things VALUES (1)")
    parts = ConnectionParts("c", host=schema.server, user="headgate", database="postgres", extra=extra)
    place = place_of(f"{connection_url(parts)}#{schema.schema}.things")
    assert str(check(THINGS, place).verdict) == "pass"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"user": "nobody_is_called_so"}, 'role "nobody_is_called_so" does not exist'),
        ({"database": "nay"}, 'database "nay" does not exist'),
        ({"extra": {"options": "-c statement_timeout=soon"}}, 'invalid value for parameter "statement_timeout"'),
        ({"extra": {"options": "-c nay=1"}}, 'unrecognized configuration parameter "nay"'),
        ({"extra": {"connect_timeout": "soon"}}, "connect_timeout"),
        ({"extra": {"sslmode": "always"}}, "sslmode"),
    ],
)
def test_a_wrong_connection_is_no_transient_fault(more: dict[str, Any], message: str, schema: Database) -> None:
    parts = {"host": schema.server, "user": "headgate", "database": "postgres"} | more
    url = connection_url(ConnectionParts("Airflow connection 'dwh'", **parts))
    place = place_of(f"{url}#{schema.schema}.things")
    with pytest.raises(CallError) as raised:
        check(THINGS, place)
    assert message in str(raised.value)
    assert "(Airflow connection 'dwh')" in str(raised.value)
