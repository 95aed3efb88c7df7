"""`gx.check` says what Great Expectations says, on random tables and suites and on the cases that were found hard."""

from __future__ import annotations

import os
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.conformance.gx_cases import CASES, Case
from tests.support.gx_compare import EACH, answered, compare
from tests.support.gx_oracle import Oracle, comparable


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_few_random_suites() -> None:
    assert compare(range(1_000_000, 1_000_006))["sql"] > 20


@pytest.mark.slow
def test_random_suites(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the 2,000 of `make test-faults`."""
    monkeypatch.setenv("PYTHONHASHSEED", "0")  # the same suites in every process and every run
    start, tables = time.time(), int(os.environ.get("HEADGATE_SUITES", "400")) // EACH
    parts = [range(first, min(first + 10, tables)) for first in range(0, tables, 10)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as workers:
        count = sum(workers.map(compare, parts), Counter())
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
