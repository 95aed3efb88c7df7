"""`python -m benchmarks.checks`: measure, show what is measured, and print or write the tables."""

from __future__ import annotations

import argparse
import contextlib
import functools
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import publish
from benchmarks.checks import alone, beside, page, whole
from benchmarks.checks.data import Variant
from benchmarks.checks.process import ROOT
from benchmarks.checks.server import server
from benchmarks.checks.sources import FILES, Bench, Place
from benchmarks.checks.table import Part, Row

EVERYWHERE: tuple[Place, ...] = (*FILES, "PostgreSQL")
NAMES = ("duckdb", "postgres", "growth", "startup", "memory", "publish", "peers")


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checks", description=__doc__)
    parser.add_argument("--only", choices=NAMES, nargs="+", default=NAMES, help="these parts alone")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000], help="sizes of the data")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured, in turn with the others")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench", help="where data is kept from run to run")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md, and its headline into README.md")
    return parser.parse_args(given)


def _parts(bench: Bench, sizes: Sequence[int]) -> list[Part]:
    smallest, *larger = sizes
    clean = Variant(smallest)
    return [
        alone.duckdb(bench, sizes),
        alone.postgres(bench, smallest),
        alone.growth(bench, smallest),
        whole.startup(bench),
        whole.memory(bench, sizes),
        publish.part(bench, sizes),
        beside.left_out(bench),
        beside.peers(bench, clean, bench.rounds, EVERYWHERE),
        beside.peers(bench, replace(clean, bad=True), bench.rounds, EVERYWHERE),
        beside.peers(bench, replace(clean, keys="sparse"), bench.rounds, FILES),
        *(beside.peers(bench, Variant(rows, keys=keys), 1, FILES) for rows in larger for keys in ("sorted", "sparse")),
    ]


def main(given: Sequence[str] | None = None) -> int:
    """0, or 1 where a case could not be measured; the page is then not written."""
    options = _arguments(given)
    with contextlib.ExitStack() as stack:
        bench = Bench(options.folder.resolve(), options.rounds, functools.cache(lambda: stack.enter_context(server())))
        parts = [part for part in _parts(bench, sorted(options.rows)) if part.name in options.only]
        found, broken = _measure(parts)
    tables = "\n".join(part.markdown(rows) for part, rows in zip(parts, found, strict=True))
    print(f"\n{tables}")
    if broken:
        print("could not be measured:", *broken, sep="\n- ")
    if options.write:
        page.write(tables, broken)
    return 1 if broken else 0


def _measure(parts: Sequence[Part]) -> tuple[list[list[Row]], list[str]]:
    """The rows of each part, and the cases that could not be measured. Printed: what runs now, how many are left."""
    steps = sum(len(part.cases) for part in parts)
    number, begun = 0, time.monotonic()
    found: list[list[Row]] = []
    broken: list[str] = []
    for part in parts:
        rows: list[Row] = []
        for case in part.cases:
            number += 1
            label = f"{part.title}: {case.label}"
            print(f"[{number}/{steps} {time.monotonic() - begun:4.0f} s] {label}", flush=True)
            try:
                made = [*case.run()]
            except Exception:
                traceback.print_exc()
                broken.append(label)
                continue
            for row in made:
                print("   ", " | ".join(row), flush=True)
            rows += made
        found.append(rows)
    return found, broken


if __name__ == "__main__":
    sys.exit(main())
