"""A rule on what is normal in a contract: what it may say, where its past is, and what the report says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner
from headgate import Run, check, publish
from headgate.checks import Check, Unchecked
from headgate.cli import main
from headgate.contract import Dataset
from headgate.gate import policy_for
from headgate.history import known_past, open_store
from headgate.history.record import RunRecord
from headgate.history.store import Store
from headgate.naming import PlaceName
from headgate.places import place_of
from headgate.render import FORMATS, View
from headgate.render.answers import CheckAnswer
from headgate.render.past import line
from headgate.report import CheckResult, Report, Status

from tests.support.contracts import dataset, odcs, write
from tests.support.history import sqlite_at
from tests.support.postgres_tables import Database

FIRST = date(2026, 1, 1)
COLUMNS = [
    {"name": "at", "logicalType": "timestamp"},
    {"name": "day", "logicalType": "date"},
    {"name": "v", "logicalType": "string", "classification": "restricted"},
]


def rule(key: str = "usual", **implementation: Any) -> dict[str, Any]:
    return {"id": key, "type": "custom", "engine": "headgate", "implementation": implementation}


def things(*rules: dict[str, Any], **root: Any) -> Dataset:
    return dataset(*COLUMNS, quality=list(rules), **root)


REFUSED = [
    ({"normal": "rowCounts"}, "normal: rowCounts is not one of rowCount, nullShare, distinctCount, lateness; did you mean 'rowCount'?"),
    ({"normal": "rowCount", "bye": "at"}, "'bye' is not a word of a rule on what is normal; did you mean 'by'?"),
    ({"normal": "rowCount", "by": "att"}, "by: att is not a property of this dataset; did you mean 'at'?"),
    ({"normal": "rowCount", "property": "v"}, "'property' does not go with rowCount"),
    ({"normal": "nullShare"}, "say of which property: `property: NAME`"),
    ({"normal": "nullShare", "column": "v"}, "'column' does not go with nullShare"),
    ({"normal": "lateness"}, "say of which property: `column: NAME`"),
    ({"normal": "rowCount", "direction": "down"}, "direction: down is not one of both, lower, upper"),
    ({"normal": "rowCount", "minimum": 2}, "minimum: 2 is not a number of weeks from 4 to 20"),
    ({"normal": "rowCount", "timezone": "Berlin"}, "timezone: Berlin is not known"),
    ({"normal": "rowCount", "expected": {"Friday": "late"}}, "expected: write days and why they differ"),
    ({"normal": "rowCount", "expected": "2026-11-27"}, "expected: write days and why they differ"),
    ({"normal": "rowCount", "expected": ["Friday"]}, "`{2026-11-27: Black Friday}`, or a list of days"),
    ({"normal": "rowCount", "expected": [{"2026-11-27": "Black Friday"}]}, "expected: write days and why they differ"),
]  # fmt: skip


@pytest.mark.parametrize(("implementation", "reason"), REFUSED, ids=[case[1][:40] for case in REFUSED])
def test_a_rule_that_cannot_be_meant_is_listed_with_the_reason(implementation: dict[str, Any], reason: str) -> None:
    (found,) = (each for each in things(rule(**implementation)).rules if each.key == "usual")
    assert isinstance(found, Unchecked)
    assert reason in found.reason
    assert (found.severity, found.excused) == ("warning", False)


def test_a_number_of_rows_is_not_of_a_property() -> None:
    made = dataset({"name": "v", "quality": [rule(normal="rowCount")]})
    (found,) = (each for each in made.rules if each.key == "v.usual")
    assert isinstance(found, Unchecked) and "is of the dataset" in found.reason


def of(made: Dataset, key: str = "usual") -> Check:
    return next(each for each in made.checks if each.key == key)


def test_what_a_rule_says() -> None:
    made = things(
        rule(normal="rowCount", expected={"2026-11-27": "Black Friday"}), settings={"holidays": ["2026-12-25"]}
    )
    assert (of(made).severity, of(made).args) == (
        "warning",
        {"kind": "rowCount", "zone": "UTC", "direction": "both", "weeks": 8, "holidays": (date(2026, 12, 25),),
         "expected": {date(2026, 11, 27): "Black Friday"}},
    )  # fmt: skip
    listed = things(rule(normal="rowCount", expected=["2026-11-27", "2026-01-01"]))
    assert of(listed).args["expected"] == {date(2026, 1, 1): "", date(2026, 11, 27): ""}
    loud = things({**rule(normal="rowCount"), "severity": "error"})
    assert of(loud).severity == "error"
    # What a run finds in the history is no part of what the rule says.
    assert of(made).digest == of(things(rule(normal="rowCount", expected={"2026-11-27": "Black Friday"}), settings={"holidays": ["2026-12-25"]})).digest  # fmt: skip


def test_holidays_of_the_contract_are_those_of_its_service_levels() -> None:
    due = {"property": "timeOfAvailability", "value": "09:00"}
    made = things(settings={"holidays": ["2026-12-25"]}, slaProperties=[due])
    (level,) = made.contract.service_levels
    assert level.settings["holidays"] == {date(2026, 12, 25)}


def frame(counts: dict[date, int], *, nulls: float = 0.1, hour: int = 0) -> pd.DataFrame:
    """Rows on days: with values of eight kinds, some of them NULL."""
    rows = [
        (
            datetime(day.year, day.month, day.day, hour, n % 60, tzinfo=UTC),
            day,
            None if n < nulls * count else f"v{n % 8}",
        )
        for day, count in counts.items()
        for n in range(count)
    ]
    return pd.DataFrame(rows, columns=["at", "day", "v"])


def counts(days: int, usual: int = 40) -> dict[date, int]:
    return {FIRST + timedelta(n): usual for n in range(days)}


END = FIRST + timedelta(97)  # Wednesday, 2026-04-08, is the last day of the data
RUN = Run(interval=(None, datetime(2026, 4, 9, tzinfo=UTC)))
RULES = (
    rule("rows", normal="rowCount", by="day"),
    rule("moments", normal="rowCount", by="at"),
    rule("nulls", normal="nullShare", property="v", by="day"),
    rule("kinds", normal="distinctCount", property="v", by="day"),
    rule("late", normal="lateness", column="at", by="day"),
)


def results(report: Report) -> dict[str, CheckResult]:
    return {each.key: each for each in report.results if each.type == "normal"}


def statuses(report: Report) -> dict[str, str]:
    return {key: str(each.status) for key, each in results(report).items()}


ALARMS: list[tuple[str, pd.DataFrame, set[str]]] = [
    ("as ever", frame(counts(98)), set()),
    ("half of the rows", frame({**counts(98), END: 20}), {"rows", "moments"}),
    ("half of the values are missing", pd.concat([frame(counts(97)), frame({END: 40}, nulls=0.5)]), {"nulls"}),
    ("one value is left", pd.concat([frame(counts(97)), frame({END: 40}, nulls=0).assign(v="v1")]), {"kinds"}),
    ("eight hours later", pd.concat([frame(counts(97), hour=12), frame({END: 40}, hour=20)]), {"late"}),
    ("eight hours earlier", pd.concat([frame(counts(97), hour=20), frame({END: 40}, hour=12)]), set()),
    ("nothing", frame(counts(97)), {"rows", "moments"}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "alarms"), [case[1:] for case in ALARMS], ids=[case[0] for case in ALARMS])
def test_what_an_alarm_is_of(data: pd.DataFrame, alarms: set[str]) -> None:
    report = check(things(*RULES), data, run=RUN)
    assert {key for key, status in statuses(report).items() if status == "failed"} == alarms
    assert str(report.verdict) == ("warn" if alarms else "pass")


def test_a_day_without_rows_has_no_share() -> None:
    report = check(things(*RULES), frame(counts(97)), run=RUN)
    assert {key: each.reason for key, each in results(report).items() if each.reason} == dict.fromkeys(
        ("nulls", "kinds", "late"), "there are no rows of 2026-04-08"
    )


def test_what_a_result_has() -> None:
    found = results(check(things(*RULES), frame({**counts(98), END: 20}), run=RUN))
    rows = found["rows"]
    assert (rows.value, rows.expected, rows.statement) == (
        20,
        "between 36 and 45",
        "the number of rows is normal for the day of day",
    )
    told = dict(rows.details["normal"])
    past = told.pop("past")
    assert (len(past), past[0], past[-1]) == (56, ["2026-02-11", 40.0], ["2026-04-07", 40.0])
    assert told == {
        "kind": "rowCount", "of": "", "day": "2026-04-08", "value": 20.0, "days": 97, "scale": "log",
        "expected": 40.0, "lower": pytest.approx(35.9, abs=0.1), "upper": pytest.approx(44.5, abs=0.1), "spread": 0.03,
    }  # fmt: skip
    # How many values of a classified column are NULL may be told.
    assert (str(found["nulls"].value), found["nulls"].masked) == ("0.1", False)


def test_a_report_reads_back() -> None:
    report = check(things(*RULES), frame({**counts(98), END: 20}), run=RUN)
    again = Report.from_dict(json.loads(report.to_json()))
    assert [each.details for each in again.results] == [each.details for each in report.results]


def test_the_last_whole_day_is_judged() -> None:
    # At noon of a day that has few rows yet, the day before is judged.
    data = frame({**counts(98), END + timedelta(1): 3})
    report = check(things(*RULES), data, run=Run(now=datetime(2026, 4, 9, 12, tzinfo=UTC)))
    assert {each.details["normal"]["day"] for each in results(report).values()} == {"2026-04-08"}
    assert set(statuses(report).values()) == {"passed"}


def of_two_halves() -> pd.DataFrame:
    """Rows of which half are at 1:00 and half at 22:00, the same each day; on the last day only the first."""
    early, late = frame(counts(98, 20), hour=1), frame(counts(97, 20), hour=22)
    return pd.concat([early, late])


@pytest.mark.parametrize(("zone", "rows"), [("UTC", 20), ("Asia/Tokyo", 40), ("America/New_York", 0)])
def test_a_day_begins_where_the_rule_says(zone: str, rows: int) -> None:
    # In Tokyo the evening of the day before is part of the day; in New York the morning is part of the day before.
    now = datetime(2026, 4, 9, 12, tzinfo=UTC)
    report = check(things(rule(normal="rowCount", by="at", timezone=zone)), of_two_halves(), run=Run(now=now))
    (found,) = results(report).values()
    assert (found.value, found.details["normal"]["day"]) == (rows, "2026-04-08")


def test_postgres_answers_alike(schema: Database) -> None:
    data = frame({**counts(98), END: 20})
    schema.run(
        'CREATE TABLE things ("at" timestamptz, day date, v text)',
        """
        INSERT INTO things
        SELECT (d + (n % 60) * interval '1 minute') AT TIME ZONE 'UTC', d, CASE WHEN n >= 0.1 * c THEN 'v' || n % 8 END
        FROM generate_series(timestamp '2026-01-01', '2026-04-08', '1 day') AS days (d),
          LATERAL (SELECT CASE WHEN d = '2026-04-08' THEN 20 ELSE 40 END) AS counts (c), generate_series(0, c - 1) AS n
        """,
    )
    here, there = (results(check(things(*RULES), where, run=RUN)) for where in (data, schema.url("things")))
    assert {key: (each.value, each.details) for key, each in there.items()} == {
        key: (each.value, each.details) for key, each in here.items()
    }


# What a rule that cannot be measured says, of a column x of an expression; other rules are measured all the same.
LATE, LATE_BY = rule("x", normal="lateness", column="x"), rule("x", normal="lateness", column="x", by="day")
FAR = "the last x of 2026-04-08 is infinite, or not of the years 2 to 9998"
NOT_MEASURED: list[tuple[str, dict[str, Any], str]] = [
    ("'a'", rule("x", normal="rowCount", by="x"), "x is VARCHAR, which has no days; `by` takes a date or a timestamp"),
    ("'a'", LATE, "x is VARCHAR; lateness takes a date or a timestamp"),
    ("'a'", LATE_BY, "x is VARCHAR; lateness takes a date or a timestamp"),
    ("1", LATE_BY, "x is INTEGER; lateness takes a date or a timestamp"),
    ("1.5::DECIMAL(9, 2)", LATE, "x is DECIMAL(9,2); lateness takes a date or a timestamp"),
    ("[DATE '2026-01-01']", LATE, "x is DATE[]; lateness takes a date or a timestamp"),
    ("NULL::DATE", LATE_BY, "there are no rows of 2026-04-08"),
    ("TIMESTAMPTZ 'infinity'", LATE_BY, FAR),
    ("TIMESTAMP '-infinity'", LATE_BY, FAR),
    ("DATE 'infinity'", LATE_BY, FAR),
    ("DATE '20260-01-01'", LATE_BY, FAR),
    ("DATE '0044-03-15 (BC)'", LATE_BY, FAR),
    ("TIMESTAMPTZ '9999-12-31 23:59:59+00'", LATE_BY, FAR),
    ("TIMESTAMP '20260-01-01'", LATE, "the last x is infinite, or not of the years 2 to 9998"),
    (
        "error('Ann')",
        rule("x", normal="distinctCount", property="x", by="day"),
        "w.duckdb: DuckDB does not accept a value",
    ),
]


@pytest.mark.parametrize(("value", "said", "reason"), NOT_MEASURED, ids=[f"{c[0]} {c[2][:20]}" for c in NOT_MEASURED])
def test_what_cannot_be_measured_is_of_its_rule_alone(
    value: str, said: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    days = "SELECT DATE '2026-01-01' + n::INTEGER // 4 AS day FROM range(392) AS t (n)"
    with duckdb.connect(f"{tmp_path}/w.duckdb") as connection:
        connection.execute(f"CREATE VIEW things AS SELECT day, {value} AS x FROM ({days})")
    columns = {"name": "day", "logicalType": "date"}, {"name": "x"}
    made = dataset(*columns, quality=[said, rule("rows", normal="rowCount", by="day")])
    found = results(check(made, f"{tmp_path}/w.duckdb#things", run=RUN))
    assert (found["x"].status in (Status.NOT_EXECUTED, Status.ERRORED), found["x"].excused) == (True, False)
    assert reason in found["x"].reason and "Ann" not in found["x"].reason
    assert str(found["rows"].status) == "passed"


def test_a_moment_that_is_none_is_no_part_of_the_past() -> None:
    data = frame(counts(98))
    data["at"] = data["at"].dt.tz_localize(None).astype("datetime64[us]")
    data.loc[data["day"] == END - timedelta(7), "at"] = datetime(9999, 12, 31)
    (found,) = results(check(things(rule(normal="lateness", column="at", by="day")), data, run=RUN)).values()
    assert found.details["normal"]["days"] == 96


@pytest.mark.parametrize("other", [-3.0, 40.0, float("inf"), float("nan")])
def test_what_another_rule_of_the_name_measured_is_not_the_past(other: float) -> None:
    share = things(rule(normal="nullShare", property="v"))
    past = {
        "usual": [(datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(n), other if n < 5 else 0.1) for n in range(97)]
    }
    (found,) = results(check(share, frame({END: 40}), run=run_of(END), past=past)).values()
    assert (found.status, found.details["normal"]["days"]) == (Status.PASSED, 92)


def test_days_that_are_left_out() -> None:
    data = frame({**counts(98), END: 20})
    found = {
        name: results(check(things(made, settings=settings), data, run=RUN))["usual"]
        for name, made, settings in (
            ("holiday", rule(normal="rowCount", by="day"), {"holidays": ["2026-04-08"]}),
            ("expected", rule(normal="rowCount", by="day", expected={"2026-04-08": "the move"}), {}),
        )
    }
    assert {name: (each.reason, each.excused, each.value) for name, each in found.items()} == {
        "holiday": ("2026-04-08 is not judged: a holiday", True, 20),
        "expected": ("2026-04-08 is not judged: the move", True, 20),
    }


def test_some_of_the_rows_are_not_judged() -> None:
    report = check(things(rule(normal="rowCount", by="day")), frame(counts(98)), run=RUN, where="v = 'v1'")
    (found,) = results(report).values()
    assert (found.status, found.excused, found.value) == (Status.NOT_EXECUTED, True, None)


# The past that earlier runs measured.


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("HEADGATE_STORE", sqlite_at(tmp_path))
    found = open_store()
    yield found
    found.close()


DAILY = things(rule(normal="rowCount"))
PLACE = PlaceName("duckdb", "w.main.things")


def run_of(day: date, **more: Any) -> Run:
    """The run whose data interval is a day."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Run(key=f"{day}", interval=(start, start + timedelta(days=1)), **more)


def keep(store: Store, day: date, rows: int) -> Report:
    report = check(DAILY, frame({day: rows}), run=run_of(day), past=known_past(DAILY, PLACE))
    store.record(RunRecord.of_check(report, "warn", PLACE))
    return report


@pytest.mark.slow
def test_a_past_builds_up_from_the_first_run(store: Store) -> None:
    first = FIRST + timedelta(1)
    reasons = []
    for n in range(58):
        day = first + timedelta(n)
        (found,) = results(keep(store, day, 40)).values()
        reasons.append((day, found.value, found.reason))
    assert reasons[0] == (
        first, 40, "the past is too short: 0 of 8 earlier Fridays are known, of 0 days in all",
    )  # fmt: skip
    judged = [day for day, _, reason in reasons if not reason]
    assert judged == []  # January's first and last days are left out of the weekdays
    more = [keep(store, first + timedelta(n), 40) for n in range(58, 75)]
    assert statuses(more[-1]) == {"usual": "passed"}
    (late,) = results(keep(store, first + timedelta(75), 18)).values()
    assert (late.status, late.expected) == (Status.FAILED, "between 36 and 45")


def test_the_newest_run_of_a_day_counts(store: Store) -> None:
    day = FIRST + timedelta(3)
    for rows in (10, 30):
        keep(store, day, rows)
    assert {key: [value for _, value in of] for key, of in known(store).items()} == {"usual": [30.0]}


def known(store: Store) -> Any:
    return known_past(DAILY, PLACE, now=datetime(2026, 6, 1, tzinfo=UTC))


def test_the_moment_of_a_run_is_of_the_day_that_it_is_about(store: Store) -> None:
    keep(store, FIRST + timedelta(3), 30)
    ((moment, _),) = known(store)["usual"]
    assert moment == datetime(2026, 1, 4, 23, 59, 59, 999999, tzinfo=UTC)


def test_a_store_that_is_away_fails_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    reasons = []
    for url in ("none", "postgresql://nobody@127.0.0.1:1/x", f"sqlite:///{tmp_path}/not_there.db"):
        monkeypatch.setenv("HEADGATE_STORE", url)
        report = check(DAILY, frame({FIRST: 40}), run=run_of(FIRST), past=known_past(DAILY, PLACE))
        (found,) = results(report).values()
        assert (found.status, found.value, str(report.verdict)) == (Status.NOT_EXECUTED, 40, "pass")
        reasons.append(found.reason)
    assert reasons[0] == "no history is kept: its store is configured as 'none'"
    assert reasons[1].startswith("the history cannot be read: ")
    assert reasons[2].startswith("the past is too short: 0 of 8 earlier Thursdays")


def test_the_command_reads_and_keeps_it(store: Store, tmp_path: Path) -> None:
    made = {"name": "things", "properties": COLUMNS, "quality": [rule(normal="rowCount")]}
    contract = str(write(tmp_path, odcs(made)))
    data = tmp_path / "w.duckdb"
    with duckdb.connect(str(data)) as connection:
        connection.register("rows", frame({FIRST: 40}))
        connection.execute('CREATE TABLE source AS SELECT "at"::timestamptz AS "at", "day"::date AS "day", v FROM rows')
    source, target = f"{data}#main.source", f"{data}#main.things"
    for arguments in (["publish", contract, source, target, "--run-key", "k"], ["check", contract, target]):
        done = CliRunner().invoke(main, arguments)
        assert (done.exit_code, "too short: 0 of 8" in done.output) == (0, True), done.output
    found = known_past(DAILY, place_of(target).lineage)
    assert isinstance(found, dict) and [value for _, value in found["usual"]] == [40.0, 40.0]


def test_a_publish_is_judged_by_the_past_that_it_is_given(tmp_path: Path) -> None:
    past = {"usual": [(datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(n), 40.0) for n in range(97)]}
    outcome = publish(
        DAILY, frame({END: 20}), f"{tmp_path}/w.duckdb#main.things", run=run_of(END), past=past
    )  # fmt: skip
    (found,) = results(outcome.report).values()
    assert (found.status, found.expected, outcome.published) == (Status.FAILED, "between 36 and 45", True)


# How an alarm is shown.


def shown(form: str) -> str:
    made = things(*RULES)
    report = check(made, frame({**counts(98), END: 20}), run=RUN)
    return str(FORMATS[form].render(CheckAnswer(report, policy_for(made, report, None)), View(width=120)))


LINE = "████████████████████████████ → ▁ 20 on 2026-04-08; normal is 36 to 45 (expected 40)"


def test_an_alarm_draws_its_past_in_a_line() -> None:
    assert f"  rows: {LINE}" in shown("text").splitlines()
    assert f"```text\n{LINE}\n```" in shown("markdown")


NONE: list[tuple[dict[date, int], str]] = [
    (counts(97), "████████████████████████████ → ▁ 0 on 2026-04-08; normal is 36 to 45 (expected 40)"),
    ({}, "→ ▁ 0 on 2026-04-08; normal is 1 or more"),
]


@pytest.mark.parametrize(("days", "drawn"), NONE)
def test_no_rows_are_the_lowest_bar(days: dict[date, int], drawn: str) -> None:
    report = check(things(rule(normal="rowCount", by="day")), frame(days), run=RUN)
    assert [line(each) for each in results(report).values()] == [drawn]


def test_an_alarm_draws_its_past_on_the_page() -> None:
    page = shown("html")
    drawings = [part.partition("</svg>")[0] + "</svg>" for part in page.split("<svg")[1:]]
    assert len(drawings) == 2  # rows and moments
    tree = ET.fromstring("<svg" + drawings[0])
    assert tree.get("aria-label") == (
        "the number of rows is normal for the day of day: 20 on 2026-04-08; normal is 36 to 45 (expected 40)"
    )
    points = [each for each in tree.iter() if each.tag.endswith("circle")]
    assert ([each.get("class") for each in points].count("same"), points[-1].get("class")) == (8, "judged")
    assert "<script" not in page and "prefers-color-scheme:dark" in drawings[0]
