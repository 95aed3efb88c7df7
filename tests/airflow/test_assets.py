"""Asset events: only when something was published, and of the asset that it was published to."""

from __future__ import annotations

from typing import Any

import pytest
from headgate.places.duckdb.places import Files, Table
from headgate.places.parquet.places import Folder
from headgate.places.postgres.places import Table as PostgresTable

URIS = [
    (Table("/data/w.duckdb", "things", "shop"), "x-duckdb:///data/w.duckdb/shop/things"),
    (Table("/d a/w.duckdb", "a/b", "s"), "x-duckdb:///d%20a/w.duckdb/s/a%2Fb"),
    (PostgresTable("postgresql://u:secret@h/db", "t", "s"), "postgres://h:5432/db/s/t"),
    (PostgresTable("postgresql://h:1/a.b", "c.d", "s"), "postgres://h:1/a.b/s/c.d"),
    (Folder("/data/a b"), "file:///data/a%20b"),
    (Folder("s3://bucket/a/b"), "s3://bucket/a/b"),
    (Files("/data/t.csv", "csv"), None),
]


@pytest.mark.parametrize(("place", "uri"), URIS, ids=str)
def test_the_uri_of_a_table_is_one_that_airflow_keeps_as_it_is(place: Any, uri: str | None) -> None:
    from airflow.sdk import Asset
    from headgate.airflow.assets import asset_uri

    assert asset_uri(place) == uri
    assert uri is None or Asset(uri=uri).uri == uri
