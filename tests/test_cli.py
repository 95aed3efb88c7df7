"""The command: what it prints, and its exit codes."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result
from headgate.cli import main
from headgate.places.duckdb import connection

from tests.support.contracts import odcs, write

SERVER = {"server": "local", "type": "duckdb", "database": "w.duckdb", "schema": "shop"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("good.csv", "good.txt"):
        (tmp_path / name).write_text("id\na\n")
    (tmp_path / "bad.csv").write_text('id\na\n""\n')
    return tmp_path


def contract(folder: Path, on_breach: Any = "halt", **more: Any) -> str:
    thing = {"name": "things", "properties": [{"name": "id", "required": True, **more}]}
    document = odcs(thing, servers=[SERVER], settings={"onBreach": on_breach, "maxQuarantinePercent": 60})
    return str(write(folder, document, "c.odcs.yaml").relative_to(folder))


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


UNKNOWN = {"quality": [{"type": "custom", "engine": "soda", "implementation": "x"}]}

# policy, what more the property says, data, exit code of a check, of a publish, of a publish --strict
CODES: list[tuple[Any, dict[str, Any], str, int, int, int]] = [
    ("halt", {}, "good.csv", 0, 0, 0),
    ("halt", {}, "bad.csv", 1, 1, 1),
    ("quarantine", {}, "bad.csv", 1, 0, 1),
    ("warn", {}, "bad.csv", 0, 0, 0),
    ("halt", UNKNOWN, "good.csv", 3, 3, 3),
    ("warn", UNKNOWN, "good.csv", 3, 3, 3),
    ("halt", {}, "none.csv", 2, 2, 2),
    ("halt", {"requird": True}, "good.csv", 2, 2, 2),
]


@pytest.mark.parametrize(("policy", "more", "data", "checked", "published", "strict"), CODES)
def test_exit_codes(
    policy: Any, more: dict[str, Any], data: str, checked: int, published: int, strict: int, folder: Path
) -> None:
    path = contract(folder, policy, **more)
    assert run("check", path, data).exit_code == checked
    assert run("publish", path, data, "--run-key", "r").exit_code == published
    assert run("publish", path, data, "--run-key", "r", "--strict").exit_code == strict


def test_quarantined_rows_are_shown_under_their_reasons(folder: Path) -> None:
    path = contract(folder, "quarantine", logicalType="integer")
    (folder / "mixed.csv").write_text("id\n1\n2\nx\n")
    run("publish", path, "mixed.csv", "--run-key", "r")
    shown = run("quarantine", "show", path, "--run-key", "r", "--show-examples").output
    assert shown.splitlines() == [
        "row 1: id.logicalType, id.required",
        "  id            NULL",
        '  headgate_raw  {"id":"x"}',
    ]


HEADGATE = Path(sys.executable).with_name("headgate")


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    path = contract(folder)
    command = f"{HEADGATE} check {path} bad.csv --explain -v | head -0; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) in (("141\n", ""), ("1\n", ""))  # all was written before it went


def test_control_c_is_no_breach(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        data = f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/d#s.t"
        command = [HEADGATE, "check", contract(folder), data]
        process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        held, _ = silent.accept()  # which would end, and with it the wait, if it were let go
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        held.close()
    assert (process.returncode, said) == (130, "interrupted\n")


def test_a_check_in_text_and_json(folder: Path) -> None:
    text = run("check", contract(folder), "bad.csv").output
    assert "BREACH  things: 2 rows of bad.csv" in text
    assert "id is not null   1 of 2 rows (50 %)" in text
    document = json.loads(run("check", contract(folder), "bad.csv", "--format", "json").output)
    assert (document["verdict"], document["rows"], document["coverage"]) == (
        "breach",
        2,
        {"executed": 3, "declared": 3},
    )


def test_publish_to_the_contracts_server_and_check_it_there(folder: Path) -> None:
    path = contract(folder, "quarantine")
    assert (
        "published 1 row to shop.things, quarantined 1 in shop.things__quarantine"
        in run("publish", path, "bad.csv", "--run-key", "r").output
    )
    assert run("check", path).exit_code == 0
    assert run("check", path, "w.duckdb#shop.things__quarantine").exit_code == 1
    outcome = json.loads(
        run("publish", path, "good.csv", "w.duckdb#other.t", "--run-key", "r", "--format", "json").output
    )
    assert (outcome["outcome"], outcome["target"]) == ("published", "other.t")
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM other.t").fetchall() == [(1,)]


def test_plain_files_on_the_contracts_server_are_checked_there(folder: Path) -> None:
    thing = {"name": "things", "properties": [{"name": "id", "required": True}]}
    lake = {"server": "lake", "type": "local", "path": "lake", "format": "parquet"}
    path = str(write(folder, odcs(thing, servers=[lake]), "c.odcs.yaml"))
    assert "headgate has published nothing there" in run("check", path).output
    (folder / "lake/things").mkdir(parents=True)
    for name, value in (("one", "'a'"), ("two", "NULL::VARCHAR")):
        duckdb.sql(f"SELECT {value} AS id").write_parquet(str(folder / f"lake/things/{name}.parquet"))
    result = run("check", path)
    assert (result.exit_code, "id is not null   1 of 2 rows" in result.output) == (1, True), result.output


def test_a_run_key_is_required(folder: Path) -> None:
    result = run("publish", contract(folder), "good.csv")
    assert (result.exit_code, "--run-key" in result.output) == (2, True)


def test_lint(folder: Path) -> None:
    good = contract(folder, quality=[{"id": "nice", "type": "text", "description": "is nice"}])
    lines = run("lint", good).output.splitlines()
    assert [line.rpartition(" ")[2] for line in lines[:-1]] == [
        "[no-freshness]",
        "[no-owner]",
        "[no-support]",
        "[no-key]",
        "[no-row-count]",
    ]
    assert lines[-1] == f"{good}: ok, 3 of 4 rules can be executed, 2 warnings, 3 notes"
    assert run("lint", good).exit_code == 0
    assert run("lint", good, "--strict").exit_code == 2
    assert f"{good}:15: things: id.nice: not executed: documentation" in run("lint", good, "--rules").output
    assert "somebody must be called" in run("lint", good, "--explain").output
    assert run("lint", ".").output == run("lint", good).output
    assert run("lint", good, "--format", "github").output.splitlines()[1] == (
        f"::warning file={good},line=1,col=1,title=no-owner::"
        "no owner: give the `team` a name, or a member the role owner"
    )
    found = json.loads(run("lint", good, "--format", "sarif").output)["runs"][0]
    assert [r["ruleId"] for r in found["results"]] == [
        "no-freshness",
        "no-owner",
        "no-support",
        "no-key",
        "no-row-count",
    ]
    bad = contract(folder, requird=True)
    result = run("lint", bad)
    assert result.exit_code == 2
    assert "did you mean 'required'? [odcs-unknown-key]" in result.output
    assert json.loads(run("lint", bad, "--format", "json").output)[0]["problems"][0]["rule"] == "odcs-unknown-key"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "nothing.yaml", "good.csv"), "nothing.yaml: contract file not found"),
        (("check", "c.odcs.yaml#other", "good.csv"), "no dataset 'other'; the contract has things"),
        (("check", "c.odcs.yaml", "good.txt"), "'good.txt' is not data that headgate can read"),
        (("check", "c.odcs.yaml", "good.csv", "--server", "prod"), "no server 'prod'; the contract has local"),
        (("check", "c.odcs.yaml", "good.csv", "--on-breach", "stop"), "'stop' is not a valid policy"),
        (("check", "c.odcs.yaml", "good.csv", "--reference", "x"), "write it as DATASET=DATA"),
        (("check", "c.odcs.yaml"), "DuckDB database not found"),
    ],
)
def test_wrong_calls_say_what_to_do(arguments: tuple[str, ...], said: str, folder: Path) -> None:
    contract(folder)
    result = run(*arguments)
    assert (result.exit_code, said in result.output) == (2, True), result.output


def test_a_locked_database_is_for_another_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    path = contract(folder)
    run("publish", path, "good.csv", "--run-key", "r")
    code = "import duckdb,time; c=duckdb.connect('w.duckdb'); print('open', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        monkeypatch.setattr(connection, "LOCK_TIMEOUT_S", 0.2)
        result = run("publish", path, "good.csv", "--run-key", "r")
        holder.kill()
    assert (result.exit_code, "not possible now, try again: " in result.output) == (3, True)


def test_a_ragged_file_could_not_be_measured(folder: Path) -> None:
    (folder / "ragged.csv").write_text("id\na\nb,c,d\n")
    result = run("check", contract(folder), "ragged.csv")
    assert (result.exit_code, "could not be measured" in result.output) == (3, True)


def test_dbt_sync(folder: Path) -> None:
    (folder / "models").mkdir()
    (folder / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
    (folder / "models" / "things.sql").write_text("select 1 as id")
    path = contract(folder)
    assert run("dbt", "sync", path, "--check").exit_code == 1
    assert f"{path}#things: tested on things" in run("dbt", "sync", path).output
    (answer,) = json.loads(run("dbt", "sync", path, "--check", "--format", "json").output)
    assert (answer["tested"], answer["changed"]) == ({"things": "things"}, [])
    (folder / "models" / "others.sql").write_text("select 1 as id")
    assert f"{path}#things: tested on others" in run("dbt", "sync", path, "--node", "things=others").output
    for option, said in (
        ("things", "not a valid --node; expected DATASET=NODE"),
        ("x=y", "no dataset of the contracts"),
    ):
        result = run("dbt", "sync", path, "--node", option)
        assert (result.exit_code, said in result.output) == (2, True)
    (folder / "copy.odcs.yaml").write_text((folder / path).read_text())
    result = run("dbt", "sync", path, "copy.odcs.yaml")
    assert (result.exit_code, "same id would replace each other's tests" in result.output) == (2, True)


SUITE = {"name": "things", "expectations": [{"type": "expect_column_to_exist", "kwargs": {"column": "id"}}]}


def test_gx_import_and_export(folder: Path) -> None:
    (folder / "suite.json").write_text(json.dumps(SUITE))
    text = run("gx", "import", "suite.json").output
    assert "  - name: things\n" in text
    assert json.loads(run("gx", "import", "suite.json", "--format", "json").output) == {
        "file": None, "contract": text, "lost": [], "unexecuted": [],
    }  # fmt: skip
    assert json.loads(run("gx", "import", "suite.json", "-o", "o.odcs.yaml", "--format", "json").output) == {
        "file": "o.odcs.yaml", "lost": [], "unexecuted": [],
    }  # fmt: skip
    assert (folder / "o.odcs.yaml").read_text() == text
    assert run("gx", "import", "suite.json", "-o", "o.odcs.yaml").exit_code == 2
    suite = json.loads(run("gx", "export", "o.odcs.yaml").stdout)
    assert [expectation["type"] for expectation in suite["expectations"]] == ["expect_column_to_exist"]
    exported = json.loads(run("gx", "export", "o.odcs.yaml", "--format", "json").output)
    lost = ["extraColumns: GX has no expectation for a check of type no_extra_columns"]
    assert exported == {"file": None, "suite": suite, "lost": lost, "notes": []}


def test_init_in_json_holds_the_draft_that_is_not_written(folder: Path) -> None:
    text = run("init", "good.csv", "-o", "-").output
    assert json.loads(run("init", "good.csv", "-o", "-", "--format", "json").output) == {
        "file": None, "dataset": "good", "rows": 1, "confidential": [], "contract": text,
    }  # fmt: skip


# command, the old spelling of an option, its name now
OLD_OPTIONS = [("gx import", "--contract", "--output"), ("quarantine release", "--accepted", "--fingerprint")]


@pytest.mark.parametrize(("command", "old", "new"), OLD_OPTIONS)
def test_no_help_shows_an_old_option(command: str, old: str, new: str) -> None:
    shown = run(*command.split(), "--help").output
    assert (old in shown, new in shown) == (False, True)
    assert old not in run(*command.split()).stderr


def test_old_options_do_what_they_did(folder: Path) -> None:
    (folder / "suite.json").write_text(json.dumps(SUITE))
    assert (
        run("gx", "import", "suite.json", "--contract", "o.odcs.yaml").exit_code,
        run("lint", "o.odcs.yaml").exit_code,
    ) == (0, 0)
    path = contract(folder, "quarantine")
    run("publish", path, "bad.csv", "--run-key", "r")
    (batch,) = json.loads(run("quarantine", "list", path, "--format", "json").output)
    assert f"r  fingerprint {batch['fingerprint']}\n  1 row of " in run("quarantine", "list", path).output
    for option in ("--accepted", "--fingerprint"):
        arguments = ("--run-key", "r", option, batch["accepted"], "--by", "olga", "--why", "seen")
        released = run("quarantine", "release", path, *arguments)
        assert released.exit_code == 0, released.output
