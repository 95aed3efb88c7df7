"""What a policy makes of a report: a pure function, and its whole table."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from headgate.gate import Override, Step, check, decide

from tests.support.contracts import dataset

BREACH = {"id": "b", "metric": "nullValues", "mustBe": 0}
WARNING = {**BREACH, "severity": "warning"}
UNKNOWN = {"id": "u", "type": "custom", "engine": "soda", "implementation": "x"}
HALT, ALL, QUARANTINE, KEEP = Step.HALT, Step.PUBLISH, Step.QUARANTINE, Step.KEEP_LAST_GOOD

# rules of a column with a NULL, the policy, of a draft, what is tried in order
DECISIONS: list[tuple[list[dict[str, Any]], Any, str, tuple[Step, ...]]] = [
    ([], "halt", "active", (ALL,)),
    ([WARNING], "halt", "active", (ALL,)),
    ([BREACH], "halt", "active", (HALT,)),
    ([BREACH], "warn", "active", (ALL,)),
    ([BREACH], "quarantine", "active", (QUARANTINE, HALT)),
    ([BREACH], "last_known_good", "active", (KEEP, HALT)),
    ([BREACH], ["quarantine", "last_known_good", "warn"], "active", (QUARANTINE, KEEP, ALL)),
    ([BREACH], ["quarantine", "halt", "warn"], "active", (QUARANTINE, HALT)),
    ([UNKNOWN], "warn", "active", (HALT,)),
    ([UNKNOWN, BREACH], "quarantine", "active", (HALT,)),
    ([BREACH], "halt", "draft", (ALL,)),
    ([UNKNOWN], "halt", "proposed", (ALL,)),
]


@pytest.mark.parametrize(("rules", "policy", "status", "steps"), DECISIONS)
def test_the_steps(rules: list[dict[str, Any]], policy: Any, status: str, steps: tuple[Step, ...]) -> None:
    things = dataset({"name": "v", "quality": rules}, settings={"onBreach": policy}, status=status)
    report = check(things, pd.DataFrame({"v": ["x", None]}))
    assert decide(things, report).steps == steps


def test_who_decided_is_told() -> None:
    things = dataset({"name": "v", "quality": [BREACH]}, settings={"onBreach": "halt"})
    report = check(things, pd.DataFrame({"v": ["x", None]}))
    decision = decide(things, report, Override.of("warn", "task"))
    assert (decision.steps, str(decision.policy)) == ((ALL,), "warn (task; contract says halt)")
