"""Real data through the operator, policy quarantine: exactly the rows that are bad go aside."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.contracts import odcs, setting, write
from tests.support.dagtest import DagFolder

pytestmark = pytest.mark.slow

TELCO, WEATHER, AIRPORTS = "telco_customer_churn", "nycflights13_weather", "nycflights13_airports"
NA = [setting("missingValues", ["NA"])]


def column(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "logicalType": kind, **more}


def key(*names: str) -> dict[str, Any]:
    return {name: {"primaryKey": True, "primaryKeyPosition": i} for i, name in enumerate(names, start=1)}


def weather(**more: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = {"origin": "string", "time_hour": "timestamp", **dict.fromkeys(("year", "month", "day", "hour"), "integer")}
    numbers = ("temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib")
    kinds |= dict.fromkeys(numbers, "number")
    return [column(name, kind, customProperties=NA, **more.get(name, {})) for name, kind in kinds.items()]


@dataclass(frozen=True)
class Case:
    name: str
    file: str
    properties: Sequence[dict[str, Any]]
    aside: int
    published: int


CASES = (
    Case(
        "telco: blank TotalCharges",
        TELCO,
        [
            column("customerID", "string", primaryKey=True),
            column("tenure", "integer", required=True, logicalTypeOptions={"minimum": 0, "maximum": 72}),
            column("MonthlyCharges", "number", required=True, physicalType="DECIMAL(9,2)"),
            column("TotalCharges", "number", required=True),
            column("SeniorCitizen", "integer", enum=[{"value": 0}, {"value": 1}]),
            column("Churn", "string", enum=[{"value": "Yes"}, {"value": "No"}]),
        ],
        11,
        7032,
    ),
    Case("weather: wind_dir required", WEATHER, weather(wind_dir={"required": True}), 460, 25655),
    Case("weather: key by local time", WEATHER, weather(**key("origin", "year", "month", "day", "hour")), 6, 26109),
    Case("weather: key by UTC", WEATHER, weather(**key("origin", "time_hour")), 0, 26115),
    Case(
        "airports: tzone required",
        AIRPORTS,
        [
            column("faa", "string", primaryKey=True),
            column("alt", "integer"),
            column("tzone", "string", required=True, customProperties=[setting("missingValues", ["NA", "\\N"])]),
        ],
        3,
        1455,
    ),
)


def checked(contract: Path, dataset: str, data: Path, *options: str) -> dict[str, Any]:
    """What `headgate check` says, as JSON."""
    command = [
        sys.executable,
        "-c",
        "from headgate.cli import main; main()",
        "check",
        f"{contract}#{dataset}",
        str(data),
    ]
    done = subprocess.run([*command, "--format", "json", *options], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def counts(folder: Path) -> tuple[int, int]:
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        found = [
            connection.execute(f"SELECT count(*) FROM things{suffix}").fetchall()[0][0]
            if f"things{suffix}" in tables
            else 0
            for suffix in ("", "__quarantine")
        ]
    return found[0], found[1]


SERVERS = [{"server": "local", "type": "duckdb", "database": "w.duckdb", "schema": "main"}]
QUARANTINE = {"onBreach": "quarantine", "extraColumns": "ignore"}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_exactly_the_bad_rows_go_aside(case: Case, dags: DagFolder, tmp_path: Path, shared: Path) -> None:
    document = odcs({"name": "things", "properties": list(case.properties)}, servers=SERVERS, settings=QUARANTINE)
    contract = write(tmp_path, document)
    source = shared / "data" / f"{case.file}.csv"
    body = f"ContractPublishOperator(task_id='publish', contract={str(contract)!r}, source={str(source)!r})\n"
    name = "real_" + "".join(c if c.isalnum() else "_" for c in case.name)
    run = dags.run(dags.write(name, body))
    assert run.states == {"publish": "success"}
    assert counts(tmp_path) == (case.published, case.aside)
    report = checked(contract, "things", source)
    failed = [r["unexpected"] for r in report["results"] if r["status"] == "failed" and r["severity"] == "error"]
    assert set(failed) == ({case.aside} if case.aside else set())  # the command counts the very same rows


def test_a_foreign_key_broken_in_five_rows(dags: DagFolder, tmp_path: Path, shared: Path) -> None:
    broken = tmp_path / "weather.csv"
    with (shared / "data" / f"{WEATHER}.csv").open(newline="") as good, broken.open("w", newline="") as bad:
        writer = csv.writer(bad)
        for number, row in enumerate(csv.reader(good)):
            writer.writerow(["XXX", *row[1:]] if number in (1, 10, 100, 1000, 20000) else row)
    airports = shared / "data" / f"{AIRPORTS}.csv"
    document = odcs(
        {"name": "airports", "properties": [column("faa", "string", primaryKey=True)]},
        {"name": "things", "properties": weather(origin={"relationships": [{"to": "airports.faa"}]})},
        servers=SERVERS,
        settings=QUARANTINE,
    )
    contract = write(tmp_path, document)
    publish = "ContractPublishOperator(task_id={!r}, contract={!r}, source={!r})"
    first = publish.format("airports", f"{contract}#airports", str(airports))
    body = f"{first} >> {publish.format('publish', f'{contract}#things', str(broken))}\n"
    run = dags.run(dags.write("real_foreign_key", body))
    assert run.states == {"airports": "success", "publish": "success"}
    assert counts(tmp_path) == (26110, 5)
    report = checked(contract, "things", broken, "--reference", f"airports={airports}")
    assert {r["key"]: r["unexpected"] for r in report["results"] if r["status"] == "failed"} == {"origin.foreignKey": 5}
