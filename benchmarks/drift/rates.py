"""False alarms and what is seen, by the shipped code: baselines are pinned, and every day is a check of a contract."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from headgate import Contract, check
from headgate.past.drift.pin import Pinning
from headgate.past.drift.pinned import baseline_of, write
from headgate.places import place_of

from benchmarks.drift.features import NULL_FAULTS, NUMBER_FAULTS, TEXT_FAULTS, Population, drawn, table

YEAR = 36_500
_NOW = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Rates:
    """What was found: how many days of a feature without drift, how many alarms on them, and of each fault (planted,
    seen)."""

    quiet: int = 0
    alarms: int = 0
    seen: dict[str, list[int]] = field(default_factory=dict)

    @property
    def false_a_year(self) -> float:
        """False alarms per 36,500 days of a feature: a year of a hundred features."""
        return self.alarms / self.quiet * YEAR

    def share(self, fault: str) -> float:
        """Return the share of a fault that was seen on its day."""
        planted, seen = self.seen[fault]
        return seen / planted


def rates(
    population: Population, *, days: int, rows: int, times: int = 28, seed: int, faults: int = 0, baselines: int = 5
) -> Rates:
    """Return what drift checks say of `days` days of `rows` rows each, against baselines of `times` as many rows, and
    of `faults` days with each fault in every column that can have it."""
    random, found = np.random.default_rng(seed), Rates()
    with tempfile.TemporaryDirectory() as folder:
        for part in range(baselines):
            base = drawn(population, rows * times, random)
            dataset = _pinned(Path(folder) / str(part), base)
            for _ in range(len(range(part, days, baselines))):
                drifted = _drifted(dataset, drawn(population, rows, random))
                found.quiet += len(drifted)
                found.alarms += sum(drifted.values())
            for _ in range(len(range(part, faults, baselines))):
                for fault, columns in _faulty(drawn(population, rows, random), base, random):
                    drifted = _drifted(dataset, columns)
                    planted = found.seen.setdefault(fault, [0, 0])
                    for name, values in columns.items():
                        if _can_have(fault, values, base[name]):
                            planted[0] += 1
                            planted[1] += drifted[name]
    return found


def _faulty(
    columns: Mapping[str, Any], base: Mapping[str, Any], random: np.random.Generator
) -> Iterator[tuple[str, dict[str, Any]]]:
    for fault, change in (*NUMBER_FAULTS.items(), *NULL_FAULTS.items(), *TEXT_FAULTS.items()):
        if any(_can_have(fault, values, base[name]) for name, values in columns.items()):
            yield fault, {n: change(v, random) if _can_have(fault, v, base[n]) else v for n, v in columns.items()}


def _can_have(fault: str, values: Any, base: Any) -> bool:
    texts = base.dtype == object
    if fault in TEXT_FAULTS:
        return texts
    if texts:
        return False
    return fault in NUMBER_FAULTS or 0.03 <= np.isnan(base).mean() <= 0.1


def _pinned(folder: Path, base: Mapping[str, Any]) -> Any:
    """Return the dataset of a contract with a drift rule against a baseline of these columns."""
    folder.mkdir()
    types = {name: "string" if values.dtype == object else "number" for name, values in base.items()}
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "features",
        "version": "1.0.0",
        "status": "active",
        "schema": [
            {
                "name": "features",
                "properties": [{"name": name, "logicalType": kind} for name, kind in types.items()],
                "quality": [
                    {"type": "custom", "engine": "headgate", "implementation": {"drift": "features.baseline.json"}}
                ],
            }
        ],
    }
    file = folder / "features.odcs.yaml"
    file.write_text(yaml.safe_dump(contract, sort_keys=False))
    dataset = Contract.load(file)["features"]
    write(baseline_of(dataset, place_of(table(base)), Pinning(), now=_NOW), folder / "features.baseline.json")
    return Contract.load(file)["features"]


def _drifted(dataset: Any, columns: Mapping[str, Any]) -> dict[str, bool]:
    """Return, by column, whether its drift check failed. Raises AssertionError if one was not measured."""
    report = check(dataset, table(columns))
    results = [result for result in report.results if "drift" in result.details]
    assert len(results) == len(columns), [r.reason for r in report.not_measured]
    return {result.columns[0]: result.status == "failed" for result in results}
