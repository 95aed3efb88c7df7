"""`headgate history`: what it shows, delivers, rebuilds, deletes and exports."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate import Run, check, publish
from headgate.cli import main
from headgate.history import Kind, RunRecord, home, open_store, waiting_records
from headgate.history.store import Store

from tests.support.contracts import dataset, odcs, write
from tests.support.history import contents, new_database, record, sqlite_at

NOW = datetime.now(UTC)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("HEADGATE_STORE", sqlite_at(tmp_path))
    made = open_store()
    yield made
    made.close()


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["history", *arguments])
    assert done.exit_code == code, done.output
    return done.output


HOME = """\
breach   shop.orders at shop.public.orders · 1 broken of 2 rules since 2026-03-02 00:00 UTC · halted 2026-03-02 00:05 UTC · pb
pass     shop.items at shop.public.orders · 1 rule · checked 2026-03-01 00:05 UTC · p
"""
ORDERS = """\
breach   shop.orders at shop.public.orders · 1 broken of 2 rules since 2026-03-02 00:00 UTC · halted 2026-03-02 00:05 UTC · pb
  failed since 2026-03-02 00:00 UTC: a holds [a]
  1 rule passed
  breach   2026-03-02 00:05 UTC, of 2026-03-02 00:00 UTC · halted · 10 rows · day-1
  pass     2026-03-01 00:05 UTC, of 2026-03-01 00:00 UTC · published · 10 rows, 3 quarantined · day-0
"""


def test_what_stands(store: Store) -> None:
    assert run() == "the history has no run yet\n"
    store.record(record(0, {"a": "passed", "b": "passed"}, rows_quarantined=3))
    store.record(record(1, {"a": "failed", "b": "passed"}))
    store.record(record(0, dataset="items", kind=Kind.CHECK, outcome=None))
    assert run() == run("show") == HOME
    assert run("orders") == run("shop.orders") == ORDERS
    assert "day-0" not in run("orders", "--runs", "1")
    found = json.loads(run("--format", "json"))
    assert [(each["dataset"], each["broken"], each["recent"]) for each in found] == [
        ("orders", 1, "pb"),
        ("items", 0, "p"),
    ]
    (one,) = json.loads(run("orders", "--format", "json"))
    assert [rule["status"] for rule in one["rule_standings"]] == ["failed", "passed"]
    assert run("order", code=2) == "the history has no dataset 'order'; did you mean 'orders'?\n"


def test_a_check_of_a_part_is_marked_and_is_no_verdict_on_the_dataset(store: Store) -> None:
    store.record(record(0, {"a": "failed"}))
    store.record(record(1, {"a": "passed"}, kind=Kind.PART, outcome=None))
    assert run().endswith(" · part checked 2026-03-02 00:05 UTC · b\n")
    assert " · part checked · 10 rows · day-1" in run("orders")


def test_a_service_level_with_a_result_of_its_own_is_no_rule(store: Store) -> None:
    levels = ({"key": "sla.freshness", "status": "kept"},)
    found = {"a": "passed", "sla.freshness": "not_executed", "sla.latency": "not_executed"}
    store.record(record(0, found, levels=levels))
    assert " · 1 not measured of 2 rules · " in run()
    assert "[sla.freshness]" not in run("orders") and "[sla.latency]" in run("orders")


def test_a_rule_that_only_warns_is_counted(store: Store) -> None:
    whole = record(0, {"a": "failed", "b": "passed"})
    store.record(replace(whole, verdict="warn", results=tuple(replace(r, severity="warning") for r in whole.results)))
    assert " · 1 warning of 2 rules · " in run()


def test_what_steers_a_terminal_is_shown_as_text(store: Store) -> None:
    odd = record(0, {"\x1b[2J": "failed"}, dataset="\x1b[31m", run_key="\x1b]0;", owner="\x1b", outcome="\x1b")
    store.record(odd)
    assert "\x1b" not in run() + run("\x1b[31m") + run("--format", "json")


def test_check_and_publish_are_in_it(store: Store, tmp_path: Path) -> None:
    write(tmp_path, odcs({"name": "things", "properties": [{"name": "id", "required": True}]}))
    (tmp_path / "t.csv").write_text("id\na\n")
    contract, data = str(tmp_path / "test.odcs.yaml"), str(tmp_path / "t.csv")
    target = f"{tmp_path}/w.duckdb#main.things"
    for arguments in (["check", contract, data], ["publish", contract, data, target, "--run-key", "k"],
                      ["check", contract, target], ["check", contract, data, "--schema-only"]):  # fmt: skip
        assert CliRunner().invoke(main, arguments).exit_code == 0
    found = {(each.place.name if each.place else "", each.recent): each.last.kind for each in home(store)}
    assert found == {(data, "p"): "check", ("w.main.things", "pp"): "check"}


def test_what_waits_is_delivered_before_it_is_shown(store: Store) -> None:
    waiting_records().put("k", record(0).at, record(0).to_dict())
    assert run().startswith("pass     shop.orders")
    waiting_records().put("k", record(1).at, record(1).to_dict())
    assert run("flush") == "1 run delivered\n"
    assert run("flush") == "0 runs delivered\n"


def test_a_flush_says_what_still_waits(store: Store, tmp_path: Path) -> None:
    waiting_records().put("k", record(0).at, record(0).to_dict())
    (tmp_path / "file").write_text("")
    said = run("flush", "--store", f"sqlite:///{tmp_path}/file/x.db", code=3)
    assert said.splitlines()[0] == "0 runs delivered"
    assert "1 run waits: sqlite" in said


@pytest.mark.parametrize("command", [[], ["flush"], ["prune"], ["rebuild"], ["export", "x.parquet"]])
def test_none_is_said(command: list[str], store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_STORE", "none")
    assert run(*command, code=2) == "no history is kept: its store is configured as 'none'\n"


THINGS = dataset({"name": "id", "required": True}, settings={"onBreach": "warn"})


def reports(folder: Path) -> list[RunRecord]:
    """Report files of two checks and a publish, as tasks write them, and their records."""
    (folder / "reports" / "dag").mkdir(parents=True)
    made = []
    for number, text in enumerate(("id\na\n", 'id\n""\n', "id\nb\n")):
        data = folder / f"t{number}.csv"
        data.write_text(text)
        when = Run(f"dag/task/{number}", (None, NOW + timedelta(days=number)))
        if number == 2:
            outcome = publish(THINGS, data, f"{folder}/w.duckdb#main.t", run=when)
            report, each = outcome.report, RunRecord.of_publish(outcome)
        else:
            report = check(THINGS, data, run=when)
            each = RunRecord.of_check(report, "warn (contract)")
        file = folder / "reports" / "dag" / f"{number}.json"
        file.write_text(json.dumps(report.to_dict() | {"summary": "x"} | each.report_keys))
        made.append(each)
    return made


def test_rebuilt_from_report_files_it_is_the_same(store: Store, tmp_path: Path) -> None:
    for each in reports(tmp_path):
        store.record(each)
    other = sqlite_at(tmp_path, "other.db")
    waits = replace(record(3), dataset="waits")
    waiting_records().put("k", waits.at, waits.to_dict())
    store.record(waits)
    for _ in range(2):
        assert run("rebuild", str(tmp_path / "reports"), "--store", other) == "3 reports recorded\n"
    rebuilt = open_store(other)
    assert contents(rebuilt) == contents(store)
    rebuilt.close()


def test_a_rebuild_says_what_it_skipped(store: Store, tmp_path: Path) -> None:
    reports(tmp_path)
    (tmp_path / "reports" / "a.json").write_text("{}")
    (tmp_path / "reports" / "b.json").write_text("[")
    said = run("rebuild", str(tmp_path / "reports"), code=3).splitlines()
    assert [line.partition(" is skipped: ")[0].rpartition("/")[2] for line in said[:2]] == ["a.json", "b.json"]
    assert said[2] == "3 reports recorded"
    assert "not found" in run("rebuild", str(tmp_path / "nowhere"), code=2)


def test_prune(store: Store) -> None:
    for day in (500, 401, 399):
        store.record(record(0, run_key=str(day), moment=NOW - timedelta(days=day), at=-0.0, interval=(None, None)))
    assert run("prune", "--days", "1") == "2 reports deleted\n"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_export(kind: str, store: Store, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = sqlite_at(tmp_path) if kind == "sqlite" else new_database(request.getfixturevalue("postgres"))
    other = open_store(url)
    other.record(record(0, {"a": "passed", "b": "failed"}, outcome='say "no"\n\\N', commit=None))
    other.record(record(1, {"a": "errored"}))
    other.close()
    file = tmp_path / "x.parquet"
    assert run("export", str(file), "--store", url) == f"{file}: 3 results\n"
    rows = duckdb.sql(
        f"SELECT rule, run_key, status, failed, outcome, commit, moment FROM '{file}' ORDER BY ALL"
    ).fetchall()
    assert [(*row[:6], row[6].astimezone(UTC)) for row in rows] == [
        ("a", "day-0", "passed", 0, 'say "no"\n\\N', None, datetime(2026, 3, 1, tzinfo=UTC)),
        ("a", "day-1", "errored", 0, "halted", "abc", datetime(2026, 3, 2, tzinfo=UTC)),
        ("b", "day-0", "failed", 2, 'say "no"\n\\N', None, datetime(2026, 3, 1, tzinfo=UTC)),
    ]
    assert [path.name for path in tmp_path.glob(".headgate-*")] == []
    assert "cannot be written" in run("export", str(tmp_path / "no" / "x.parquet"), "--store", url, code=2)
