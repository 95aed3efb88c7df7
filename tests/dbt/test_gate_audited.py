"""What the gate audited as a whole its test does not measure again."""

from __future__ import annotations

from pathlib import Path

import pytest
from headgate.dbt import sync

from tests.support.gated_shop import FORMS, Shop, contract, declare

pytestmark = pytest.mark.slow

# After a good day: the config, what is built, whether the test measures, and its status.
CASES = {
    "a table": (FORMS["table"], ("build",), False, "pass"),
    "a hook after it": (FORMS["table"] + ", post_hook='update {{ this }} set amount = 900'", ("build",), True, "fail"),
    "a test by itself": (FORMS["table"], ("test",), True, "pass"),
    "rows added": (FORMS["append"], ("build",), True, "pass"),
    "rows added, in full": (FORMS["append"], ("build", "--full-refresh"), False, "pass"),
}
UNDER_ENGINES = ("a test by itself", "rows added", "rows added, in full")


def measured(project: Path) -> bool:
    """Whether the test asked the database: its compiled SQL tells the statements."""
    (file,) = (each for each in (project / "target" / "compiled").rglob("orders__contract.sql") if each.is_file())
    return "-- select count(*)" in file.read_text()


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=[pytest.mark.engines] * (case in UNDER_ENGINES)) for case in CASES]
)
def test_the_test_of_a_gated_model(shop: Shop, project: Path, case: str) -> None:
    config, command, measures, status = CASES[case]
    declare(project, config)
    sync(contract(project), project)
    if command != ("build",) or "append" in config:
        shop.build([(3, 300)])
    ran = shop.build([(1, 100), (2, 200)], *command)
    assert ran.status["orders__contract"] == status, ran.output
    assert measured(project) == measures
    found = ran.by_key("orders__contract")["amount.maximum"]
    rows = 1 if command == ("test",) else 3 if case == "rows added" else 2
    assert (found["rows"], found["unexpected"]) == (rows, 2 if status == "fail" else 0)
