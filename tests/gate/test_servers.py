"""Where a contract finds its data: the servers of a contract, as ODCS describes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate import Contract, check
from headgate.errors import CallError
from headgate.gate.target import data_of
from headgate.report import Verdict

from tests.support.contracts import odcs, write

THING = {"name": "orders", "properties": [{"name": "id", "logicalType": "integer"}]}
CUSTOMERS = {"name": "customers", "properties": [{"name": "id", "logicalType": "integer"}]}
CSV, JSON = "id\n1\n2\n", '{"id": 1}\n{"id": 2}\n'

# path and format of a local server, the files that are there, how many rows are read
LOCAL: list[tuple[str, str, dict[str, str], int]] = [
    ("orders.csv", "csv", {"orders.csv": CSV}, 2),
    ("./orders.csv", "CSV", {"orders.csv": CSV}, 2),
    ("file://orders.csv", "csv", {"orders.csv": CSV}, 2),
    ("data/*.csv", "csv", {"data/a.csv": CSV, "data/b.csv": CSV, "data/c.txt": "x"}, 4),
    ("data/", "csv", {"data/orders.csv": CSV, "data/customers.csv": CSV}, 2),
    ("data", "csv", {"data/orders/1.csv": CSV, "data/orders/2.csv": CSV, "data/customers/1.csv": CSV}, 4),
    ("data", "csv", {"data/1.csv": CSV, "data/2.csv": CSV}, 4),
    ("data/{model}.csv", "csv", {"data/orders.csv": CSV}, 2),
    ("data/{object}/*.csv", "csv", {"data/orders/1.csv": CSV, "data/customers/1.csv": CSV}, 2),
    ("orders.json", "json", {"orders.json": JSON}, 2),
    ("data", "json", {"data/orders.jsonl": JSON}, 2),
    ("data", "json", {"data/1.ndjson": JSON}, 2),
    ("orders.parquet", "parquet", {"orders.parquet": ""}, 2),
    ("data/*.parquet", "parquet", {"data/a.parquet": "", "data/b.parquet": ""}, 4),
    ("data", "parquet", {"data/a.parquet": ""}, 2),
    ("data", "parquet", {"data/orders/a.parquet": "", "data/orders/b.parquet": ""}, 4),
]


@pytest.mark.parametrize(("path", "form", "files", "rows"), LOCAL, ids=[f"{c[0]} {list(c[2])}" for c in LOCAL])
def test_a_local_server_is_a_file_a_glob_or_a_folder(
    path: str, form: str, files: dict[str, str], rows: int, tmp_path: Path
) -> None:
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".parquet":
            duckdb.sql("SELECT unnest([1, 2]) AS id").write_parquet(str(file))
        else:
            file.write_text(text)
    server = {"server": "files", "type": "local", "path": path, "format": form}
    dataset = Contract.load(write(tmp_path, odcs(THING, servers=[server]), "c.odcs.yaml"))["orders"]
    report = check(dataset, data_of(dataset, None)[0])
    assert (report.verdict, report.rows) == (Verdict.PASS, rows), str(report)


HOST = {"host": "h", "port": 1, "database": "d", "schema": "s"}
# servers, the one that is asked for, what is said
LOST: list[tuple[list[dict[str, Any]], str | None, str]] = [
    ([], None, "does not say where its data is: it has no server"),
    ([{"type": "mysql", **HOST}], None, "server 's0' is of type mysql; headgate can reach servers of type "),
    ([{"type": "mysql", **HOST}], "s0", "server 's0' is of type mysql; headgate can reach servers of type "),
    ([{"type": "kafka", "host": "h"}], None, "server 's0' is of type kafka"),
    ([{"type": "local", "path": "p", "format": "delta"}], None, "format 'delta'; headgate reads files of format csv, json"),
    ([{"type": "duckdb", "database": "${NOT_SET}"}], None, "needs the environment variable HEADGATE_VAR_NOT_SET"),
    ([{"type": "duckdb", "database": "d"}, {"type": "mysql", "host": "${NOT_SET}"}], "s1", "is of type mysql"),
    ([{"type": "duckdb", "database": "d"}, {"type": "postgres", **HOST, "host": "${NOT_SET}"}], "s1", "HEADGATE_VAR_NOT_SET"),
    ([{"type": "duckdb", "database": "d"}, {"type": "mysql", **HOST}], None, "several servers, s0, s1"),
    ([{"type": "local", "path": "all.csv", "format": "csv"}], None, "same files for orders and customers; write {object}"),
]  # fmt: skip


@pytest.mark.parametrize(("servers", "asked", "said"), LOST)
def test_what_is_said_where_the_data_is_not_found(
    servers: list[dict[str, Any]], asked: str | None, said: str, tmp_path: Path
) -> None:
    named = [{"server": f"s{index}", **server} for index, server in enumerate(servers)]
    for server in named:
        if server["type"] == "mysql":
            server.update({**HOST, **server})
            del server["schema"]
    path = write(tmp_path, odcs(THING, CUSTOMERS, servers=named), "c.odcs.yaml")
    with pytest.raises(CallError) as caught:
        data_of(Contract.load(path)["orders"], None, asked)
    assert said in str(caught.value)


@pytest.mark.parametrize("kind", ["postgres", "postgresql"])
def test_postgresql_has_two_names(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path, odcs(THING, servers=[{"server": "w", "type": kind, **HOST}]), "c.odcs.yaml")
    place, near = data_of(Contract.load(path)["orders"], None)
    assert place == near
    assert str(place) == "s.orders"


def test_data_that_is_given_needs_no_variable(tmp_path: Path) -> None:
    server = {"server": "w", "type": "duckdb", "database": "${NOT_SET}"}
    (tmp_path / "orders.csv").write_text(CSV)
    dataset = Contract.load(write(tmp_path, odcs(THING, servers=[server]), "c.odcs.yaml"))["orders"]
    assert check(dataset, data_of(dataset, tmp_path / "orders.csv")[0]).verdict == Verdict.PASS


# path of a local server, where the orders and the customers are
NEIGHBOURS = [
    ("{object}.csv", "orders.csv", "customers.csv"),
    ("data", "data/orders.csv", "data/customers.csv"),
    ("data", "data/orders/1.csv", "data/customers/1.csv"),
]


@pytest.mark.parametrize(("path", "orders", "customers"), NEIGHBOURS)
def test_a_foreign_key_finds_the_other_dataset_on_the_server(
    path: str, orders: str, customers: str, tmp_path: Path
) -> None:
    keyed = {"name": "id", "logicalType": "integer", "relationships": [{"to": "customers.id"}]}
    server = {"server": "files", "type": "local", "path": path, "format": "csv"}
    contract = write(tmp_path, odcs({"name": "orders", "properties": [keyed]}, CUSTOMERS, servers=[server]))
    dataset = Contract.load(contract)["orders"]
    for name, text in {orders: "id\n1\n2\n3\n", customers: "id\n2\n03\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    own, _ = data_of(dataset, None)
    assert {r.key: r.unexpected for r in check(dataset, own).failed} == {"id.foreignKey": 1}
    (tmp_path / customers).unlink()
    assert check(dataset, own).verdict is Verdict.UNKNOWN


def test_the_files_of_another_dataset_are_not_taken_for_this_ones(tmp_path: Path) -> None:
    server = {"server": "files", "type": "local", "path": "data", "format": "csv"}
    contract = Contract.load(write(tmp_path, odcs(THING, CUSTOMERS, servers=[server]), "c.odcs.yaml"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "orders.csv").write_text(CSV)
    assert check(contract["orders"], data_of(contract["orders"], None)[0]).rows == 2
    with pytest.raises(CallError, match="same files for customers and orders"):
        data_of(contract["customers"], None)
