"""What it costs to find the rows in which PostgreSQL and DuckDB differ, beside a plain pull and reladiff.

    python -m benchmarks.reconcile [--rows 10000000] [--pairs 15]

The cost of a way is the CPU of both sides, and bytes over the line ÷ bandwidth.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.checks.peers.environment import python_of
from benchmarks.checks.process import ROOT
from benchmarks.checks.server import Server, server
from benchmarks.checks.table import seconds, table, times
from benchmarks.reconcile.data import load_duckdb, load_postgres, truth
from benchmarks.reconcile.line import line
from benchmarks.reconcile.ways import WAYS

PLANNED, PULL, CHECKSUMS, PLAIN, RELADIFF = *WAYS, "reladiff"
THROTTLED = 5e6
_HEAD = ("differ", "bandwidth", "way", "CPU client", "CPU PostgreSQL", "wall", "rows moved", "checksums moved", "MB",
         "found", "wrong", "cost")  # fmt: skip
# The plan must not be worse than the better of both ways times this.
_MOST = 1.3


@dataclass(frozen=True)
class Cell:
    """What one way took for one number of differing rows at one bandwidth; `missing` is why it was not measured."""

    differing: int
    bandwidth: float
    way: str
    client: float = 0.0
    server: float = 0.0
    wall: float = 0.0
    rows: int = 0
    checksums: int = 0
    bytes: int = 0
    found: int = 0
    wrong: int = 0
    how: str = ""
    missing: str = ""

    @property
    def cost(self) -> float:
        return self.client + self.server + self.bytes / self.bandwidth

    def row(self) -> tuple[str, ...]:
        where = f"{self.differing:,}", _said(self.bandwidth)
        if self.missing:
            return (*where, self.way, f"not measured: {self.missing}", *("",) * (len(_HEAD) - 4))
        way = f"{self.way} ({self.how})" if self.how else self.way
        spent = seconds(self.client), seconds(self.server), f"{self.wall:.1f}"
        moved = f"{self.rows:,}", f"{self.checksums:,}", f"{self.bytes / 1e6:.1f}"
        return (*where, way, *spent, *moved, f"{self.found:,}", f"{self.wrong:,}", seconds(self.cost))


@dataclass(frozen=True)
class Trial:
    """Both tables, of so many rows."""

    server: Server
    folder: Path
    rows: int

    def file(self, differing: int) -> Path:
        file = self.folder / f"{differing}.duckdb"
        if not file.exists():
            load_duckdb(file, self.rows, differing)
        return file

    def measure(self, way: str, differing: int, bandwidth: float, longest: float = math.inf) -> Cell:
        """Return what a way took. Raises SubprocessError if it failed or took longer than so many seconds."""
        file = self.file(differing)
        with line(f"{self.server.folder}/.s.PGSQL.5432", bandwidth) as wire:
            before = self.server.cpu()
            if way == RELADIFF:
                url = wire.url().partition("?")[0]
                script = Path(__file__).with_name("reladiff.py")
                said = _output([python_of(RELADIFF, script.parent), "-I", script, url, file], longest)
                keys = set(said.pop("keys"))
                said |= {"checksums": 0, "found": len(keys), "wrong": len(keys ^ truth(self.rows, differing).keys)}
            else:
                command = [sys.executable, "-m", "benchmarks.reconcile.ways", way, wire.url(), file]
                said = _output([*command, bandwidth, self.rows, differing], longest)
            client = said.pop("cpu")
            used = self.server.cpu() - before
            return Cell(differing, bandwidth, way, client=client, server=used, bytes=wire.moved(), **said)


def _output(command: Sequence[Any], longest: float) -> dict[str, Any]:
    most = None if math.isinf(longest) else longest
    done = subprocess.run([*map(str, command)], cwd=ROOT, check=True, capture_output=True, text=True, timeout=most)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _said(bandwidth: float) -> str:
    return "unlimited" if math.isinf(bandwidth) else f"{bandwidth / 1e6:g} MB/s"


def cells(trial: Trial, given: argparse.Namespace) -> Iterator[Cell]:
    """Yield every cell. What takes too long to pull over the slow line follows from the cell of the fast line."""
    begun = time.monotonic()
    fast: dict[tuple[int, str], Cell] = {}
    longest = given.longest
    for bandwidth in given.bandwidth:
        for number in given.differing:
            # reladiff knows no bandwidth.
            for way in (each for each in given.ways if each != RELADIFF or math.isinf(bandwidth)):
                before = fast.get((number, way))
                if (
                    way in (PULL, PLAIN)
                    and before
                    and (seconds := before.bytes / bandwidth)
                    and before.wall + seconds > longest
                ):
                    yield replace(before, bandwidth=bandwidth, wall=before.wall + seconds, how="by arithmetic")
                    continue
                if time.monotonic() - begun > given.patience:
                    yield Cell(number, bandwidth, way, missing="no time was left")
                    continue
                try:
                    cell = trial.measure(way, number, bandwidth, longest)
                except subprocess.CalledProcessError as error:
                    last = (str(error.stderr).strip().splitlines() or [str(error)])[-1]
                    cell = Cell(number, bandwidth, way, missing=last)
                except (subprocess.TimeoutExpired, TimeoutError):
                    cell = Cell(number, bandwidth, way, missing=f"longer than {longest:g} s")
                if math.isinf(bandwidth) and not cell.missing:
                    fast[number, way] = cell
                yield cell


def ratios(found: Sequence[Cell]) -> Iterator[tuple[str, ...]]:
    """Yield headgate's cost beside the better of its two ways, the plain pull, and reladiff."""
    by = {(cell.differing, cell.bandwidth, cell.way): cell for cell in found if not cell.missing}
    for cell in by.values():
        if cell.way != PLANNED:
            continue
        of = {way: by[cell.differing, cell.bandwidth, way].cost for way in (PULL, CHECKSUMS, PLAIN, RELADIFF)
              if (cell.differing, cell.bandwidth, way) in by}  # fmt: skip
        own = [of[way] for way in (PULL, CHECKSUMS) if way in of]
        better = times(cell.cost / min(own), most=_MOST) if len(own) == 2 else "–"
        others = (times(cell.cost / of[way]) if way in of else "–" for way in (PLAIN, RELADIFF))
        yield f"{cell.differing:,}", _said(cell.bandwidth), better, *others


def pairs(trial: Trial, differing: int, number: int, ways: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the ratios of costs of alternating pairs on a fast line: the median, and the middle 80 %."""
    for other in (way for way in ways if way != PLANNED):
        found = []
        for i in range(number):
            order = (PLANNED, other) if i % 2 else (other, PLANNED)
            cost = {way: trial.measure(way, differing, math.inf).cost for way in order}
            found.append(cost[PLANNED] / cost[other])
        found.sort()
        middle = f"{found[len(found) // 10]:.2f} to {found[-1 - len(found) // 10]:.2f}"
        yield f"{differing:,}", f"headgate ÷ {other}", f"{statistics.median(found):.2f} ×", middle


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reconcile", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--differing", type=int, nargs="+", default=[0, 100, 100_000])
    parser.add_argument("--bandwidth", type=float, nargs="+", default=[math.inf, THROTTLED], help="bytes a second")
    parser.add_argument("--ways", nargs="+", default=[*WAYS, RELADIFF], choices=[*WAYS, RELADIFF])
    parser.add_argument("--pairs", type=int, default=0, help="alternating pairs instead of one run of each way")
    parser.add_argument("--patience", type=float, default=math.inf, help="seconds after which cells are left out")
    parser.add_argument("--longest", type=float, default=math.inf, help="seconds that one cell may take")
    given = parser.parse_args()
    folder = ROOT / ".bench" / "reconcile" / str(given.rows)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        trial = Trial(stack.enter_context(server()), folder, given.rows)
        for each in given.differing:
            trial.file(each)
        load_postgres(trial.server.url("postgres"), given.rows)
        if given.pairs:
            made = [row for each in given.differing for row in pairs(trial, each, given.pairs, given.ways)]
            print(table(("differ", "cost", "median", "middle 80 %"), made))
            return 0
        found = []
        for cell in cells(trial, given):
            print(" | ".join(cell.row()), flush=True)
            found.append(cell)
    compared = [*ratios(found)]
    print(f"\n{given.rows:,} rows on either side.\n\n{table(_HEAD, (cell.row() for cell in found))}")
    print(table(("differ", "bandwidth", "÷ the better of both ways", "÷ plain pull", "÷ reladiff"), compared))
    return 1 if any(cell.wrong for cell in found if cell.way != RELADIFF) or "missed" in str(compared) else 0


if __name__ == "__main__":
    sys.exit(main())
