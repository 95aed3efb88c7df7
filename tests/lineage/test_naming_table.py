"""What headgate calls a place, beside what others call it: one row for each spelling that people use.

Three authorities are asked. `dbt-ol`: its own code names the table of a project. `airflow`: the code of Airflow and of its
providers names it. `specification`: the naming rules of OpenLineage (spec/Naming.md), as the OpenLineage client for
Python has them in code. Where one of them says otherwise, the row says what, and why headgate does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.naming import PlaceName, duckdb_table, files, without_templates
from headgate.places import place_of
from openlineage.client.dataset.trimmers import DateTrimmer, KeyValueTrimmer, MultiDirDateTrimmer
from openlineage.client.naming import dataset as names

from tests.support.naming_authorities import Named, Project, asset, spec, statement, storage, trimmed

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Row:
    """`name` is ours, and `other` theirs where it differs; {folder} is that of the test.

    `linked`: theirs is told as another name of the same place, so that Marquez joins the two.
    """

    what: str
    authority: str
    ours: Callable[[Path], PlaceName]
    theirs: Callable[[Path], Named]
    name: str
    other: str = ""
    linked: bool = False
    why: str = ""


def dbt(what: str, name: str, other: str = "", kind: str = "model", *, linked: bool = False, why: str = "",
        database: str = "d", schema: str = "s", **profile: Any) -> Row:  # fmt: skip
    """A table of a dbt project, by `headgate dbt results` and by dbt-ol."""

    def project(folder: Path) -> Project:
        filled = {key: value.format(folder=folder) for key, value in profile.items()}
        return Project(folder, database, schema, **filled)

    return Row(
        what, "dbt-ol", lambda f: project(f).ours(kind), lambda f: project(f).theirs(kind), name, other, linked, why
    )


def through_dbt(what: str, theirs: names.DatasetNaming, name: str, other: str = "", *, why: str = "",
                database: str = "d", **profile: str) -> Row:  # fmt: skip
    """A table that headgate knows by a project of dbt, and the specification's name of it."""
    row = dbt("", "", database=database, **profile)
    return Row(what, "specification", row.ours, lambda _: spec(theirs), name, other, why=why)


def postgres(url: str) -> Callable[[Path], PlaceName]:
    """A table of PostgreSQL as a contract or a task names it."""
    return lambda _: place_of(url).lineage or PlaceName("", "")


def of_runs(path: str) -> Callable[[Path], PlaceName]:
    """The files of all runs, by the template of their path."""
    return lambda _: files(without_templates(path) or "")


def table(path: str) -> Callable[[Path], PlaceName]:
    """A table of a DuckDB file."""
    return lambda folder: duckdb_table(path.format(folder=folder), "s", "m")


def dbt_ol(kind: str = "model", database: str = "d", **profile: str) -> Callable[[Path], Named]:
    return lambda f: Project(f, database, "s", **{k: v.format(folder=f) for k, v in profile.items()}).theirs(kind)


def local(path: str) -> Callable[[Path], PlaceName]:
    return lambda _: files(path)


PORT = "5432"
HOST = {"type": "postgres", "host": "db.example.com", "port": PORT}

ROWS = [
    # Tables of PostgreSQL: as a task names them, by all three.
    Row("PostgreSQL", "specification", postgres("postgresql://u@db:5433/d#s.t"),
        lambda _: spec(names.Postgres("db", "5433", "d", "s", "t")), "postgres://db:5433 d.s.t"),
    Row("PostgreSQL, the port of default", "specification", postgres("postgresql://u@db/d#s.t"),
        lambda _: spec(names.Postgres("db", PORT, "d", "s", "t")), "postgres://db:5432 d.s.t"),
    Row("PostgreSQL, the schema of default", "specification", postgres("postgresql://u@db/d#t"),
        lambda _: spec(names.Postgres("db", PORT, "d", "public", "t")), "postgres://db:5432 d.public.t"),
    Row("PostgreSQL, a profile of dbt", "dbt-ol", postgres("postgresql://u@db.example.com/d#s.m"),
        dbt_ol(**HOST), "postgres://db.example.com:5432 d.s.m"),
    Row("PostgreSQL, a host in capitals, a profile of dbt", "dbt-ol", postgres("postgresql://u@DB.Example.com/d#s.m"),
        dbt_ol(type="postgres", host="DB.Example.com", port=PORT), "postgres://DB.Example.com:5432 d.s.m"),
    Row("PostgreSQL, IPv6, a profile of dbt", "dbt-ol", postgres("postgresql://u@[::1]/d#s.m"),
        dbt_ol(type="postgres", host="::1", port=PORT), "postgres://::1:5432 d.s.m"),
    Row("PostgreSQL, a socket, a profile of dbt", "dbt-ol", postgres("postgresql:///d?host=/var/run/postgresql#s.m"),
        dbt_ol(type="postgres", host="/var/run/postgresql", port=PORT), "postgres:///var/run/postgresql:5432 d.s.m"),
    Row("PostgreSQL, two hosts, a profile of dbt", "dbt-ol", postgres("postgresql://u@a,b/d#s.m"),
        dbt_ol(type="postgres", host="a,b", port=PORT), "postgres://a,b:5432 d.s.m"),
    Row("PostgreSQL, a statement of SQL", "airflow", postgres("postgresql://u@db/d#shop.orders"),
        lambda _: statement("shop.orders", host="db"), "postgres://db:5432 d.shop.orders"),
    Row("PostgreSQL, a statement without a schema", "airflow", postgres("postgresql://u@db/d#orders"),
        lambda _: statement("orders", host="db"), "postgres://db:5432 d.public.orders"),
    Row("PostgreSQL, capitals in a table", "airflow", postgres("postgresql://u@db/d#Shop.Orders"),
        lambda _: statement('"Shop"."Orders"', host="db"), "postgres://db:5432 d.Shop.Orders"),
    Row("PostgreSQL, a host in capitals", "airflow", postgres("postgresql://u@DB.Example.com/d#s.t"),
        lambda _: statement("s.t", host="DB.Example.com"), "postgres://DB.Example.com:5432 d.s.t",
        "postgres://db.example.com:5432 d.s.t", linked=True,
        why="Airflow writes hosts in small letters, dbt-ol as they are given"),
    Row("PostgreSQL, IPv6", "airflow", postgres("postgresql://u@[::1]/d#s.t"),
        lambda _: statement("s.t", host="::1"), "postgres://::1:5432 d.s.t", "postgres://%3A%3A1:5432 d.s.t",
        why="Airflow leaves its own encoding of the connection in the name, and Marquez cannot take a %"),
    Row("PostgreSQL, a socket", "airflow", postgres("postgresql:///d?host=/var/run/postgresql#s.t"),
        lambda _: statement("s.t", host="/var/run/postgresql"), "postgres:///var/run/postgresql:5432 d.s.t",
        "postgres://%2Fvar%2Frun%2Fpostgresql:5432 d.s.t",
        why="Airflow leaves its own encoding of the connection in the name, and Marquez cannot take a %"),
    # Tables of DuckDB: the specification has no rule for them, Airflow no code. dbt-ol writes the path of the profile.
    Row("DuckDB, a profile of dbt", "dbt-ol", table("{folder}/w.duckdb"),
        dbt_ol(type="duckdb", path="{folder}/w.duckdb", database="w"), "duckdb://{folder}/w.duckdb w.s.m"),
    dbt("DuckDB, a path that is not absolute", "duckdb://{folder}/w.duckdb w.s.m", "duckdb://w.duckdb w.s.m",
        linked=True, why="the same file from another folder has another name", type="duckdb", path="w.duckdb", database="w"),
    dbt("DuckDB, a symbolic link", "duckdb://{folder}/w.duckdb w.s.m", "duckdb://{folder}/link.duckdb w.s.m",
        linked=True, why="one file has one name", type="duckdb", path="{folder}/link.duckdb", database="w"),
    dbt("DuckDB, in memory", "duckdb://:memory: memory.s.m", type="duckdb", path=":memory:", database="memory"),
    dbt("MotherDuck", "duckdb://md:w w.s.m", type="duckdb", path="md:w", database="w"),
    Row("DuckDB, a link, by a task", "dbt-ol", table("{folder}/link.duckdb"),
        dbt_ol(type="duckdb", path="{folder}/link.duckdb", database="w"), "duckdb://{folder}/w.duckdb w.s.m",
        "duckdb://{folder}/link.duckdb w.s.m", why="DuckDB calls the database after the link, the task after the file"),
    # Platforms that headgate reaches through dbt alone are called as dbt-ol does, also where the specification says
    # otherwise: two producers of one table must agree.
    dbt("a source of dbt whose table has another name", "postgres://h:5432 d.s.y_2", "postgres://h:5432 d.s.y",
        kind="source", linked=True, why="the table is y_2; y is a word of dbt's", type="postgres", host="h", port=PORT),
    dbt("Redshift", "redshift://c.eu:5439 d.s.m", type="redshift", host="c.eu", port="5439"),
    dbt("Snowflake", "snowflake://org-acc d.s.m", type="snowflake", account="org-acc"),
    dbt("Databricks", "databricks://adb.net d.s.m", type="databricks", host="adb.net"),
    dbt("ClickHouse", "clickhouse://h:8123 s.m", database="", type="clickhouse", host="h", port="8123"),
    through_dbt("BigQuery", names.BigQuery("p", "s", "m"), "bigquery p.s.m", database="p", type="bigquery"),
    through_dbt("Trino", names.Trino("h", "8080", "c", "s", "m"), "trino://h:8080 c.s.m",
                database="c", type="trino", host="h", port="8080"),
    through_dbt("Snowflake, organization and account", names.Snowflake("org", "acc", "d", "s", "m"),
                "snowflake://org-acc d.s.m", type="snowflake", account="org-acc"),
    through_dbt("Athena", names.Athena("eu-west-1", "c", "s", "m"), "awsathena://athena.eu-west-1.amazonaws.com c.s.m",
                database="c", type="athena", region_name="eu-west-1"),
    through_dbt("Redshift, by its cluster", names.Redshift("c", "eu", "5439", "d", "s", "m"), "redshift://c.eu:5439 d.s.m",
                type="redshift", host="c.eu", port="5439"),
    through_dbt("Redshift, by its host", names.Redshift("c", "eu", "5439", "d", "s", "m"),
                "redshift://c.1.eu.redshift.amazonaws.com:5439 d.s.m", "redshift://c.eu:5439 d.s.m",
                why="dbt-ol writes the host of the profile", type="redshift",
                host="c.1.eu.redshift.amazonaws.com", port="5439"),
    through_dbt("Glue", names.AWSGlue("eu", "12", "s", "m"), "arn:aws:glue:eu:12 d.s.m", "arn:aws:glue:eu:12 table/s/m",
                why="dbt-ol names tables of every platform as database.schema.table", type="glue", region="eu",
                account_id="12"),
    through_dbt("SQL Server", names.AzureSynapse("h", "1433", "s", "m"), "mssql://h:1433 d.s.m", "sqlserver://h:1433 s.m",
                why="dbt-ol has another scheme, and the database in the name", type="sqlserver", server="h", port="1433"),
    # Files.
    Row("a file", "specification", local("/data/x.csv"), lambda _: spec(names.LocalFileSystem("/data/x.csv")),
        "file /data/x.csv"),
    Row("a file, by its URL", "specification", local("file:///data/a%20b.csv"),
        lambda _: spec(names.LocalFileSystem("/data/a b.csv")), "file /data/a b.csv",),
    Row("a file, by a way round", "specification", local("/dags/../data/x.csv"),
        lambda _: spec(names.LocalFileSystem("/data/x.csv")), "file /data/x.csv"),
    Row("a file of S3", "specification", local("s3://bucket/a/x.csv"), lambda _: spec(names.S3("bucket", "a/x.csv")),
        "s3://bucket a/x.csv"),
    Row("a file of Google's storage", "specification", local("gs://bucket/a/x.csv"),
        lambda _: spec(names.GCS("bucket", "a/x.csv")), "gs://bucket a/x.csv"),
    Row("a file of Azure's storage", "specification", local("abfss://c@s.dfs.core.windows.net/a/x.csv"),
        lambda _: spec(names.ABFSS("c", "s", "a/x.csv")), "abfss://c@s.dfs.core.windows.net a/x.csv"),
    Row("an asset of a file", "airflow", local("/data/x.csv"), lambda _: asset("/data/x.csv"), "file /data/x.csv"),
    Row("an asset of files", "airflow", local("/data/*.csv"), lambda _: asset("/data/*.csv"), "file /data/*.csv",
        "file /data/%2A.csv", linked=True, why="Airflow takes the name from the asset's URI, as it is encoded there"),
    Row("an asset of a file with a space", "airflow", local("/data/a b.csv"), lambda _: asset("/data/a b.csv"),
        "file /data/a b.csv", "file /data/a%20b.csv", linked=True,
        why="Airflow takes the name from the asset's URI, as it is encoded there"),
    Row("an asset of a file with an accent", "airflow", local("/data/é.csv"), lambda _: asset("/data/é.csv"),
        "file /data/é.csv", "file /data/%C3%A9.csv", linked=True,
        why="Airflow takes the name from the asset's URI, as it is encoded there"),
    Row("a file of S3 that FileTransferOperator moves", "airflow", local("s3://bucket/a/x.csv"),
        lambda _: storage("s3://bucket/a/x.csv"), "s3://bucket a/x.csv"),
    Row("a file of Google's storage that FileTransferOperator moves", "airflow", local("gs://bucket/a/x.csv"),
        lambda _: storage("gs://bucket/a/x.csv"), "gs://bucket a/x.csv"),
    Row("a file that FileTransferOperator moves", "airflow", local("/data/x.csv"), lambda _: storage("file:///data/x.csv"),
        "file /data/x.csv", "file data/x.csv",
        why="FileTransferOperator leaves out the first slash, against the specification and Airflow's own assets"),
    # The files of all days.
    Row("a folder a day", "specification", of_runs("/lake/{{ ds }}"), lambda _: trimmed("/lake/2026-03-02", DateTrimmer),
        "file /lake"),
    Row("a folder a day, without hyphens", "specification", of_runs("/lake/{{ ds_nodash }}"),
        lambda _: trimmed("/lake/20260302", DateTrimmer), "file /lake"),
    Row("a partition", "specification", of_runs("/lake/day={{ ds }}"),
        lambda _: trimmed("/lake/day=2026-03-02", KeyValueTrimmer), "file /lake"),
    Row("a folder a year, a month and a day", "specification",
        of_runs("/lake/{{ dag_run.logical_date.year }}/{{ '%02d' % 3 }}/{{ '02' }}"),
        lambda _: trimmed("/lake/2026/03/02", MultiDirDateTrimmer), "file /lake"),
    Row("a file in a folder a day", "specification", of_runs("/lake/{{ ds }}/x.csv"),
        lambda _: trimmed("/lake/2026-03-02/x.csv", DateTrimmer, KeyValueTrimmer, MultiDirDateTrimmer),
        "file /lake/x.csv", "file /lake/2026-03-02/x.csv",
        why="the client trims the end of names alone; headgate knows what the template is"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.what}, {row.authority}")
def test_the_name(row: Row, tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    (folder / "w.duckdb").touch()
    (folder / "link.duckdb").symlink_to("w.duckdb")
    ours = row.ours(folder)
    assert str(ours) == row.name.format(folder=folder)
    theirs = PlaceName(*row.theirs(folder))
    assert str(theirs) == (row.other or row.name).format(folder=folder)
    assert (theirs in ours.also) is row.linked
    assert bool(row.other) is bool(row.why)


def test_each_authority_is_asked() -> None:
    assert len(ROWS) >= 30
    assert min(Counter(row.authority for row in ROWS).values()) >= 8
    assert {row.authority for row in ROWS} == {"dbt-ol", "airflow", "specification"}


@pytest.mark.parametrize(
    "file", ["w.duckdb", "ware.house.duckdb", ".hidden.duckdb", "my ware-house.db", "é", "w.duckdb.bak"]
)
def test_a_database_is_called_as_duckdb_calls_it(file: str, tmp_path: Path) -> None:
    path = str(tmp_path / file)
    with duckdb.connect(path) as connection:
        ((database,),) = connection.execute("SELECT current_database()").fetchall()
    assert duckdb_table(path, "s", "t").name == f"{database}.s.t"
