"""One way of finding what differs, in a process of its own: `python -m benchmarks.reconcile.ways WAY URL FILE …`.

Prints {cpu, wall, rows, checksums, found, wrong} as JSON; seconds are those of the comparison, everything imported.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from headgate.checks.reconciliation import Pair, Reconciliation
from headgate.compare import plan
from headgate.compare.found import Reconciled
from headgate.compare.reconcile import reconcile
from headgate.places import place_of

from benchmarks.reconcile.data import COLUMNS, TABLE, Truth, truth

_TYPES = ("bigint", "int", "decimal(12, 2)", "int", "varchar", "timestamp", "double", "boolean")
_DEAREST = plan.Cost(0, 0, math.inf)
FORCED = {"planned": "", "pull": "checksums", "checksums": "pull"}


@dataclass(frozen=True, slots=True)
class Found:
    """Rows and checksums that were moved, rows found to differ, answers that are wrong; how it was done, in words."""

    rows: int
    checksums: int
    found: int
    wrong: int
    how: str = ""


def headgate(way: str) -> Callable[[str, str, float, Truth], Found]:
    """Return headgate as it plans, or with the other way made too dear."""

    def run(url: str, file: str, bandwidth: float, known: Truth) -> Found:
        if too_dear := FORCED[way]:
            setattr(plan, too_dear, lambda *_: _DEAREST)
        here, there = place_of(f"{file}#{TABLE}"), place_of(f"{url}#public.{TABLE}")
        rule = Reconciliation(key=(Pair("id", "id"),))
        result = reconcile(here, there, rule, now=datetime.now(UTC), bandwidth=bandwidth)
        steps = result.steps
        moved = sum(step.rows for step in steps), sum(step.checksums for step in steps)
        names = [step.name for step in steps if step.name not in ("counts", "plan")]
        return Found(*moved, result.differing, _wrong(result, known), ", ".join(names))

    return run


def _wrong(result: Reconciled, known: Truth) -> int:
    pairs = ((result.changed, known.changed), (result.only_own, known.only_duckdb),
             (result.only_other, known.only_postgres))  # fmt: skip
    return sum(abs(number - len(keys)) for number, keys in pairs) + len(
        {each.key["id"] for each in result.examples} - known.keys
    )


def plain_pull(url: str, file: str, bandwidth: float, known: Truth) -> Found:
    """COPY as CSV through a pipe, a full join in DuckDB."""
    reading, writing = os.pipe()
    pipe = f"/dev/fd/{reading}"

    def copy() -> None:
        copied = f"COPY {TABLE} ({', '.join(COLUMNS)}) TO STDOUT (FORMAT csv)"
        with (
            psycopg.connect(url) as connection,
            os.fdopen(writing, "wb", buffering=1 << 20) as out,
            connection.cursor().copy(copied) as rows,
        ):
            for block in rows:
                out.write(block)

    thread = threading.Thread(target=copy)
    thread.start()
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{file}' AS file (READ_ONLY)")
        types = ", ".join(f"'{name}': '{kind}'" for name, kind in zip(COLUMNS, _TYPES, strict=True))
        connection.execute(
            f"CREATE TEMP TABLE pulled AS FROM read_csv('{pipe}', header = false, auto_detect = false, delim = ',', "
            f"quote = '\"', escape = '\"', parallel = false, columns = {{{types}}})"
        )
        thread.join()
        os.close(reading)
        (moved,) = connection.execute("SELECT count(*) FROM pulled").fetchone() or (0,)
        a, b = (", ".join(f"{side}.{name}" for name in COLUMNS[1:]) for side in "ab")
        keys = connection.execute(
            f"SELECT coalesce(a.id, b.id) FROM pulled AS a FULL JOIN file.{TABLE} AS b ON a.id = b.id "
            f"WHERE a.id IS NULL OR b.id IS NULL OR ({a}) IS DISTINCT FROM ({b})"
        ).fetchall()
    return Found(moved, 0, len(keys), len({key for (key,) in keys} ^ known.keys))


WAYS: dict[str, Callable[[str, str, float, Truth], Found]] = {
    **{f"headgate {way}": headgate(way) for way in FORCED},
    "plain pull": plain_pull,
}


def main(way: str, url: str, file: str, bandwidth: str, rows: str, differing: str) -> int:
    known = truth(int(rows), int(differing))
    wall, cpu = time.perf_counter(), _cpu()
    found = WAYS[way](url, str(Path(file)), float(bandwidth), known)
    spent: dict[str, Any] = {"wall": time.perf_counter() - wall, "cpu": _cpu() - cpu}
    print(json.dumps(spent | {name: getattr(found, name) for name in Found.__slots__}))
    return 0


def _cpu() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
