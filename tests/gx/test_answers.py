"""`gx.check` says what Great Expectations says, on random tables and suites and on the cases that were found hard."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from typing import Any

import gx_random
import pytest
from gx_cases import CASES, Case
from headgate import gx
from headgate.errors import CallError

pytest.importorskip("great_expectations")
from gx_oracle import Oracle, comparable

EACH = 10  # suites on one table


def answered(suite: dict[str, Any], frame: Any, mode: str) -> tuple[Any, list[str]]:
    """The answer, and by which path each expectation got it."""
    try:
        report = gx.check(suite, frame, mode=mode)
    except CallError:
        return "refused", []
    return comparable(report.to_gx(values=True)), [result.evidence for result in report.results]


def compare(seeds: range) -> Counter[str]:
    count: Counter[str] = Counter()
    for seed in seeds:
        rng = random.Random(seed)
        frame = gx_random.frame(rng)
        oracle = Oracle(frame)
        for nth in range(EACH):
            suite, mode = gx_random.suite(rng, frame), rng.choice(["SUMMARY", "SUMMARY", "COMPLETE"])
            found, paths = answered(suite, frame, mode)
            assert found == comparable(oracle.answer(suite, mode)), (seed, nth, suite, dict(frame.dtypes))
            count.update(["suites", *paths] if found != "refused" else ["refused by both"])
    return count


@pytest.mark.filterwarnings("ignore")
def test_a_few_random_suites() -> None:
    count = compare(range(1_000_000, 1_000_006))
    assert count["sql"] > 20


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_random_suites(capsys: pytest.CaptureFixture[str]) -> None:
    """`HEADGATE_SUITES=20000` for more of them."""
    start, wanted = time.time(), int(os.environ.get("HEADGATE_SUITES", "2000"))
    count = compare(range(wanted // EACH))
    with capsys.disabled():
        print(f"\nGX's answers: {', '.join(f'{n:,} {name}' for name, n in count.items())}; {time.time() - start:.0f} s")
    assert count["sql"] + count["python"] > count["gx"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_that_was_hard(case: Case) -> None:
    frame = case.frame()
    suite = {"name": "s", "expectations": [{"type": kind, "kwargs": kwargs} for kind, kwargs in case.expectations]}
    oracle = Oracle(frame)
    for mode in ("SUMMARY", "COMPLETE"):
        found, paths = answered(suite, frame, mode)
        assert found == comparable(oracle.answer(suite, mode))
        assert found == "refused" or paths == list(case.paths)
