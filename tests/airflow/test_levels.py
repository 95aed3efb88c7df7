"""Service levels in tasks: by the end of the run's interval, in the log and in the XCom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.contracts import odcs, write
from tests.support.dagtest import DagFolder
from tests.support.levels import PROPERTIES, level

pytestmark = pytest.mark.slow

HALT = {"onLate": "halt"}
CASES: list[tuple[str, dict[str, Any], int, str, str, list[str]]] = [
    # what, settings, the day of the run, the state, the verdict, what is not kept; rows are of 22:00 on 2 January
    ("its_own_day", {}, 3, "success", "pass", []),
    ("a_later_day", {}, 5, "success", "warn", ["sla.freshness"]),
    ("a_later_day_halts", HALT, 5, "failed", "breach", ["sla.freshness"]),
    ("an_earlier_day", HALT, 2, "success", "pass", []),  # a rerun of it sees newer rows: no age is told by them
]


@pytest.mark.parametrize(
    ("name", "settings", "day", "state", "verdict", "late"), CASES, ids=lambda each: str(each)[:20]
)
def test_a_backfill_gets_the_answer_of_its_day(
    name: str, settings: Any, day: int, state: str, verdict: str, late: list[str], dags: DagFolder, tmp_path: Path
) -> None:
    fresh = level("freshness", 4, "h", "at", settings=settings)
    servers = [{"server": "local", "type": "duckdb", "database": "w.duckdb"}]
    file = write(tmp_path, odcs({"name": "things", "properties": PROPERTIES}, slaProperties=[fresh], servers=servers))
    at = "2026-01-02T22:00:00"
    (tmp_path / "d.csv").write_text(f"at,local,west,day,secret\n{at}Z,{at},{at},{at[:10]},{at}Z\n")
    body = (
        "def tell(context):\n"
        "    print('told of', [each['level'] for each in context['headgate']['levels']])\n"
        f"ContractCheckOperator(task_id='check', contract={str(file)!r}, data={str(tmp_path / 'd.csv')!r}, on_warning=tell)\n"
        f"ContractPublishOperator(task_id='publish', contract={str(file)!r}, source={str(tmp_path / 'd.csv')!r})\n"
    )
    run = dags.run(dags.write(f"levels_{name}", body), day)
    for task in ("check", "publish"):
        assert (run.states[task], run.tries[task]) == (state, 1), run.log
        summary = run.summaries[task]
        assert (summary["verdict"], [each["level"] for each in summary["levels"]]) == (verdict, late)
    assert ("told of ['sla.freshness']" in run.log) == (verdict == "warn")
    assert ("broken service level: freshness (the newest at is 2 d 2 h old)" in run.log) == bool(late)
    assert "at the end of the data interval, 2026-01-" in run.log
