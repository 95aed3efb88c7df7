"""headgate alone, in this process, its contract loaded: beside the floor, as checks grow in number, as data grow."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headgate import Dataset, check

from benchmarks.checks import contract, floor, process
from benchmarks.checks.data import Folder, Variant
from benchmarks.checks.server import Server
from benchmarks.checks.table import Case, Part, Row, cpu, in_turn, times
from benchmarks.checks.thirty import BROKEN, THIRTY, Check, distinct, provable, without_patterns

PYTHON = sys.executable
HEADGATE = str(Path(PYTHON).with_name("headgate"))
SETS: dict[str, tuple[Check, ...]] = {"all 30": THIRTY, "without 2 patterns": without_patterns()}
GROWTH = (10, 30, 100, 300)


@dataclass(frozen=True)
class Bench:
    """Where everything lies, how often it is repeated."""

    folder: Path
    rounds: int

    @property
    def data(self) -> Folder:
        return Folder(self.folder / "data")

    def contract(self, name: str, checks: Sequence[Check]) -> Path:
        return contract.write(self.folder / "contracts" / f"{name.replace(' ', '_')}.odcs.yaml", checks)

    def dataset(self, name: str, checks: Sequence[Check]) -> Dataset:
        return contract.load(self.folder / "contracts" / f"{name.replace(' ', '_')}.odcs.yaml", checks)


@dataclass(frozen=True)
class Source:
    """Orders in one place: what headgate is given, where the customers are, and the floor under it."""

    data: str
    references: Mapping[str, str] | None
    floor: Callable[[], float]


def table(bench: Bench, variant: Variant) -> Source:
    bench.data.make(variant)
    database = bench.data.duckdb(variant)
    return Source(f"{database}#main.orders", None, lambda: floor.on_table(database))


def parquet(bench: Bench, variant: Variant) -> Source:
    bench.data.make(variant)
    file = bench.data.parquet(variant)
    return Source(str(file), {"customers": str(bench.data.customers(variant))}, lambda: floor.on_parquet(file))


SOURCES: dict[str, Callable[[Bench, Variant], Source]] = {"table": table, "Parquet": parquet}


def checked(
    source: Source,
    dataset: Dataset,
    checks: Sequence[Check],
    broken: frozenset[str],
    seconds: Callable[[Callable[[], Any]], float],
) -> float:
    """CPU seconds of one check. Raises AssertionError where it finds anything but what is broken."""
    reports = []
    spent = seconds(lambda: reports.append(check(dataset, source.data, references=source.references)))
    found = contract.failed(reports[0], checks)
    assert found == broken, f"{source.data}: failed {sorted(found)}, but broken is {sorted(broken)}"
    return spent


def in_process(call: Callable[[], Any]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def _beside(
    bench: Bench, clean: Source, bad: Source, seconds: Callable[[Callable[[], Any]], float]
) -> Iterator[tuple[str, float, float, float]]:
    """For each set of checks: its name; CPU seconds of the floor, of clean data, of bad data."""
    calls: dict[str, Callable[[], float]] = {"floor": clean.floor}
    for name, checks in SETS.items():
        dataset = bench.dataset(name, checks)
        names = {check.name for check in checks}
        for state, source, broken in (("clean", clean, frozenset()), ("bad", bad, BROKEN & names)):
            calls[f"{name} {state}"] = lambda s=source, d=dataset, c=checks, b=broken: checked(s, d, c, b, seconds)
    spent = in_turn(calls, bench.rounds)
    for name in SETS:
        yield name, spent["floor"], spent[f"{name} clean"], spent[f"{name} bad"]


_HEAD = ("floor", "clean", "clean ÷ floor", "0.5 % bad", "bad ÷ clean")
_BARS = {
    ("all 30", False): 5,
    ("all 30", True): 8,
    ("without 2 patterns", False): 1.5,
    ("without 2 patterns", True): 4.5,
}
_BARS_POSTGRES = {"all 30": 12, "without 2 patterns": 6.5}
_BAR_BAD = 1.5


def duckdb(bench: Bench, sizes: Sequence[int]) -> Part:
    def measure(place: str, rows: int, shuffled: bool) -> Iterator[Row]:
        clean, bad = (SOURCES[place](bench, Variant(rows, bad, shuffled)) for bad in (False, True))
        for name, least, good, broken in _beside(bench, clean, bad, in_process):
            said = (place, f"{rows:,}", "shuffled" if shuffled else "sorted", name)
            ratios = (times(good / least, _BARS[name, shuffled]), times(broken / good, _BAR_BAD))
            yield (*said, cpu(least), cpu(good), ratios[0], cpu(broken), ratios[1])

    cases = tuple(
        Case(
            f"{place}, {rows:,} rows, keys {'shuffled' if shuffled else 'sorted'}",
            lambda p=place, r=rows, s=shuffled: measure(p, r, s),
        )
        for rows in sizes
        for place in SOURCES
        for shuffled in (False, True)
    )
    text = "`headgate.check` in a process, the contract loaded, in turn with the floor: CPU seconds, medians."
    return Part("duckdb", "DuckDB, beside the floor", text, ("place", "rows", "keys", "checks", *_HEAD), cases)


def postgres(bench: Bench, server: Callable[[], Server], rows: int) -> Part:
    def source(variant: Variant) -> Source:
        bench.data.make(variant)
        url = server().load(bench.data, variant)
        return Source(f"{url}#public.orders", None, lambda: server().spent(lambda: floor.on_postgres(url)))

    def measure(shuffled: bool) -> Iterator[Row]:
        clean, bad = (source(Variant(rows, bad, shuffled)) for bad in (False, True))
        for name, least, good, broken in _beside(bench, clean, bad, server().spent):
            said = (f"{rows:,}", "shuffled" if shuffled else "sorted", name)
            ratios = (times(good / least, _BARS_POSTGRES[name]), times(broken / good, _BAR_BAD))
            yield (*said, cpu(least), cpu(good), ratios[0], cpu(broken), ratios[1])

    cases = tuple(
        Case(f"{rows:,} rows, keys {'shuffled' if shuffled else 'sorted'}", lambda s=shuffled: measure(s))
        for shuffled in (False, True)
    )
    text = "No constraint on the table. CPU seconds of client and server, medians."
    return Part("postgres", "PostgreSQL, beside the floor", text, ("rows", "keys", "checks", *_HEAD), cases)


def growth(bench: Bench, rows: int) -> Part:
    kinds = {"a tenth free-text patterns": (distinct, 12), "all proven": (provable, 3)}

    def measure(kind: str) -> Iterator[Row]:
        make, most = kinds[kind]
        source = table(bench, Variant(rows))
        calls = {}
        for count in GROWTH:
            checks = make(count)
            dataset = bench.dataset(f"{make.__name__} {count}", checks)
            calls[str(count)] = lambda d=dataset, c=checks: checked(source, d, c, frozenset(), in_process)
        spent = in_turn(calls, bench.rounds)
        yield (kind, *map(cpu, spent.values()), times(spent["300"] / spent["30"], most))

    cases = tuple(Case(f"{kind}: {', '.join(map(str, GROWTH))} checks", lambda k=kind: measure(k)) for kind in kinds)
    text = f"So many different checks of a DuckDB table of {rows:,} clean rows: CPU seconds in a process, medians."
    return Part("growth", "As checks grow in number", text, ("checks", *map(str, GROWTH), "300 ÷ 30"), cases)


def command(bench: Bench, source: Source, name: str, checks: Sequence[Check]) -> list[str]:
    """`headgate check` as a person calls it."""
    references = [f"--reference={dataset}={data}" for dataset, data in (source.references or {}).items()]
    return [HEADGATE, "check", f"{bench.contract(name, checks)}#orders", source.data, *references]


def startup(bench: Bench) -> Part:
    rows = 1000

    def measure() -> Iterator[Row]:
        sources = {name: make(bench, Variant(rows)) for name, make in SOURCES.items()}
        file = sources["Parquet"].data
        commands = {
            "python -c pass": [PYTHON, "-c", "pass"],
            "import duckdb, count(*)": [PYTHON, "-c", f"import duckdb; duckdb.sql(\"FROM '{file}' SELECT count(*)\")"],
            **{
                f"headgate check ({name})": command(bench, source, "all 30", THIRTY) for name, source in sources.items()
            },
        }
        peaks: dict[str, float] = {}

        def whole(name: str) -> float:
            done = process.run(commands[name])
            assert done.code == 0, done.errors or done.output
            peaks[name] = done.peak
            return done.cpu

        spent = in_turn({name: lambda n=name: whole(n) for name in commands}, 3 * bench.rounds)
        for name, seconds in spent.items():
            bar = "–" if "headgate" not in name else "≤ 0.25" if seconds <= 0.25 else "**missed: ≤ 0.25**"
            yield name, cpu(seconds), bar, f"{peaks[name]:.0f}"

    text = f"Whole processes, 30 checks over {rows:,} rows, everything cached: CPU seconds, medians; peak memory in MB."
    return Part("startup", "Start-up", text, ("process", "CPU", "bar", "peak MB"), (Case("whole processes", measure),))


def memory(bench: Bench, sizes: Sequence[int]) -> Part:
    def measure(place: str, shuffled: bool) -> Iterator[Row]:
        peaks = []
        for rows in sizes:
            source = SOURCES[place](bench, Variant(rows, shuffled=shuffled))
            done = process.run(command(bench, source, "all 30", THIRTY))
            assert done.code == 0, done.errors or done.output
            peaks.append(done.peak)
        most = None if shuffled else 1.3
        said = (f"{peak:.0f}" for peak in peaks)
        yield (place, "shuffled" if shuffled else "sorted", *said, times(peaks[-1] / peaks[0], most))

    cases = tuple(
        Case(f"{place}, keys {'shuffled' if shuffled else 'sorted'}", lambda p=place, s=shuffled: measure(p, s))
        for place in SOURCES
        for shuffled in (False, True)
    )
    text = "Peak memory of `headgate check` as a whole process, MB. Bars: sorted ≤ 200 MB and not growing."
    head = ("place", "keys", *(f"{rows:,} rows" for rows in sizes), "growth")
    return Part("memory", "Peak memory", text, head, cases)
