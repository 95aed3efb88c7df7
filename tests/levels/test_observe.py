"""What data and its ledger tell, on real platforms; and the command that measures by it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate import Contract
from headgate.cli import main
from headgate.contract import Dataset
from headgate.gate import publish, target_of
from headgate.levels import Extremes, Facts, observe
from headgate.places import place_of
from headgate.report import Run

from tests.support.contracts import odcs, write
from tests.support.levels import PROPERTIES, level, t, things
from tests.support.warehouse import WAREHOUSES, PostgresWarehouse, Warehouse

AT = level("freshness", 4, "h", "at")
P95 = level("latency", 4, "h", "at", valueExt=95)
LOCAL = level("retention", 1, "y", "local")


@pytest.fixture(
    params=["duckdb", pytest.param("postgres", marks=pytest.mark.slow), pytest.param("parquet", marks=pytest.mark.slow)]
)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Warehouse:
    if request.param == "postgres":
        return PostgresWarehouse(tmp_path, request.getfixturevalue("postgres"))
    made: Warehouse = WAREHOUSES[request.param](tmp_path)
    return made


def put(
    warehouse: Warehouse,
    dataset: Dataset,
    *moments: str,
    key: str,
    interval: tuple[str, str] | None = None,
    mode: Any = "append",
) -> None:
    header = "at,local,west,day,secret"
    rows = [f"{at}Z,{at},{at},{at[:10]},{at}Z" for at in moments]
    period = (t(interval[0]), t(interval[1])) if interval else (None, None)
    publish(
        dataset,
        warehouse.source(*rows, header=header),
        warehouse.target,
        run=Run(key, period, now=period[1]),
        mode=mode,
    )


def seen(warehouse: Warehouse, dataset: Dataset) -> Facts:
    return observe(dataset, target_of(dataset, warehouse.target))


def takes_appended_rows(warehouse: Warehouse) -> bool:
    return not warehouse.target.endswith("/")


def test_what_was_published_when_and_what_came_with_it(warehouse: Warehouse) -> None:
    dataset, before = things(AT, P95, LOCAL), datetime.now(UTC)
    mode = "append" if takes_appended_rows(warehouse) else "replace"
    days = [("2026-03-01", "2026-03-02"), ("2026-03-02", "2026-03-03")]
    hours = [f"2026-03-02T{hour:02}:00:00" for hour in range(20)]
    put(warehouse, dataset, "2026-03-01T08:00:00", key="one", interval=days[0], mode=mode)
    put(warehouse, dataset, *hours, key="two", interval=days[1], mode=mode)
    facts = seen(warehouse, dataset)
    assert facts.publications is not None
    assert [(p.interval, p.rows, p.outcome, p.exact) for p in facts.publications] == [
        ((t(days[0][0]), t(days[0][1])), 1, "published", True),
        ((t(days[1][0]), t(days[1][1])), 20, "published", True),
    ]
    # By the clock, not the time that the run is about.
    assert all(before <= p.published_at <= datetime.now(UTC) for p in facts.publications)
    # Of appended rows it is known with which publication they came: 5% of 20 are the first. Midnight of Berlin is 23:00.
    at = Extremes(t("2026-03-02"), t("2026-03-02 19:00"), {Decimal(5): t("2026-03-02")})
    local = Extremes(t("2026-03-01 23:00"), t("2026-03-02 18:00"))
    came = {"at": at, "local": local} if mode == "append" else {}
    assert [p.columns for p in facts.publications] == [{}, came]
    first = t("2026-03-01 08:00") if mode == "append" else at.oldest
    assert facts.columns["at"] == Extremes(first, at.newest)


def test_a_rerun_of_an_old_interval_is_not_the_last_publication(warehouse: Warehouse) -> None:
    if not takes_appended_rows(warehouse):
        pytest.skip("a folder takes no appended rows")
    dataset = things(AT)
    days = [("2026-03-01", "2026-03-02"), ("2026-03-02", "2026-03-03")]
    for key, day in zip(("one", "two", "one"), (*days, days[0]), strict=True):
        put(warehouse, dataset, f"{day[0]}T08:00:00", key=key, interval=day)
    facts = seen(warehouse, dataset)
    assert facts.publications is not None
    assert {p.interval[1]: bool(p.columns) for p in facts.publications} == {t(days[0][1]): False, t(days[1][1]): True}
    times = {p.interval[1]: p.published_at for p in facts.publications}
    assert times[t(days[0][1])] < times[t(days[1][1])]


def test_a_table_that_is_not_there_was_never_published(warehouse: Warehouse) -> None:
    dataset = things(AT)
    put(warehouse, dataset, "2026-03-01T08:00:00", key="one", mode="replace")
    other = warehouse.target.replace("shop.things", "shop.other")
    if other == warehouse.target:
        pytest.skip("a folder that is not there is not found")
    assert observe(dataset, target_of(dataset, other)) == Facts(publications=(), failure="the table was not found")


def test_of_a_table_that_others_publish_no_publication_is_known(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE things AS SELECT TIMESTAMPTZ '2026-03-01 08:00Z' AS at, TIMESTAMP '2026-03-01 08:00' AS local, "
            "DATE '2026-03-01' AS day, 'yesterday' AS west"
        )
    levels = [level("freshness", 4, "h", f"{name}") for name in ("at", "local", "day", "west", "secret")]
    facts = observe(things(*levels), place_of(f"{tmp_path}/w.duckdb#main.things"))
    moment, naive = t("2026-03-01 08:00"), datetime(2026, 3, 1, 8)
    assert facts == Facts(
        columns={
            "at": Extremes(moment, moment),
            "local": Extremes(naive, naive),
            "day": Extremes(date(2026, 3, 1), date(2026, 3, 1)),
        }
    )
    assert [extremes.zoned for extremes in facts.columns.values()] == [True, False, False]


def test_an_older_ledger_has_no_exact_times(tmp_path: Path) -> None:
    warehouse, dataset = Warehouse(tmp_path), things(AT)
    put(warehouse, dataset, "2026-03-01T08:00:00", key="one", interval=("2026-03-01", "2026-03-02"), mode="replace")
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("ALTER TABLE headgate.publications DROP COLUMN published_at")
    (only,) = seen(warehouse, dataset).publications or ()
    assert (only.published_at, only.exact) == (t("2026-03-02"), False)


@pytest.mark.parametrize(
    ("age", "levels", "code", "said"),
    [
        (1, [AT], 0, "kept  freshness: the newest at is at most 4 h old (observed 1 h"),
        (6, [AT], 1, "broken  freshness: the newest at is at most 4 h old (the newest at is 6 h"),
        (1, [AT, level("availability", 99)], 3, "no history of incidents is known here"),
        (6, [AT, level("availability", 99)], 1, "1 broken, 1 unknown"),
        (1, [level("retention", "for ever")], 0, "not executable  retention: for ever"),
        (1, [], 0, "the contract has no service levels"),
    ],
)
def test_the_command(age: int, levels: list[dict[str, Any]], code: int, said: str, tmp_path: Path) -> None:
    properties = [{"name": "at", "logicalType": "timestamp"}]
    contract = write(tmp_path, odcs({"name": "things", "properties": properties}, slaProperties=levels))
    data = tmp_path / "d.csv"
    data.write_text(f"at\n{(datetime.now(UTC) - timedelta(hours=age)).isoformat()}\n", encoding="utf-8")
    found = CliRunner().invoke(main, ["levels", str(contract), str(data)])
    assert (found.exit_code, said in found.output) == (code, True), found.output
    as_json = CliRunner().invoke(main, ["levels", str(contract), str(data), "--format", "json"])
    answer = json.loads(as_json.output)
    assert (as_json.exit_code, len(answer["levels"]), answer["dataset"]) == (code, len(levels), "things")


def test_a_history_that_cannot_be_read_leaves_other_levels_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADGATE_STORE", f"sqlite:///{tmp_path / 'none.db'}")
    properties = [{"name": "at", "logicalType": "timestamp"}]
    levels = [AT, level("availability", 99)]
    contract = write(tmp_path, odcs({"name": "things", "properties": properties}, slaProperties=levels))
    data = tmp_path / "d.csv"
    data.write_text(f"at\n{datetime.now(UTC).isoformat()}\n", encoding="utf-8")
    found = CliRunner().invoke(main, ["levels", str(contract), str(data)])
    assert found.exit_code == 3
    assert found.stderr == f"the history is left out: no history found in {tmp_path / 'none.db'}\n"
    assert sorted(line.partition(" ")[0] for line in found.stdout.splitlines()[1:3]) == ["kept", "unknown"]


def test_data_that_is_not_found_is_a_wrong_call(tmp_path: Path) -> None:
    contract = write(tmp_path, odcs({"name": "things", "properties": [{"name": "at"}]}, slaProperties=[AT]))
    found = CliRunner().invoke(main, ["levels", str(contract), str(tmp_path / "no.csv")])
    assert (found.exit_code, "no.csv" in found.output) == (2, True)


def test_a_folder_is_measured_whatever_becomes_of_one_contract(tmp_path: Path) -> None:
    def contract(name: str, *levels: dict[str, Any], **server: Any) -> Path:
        servers = [{"server": "own", "type": "duckdb", "database": f"{name}.duckdb", **server}]
        schema = {"name": "things", "properties": [{"name": "at", "logicalType": "timestamp"}]}
        return write(tmp_path, odcs(schema, slaProperties=list(levels), servers=servers), f"{name}.odcs.yaml")

    def run(*arguments: str) -> tuple[int, list[tuple[str, list[str]]]]:
        found = CliRunner().invoke(main, ["levels", str(tmp_path), *arguments, "--format", "json"])
        answers = json.loads(found.stdout) if found.stdout else []
        return found.exit_code, [(each["contract"], [one["status"] for one in each["levels"]]) for each in answers]

    assert run() == (2, [])  # no contract
    contract("silent")
    assert run() == (0, [])
    kept = contract("a", AT)
    source = tmp_path / "d.csv"
    source.write_text(f"at\n{(datetime.now(UTC) - timedelta(hours=1)).isoformat()}\n", encoding="utf-8")
    publish(Contract.load(kept)["things"], source, run=Run("r"))
    a = (str(kept), ["kept"])
    assert run() == (0, [a])
    contract("b", AT, type="postgres", host="127.0.0.1", port=1, database="d", schema="s")
    code, answers = run()
    assert (code, answers[0], [statuses for _, statuses in answers]) == (3, a, [["kept"], ["unknown"]])
    contract("c", level("timeOfAvailability", "00:00"))  # never published
    code, answers = run()
    assert (code, [statuses for _, statuses in answers]) == (1, [["kept"], ["unknown"], ["broken"]])
    (tmp_path / "d.odcs.yaml").write_text("kind: DataContract\n")
    code, answers = run()
    assert (code, len(answers)) == (2, 3)
    assert run(str(source)) == (2, [])
    text = CliRunner().invoke(main, ["levels", str(tmp_path)])
    assert ("a.odcs.yaml#things at " in text.stdout, "d.odcs.yaml" in text.stderr) == (True, True)


@pytest.mark.parametrize(
    ("mode", "keys", "code"),
    [
        ("replace", ["five", "six"], 0),
        ("replace", ["five", "six", "five"], 1),  # a rerun, which keeps when it was first published
        ("replace", ["five", "six", "again"], 1),
        ("replace", ["five", "six", "again", "six"], 0),
        ("append", ["five", "six", "five"], 0),
        ("append", ["five", "six", "again"], 0),
    ],
)
def test_older_data_over_newer_is_as_old_as_it_is(tmp_path: Path, mode: Any, keys: list[str], code: int) -> None:
    contract = write(
        tmp_path, odcs({"name": "things", "properties": PROPERTIES}, slaProperties=[level("freshness", 2, "d")])
    )
    dataset, target = Contract.load(contract)["things"], f"{tmp_path}/w.duckdb#things"
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = {"five": today - timedelta(days=5), "six": today, "again": today - timedelta(days=4)}
    file = tmp_path / "things.csv"
    file.write_text("at,local,west,day,secret\n2026-01-01,2026-01-01,2026-01-01,2026-01-01,2026-01-01\n")
    for key in keys:
        run = Run(key, (ends[key] - timedelta(days=1), ends[key]), ends[key])
        assert publish(dataset, file, target, run=run, mode=mode, allow_older=True).published
    done = CliRunner().invoke(main, ["levels", str(contract), target])
    assert done.exit_code == code, done.output
    assert ("the newest data interval is " in done.output) == bool(code)
