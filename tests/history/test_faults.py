"""A store that is not well changes nothing of a check or a publish but one line of its log, and two seconds at most."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from headgate.cli import main
from headgate.history import flush, home, open_store, runs, waiting_records

from tests.support.contracts import odcs, write
from tests.support.history import new_database, sqlite_at
from tests.support.lineage_server import black_hole, refused
from tests.support.timed import timed

# A busy machine, on which others run too.
SLACK = 0.5
# `make test-faults` lets each command meet each fault; else those that take their time meet one.
ALL = "HEADGATE_HISTORY_KILLS" in os.environ
THINGS = {"name": "things", "properties": [{"name": "id", "required": True}]}


@contextmanager
def down(url: str, folder: Path) -> Iterator[str]:
    if url.startswith("sqlite"):
        (folder / "file").write_text("")
        yield f"sqlite:///{folder}/file/history.db"
    else:
        yield refused().replace("http", "postgresql").replace("//", "//me:geheim@") + "/x"


@contextmanager
def slow(url: str, folder: Path) -> Iterator[str]:
    """A server that accepts and never answers."""
    if url.startswith("sqlite"):
        pytest.skip("a file is slow where it is locked")
    with black_hole() as address:
        yield address.replace("http", "postgresql") + "/x"


@contextmanager
def locked(url: str, folder: Path) -> Iterator[str]:
    store = open_store(url)
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("LOCK TABLE headgate_dataset IN ACCESS EXCLUSIVE MODE"))
        yield url
        connection.rollback()
    store.close()


def changed(*statements: str) -> Any:
    @contextmanager
    def fault(url: str, folder: Path) -> Iterator[str]:
        store = open_store(url)
        with store.engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
        store.close()
        yield url

    return fault


@contextmanager
def read_only(url: str, folder: Path) -> Iterator[str]:
    """As after a failover: the database may be read alone."""
    if url.startswith("sqlite"):
        pytest.skip("root writes everywhere")
    open_store(url).close()
    name = re.findall(r"/(history_\w+)", url)[0]
    with sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:")).begin() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    yield url


FAULTS: dict[str, tuple[Any, str]] = {
    "down": (down, r"(folder cannot be made|refused)"),
    "slow": (slow, r"(no answer within|locked|timeout)"),
    "locked": (locked, r"(locked|timeout|no answer within)"),
    "half migrated": (changed("DROP TABLE headgate_standing"), "incomplete"),
    "too new": (
        changed("UPDATE headgate_version SET version_num = '0009'", "UPDATE headgate_writers SET oldest = '0009'"),
        "schema 0009, made by a newer headgate",
    ),
    "read only": (read_only, "read-only"),
}


class Command:
    """`headgate check` or `publish` of bad data, with what it must exit with and say."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        write(folder, odcs(THINGS, settings={"onBreach": "halt"}))
        (folder / "t.csv").write_text('id\na\n""\n')
        target = [f"{folder}/w.duckdb#main.things", "--run-key", "k"] if name == "publish" else []
        self.arguments = [name, str(folder / "test.odcs.yaml"), str(folder / "t.csv"), *target]

    def run(self) -> tuple[int, str, float]:
        begun = time.monotonic()
        done = CliRunner().invoke(main, self.arguments)
        return done.exit_code, done.stdout, time.monotonic() - begun


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    return tmp_path / "spool"


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING and "history" in r.name]
    caplog.clear()
    return found


@timed
@pytest.mark.slow
@pytest.mark.parametrize("name", ["check", "publish"])
@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_changes_but_a_line(
    fault: str, name: str, url: str, spool: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    if fault in ("slow", "locked") and name == "check" and not ALL:
        pytest.skip("a check meets it in `make test-faults`, and below as a process")
    command = Command(tmp_path, name)
    monkeypatch.setenv("HEADGATE_STORE", "none")
    code, said, undisturbed = command.run()
    assert code == 1
    make, reason = FAULTS[fault]
    with make(url, tmp_path) as where:
        monkeypatch.setenv("HEADGATE_STORE", where)
        assert command.run()[:2] == (code, said)
        (told,) = warnings(caplog)
        assert re.search(rf"the history waits in .*headgate history flush.*{reason}", told), told
        assert "geheim" not in told
        assert "\n" not in told
        # Nobody tries again for a while.
        assert command.run()[2] < undisturbed + SLACK
        assert warnings(caplog) == []
    assert len(waiting_records().waiting()) == 2
    if fault in ("down", "slow", "locked", "read only"):
        well = open_store(url if fault != "read only" else sqlite_at(tmp_path, "other.db"))
        assert flush(str(well.engine.url.render_as_string(hide_password=False))).delivered == 2
        (each,) = home(well)
        # Without a run key each check is one of its own.
        assert [line.verdict for line in runs(well, each.id)] == ["breach"] * (2 if name == "check" else 1)
        well.close()


@timed
@pytest.mark.slow
@pytest.mark.parametrize("fault", ["slow", "locked"])
def test_it_costs_two_seconds_at_most(
    fault: str, spool: Path, tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a process, with all that it loads for the history."""
    command = Command(tmp_path, "check")
    url = sqlite_at(tmp_path) if fault == "locked" else new_database(postgres)

    def run(store: str) -> tuple[float, subprocess.CompletedProcess[str]]:
        monkeypatch.setenv("HEADGATE_STORE", store)
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", "from headgate.cli import main; main()", *command.arguments],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return time.monotonic() - begun, done

    with FAULTS[fault][0](url, tmp_path) as where:
        undisturbed, before = run("none")
        waited, done = run(where)
    assert (done.returncode, done.stdout) == (before.returncode, before.stdout)
    assert len(done.stderr.splitlines()) == 1
    assert waited - undisturbed < 2


# --- disks -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A filesystem of a megabyte that is full to the last byte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a filesystem cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    with pytest.raises(OSError), (disk / "full").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return disk / "full"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["check", "publish"])
def test_a_store_on_a_full_disk(
    name: str, disk: Path, spool: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    command, where = Command(tmp_path, name), sqlite_at(disk)
    open_store(where).close()
    full = fill(disk)
    monkeypatch.setenv("HEADGATE_STORE", where)
    assert command.run()[0] == 1
    (told,) = warnings(caplog)
    assert re.search(r"the history waits in .*(full|disk I/O error|unable to open)", told), told
    full.unlink()
    assert flush().delivered == 1


@pytest.mark.slow
def test_a_server_whose_disk_is_full(
    disk: Path, spool: Path, tmp_path: Path, postgres: str,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    where = new_database(postgres)
    for above in (disk, *tmp_path.parents[:3], tmp_path):  # so that the server's user comes in
        above.chmod(0o755)
    disk.chmod(0o777)
    shutil.chown(disk, "nobody")
    subprocess.run(["mount", "-o", "remount,size=2m", str(disk)], check=True)
    store = open_store(where)
    auto = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    auto.exec_driver_sql(f"CREATE TABLESPACE {disk.parent.name} LOCATION '{disk}'")
    auto.exec_driver_sql(f"ALTER TABLE headgate_result SET TABLESPACE {disk.parent.name}")
    auto.exec_driver_sql(f"ALTER TABLE headgate_report SET TABLESPACE {disk.parent.name}")
    full = fill(disk)
    monkeypatch.setenv("HEADGATE_STORE", where)
    assert Command(tmp_path, "check").run()[0] == 1
    (told,) = warnings(caplog)
    assert re.search(r"the history waits in .*No space left", told), told
    full.unlink()
    assert flush().delivered == 1
    for table in ("result", "report"):
        auto.exec_driver_sql(f"ALTER TABLE headgate_{table} SET TABLESPACE pg_default")
    auto.exec_driver_sql(f"DROP TABLESPACE {disk.parent.name}")
    auto.close()
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("also_down", [False, True])
def test_a_spool_that_cannot_be_written(
    also_down: bool, url: str, disk: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    command = Command(tmp_path, "check")
    fill(disk)
    monkeypatch.setenv("HEADGATE_SPOOL", str(disk / "spool"))
    with ExitStack() as stack:
        fault: AbstractContextManager[str] = down(url, tmp_path)
        monkeypatch.setenv("HEADGATE_STORE", stack.enter_context(fault) if also_down else url)
        assert command.run()[0] == 1
    (told,) = warnings(caplog)
    assert "No space left on device" in told
    if also_down:
        assert told.startswith("the history lacks a run")
    else:
        store = open_store(url)
        assert len(home(store)) == 1
        store.close()


# --- what is not wanted, or not there --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("store", "said"),
    [("none", []), ("mysql://me:geheim@db/x", ["no history is kept: the store of the history is mysql"])],
)
def test_no_history(
    store: str, said: list[str], spool: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv("HEADGATE_STORE", store)
    assert Command(tmp_path, "check").run()[0] == 1
    assert [told[: len(start)] for told, start in zip(warnings(caplog), said, strict=True)] == said
    assert not spool.exists()


@pytest.mark.parametrize(("configured", "said"), [(True, 1), (False, 0)])
def test_without_sqlalchemy_there_is_no_history(
    configured: bool, said: int, spool: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    from headgate.history import opening

    monkeypatch.setattr(opening, "find_spec", lambda name: None)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HEADGATE_STORE", sqlite_at(tmp_path) if configured else "")
    assert Command(tmp_path, "check").run()[0] == 1
    told = warnings(caplog)
    assert len(told) == said
    assert all("sqlalchemy is not installed" in each for each in told)
    assert not spool.exists()


def test_a_body_that_is_not_a_record_is_moved_away(url: str, spool: Path, tmp_path: Path) -> None:
    from tests.support.history import BEGIN, record

    waiting = waiting_records()
    waiting.put("wrong", BEGIN, {"schema": 1})
    waiting.put("right", BEGIN, record(1).to_dict())
    done = flush(url)
    assert (done.delivered, done.refused) == (1, 1)
    (reason,) = waiting.refused().values()
    assert "not a record of a run" in reason


def test_a_record_that_the_database_refuses_does_not_stop_others(url: str, spool: Path) -> None:
    from tests.support.history import BEGIN, record

    waiting = waiting_records()
    waiting.put("wrong", BEGIN, record(1).to_dict() | {"rows": 2**70})
    waiting.put("right", BEGIN, record(2).to_dict())
    assert flush(url).delivered == 1
    store = open_store(url)
    assert [line.run_key for line in runs(store, home(store)[0].id)] == ["day-2"]
    store.close()
    assert len(waiting.waiting()) == 1


def test_what_the_spool_holds_is_json_of_the_record(spool: Path, tmp_path: Path, monkeypatch: Any) -> None:
    with down("sqlite:", tmp_path) as where:
        monkeypatch.setenv("HEADGATE_STORE", where)
        Command(tmp_path, "check").run()
    (file,) = (spool / "history" / "waiting").iterdir()
    body = json.loads(file.read_text())["body"]
    assert (body["schema"], body["dataset"], body["verdict"], body["kind"]) == (1, "things", "breach", "check")
    assert file.stat().st_size < 10_000
