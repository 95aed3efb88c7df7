"""Orders in a place, and headgate's check of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from headgate import Dataset, check

from benchmarks.checks import contract, floor, process
from benchmarks.checks.data import Folder, Variant
from benchmarks.checks.process import Spent
from benchmarks.checks.server import Server
from benchmarks.checks.thirty import BROKEN, Check

PYTHON = sys.executable
HEADGATE = Path(PYTHON).with_name("headgate")
Place = Literal["table", "Parquet", "PostgreSQL"]
FILES: tuple[Place, ...] = ("table", "Parquet")


@dataclass(frozen=True)
class Bench:
    """Where everything lies, how often it is repeated, and the database server, started when it is first asked for."""

    folder: Path
    rounds: int
    server: Callable[[], Server]

    @property
    def data(self) -> Folder:
        return Folder(self.folder / "data")

    def contract(self, name: str) -> Path:
        return self.folder / "contracts" / f"{name.replace(' ', '_')}.odcs.yaml"

    def dataset(self, name: str, checks: Sequence[Check]) -> Dataset:
        return contract.load(self.contract(name), checks)


@dataclass(frozen=True)
class Source:
    """One version of the orders in one place: what headgate is given for the orders and for the customers."""

    bench: Bench
    place: Place
    variant: Variant
    orders: str
    references: Mapping[str, str]

    def cpu(self, call: Callable[[], Any]) -> float:
        """CPU seconds of this process, and of the database server where the orders are there."""
        if self.place == "PostgreSQL":
            return self.bench.server().spent(call)
        begun = time.process_time()
        call()
        return time.process_time() - begun

    def floor(self) -> float:
        """CPU seconds of the bare scan."""
        if self.place == "PostgreSQL":
            return self.cpu(lambda: floor.on_postgres(self.bench.server().load(self.bench.data, self.variant)))
        if self.place == "Parquet":
            return floor.on_parquet(self.bench.data.parquet(self.variant))
        return floor.on_table(self.bench.data.duckdb(self.variant))

    def check(self, dataset: Dataset, checks: Sequence[Check]) -> float:
        """CPU seconds of one check. Raises AssertionError where it finds anything but what is broken."""
        reports = []
        spent = self.cpu(lambda: reports.append(check(dataset, self.orders, references=self.references)))
        found, broken = contract.failed(reports[0], checks), self.broken(checks)
        assert found == broken, f"{self.orders}: failed {sorted(found)}, but broken is {sorted(broken)}"
        return spent

    def broken(self, checks: Sequence[Check]) -> frozenset[str]:
        return BROKEN & {check.name for check in checks} if self.variant.bad else frozenset()

    def whole(self, name: str, checks: Sequence[Check]) -> Spent:
        """`headgate check` as a person calls it."""
        file = contract.write(self.bench.contract(name), checks)
        references = [f"--reference={dataset}={data}" for dataset, data in self.references.items()]
        done = self.process([HEADGATE, "check", f"{file}#orders", self.orders, *references])
        assert done.code == bool(self.broken(checks)), done.errors or done.output
        return done

    def process(self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Spent:
        if self.place != "PostgreSQL":
            return process.run(command, environment)
        before = self.bench.server().cpu()
        done = process.run(command, environment)
        return replace(done, server=self.bench.server().cpu() - before)


def source(bench: Bench, place: Place, variant: Variant) -> Source:
    """Made where it is not there yet."""
    bench.data.make(variant)
    if place == "PostgreSQL":
        return Source(bench, place, variant, f"{bench.server().load(bench.data, variant)}#public.orders", {})
    if place == "Parquet":
        customers = str(bench.data.customers(variant))
        return Source(bench, place, variant, str(bench.data.parquet(variant)), {"customers": customers})
    return Source(bench, place, variant, f"{bench.data.duckdb(variant)}#main.orders", {})
