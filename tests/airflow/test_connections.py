"""A database of PostgreSQL, reached through an Airflow connection."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from headgate import Contract
from headgate.airflow.connections import connection_url

from tests.support.contracts import odcs, write
from tests.support.dagtest import DagFolder
from tests.support.postgres_tables import Database

pytestmark = pytest.mark.slow

SERVER = {
    "server": "warehouse",
    "type": "postgresql",
    "host": "192.0.2.1",
    "port": 1,
    "database": "nowhere",
    "schema": "public",
}


@dataclass(frozen=True)
class Case:
    """`said` is what the task fails with, nothing where it succeeds. The contract's server cannot be reached as it is."""

    name: str
    said: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    connections: tuple[str, ...] = ()
    servers: tuple[dict[str, Any], ...] = (SERVER,)
    config: str = ""


CASES = (
    Case("called as the server", connections=("warehouse",)),
    Case("said by the task", options={"conn_id": "mine"}, connections=("mine",)),
    Case("a contract without servers", options={"conn_id": "mine"}, connections=("mine",), servers=()),
    Case("said by the configuration", connections=("prod",), config='{"warehouse": "prod"}'),
    Case("a table by its name", options={"conn_id": "mine", "data": "{schema}.things"}, connections=("mine",)),
    Case("a breach", "does not keep n.minimum", {"data": "bad", "conn_id": "mine"}, ("mine",)),
    Case("no such connection", "Airflow connection 'mine' not found", {"conn_id": "mine"}),
    Case("of another type", "is of type mysql", {"conn_id": "other"}),
    Case("of a type that has become generic", "give the connection as a URI or JSON", {"conn_id": "untyped"}),
    Case(
        "without a database",
        connections=("bare",),
        options={"conn_id": "bare"},
        servers=({**SERVER, "database": "postgres"},),
    ),
    Case("a configuration that is none", "is not a JSON object", config="[1]"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_connection(case: Case, schema: Database, tmp_path: Path, capfd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.run("CREATE TABLE things (n INT)", "INSERT INTO things VALUES (1)")
    schema.run("CREATE TABLE bad (n INT)", "INSERT INTO bad VALUES (-1)")
    things = {
        "name": "things",
        "physicalName": f"{schema.schema}.things",
        "properties": [{"name": "n", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}],
    }
    contract = write(tmp_path, odcs(things, servers=[*case.servers]))
    for name in case.connections:
        uri = f"postgres://headgate@/postgres?host={quote(schema.server, safe='')}"
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", uri)
    monkeypatch.setenv("AIRFLOW_CONN_UNTYPED", "generic://user@host/db")
    if "bare" in case.connections:
        monkeypatch.setenv("AIRFLOW_CONN_BARE", f"postgres://headgate@/?host={quote(schema.server, safe='')}")
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", "mysql://user@host/db")
    monkeypatch.setenv("AIRFLOW__HEADGATE__CONNECTIONS", case.config)
    options = {name: value.format(schema=schema.schema) for name, value in case.options.items()}
    said = "".join(f", {name}={value!r}" for name, value in options.items())
    folder = DagFolder(capfd)
    try:
        body = f"ContractCheckOperator(task_id='check', contract={str(contract)!r}{said})\n"
        run = folder.run(folder.write("connection", body))
    finally:
        folder.clean()
    assert run.state == ("failed" if case.said else "success"), run.log[-3000:]
    assert case.said in run.log
    if not case.said or "breach" in case.name:
        assert run.summaries["check"]["verdict"] == ("breach" if case.said else "pass")


# the connection, the contract's database, what is logged and at which level
TOLD: list[tuple[str, str, str, str]] = [
    ("postgres://u@h:1/shop", "shop", "", ""),
    ("postgres://u@h:1/", "shop", "", ""),
    ("postgres://u@h:1/shop", "shop2", "WARNING", "database shop where it says shop2"),
    ("postgres://u@other:2/shop", "shop", "INFO", "host other where it says h, port 2 where it says 1"),
    ("postgres://u@other:1/shop", "shop2", "WARNING", "host other where it says h, database shop where it says shop2"),
    ("", "shop", "INFO", "no Airflow connection 'warehouse'"),
]


@pytest.mark.parametrize(("uri", "database", "level", "said"), TOLD)
def test_where_a_connection_leads_elsewhere_that_is_logged(
    uri: str, database: str, level: str, said: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    server = {**SERVER, "host": "h", "database": database}
    contract = Contract.load(write(tmp_path, odcs({"name": "t", "properties": [{"name": "n"}]}, servers=[server])))
    if uri:
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", uri)
    monkeypatch.setattr(logging.getLogger("airflow.task"), "propagate", True)
    with caplog.at_level(logging.INFO):
        url = connection_url(contract, None, None)
    assert (url is None) == (not uri)
    told = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "airflow.task"]
    assert [name for name, _ in told] == ([level] if level else [])
    assert said in "".join(text for _, text in told)
