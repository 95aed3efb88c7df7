"""headgate as a whole process: what starting costs, and memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.checks import process
from benchmarks.checks.data import KEYS, Keys, Variant
from benchmarks.checks.process import Spent
from benchmarks.checks.sources import FILES, PYTHON, Bench, Place, source
from benchmarks.checks.table import Case, Part, Row, in_turn, megabytes, seconds, times
from benchmarks.checks.thirty import THIRTY

_ROWS = 1000
_START, _MEGABYTES, _GROWTH = 0.25, 200, 1.3


def startup(bench: Bench) -> Part:
    def measure() -> Iterator[Row]:
        sources = {place: source(bench, place, Variant(_ROWS)) for place in FILES}
        count = f"import duckdb; duckdb.sql(\"SELECT count(*) FROM '{sources['Parquet'].orders}'\").fetchall()"
        calls = {
            "python -c pass": lambda: process.run([PYTHON, "-c", "pass"]),
            "import duckdb, count(*)": lambda: process.run([PYTHON, "-c", count]),
            **{f"headgate check ({place})": lambda p=place: sources[p].whole("all 30", THIRTY) for place in FILES},
        }

        def figures(name: str) -> Mapping[str, float]:
            done: Spent = calls[name]()
            assert done.code == 0, done.errors
            return {f"{name} cpu": done.cpu, f"{name} peak": done.peak}

        spent = in_turn([lambda n=name: figures(n) for name in calls], bench.rounds)
        for name in calls:
            cpu = spent[f"{name} cpu"]
            bar = "–" if "headgate" not in name else f"{'**missed**: ' if cpu > _START else ''}≤ {_START}"
            yield name, seconds(cpu), bar, megabytes(spent[f"{name} peak"])

    text = f"Whole processes, 30 checks over {_ROWS:,} rows, caches warm: CPU seconds and peak memory, medians."
    return Part("startup", "Start-up", text, ("process", "CPU", "bar", "peak MB"), (Case("whole processes", measure),))


def memory(bench: Bench, sizes: Sequence[int]) -> Part:
    def measure(place: Place, keys: Keys) -> Iterator[Row]:
        peaks = [source(bench, place, Variant(rows, keys=keys)).whole("all 30", THIRTY).peak for rows in sizes]
        barred = keys == "sorted"
        said = (megabytes(peak, most=_MEGABYTES if barred else None) for peak in peaks)
        yield place, keys, *said, times(peaks[-1] / peaks[0], most=_GROWTH if barred else None)

    cases = tuple(
        Case(f"{place}, keys {keys}", lambda p=place, k=keys: measure(p, k)) for place in FILES for keys in KEYS
    )
    text = (
        "Peak memory of `headgate check` as a whole process in MB, clean data. Bars with keys sorted: "
        f"{_MEGABYTES} MB, and not growing with the rows."
    )
    head = ("place", "keys", *(f"{rows:,} rows" for rows in sizes), "growth")
    return Part("memory", "Peak memory", text, head, cases)
