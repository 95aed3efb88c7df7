"""Killed at uniformly random times, a publish leaves the old state or the new one, whole; the rerun ends right.

`HEADGATE_KILLS=100 python -m pytest tests/gate/test_kill.py -s` kills more often.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

HERE = Path(__file__).parent
KILLS = int(os.environ.get("HEADGATE_KILLS", "20"))
ROWS = 3_000_000
PAYLOAD = "range AS a, range * 7 AS b, md5(range::VARCHAR) AS c, range % 97 AS d"

STATE = """
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1])
tables = {n for (n,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
def state(table, columns):
    if table.rpartition(".")[2] not in tables:
        return None
    return [str(v) for v in connection.execute(f"SELECT count(*), sum(hash({columns})) FROM {table}").fetchone()]
print(json.dumps({
    "data": state("shop.things", "(id, amount, a, b, c, d)"),
    "quarantine": state("shop.things__quarantine", "(id, amount, a, b, c, d, headgate_reasons, headgate_run_key)"),
    "record": state("headgate.publications", "(run_key, rows_published, rows_set_aside, outcome)"),
}))
"""


def state_of(database: Path) -> str:
    """What a fresh process finds: fingerprints of data, quarantine and record."""
    done = subprocess.run([sys.executable, "-c", STATE, str(database)], capture_output=True, text=True, check=True)
    return json.dumps(json.loads(done.stdout), sort_keys=True)


@dataclass
class Workshop:
    """A database that serves what an earlier try of the run published, and the rows to be published over that."""

    folder: Path
    template: Path = field(init=False)
    today: Path = field(init=False)
    old: str = ""
    new: str = ""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.template, self.today = self.folder / "template.duckdb", self.folder / "today.parquet"
        earlier = self.folder / "earlier.parquet"
        # Most rows are bad, and an earlier try of the same run set many aside, so that replacing the quarantine takes
        # a good part of the time.
        for path, factor in ((earlier, 1), (self.today, 2)):
            amount = f"CASE WHEN range % 10 = 0 THEN {factor} ELSE -{factor} END"
            rows = f"SELECT range AS id, {amount} AS amount, {PAYLOAD} FROM range({ROWS})"
            duckdb.sql(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
        self.run(self.template, earlier, "today")
        self.old = state_of(self.template)
        database = self.copy()
        self.run(database, self.today, "today")
        self.new = state_of(database)

    def copy(self) -> Path:
        database = self.folder / "w.duckdb"
        for path in self.folder.glob("w.duckdb*"):
            path.unlink()
        shutil.copy(self.template, database)
        return database

    def start(self, database: Path, source: Path, key: str, *mutant: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(HERE / "killed_child.py"), str(database), str(source), key, *mutant]
        path = os.pathsep.join(sys.path)
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path})

    def run(self, database: Path, source: Path, key: str) -> None:
        """Undisturbed. `seconds` is how long the latest such run took, from "staging" to the exit of the process: on a
        machine whose load changes, kills would else all fall early."""
        with self.start(database, source, key) as child:
            begun = _staging_begins(child)
            assert child.wait(timeout=300) == 0
            self.seconds = time.monotonic() - begun

    def kill(self, fraction: float, *mutant: str) -> tuple[str, str]:
        """Kill after that fraction of the time; the last step that had begun, and what a fresh process finds."""
        database = self.copy()
        with self.start(database, self.today, "today", *mutant) as child:
            begun = _staging_begins(child)
            time.sleep(max(0.0, begun + fraction * self.seconds - time.monotonic()))
            child.kill()
            assert child.stdout is not None
            steps = ["staging", *child.stdout.read().split("\n")[:-1]]
        return steps[-1], state_of(database)


def _staging_begins(child: subprocess.Popen[str]) -> float:
    assert child.stdout is not None
    assert child.stdout.readline() == "staging\n"
    return time.monotonic()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("kill"))


def table(hits: Counter[tuple[str, str]]) -> str:
    steps = list(dict.fromkeys(step for step, _ in hits))
    outcomes = ("old", "new", "mixed")
    lines = [f"{'killed during':<32}" + "".join(f"{name:>7}" for name in outcomes)]
    lines += [f"{step:<32}" + "".join(f"{hits[step, name]:>7}" for name in outcomes) for step in steps]
    return "\n".join(lines)


def named(workshop: Workshop, state: str) -> str:
    return {workshop.old: "old", workshop.new: "new"}.get(state, "mixed")


@pytest.mark.slow
def test_a_kill_leaves_the_old_state_or_the_new_one(workshop: Workshop) -> None:
    assert workshop.seconds >= 2, "too fast for kills to fall everywhere"
    assert workshop.old != workshop.new
    chance, hits = random.Random(1), Counter[tuple[str, str]]()
    for _ in range(KILLS):
        step, state = workshop.kill(chance.random())
        hits[step, named(workshop, state)] += 1
        workshop.run(workshop.folder / "w.duckdb", workshop.today, "today")
        assert named(workshop, state_of(workshop.folder / "w.duckdb")) == "new", "the rerun ends wrong"
    print(f"\n{KILLS} kills within {workshop.seconds:.1f} s\n{table(hits)}")
    assert not [step for step, outcome in hits if outcome == "mixed"]
    assert len({step for step, _ in hits}) >= 3, "the kills all fell on the same step"


@pytest.mark.slow
def test_a_commit_between_data_and_quarantine_is_caught(workshop: Workshop) -> None:
    """The mutation: without the one transaction, the same kills show mixed states."""
    chance, hits = random.Random(1), Counter[tuple[str, str]]()
    for _ in range(KILLS):
        step, state = workshop.kill(chance.random(), "mutant")
        hits[step, named(workshop, state)] += 1
        workshop.run(workshop.folder / "w.duckdb", workshop.today, "today")
    print(f"\nmutant: {KILLS} kills\n{table(hits)}")
    assert any(outcome == "mixed" for _, outcome in hits)
