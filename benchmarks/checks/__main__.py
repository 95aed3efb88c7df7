"""`python -m benchmarks.checks`: measure, show, and write the table."""

from __future__ import annotations

import argparse
import contextlib
import functools
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.checks import alone
from benchmarks.checks.alone import Bench
from benchmarks.checks.process import ROOT
from benchmarks.checks.server import server
from benchmarks.checks.table import Part

PARTS = ("duckdb", "postgres", "growth", "startup", "memory")


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checks", description=__doc__)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="these parts alone")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000], help="sizes of the data")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured, in turn with the others")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench", help="where data is kept from run to run")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    options = _arguments(given)
    bench = Bench(options.folder, options.rounds)
    sizes = sorted(options.rows)
    with contextlib.ExitStack() as stack:
        started = functools.cache(lambda: stack.enter_context(server()))
        parts = {
            "duckdb": lambda: alone.duckdb(bench, sizes),
            "postgres": lambda: alone.postgres(bench, started, sizes[0]),
            "growth": lambda: alone.growth(bench, sizes[0]),
            "startup": lambda: alone.startup(bench),
            "memory": lambda: alone.memory(bench, sizes),
        }
        for part in _run([parts[name]() for name in PARTS if name in options.only]):
            print(part)


def _run(parts: Sequence[Part]) -> list[str]:
    """The tables; what runs now and how many cases are left is printed."""
    steps = [(part, case) for part in parts for case in part.cases]
    rows: dict[str, list[tuple[str, ...]]] = {part.name: [] for part in parts}
    for number, (part, case) in enumerate(steps, 1):
        print(f"[{number}/{len(steps)}] {part.name}: {case.label} ...", end=" ", flush=True)
        begun = time.monotonic()
        rows[part.name] += case.run()
        print(f"{time.monotonic() - begun:.0f} s")
    return [part.markdown(rows[part.name]) for part in parts]


if __name__ == "__main__":
    main()
