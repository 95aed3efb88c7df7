"""docs/benchmarks.md, and the few of its rows that README.md shows."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb

from benchmarks.checks.process import ROOT
from benchmarks.checks.server import version
from benchmarks.checks.table import table

PAGE = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
_BEGIN, _END = "<!-- benchmarks: written by make bench, do not edit -->\n", "<!-- end of benchmarks -->"

_INTRODUCTION = """# Benchmarks

What thirty checks of a table of orders cost: eight columns not null, four ranges, three lists of values, three patterns
(two of them on free text), three lengths, a key, a compound key, a foreign key, two conditions over two columns, the
number of rows, three types. Written by `make bench` on {date}; seconds depend on the machine, ratios less so.

- Compared is CPU: user and system seconds of the process over all its threads and, where there is one, of the database
  server. In every round all that is compared runs in turn.
- The floor is a bare scan: one SELECT with the largest value or length of every needed column, in an open connection.
- Keys are sorted (0, 1, 2, …), shuffled (the same in no order) or sparse (63-bit numbers in no order).
- A tool is compared on the checks that it answers; headgate is then given these alone. Alone is the call that checks,
  everything imported and the data opened (for pandas and polars: read into memory, which headgate's time includes);
  whole is the process from its start.
- Bad data has 0.5 % bad rows, in three columns; every tool must find the same failed checks ("agrees").
- The compound key contains the key, so headgate need not look at it; another tool may do the same.
- A ratio in bold misses its bar.

{versions}; {cores} cores, {memory:.0f} GB of memory.
"""


def write(tables: str, broken: Sequence[str] = ()) -> None:
    """The page with `tables`, and what could not be measured."""
    missing = "".join(f"- {label}\n" for label in broken)
    unmeasured = f"\n## Not measured\n\nThe tool failed on this data:\n\n{missing}" if missing else ""
    PAGE.write_text(f"{_introduction()}\n{tables}{unmeasured}")
    README.write_text(with_headline(README.read_text(), PAGE.read_text()))


def _introduction() -> str:
    commit = ["git", "describe", "--always", "--dirty"]
    versions = {
        "headgate": subprocess.run(commit, capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip(),
        "Python": platform.python_version(),
        "DuckDB": duckdb.__version__,
        "PostgreSQL": version(),
    }
    return _INTRODUCTION.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        versions=", ".join(f"{name} {number}" for name, number in versions.items()),
        cores=os.cpu_count(),
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
    )


def with_headline(readme: str, page: str) -> str:
    """The README with the headline of the page between its marks."""
    before, _, rest = readme.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{headline(page)}{_END}{after}"


def headline(page: str) -> str:
    """How many times headgate's CPU a bare scan and every other tool spend: of the first table of each kind."""
    scans: dict[str, tuple[str, ...]] = {}
    for title in ("DuckDB, beside the floor", "PostgreSQL, beside the floor"):
        for row in _rows(page, title):
            ratio = float(row["floor"]) / float(row["clean"])
            scans.setdefault(row["place"], ("a bare scan of the columns", row["place"], f"{ratio:.2f} ×", "–"))
    title = re.search(r"^## (Other tools: .*)$", page, re.MULTILINE)
    assert title, "the page has no table of other tools"
    tools = [
        (row["tool"], row["place"], row["tool ÷ headgate"], row["tool ÷ headgate 2"])
        for row in _rows(page, title[1])
        if row["place"]
    ]
    head = (f"CPU, times headgate's ({title[1].removeprefix('Other tools: ')})", "on", "check alone", "whole process")
    return table(head, [*scans.values(), *tools])


def _rows(page: str, title: str) -> list[dict[str, str]]:
    """The rows of a table under a title, by the names of its columns; a second of the same name ends in 2."""
    _, _, after = page.partition(f"## {title}\n")
    lines = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    names = [f"{name} 2" if name in head[:at] else name for at, name in enumerate(head)]
    return [dict(zip(names, row, strict=True)) for row in rows]
