"""The service levels at a gate: measured beside the checks, by the clock of the run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate import Report
from headgate.cli import main
from headgate.contract import Dataset
from headgate.gate import Outcome, check, publish
from headgate.places.duckdb.session import DuckDB
from headgate.report import Run

from tests.support.contracts import load, odcs, setting, write
from tests.support.levels import PROPERTIES, level, t
from tests.support.warehouse import PostgresWarehouse

HEADER = "at,local,west,day,secret"
HALT = {"onLate": "halt"}
FRESH = level("freshness", 4, "h", "at")


def things(*levels: dict[str, Any], rules: Any = None, **settings: Any) -> Dataset:
    own = [setting(name, value) for name, value in settings.items()]
    properties = [{**prop, **(rules or {}).get(prop["name"], {})} for prop in PROPERTIES]
    schema = {"name": "things", "properties": properties, "customProperties": own}
    return load(odcs(schema, slaProperties=list(levels)))["things"]


def source(folder: Path, *moments: str) -> Path:
    file = folder / "things.csv"
    file.write_text("\n".join([HEADER, *(f"{at}Z,{at},{at},{at[:10]},{at}Z" for at in moments)]) + "\n")
    return file


def day(number: int) -> Run:
    """The run of a day of January 2026."""
    start = datetime(2026, 1, number, tzinfo=UTC)
    return Run(f"day/{number}", (start, start + timedelta(days=1)), start + timedelta(days=1))


def put(folder: Path, dataset: Dataset, *moments: str, run: Run, **how: Any) -> Outcome:
    target = f"{folder}/w.duckdb#things"
    return publish(dataset, source(folder, *moments), target, run=run, **how)


def statuses(report: Report) -> dict[str, str]:
    return {result.key: str(result.status) for result in report.levels}


def test_a_backfill_gets_the_answer_of_its_day(tmp_path: Path) -> None:
    dataset = things(FRESH, level("freshness", 1, "d"), level("frequency", "daily"))
    for number in (5, 6, 4):  # by the wall clock, all of it is long ago
        run = day(number)
        found = put(tmp_path, dataset, f"2026-01-{number:02}T22:00:00", run=run, allow_older=True, mode="append")
        assert found.report.verdict == "pass", found
        assert {result.clock for result in found.report.levels} == {"interval_end"}
        assert {result.at for result in found.report.levels} == {run.interval_end}
        assert set(statuses(found.report).values()) <= {"kept"}, found.report.levels
    again = check(dataset, f"{tmp_path}/w.duckdb#things", run=day(4))
    assert statuses(again)["sla.freshness"] == "kept"
    assert again.verdict == "pass"


@pytest.mark.parametrize(
    ("moment", "run", "clock", "status"),
    [
        ("2026-01-05T22:00:00", day(5), "interval_end", "kept"),
        ("2026-01-05T12:00:00", day(5), "interval_end", "broken"),
        ("2026-01-06T00:05:00", day(5), "interval_end", "kept"),  # loaded after the interval ended
        ("2026-01-05T22:00:00", Run("r", now=t("2026-01-06")), "run", "kept"),
        ("2026-01-05T12:00:00", Run("r", now=t("2026-01-06")), "run", "broken"),
        ("2026-01-05T22:00:00", Run("r"), "wall_clock", "broken"),
        ("2199-01-01T00:00:00", day(5), "interval_end", "unknown"),
    ],
)
def test_the_clock_of_a_gate(tmp_path: Path, moment: str, run: Run, clock: str, status: str) -> None:
    dataset = things(FRESH)
    for report in (put(tmp_path, dataset, moment, run=run).report, check(dataset, source(tmp_path, moment), run=run)):
        found = report.levels[0]
        assert (str(found.clock), str(found.status)) == (clock, status), found
        future = {"futureEvents.at": "broken"} if status == "unknown" else {}
        assert statuses(report) == {"sla.freshness": status} | future
        assert report.verdict == ("pass" if status == "kept" else "warn")


def test_a_broken_level_never_holds_data_back_and_stands_in_the_first_line(tmp_path: Path) -> None:
    found = put(tmp_path, things(FRESH), "2026-01-05T12:00:00", run=day(5))
    assert (found.published, found.report.verdict) == (True, "warn")
    assert "; broken service level: freshness (the newest at is 12 h old) · verdict warn" in str(found)
    assert "WARN, 1 service level broken  things: 1 row" in str(found.report).splitlines()[0]


ONE = {"quality": [{"type": "library", "metric": "rowCount", "mustBe": 9, "severity": "error"}]}
NOT_NULL = {"day": {"required": True}}


@pytest.mark.parametrize(
    ("on_breach", "moments", "verdict", "outcome"),
    [
        ("halt", ["2026-01-05T12:00:00"], "breach", "halted"),
        ("warn", ["2026-01-05T12:00:00"], "breach", "published"),
        (["quarantine", "warn"], ["2026-01-05T12:00:00"], "breach", "published"),
        ("quarantine", ["2026-01-05T12:00:00"], "breach", "halted"),
        ("last_known_good", ["2026-01-05T12:00:00"], "breach", "kept_last_good"),
        ("warn", ["2199-01-01T00:00:00"], "unknown", "halted"),
        ("halt", ["2026-01-05T22:00:00"], "pass", "published"),
    ],
)
def test_a_level_that_halts_is_an_error(
    tmp_path: Path, on_breach: Any, moments: list[str], verdict: str, outcome: str
) -> None:
    put(tmp_path, things(), "2026-01-04T22:00:00", run=day(4))
    late = level("freshness", 4, "h", "at", settings=HALT)
    found = put(tmp_path, things(late, onBreach=on_breach), *moments, run=day(5))
    assert (found.report.verdict, found.status) == (verdict, outcome), found
    assert found.report.not_kept == (() if verdict == "pass" else ("sla.freshness",))


def test_a_level_that_halts_on_a_column_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    """A mistake is no promise that was kept."""
    found = put(tmp_path, things(level("freshness", 4, "h", "nope", settings=HALT)), "2026-01-05T22:00:00", run=day(5))
    assert (found.report.verdict, found.status) == ("unknown", "halted")


NINE, NEVER = level("timeOfAvailability", "09:00", settings=HALT), "was first published after"
# Times of publications, and the verdict, the status of the level, and the outcome of the last.
FIRST_TIMES: list[tuple[dict[str, Any], list[str], tuple[str, str, str], str]] = [
    (NINE, ["2026-01-05 10:00"], ("pass", "unknown", "published"), NEVER),
    (NINE, ["2026-01-05 08:00"], ("pass", "unknown", "published"), NEVER),
    (NINE, ["2026-01-05 10:00", "2026-01-06 08:55"], ("pass", "unknown", "published"), NEVER),
    (NINE, ["2026-01-05 10:00", "2026-01-06 08:55", "2026-01-07 08:55"], ("pass", "kept", "published"), ""),
    (NINE, ["2026-01-05 08:00", "2026-01-06 11:00"], ("breach", "broken", "halted"), "it came 2 h later"),
    (level("frequency", "daily", settings=HALT), ["2026-01-05 10:00"], ("pass", "kept", "published"), ""),
    (level("frequency", "daily", settings=HALT), ["2026-01-05", "2026-01-07"], ("breach", "broken", "halted"), "nothing new"),
    (level("throughput", 1, "rows/d", settings=HALT), ["2026-01-05 10:00"], ("pass", "unknown", "published"), "less than 1 d ago"),
    (level("throughput", 1, "rows/d", settings=HALT), ["2026-01-05", "2026-01-07"], ("pass", "kept", "published"), ""),
    (level("throughput", 9, "rows/d", settings=HALT), ["2026-01-05", "2026-01-07"], ("breach", "broken", "halted"), ""),
    (level("retention", 1, "y", "at", settings=HALT), ["2026-01-05 10:00"], ("pass", "kept", "published"), ""),
    (level("latency", 1, "d", settings=HALT), ["day 5"], ("pass", "unknown", "published"), "before the dataset was first published"),
    (level("latency", 1, "d", settings=HALT), ["day 5", "day 6"], ("pass", "kept", "published"), ""),
    (level("latency", 1, "h", settings=HALT), ["day 5", "day 6"], ("unknown", "unknown", "halted"), "which rows came"),
    # What nobody has read is not pass, however young the dataset is.
    (level("errorRate", 1, "percent", settings=HALT), ["2026-01-05 10:00"], ("unknown", "unknown", "halted"), "no reports"),
    (level("availability", 99, "percent", settings=HALT), ["2026-01-05 10:00"], ("unknown", "unknown", "halted"), "no history of incidents"),
]  # fmt: skip


@pytest.mark.parametrize("on_breach", ["halt", ["quarantine", "halt"]])
@pytest.mark.parametrize(("one", "times", "found", "reason"), FIRST_TIMES)
def test_a_young_dataset_is_published(
    tmp_path: Path, one: dict[str, Any], times: list[str], found: tuple[str, str, str], reason: str, on_breach: Any
) -> None:
    """Only publishing makes it older. That the level is unknown is listed."""
    dataset = things(one, onBreach=on_breach)
    outcomes = []
    for number, time in enumerate(times):
        run = day(int(time[4:])) if time.startswith("day") else Run(f"r{number}", now=t(time))
        outcomes.append(put(tmp_path, dataset, "2026-01-05T00:00:00", run=run))
    assert all(each.published for each in outcomes[:-1]), outcomes
    last = outcomes[-1]
    (only,) = last.report.levels
    assert (str(last.report.verdict), str(only.status), str(last.status)) == found, last
    assert reason in only.reason


def test_what_remains_after_quarantine_is_measured_again(tmp_path: Path) -> None:
    """The only fresh row is bad: without it a level that halts is broken, and the next policy applies."""
    late = level("freshness", 4, "h", "at", settings=HALT)
    rules = {"day": {"logicalTypeOptions": {"minimum": "2026-01-05", "maximum": "2026-01-05"}}}
    dataset = things(late, rules=rules, onBreach=["quarantine", "halt"], maxQuarantinePercent=50)
    file = source(tmp_path, *["2026-01-05T12:00:00"] * 3)
    at = "2026-01-05T22:00:00"
    file.write_text(file.read_text() + f"{at}Z,{at},{at},2026-01-06,{at}Z\n")
    found = publish(dataset, file, f"{tmp_path}/w.duckdb#things", run=day(5))
    assert found.status == "halted"
    assert "without the 1 bad row the rest still breaks sla.freshness" in str(found)


@pytest.mark.parametrize(
    ("name", "value", "clock", "status", "published"),
    [
        ("endOfLife", "2026-01-05", 4, "kept", True),
        ("endOfLife", "2026-01-05", 6, "broken", False),
        ("endOfSupport", "2026-01-05", 6, "broken", True),
        ("generalAvailability", "2026-02-01", 6, "broken", True),
        ("generalAvailability", "2026-01-01", 6, "kept", True),
    ],
)
@pytest.mark.parametrize("on_breach", ["halt", "warn"])
def test_the_life_of_a_dataset(
    tmp_path: Path, name: str, value: str, clock: int, status: str, published: bool, on_breach: str
) -> None:
    dataset = things(level(name, value), onBreach=on_breach)
    found = put(tmp_path, dataset, "2026-01-04T22:00:00", run=day(clock))
    assert (found.published, statuses(found.report)) == (published, {f"sla.{name}": status})
    if not published:
        assert "nothing is published after the endOfLife of things: that was" in str(found)
    assert check(dataset, source(tmp_path, "2026-01-04T22:00:00"), run=day(clock)).verdict == (
        "pass" if status == "kept" else "warn"
    )


def test_the_life_of_a_draft_is_told_and_holds_nothing_back(tmp_path: Path) -> None:
    contract = odcs({"name": "things", "properties": PROPERTIES}, slaProperties=[level("endOfLife", "2026-01-01")])
    found = put(tmp_path, load({**contract, "status": "draft"})["things"], "2026-01-04T22:00:00", run=day(5))
    assert (found.published, found.report.verdict) == (True, "warn")


def test_rows_that_stay_in_the_target_count(tmp_path: Path) -> None:
    dataset = things(FRESH, level("retention", 1, "d", "at"))
    put(tmp_path, dataset, "2026-01-01T08:00:00", "2026-01-05T22:00:00", run=day(5), mode="append")
    found = put(tmp_path, dataset, "2026-01-05T21:00:00", run=Run("late", day(5).interval), mode="append")
    assert statuses(found.report) == {"sla.freshness": "kept", "sla.retention": "kept"}
    assert str(found.report.levels[0].observed) == "2 h"


def test_a_rerun_keeps_when_it_was_first_published(tmp_path: Path) -> None:
    dataset = things(level("freshness", 1, "h"))
    first = put(tmp_path, dataset, "2026-01-05T22:00:00", run=Run("r"))
    with duckdb.connect(f"{tmp_path}/w.duckdb") as connection:
        connection.execute("UPDATE headgate.publications SET published_at = published_at - INTERVAL 3 HOUR")
    again = put(tmp_path, dataset, "2026-01-05T22:00:00", run=Run("r"))
    assert [statuses(each.report) for each in (first, again)] == [
        {"sla.freshness": "kept"},
        {"sla.freshness": "broken"},
    ]


def test_a_backfill_is_not_late_by_the_wall_clock(tmp_path: Path) -> None:
    """The wall clock is months later; the rows of each day are there when the day ends."""
    dataset = things(
        level("latency", 1, "d", "at"),
        level("latency", 25, "h", id="by_interval"),
        level("timeOfAvailability", "09:00"),
    )
    reports = [
        put(tmp_path, dataset, f"2026-01-{n:02}T01:00:00", run=day(n), mode="append").report.levels for n in (4, 5, 6)
    ]
    assert [str(result.status) for result in reports[-1]] == ["kept"] * 3, reports[-1]
    assert str(reports[-1][0].observed) == "23 h"


def test_only_what_the_levels_ask_for_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    rows = DuckDB.rows

    def listening(self: Any, query: Any, *values: Any) -> Any:
        asked.append(query if isinstance(query, str) else query.sql("duckdb"))
        return rows(self, query, *values)

    monkeypatch.setattr(DuckDB, "rows", listening)

    def queries(*levels: dict[str, Any]) -> int:
        asked.clear()
        check(things(*levels), f"{tmp_path}/w.duckdb#things", run=day(5))
        return len(asked)

    put(tmp_path, things(), "2026-01-05T22:00:00", run=day(5))
    none = queries()
    assert queries(level("endOfLife", "2030-01-01"), level("availability", "good")) == none
    assert (
        queries(FRESH, level("retention", 1, "y", "day")) - none == 3
    )  # the ledger's columns, the ledger, the extremes


def test_what_cannot_be_measured_is_unknown_and_fails_nothing(tmp_path: Path) -> None:
    """A promised column that is no date in the data: no extremes, and no fault."""
    file = tmp_path / "w.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "CREATE TABLE things AS SELECT {'a': 1} AS at, TIMESTAMP '2026-01-05' AS local, "
            "TIMESTAMP '2026-01-05' AS west, DATE '2026-01-05' AS day, TIMESTAMP '2026-01-05' AS secret"
        )
    found = check(things(FRESH, level("freshness", 1, "d", "day", id="by_day")), f"{file}#things", run=day(5))
    assert statuses(found) == {"sla.freshness": "unknown", "sla.by_day": "kept"}


@pytest.mark.parametrize(
    ("levels", "options", "code"),
    [
        ([level("freshness", 4, "h", "at")], [], 0),
        ([level("freshness", 4, "h", "at")], ["--strict"], 1),
        ([level("frequency", "daily")], ["--strict"], 0),  # unknown
        ([level("freshness", 100, "y", "at")], ["--strict"], 0),
        ([level("freshness", 4, "h", "at", settings=HALT)], [], 1),
        ([level("frequency", "daily", settings=HALT)], [], 3),
        ([level("endOfLife", "2020-01-01")], ["--strict"], 1),
    ],
)
def test_the_exit_of_check(tmp_path: Path, levels: list[dict[str, Any]], options: list[str], code: int) -> None:
    schema = {"name": "things", "properties": PROPERTIES}
    contract = write(tmp_path, odcs(schema, slaProperties=levels))
    file = source(tmp_path, "2026-01-05T12:00:00")
    assert CliRunner().invoke(main, ["check", str(contract), str(file), *options]).exit_code == code


def test_a_publish_after_the_end_exits_1(tmp_path: Path) -> None:
    schema = {"name": "things", "properties": PROPERTIES}
    contract = write(tmp_path, odcs(schema, slaProperties=[level("endOfLife", "2020-01-01")]))
    file, target = source(tmp_path, "2026-01-05T12:00:00"), f"{tmp_path}/w.duckdb#things"
    found = CliRunner().invoke(main, ["publish", str(contract), str(file), target, "--run-key", "r"])
    assert (found.exit_code, "nothing is published after the endOfLife" in found.stdout) == (1, True)


def test_the_report_is_read_back_with_its_levels(tmp_path: Path) -> None:
    consumers = [
        {
            "name": "BI",
            "contact": "bi@example.com",
            "needs": [{"property": "freshness", "value": "1 h", "element": "at"}],
        }
    ]
    dataset = things(
        FRESH,
        level("retention", "P1Y2M", element="at"),
        level("frequency", "daily"),
        level("throughput", "0.3", "rows/h"),
        level("availability", "99.95 %"),
        level("endOfSupport", "2026-01-02"),
        level("latency", "as fast as we can"),
        consumers=consumers,
    )
    report = check(dataset, source(tmp_path, "2026-01-05T22:00:00.123456"), run=day(5))
    assert Report.from_dict(report.to_dict()) == report
    older = {key: value for key, value in report.to_dict().items() if key != "levels"}
    assert Report.from_dict(older).levels == ()
    assert report.affected == ("BI (bi@example.com; needs freshness)",)


@pytest.mark.parametrize(
    ("promised", "needed", "verdict", "broken", "unmet"),
    [
        (4, 1, "pass", [], ["consumers.BI.freshness"]),
        (1, 4, "warn", ["sla.freshness"], []),
        (1, 1, "warn", ["sla.freshness"], ["consumers.BI.freshness"]),
        (4, 4, "pass", [], []),
    ],
)
def test_a_need_changes_no_verdict(
    tmp_path: Path, promised: int, needed: int, verdict: str, broken: list[str], unmet: list[str]
) -> None:
    needs = [{"property": "freshness", "value": needed, "unit": "h", "element": "at"}]
    dataset = things(level("freshness", promised, "h", "at"), consumers=[{"name": "BI", "needs": needs}])
    found = put(tmp_path, dataset, "2026-01-05T22:00:00", run=day(5))
    report = found.report
    assert (str(report.verdict), found.status) == (verdict, "published")
    assert [[each.key for each in some] for some in (report.broken_levels, report.broken_needs)] == [broken, unmet]
    assert (report.affected == ("BI (needs freshness)",)) == bool(unmet)
    assert ("broken  BI needs: freshness" in str(report)) == bool(unmet)


def test_prose_is_said_once_and_is_never_unknown(tmp_path: Path) -> None:
    report = check(things(level("availability", "as good as it gets")), source(tmp_path, "2026-01-05T22:00:00"))
    assert (report.verdict, statuses(report)) == ("pass", {"sla.availability": "not_executable"})
    assert str(report).count("service level") == 1
    executed, declared = report.coverage
    assert declared - executed == 1


@pytest.mark.slow
def test_a_query_that_fails_on_postgres_fails_nothing_else(tmp_path: Path, postgres: str) -> None:
    """PostgreSQL has no least of points; what comes after it in the transaction works."""
    warehouse = PostgresWarehouse(tmp_path, postgres)
    warehouse.change("CREATE SCHEMA shop")
    warehouse.change("CREATE TABLE shop.raw AS SELECT point(1, 2) AS at, DATE '2026-01-05' AS day")
    properties = [{"name": "at", "physicalType": "point"}, {"name": "day", "logicalType": "date"}]
    levels = [FRESH, level("freshness", 2, "d", "day", id="day"), level("frequency", "daily")]
    dataset = load(odcs({"name": "things", "properties": properties}, slaProperties=levels))["things"]
    found = publish(dataset, f"{warehouse.url}#shop.raw", warehouse.target, run=day(5))
    assert (found.published, found.report.verdict) == (True, "pass"), found
    for report in (found.report, check(dataset, warehouse.target, run=day(5))):
        assert statuses(report) == {"sla.freshness": "unknown", "sla.day": "unknown", "sla.frequency": "kept"}
        assert "at was not measured: " in report.levels[0].reason
        assert "min(point)" in report.levels[0].reason
