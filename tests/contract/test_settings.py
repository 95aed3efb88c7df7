"""headgate's own settings in a contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from headgate.errors import ContractError
from headgate.rules.load import parse

from tests.support.orders import GOOD


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("{property: onBreech, value: halt, vendor: headgate}", "did you mean 'onBreach'"),
        ("{property: headgate.onBreach, value: quarantin}", "did you mean 'quarantine'"),
        ("{property: onBreach, value: [], vendor: headgate}", "the list is empty"),
        ("{property: maxQuarantinePercent, value: 101, vendor: headgate}", "from 0 to 100"),
        ("{property: extraColumns, value: no, vendor: headgate}", "ignore, warn, fail"),
        ("{property: showExamples, value: 'true', vendor: headgate}", "expected one of true, false"),
        ("{property: missingValues, value: NA, vendor: headgate}", "is not a list of strings"),
    ],
)
def test_settings_say_what_is_allowed(setting: str, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        parse(GOOD + f"customProperties:\n  - {setting}\n", Path("c.yaml"))


def test_settings_of_others_are_left_alone() -> None:
    contract = parse(GOOD + "customProperties:\n  - {property: onBreech, value: 1, vendor: soda}\n", Path("c.yaml"))
    assert contract["orders"].on_breach == ("halt",)


@pytest.mark.parametrize(
    ("entry", "level"),
    [
        ("{property: onBreach, value: quarantine}", "error"),
        # It may be another tool's.
        ("{property: consumers, value: [finance]}", "warning"),
        ("{property: onBreach, value: quarantine, vendor: headgat}", "error"),
    ],
)
def test_a_setting_without_its_vendor_is_not_silently_ignored(entry: str, level: str) -> None:
    text = GOOD + f"customProperties:\n  - {entry}\n"
    try:
        problems = parse(text, Path("c.yaml")).remarks
    except ContractError as error:
        problems = error.problems
    (problem,) = problems
    assert problem.level == level
    assert "is not read without `vendor: headgate`" in problem.message


def test_allowed_not_executed() -> None:
    text = GOOD.replace(
        "logicalTypeOptions:\n          maximum: 19.99", "quality: [{type: custom, engine: soda, implementation: x}]"
    ) + ("customProperties:\n  - {property: allowNotExecuted, value: [amount.custom], vendor: headgate}\n")
    assert [r.excused for r in parse(text, Path("c.yaml"))["orders"].unchecked] == [True]
