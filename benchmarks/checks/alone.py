"""headgate alone, in a process, its contract loaded: beside the floor, and as checks grow in number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.checks.data import KEYS, Variant
from benchmarks.checks.sources import FILES, Bench, Place, source
from benchmarks.checks.table import Case, Part, Row, in_turn, seconds, times
from benchmarks.checks.thirty import THIRTY, Check, distinct, provable, without_patterns

SETS: dict[str, tuple[Check, ...]] = {"all 30": THIRTY, "without 2 patterns": without_patterns()}
GROWTH = (10, 30, 100, 300)
# Times the floor, at most: (keys sorted, keys in no order).
_BARS: dict[tuple[bool, str], tuple[float, float]] = {
    (False, "all 30"): (5, 8),
    (False, "without 2 patterns"): (1.5, 4.5),
    (True, "all 30"): (12, 12),
    (True, "without 2 patterns"): (6.5, 6.5),
}
_BAD = 1.5
_HEAD = ("place", "rows", "keys", "checks", "floor", "clean", "clean ÷ floor", "0.5 % bad", "bad ÷ clean")


def duckdb(bench: Bench, sizes: Sequence[int]) -> Part:
    text = "`headgate.check` in a process, the contract loaded, in turn with the floor: CPU seconds, medians."
    variants = [Variant(rows, keys=keys) for rows in sizes for keys in KEYS]
    return Part("duckdb", "DuckDB, beside the floor", text, _HEAD, _cases(bench, FILES, variants))


def postgres(bench: Bench, rows: int) -> Part:
    text = "The same on a table without constraints. CPU seconds of client and server, medians."
    variants = [Variant(rows), Variant(rows, keys="sparse")]
    return Part("postgres", "PostgreSQL, beside the floor", text, _HEAD, _cases(bench, ("PostgreSQL",), variants))


def _cases(bench: Bench, places: Sequence[Place], variants: Sequence[Variant]) -> tuple[Case, ...]:
    return tuple(
        Case(
            f"{place}, {variant.rows:,} rows, keys {variant.keys}",
            lambda p=place, v=variant: _beside_floor(bench, p, v),
        )
        for variant in variants
        for place in places
    )


def _beside_floor(bench: Bench, place: Place, variant: Variant) -> Iterator[Row]:
    clean, bad = (source(bench, place, replace(variant, bad=bad)) for bad in (False, True))
    datasets = {name: bench.dataset(name, checks) for name, checks in SETS.items()}
    calls = [lambda: {"floor": clean.floor()}]
    calls += [
        lambda n=name, state=state, where=where: {f"{n} {state}": where.check(datasets[n], SETS[n])}
        for name in SETS
        for state, where in (("clean", clean), ("bad", bad))
    ]
    spent = in_turn(calls, bench.rounds)
    for name in SETS:
        least, good, worse = spent["floor"], spent[f"{name} clean"], spent[f"{name} bad"]
        most = _BARS[place == "PostgreSQL", name][variant.keys != "sorted"]
        yield (
            place, f"{variant.rows:,}", variant.keys, name, seconds(least),
            seconds(good), times(good / least, most=most), seconds(worse), times(worse / good, most=_BAD),
        )  # fmt: skip


def growth(bench: Bench, rows: int) -> Part:
    kinds = {"one in ten a pattern on free text": (distinct, 12), "all proven": (provable, 3)}

    def measure(kind: str) -> Iterator[Row]:
        make, most = kinds[kind]
        clean = source(bench, "table", Variant(rows))
        sets = {count: make(count) for count in GROWTH}
        datasets = {count: bench.dataset(f"{make.__name__} {count}", checks) for count, checks in sets.items()}
        calls = [lambda c=count: {str(c): clean.check(datasets[c], sets[c])} for count in GROWTH]
        spent = in_turn(calls, bench.rounds)
        yield kind, *map(seconds, spent.values()), times(spent["300"] / spent["30"], most=most)

    cases = tuple(Case(f"{kind}: {', '.join(map(str, GROWTH))} checks", lambda k=kind: measure(k)) for kind in kinds)
    text = f"So many different checks of a DuckDB table of {rows:,} clean rows: CPU seconds in a process, medians."
    return Part("growth", "As checks grow in number", text, ("checks", *map(str, GROWTH), "300 ÷ 30"), cases)
