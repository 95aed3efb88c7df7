"""ContractSensor, poking and deferred, on real Airflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from headgate import Contract
from headgate.airflow.freshness import Poke, Watch
from headgate.errors import CallError
from headgate.gate import publish
from headgate.report import Run

from tests.support.contracts import odcs, setting, write
from tests.support.dagtest import DagFolder
from tests.support.levels import level

THINGS = {
    "name": "things",
    "properties": [
        {"name": "id", "logicalType": "string", "required": True},
        {"name": "day", "logicalType": "date"},
        {"name": "at", "logicalType": "timestamp", "logicalTypeOptions": {"defaultTimezone": "Asia/Tokyo"}},
    ],
}
CONSUMERS = [
    {"name": "BI", "needs": [{"property": "freshness", "value": 4, "unit": "h", "element": "at"}]},
    {"name": "ML", "needs": [{"property": "freshness", "value": 1, "unit": "d", "element": "day"}]},
    "finance",
]
# Service levels: one that is looked at, and others that are not.
FRESH = [
    {"property": "Freshness", "value": 2, "unit": "h", "element": "things.at, things.day"},
    {"property": "freshness", "value": 1, "unit": "s", "element": "others.at"},
    {"property": "latency", "value": 1, "unit": "s", "element": "things.at"},
]
SERVERS = [{"server": "local", "type": "duckdb", "database": "w.duckdb"}]
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
ROWS = "id,day,at\na,2026-01-01,2026-01-02T18:00:00\n"
TWO = "id,day,at\na,2026-01-02,\nb,2026-01-01,\n"
# data, what is asked (`levels`: of the contract), what is waited for (empty: nothing), an error that ends the wait
LOOKS: list[tuple[str | None, dict[str, Any], str, str]] = [
    (ROWS, {}, "", ""),
    (ROWS, {"fresh_by": "at", "fresh_within": 3 * 3600}, "", ""),  # 18:00 in Tokyo is 9:00
    (ROWS, {"fresh_by": "at", "fresh_within": 3 * 3600 - 1}, "the newest at is 3:00:00 old, allowed PT2H59M59S", ""),
    (ROWS, {"fresh_by": "day", "fresh_within": 36 * 3600}, "", ""),
    (ROWS, {"fresh_by": "day", "fresh_within": 3600}, "the newest day is 1 day, 12:00:00 old", ""),
    (
        ROWS,
        {"levels": FRESH},
        "broken: freshness: the newest at, day is at most 2 h old (the newest day is 1 d 12 h old)",
        "",
    ),
    (ROWS, {"levels": [level("freshness", 2, "h", "at")]}, "the newest at is 3 h old", ""),
    (ROWS.replace("18:00", "20:00"), {"levels": [level("freshness", 2, "h", "at")]}, "", ""),
    (ROWS, {"levels": [level("freshness", 2, "h")]}, "unknown: freshness: the newest data interval", ""),
    (ROWS.replace("01-02T", "01-03T"), {"levels": [level("freshness", 2, "h", "at")]}, "unknown: freshness: ", ""),
    (ROWS, {"levels": [level("freshness", "soon", "", "at")]}, "", ""),  # prose
    (ROWS, {"levels": [level("freshness", 2, "h", "at")], "consumer": "BI"}, "", ""),
    (
        ROWS,
        {"consumer": "ML"},
        "broken: ML needs: freshness: the newest day is at most 1 d old (the newest day is 1 d 12 h",
        "",
    ),
    (ROWS, {"consumer": "finance"}, "", "has no consumer 'finance' with needs; it has BI, ML"),
    (TWO, {"consumer": "ML", "where": "id = 'a'"}, "", ""),
    (TWO, {"consumer": "ML", "where": "id = 'b'"}, "ML needs: freshness", ""),
    (ROWS, {"levels": FRESH, "fresh_by": "at", "fresh_within": 3 * 3600}, "", ""),
    (ROWS, {"levels": FRESH[1:]}, "", ""),
    (TWO, {"fresh_by": "day", "fresh_within": 3600, "where": "id = 'b'"}, "the newest day is 1 day, 12:00:00 old", ""),
    (TWO, {"fresh_by": "day", "fresh_within": 36 * 3600, "where": "id = 'b'"}, "", ""),
    (TWO, {"fresh_by": "day", "fresh_within": 3600, "where": "id = 'c'"}, "no row has a day", ""),
    (TWO, {"where": "nay = 1"}, "", "has no column 'nay'; it has id, day, at$"),
    (TWO, {"fresh_by": "day", "fresh_within": 60, "where": "nay = 1"}, "", "has no column 'nay'"),
    (TWO, {"where": "day ="}, "", "cannot be parsed"),
    ("id,at\na,\n", {"where": "DAY > DATE '2026-01-01'"}, "has no column 'DAY'", ""),
    ("id,day,at\na,,\n", {"fresh_by": "at", "fresh_within": 60}, "no row has a at", ""),
    ("id,day,at\n,2026-01-01,\n", {}, "things does not keep id.required: verdict breach", ""),
    ("id,day,at\n,2026-01-01,\n", {"on_breach": "warn"}, "", ""),
    (None, {}, "things.csv", ""),
    (ROWS, {"data": None}, "DuckDB database not found", ""),
    (ROWS, {"fresh_by": "nay", "fresh_within": 60}, "", "has no column 'nay'"),
    (ROWS, {"fresh_by": "id", "fresh_within": 60}, "", "id is neither a date nor a timestamp"),
    (None, {"fresh_by": "id", "fresh_within": 60}, "", "id is neither a date nor a timestamp"),  # before there is data
    (ROWS, {"data": "postgresql://u@127.0.0.1:1/x#s.t"}, "PostgreSQL 127.0.0.1", ""),
    (ROWS, {"data": "postgresql://u@127.0.0.1:1/x?nay=1#s.t"}, "", "not a PostgreSQL URL"),
    (ROWS, {"dataset": "nay"}, "", "nay"),
    (ROWS, {"contract": "nay.odcs.yaml"}, "", "neither in"),
    (ROWS, {"on_breach": "nay"}, "", "nay"),
    (ROWS, {"server": "nay"}, "", "nay"),
]


@pytest.mark.parametrize(("data", "asked", "waits_for", "error"), LOOKS)
def test_a_look(data: str | None, asked: dict[str, Any], waits_for: str, error: str, tmp_path: Path) -> None:
    levels = asked.get("levels", [])
    needs = {"customProperties": [setting("consumers", CONSUMERS)]} if "consumer" in asked else {}
    write(tmp_path, odcs(THINGS | needs, servers=SERVERS, slaProperties=levels), "things.odcs.yaml")
    if data is not None:
        (tmp_path / "things.csv").write_text(data)
    plain = {"contract": "things.odcs.yaml", "folder": str(tmp_path), "run_key": "r", "data": "things.csv"}
    watch = Watch(**plain | {name: value for name, value in asked.items() if name != "levels"})
    if error:
        with pytest.raises(CallError, match=error):
            watch.poke(NOW)
        return
    poke = watch.poke(NOW)
    assert waits_for in poke.waits_for
    assert bool(poke.waits_for) == bool(waits_for)


@pytest.mark.parametrize(("hours", "waits_for"), [(1, ""), (5, "the newest data interval is 5 h old")])
def test_a_freshness_without_a_column_waits_for_a_publication(hours: int, waits_for: str, tmp_path: Path) -> None:
    path = write(
        tmp_path, odcs(THINGS, servers=SERVERS, slaProperties=[level("freshness", 2, "h")]), "things.odcs.yaml"
    )
    (tmp_path / "things.csv").write_text(ROWS)
    watch = Watch("things.odcs.yaml", str(tmp_path), "r")
    assert "not found" in watch.poke().waits_for
    end = datetime.now(UTC) - timedelta(hours=hours)
    run = Run("r", (end - timedelta(hours=1), end))
    publish(Contract.load(path)["things"], tmp_path / "things.csv", f"{tmp_path}/w.duckdb#things", run=run)
    waits = watch.poke().waits_for
    assert (waits_for in waits, bool(waits)) == (True, bool(waits_for))


def test_a_database_that_is_locked_is_waited_for(tmp_path: Path) -> None:
    import subprocess
    import sys

    write(tmp_path, odcs(THINGS, servers=SERVERS), "things.odcs.yaml")
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE things AS SELECT 'a' AS id, DATE '2026-01-01' AS day, now() AS at")
    code = "import duckdb, sys\nc = duckdb.connect(sys.argv[1]); print('locked', flush=True); sys.stdin.read()\n"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    watch = Watch("things.odcs.yaml", str(tmp_path), "r")
    try:
        assert "lock" in watch.poke().waits_for
    finally:
        holder.communicate("")
    assert watch.poke().waits_for == ""


@dataclass(frozen=True)
class Case:
    """`repaired`: the data is, after the second look."""

    name: str
    options: str
    state: str
    said: str
    data: str = "id,day,at\n,2026-01-01,\n"
    repaired: bool = False


CASES = (
    Case("kept at once", "", "success", "verdict pass", ROWS),
    Case("repaired while it waits", "timeout=300", "success", "waiting: things does not keep id.required", repaired=True),
    Case("never repaired", "timeout=1.0", "failed", "AirflowSensorTimeout"),
    Case("skipped in the end", "timeout=1.0, soft_fail=True", "skipped", "waiting: things does not keep id.required"),
    Case("a wrong contract", "dataset='nay', timeout=30", "failed", "ContractFailure"),
    Case("deferred, kept at once", "deferrable=True", "success", "verdict pass", ROWS),
    Case("deferred, repaired", "deferrable=True, timeout=300", "success", "waiting: things does not keep id.required", repaired=True),
    Case("deferred, a wrong contract", "deferrable=True, dataset='nay', timeout=30", "failed", "ContractFailure"),
    Case("an old row", f"fresh_by='day', fresh_within={timedelta(days=1)!r}, timeout=1.0".replace("datetime.", ""),
         "failed", "waiting: the newest day is", ROWS),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_sensor(case: Case, dags: DagFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HEADGATE__REPORTS_FOLDER", str(tmp_path / "reports"))
    contract = write(tmp_path, odcs(THINGS, servers=SERVERS), "things.odcs.yaml")
    csv = tmp_path / "things.csv"
    csv.write_text(case.data)
    body = (
        "from headgate.airflow import ContractSensor\n"
        f"ContractSensor(task_id='wait', contract={str(contract)!r}, data={str(csv)!r}, poke_interval=0.5, retries=1,"
        f" {case.options})\n"
    )
    look, looks = Watch.poke, []

    def look_and_repair(watch: Watch) -> Poke:
        looks.append(look(watch))
        if len(looks) == 2:  # once by the task, once by the trigger where it is deferred
            csv.write_text(ROWS)
        return looks[-1]

    if case.repaired:
        monkeypatch.setattr(Watch, "poke", look_and_repair)
    run = dags.run(dags.write("sensor_" + case.name.replace(" ", "_").replace(",", ""), body))
    assert (run.states["wait"], run.tries["wait"]) == (case.state, 1), run.log[-3000:]
    assert case.said in run.log
    if case.state == "success":
        assert run.summaries["wait"]["verdict"] == "pass"
        assert run.xcoms["wait"]["return_value"]["verdict"] == "pass"
        (page,) = (tmp_path / "reports").rglob("*.html")
        shown = quote(str(page.relative_to(tmp_path / "reports")))
        assert run.xcoms["wait"]["headgate_report_link"] == f"/headgate/reports/{shown}"


def test_the_trigger_carries_all_that_it_needs() -> None:
    from airflow.sdk._shared.module_loading import import_string
    from headgate.airflow.trigger import ContractTrigger

    trigger = ContractTrigger({"contract": "c", "folder": "f", "run_key": "r", "fresh_within": 1.5}, 7.0)
    path, kwargs = trigger.serialize()
    again = import_string(path)(**kwargs)
    assert (type(again), again.watch, again.poke_interval) == (ContractTrigger, trigger.watch, 7.0)
