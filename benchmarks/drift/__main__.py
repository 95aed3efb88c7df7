"""What drift checks say of days without drift and of days with it, and what counting costs.

python -m benchmarks.drift [--days 1825] [--faults 40] [--rows 1000000 10000000] [--pairs 15]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from benchmarks.checks.table import seconds, table, times
from benchmarks.drift.cost import Ratio, on_duckdb, on_postgres
from benchmarks.drift.features import Population, generated, heavy, real
from benchmarks.drift.rates import YEAR, Rates, rates

ROWS, TIMES, SEED = 10_000, 28, 2026
# What counting may cost, in scans of the same columns.
_MOST = 4
_POPULATIONS: Mapping[str, Callable[[], Population | None]] = {
    "generated": generated,
    "real": real,
    "heavy tails": heavy,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--days", type=int, default=1825, help="days without drift, of 20 features each; 0: only what counting costs"
    )
    parser.add_argument("--faults", type=int, default=40, help="days with each fault")
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--pairs", type=int, default=15)
    given = parser.parse_args()
    found = {}
    for name, made in _POPULATIONS.items() if given.days else ():
        if (population := made()) is None:
            print(f"{name}: the data is not at hand", file=sys.stderr)
            continue
        print(f"{name} ...", file=sys.stderr)
        found[name] = rates(population, days=given.days, rows=ROWS, times=TIMES, seed=SEED, faults=given.faults)
    if found:
        print(_rates(found))
    for rows in given.rows:
        for measure in (on_duckdb, on_postgres):
            print(_cost(measure(rows, given.pairs)), flush=True)


def _rates(found: Mapping[str, Rates]) -> str:
    faults = list(dict.fromkeys(fault for each in found.values() for fault in each.seen))
    rows = [("days of a feature without drift", *(f"{each.quiet:,}" for each in found.values()))]
    rows.append(("false alarms on them", *(f"{each.alarms}" for each in found.values())))
    rows.append((f"per {YEAR:,} days of a feature", *(f"{each.false_a_year:.1f}" for each in found.values())))
    for fault in faults:
        cells = (f"{each.share(fault):.2f}" if fault in each.seen else "-" for each in found.values())
        rows.append((f"seen: {fault}", *cells))
    return table((f"{ROWS:,} rows a day, baseline {TIMES} × as many", *found), rows)


def _cost(found: Ratio) -> str:
    low, high = found.interval
    ratio = times(found.median, most=_MOST)
    spent = f"scan {seconds(found.scan)} s, counting {seconds(found.counting)} s"
    return f"{found.platform}, {found.rows:,} rows, 20 columns: {ratio}, middle 80 % {low:.2f} to {high:.2f} ({spent})"


if __name__ == "__main__":
    main()
