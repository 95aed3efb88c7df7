"""Random suites answered by headgate and by Great Expectations."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from typing import Any

from headgate import gx
from headgate.errors import CallError

from tests.support import gx_random
from tests.support.gx_oracle import Oracle, comparable

EACH = 10  # suites on one table


def answered(suite: dict[str, Any], frame: Any, mode: str) -> tuple[Any, list[str]]:
    """The answer, and by which path each expectation got it."""
    try:
        report = gx.check(suite, frame, mode=mode)
    except CallError:
        return "refused", []
    return comparable(report.to_gx(values=True)), [result.evidence for result in report.results]


def compare(seeds: range) -> Counter[str]:
    """How many suites and, by path, expectations were answered alike. Raises AssertionError where one was not."""
    warnings.simplefilter("ignore")
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
