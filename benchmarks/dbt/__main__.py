"""`python -m benchmarks.dbt`: what the thirty checks cost in `dbt build`, and the package in `dbt parse`.

CPU of client and server, each project beside another in alternating pairs; of builds, less that of an empty build of
the same project just before.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.checks.data import Variant
from benchmarks.checks.process import ROOT
from benchmarks.checks.server import server
from benchmarks.checks.sources import Bench, Place
from benchmarks.checks.table import Row, seconds, table
from benchmarks.dbt import parsing
from benchmarks.dbt.pairs import Ratio, alternating
from benchmarks.dbt.project import Project, make

PLACES: tuple[Place, ...] = ("table", "PostgreSQL")
NAMES = ("test", "gate", "parse")
_HEAD = ("place", "data", "what", "CPU s", "beside", "CPU s", "ratio [95 %]", "bar")


def _tests(bench: Bench, place: Place, rounds: int) -> Iterator[Row]:
    """A dbt test a check ÷ the one test of the contract."""
    for bad in (False, True):
        variant = Variant(1_000_000, bad=bad)
        single, own = (make(bench, place, variant, kind) for kind in ("single", "contract"))
        calls = [lambda p=project, b=bad: p.beyond_empty("build", fails=b) for project in (single, own)]
        bar = 2.5 if place == "PostgreSQL" else 3.0
        yield _row(place, variant, "30 dbt tests", "headgate.contract", calls, rounds, f"≥ {bar:g}")
        whole = [lambda p=project, b=bad: p.whole("build", fails=b) for project in (single, own)]
        yield _row(place, variant, "30 dbt tests, whole process", "headgate.contract", whole, max(rounds // 3, 1), "")


def _gates(bench: Bench, place: Place, rounds: int) -> Iterator[Row]:
    """A gated table ÷ a plain one with dbt's tests, and ÷ a plain one."""
    variant = Variant(1_000_000)
    plain, others, gated = (make(bench, place, variant, kind) for kind in ("plain", "tested", "gated"))
    for project in (plain, others, gated):
        project.dbt("build")  # so that each build has a table to replace

    def cost(project: Project, command: str) -> Callable[[], float]:
        return lambda: project.beyond_empty(command)

    yield _row(
        place, variant, "gate and its test, dbt build", "table and 30 dbt tests",
        [cost(gated, "build"), cost(others, "build")], rounds, "< 1",
    )  # fmt: skip
    bar = "" if place == "PostgreSQL" else "≤ 2"
    yield _row(place, variant, "gate, dbt run", "table", [cost(gated, "run"), cost(plain, "run")], rounds, bar)


def _row(
    place: str, variant: Variant, one: str, other: str, calls: Sequence[Callable[[], float]], rounds: int, bar: str
) -> Row:
    first, second = alternating(calls, rounds)
    ratio = Ratio.of([a / b for a, b in zip(first, second, strict=True)])
    medians = (seconds(statistics.median(figures)) for figures in (first, second))
    data = "bad" if variant.bad else "clean"
    name = "DuckDB" if place == "table" else place
    return name, data, one, next(medians), other, next(medians), f"{ratio}, {ratio.pairs} pairs", bar


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dbt", description=__doc__)
    parser.add_argument("--only", choices=NAMES, nargs="+", default=NAMES, help="these parts alone")
    parser.add_argument("--places", choices=PLACES, nargs="+", default=PLACES)
    parser.add_argument("--rounds", type=int, default=15, help="how many pairs")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench", help="where data is kept from run to run")
    options = parser.parse_args(given)
    rows: list[Row] = []
    with contextlib.ExitStack() as stack:
        bench = Bench(options.folder.resolve(), options.rounds, functools.cache(lambda: stack.enter_context(server())))
        for place in options.places:
            for name, part in (("test", _tests), ("gate", _gates)):
                if name in options.only:
                    for row in part(bench, place, options.rounds):
                        print(" | ".join(row), flush=True)
                        rows.append(row)
    print()
    print(table(_HEAD, rows) if rows else "", end="")
    if "parse" in options.only:
        print(parsing.measure(options.rounds))


if __name__ == "__main__":
    sys.exit(main())
