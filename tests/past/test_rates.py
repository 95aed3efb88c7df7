"""How often drift is said where there is none, and how much of it is seen: a seeded tenth of `benchmarks.drift`."""

from __future__ import annotations

import os

import pytest

from benchmarks.drift.features import generated, heavy
from benchmarks.drift.rates import rates

# 36,500 days of a feature, of which a tenth is run here; HEADGATE_DRIFT_DAYS=1825 runs all.
DAYS = int(os.environ.get("HEADGATE_DRIFT_DAYS", "183"))
# What is seen of each fault at least, in 10,000 rows against a baseline of 280,000.
SEEN = {
    "5 % renamed": 0.9,
    "1 % × 100": 0.9,
    "5 % NULL become 0": 0.9,
    "5 % NULL become the median": 0.9,
    "1 % renamed": 0.5,
}


@pytest.mark.engines
def test_false_alarms_and_what_is_seen() -> None:
    found = rates(generated(), days=DAYS, rows=10_000, seed=1, faults=max(DAYS // 45, 4), baselines=4)
    assert found.quiet == 20 * DAYS
    assert found.false_a_year < 12, f"{found.alarms} false alarms in {found.quiet} days of a feature"
    assert {fault: share for fault, share in SEEN.items() if found.share(fault) < share} == {}


@pytest.mark.engines
def test_what_is_not_seen() -> None:
    """The documentation says so."""
    assert (
        rates(generated(), days=0, rows=10_000, seed=2, faults=2, baselines=1).share("5 % move to another known value")
        < 0.2
    )
    assert rates(heavy(), days=0, rows=10_000, seed=2, faults=2, baselines=1).share("1 % × 100") < 0.7
