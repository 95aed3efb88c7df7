"""The one shape of `consumers`: what is read, and what is refused with which words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from headgate.contract.consumers import Consumer, Need, consumers_of

from tests.support.contracts import dataset

FULL = {
    "name": "churn score",
    "contact": "#churn",
    "reads": ["amount", "paid_at"],
    "needs": [{"property": "freshness", "value": 4, "unit": "h", "element": "orders.paid_at"}],
    "dataset": "churn_scores",
}
READ: list[tuple[Any, tuple[Consumer, ...]]] = [
    ("BI", (Consumer("BI"),)),
    (["BI", {"name": " Risk ", "contact": "#risk"}], (Consumer("BI"), Consumer("Risk", "#risk"))),
    (FULL, (Consumer("churn score", "#churn", ("amount", "paid_at"),
                     (Need("freshness", 4, "h", "orders.paid_at"),), "churn_scores"),)),
    ([], ()),
    ([{"name": "x", "needs": [{"property": "availability", "value": Decimal("99.5")}]}],
     (Consumer("x", needs=(Need("availability", Decimal("99.5")),)),)),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), READ)
def test_consumers_are_read(value: Any, expected: tuple[Consumer, ...]) -> None:
    assert consumers_of(value) == expected


REFUSED: list[tuple[Any, str]] = [
    (1, "1 is not a valid consumer; expected a name, or {name, contact, reads, needs, dataset}"),
    ("", "'' is not a valid consumer; give it a name"),
    ({"contact": "#x"}, "{'contact': '#x'} is not a valid consumer; give it a name"),
    ({"name": "x", "read": ["a"]}, "'read' is not a field of a consumer; did you mean 'reads'?; expected name, contact, "
                                   "dataset, reads, needs"),
    ({"name": "x", "contact": 1}, "1 is not a valid contact of a consumer; expected a string"),
    ({"name": "x", "reads": "a"}, "'a' is not what the consumer x reads; expected a list of properties' names"),
    ({"name": "x", "reads": [1]}, "[1] is not what the consumer x reads; expected a list of properties' names"),
    ({"name": "x", "needs": {}}, "{} is not what the consumer x needs; expected a list of {property, value, unit}"),
    ({"name": "x", "needs": [{"property": "freshness"}]},
     "{'property': 'freshness'} is not a valid need of the consumer x; expected {property, value}, and optionally unit "
     "and element"),
    ({"name": "x", "needs": [{"property": "freshness", "value": True}]},
     "True is not a valid value of a need of the consumer x; expected a number or a string"),
    ({"name": "x", "needs": [{"property": "freshnes", "value": 4, "unit": "h"}]},
     "'freshnes' is not a service level that the consumer x can need; did you mean 'freshness'?; see slaProperties"),
    ({"name": "x", "needs": [{"property": "freshness", "value": 4, "unit": "parsec"}]},
     "the need freshness of the consumer x: 'parsec' is not a valid unit of time; expected one of ms, s, min, h, d, w, "
     "mo, y, or a value such as PT4H"),
    ({"name": "x", "needs": [{"property": "freshness", "value": 1, "unit": 2}]},
     "2 is not a valid unit of a need of the consumer x; expected a string"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "message"), REFUSED)
def test_what_is_no_consumer_is_refused(value: Any, message: str) -> None:
    with pytest.raises(ValueError) as raised:
        consumers_of(value)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("reads", "column", "may"),
    [
        ((), "amount", True),  # not known what it reads
        (("amount",), "amount", True),
        (("amount",), "AMOUNT", True),
        (("amount",), "amount_eur", False),
        (("address",), "address.zip", True),
        (("address.zip",), "address", True),
        (("tags[]",), "tags", True),
    ],
)
def test_a_consumer_may_read_what_it_names(reads: tuple[str, ...], column: str, may: bool) -> None:
    assert Consumer("x", reads=reads).may_read(column) is may


def test_a_dataset_has_them_and_they_go_back_to_what_was_written() -> None:
    (found,) = dataset({"name": "amount"}, settings={"consumers": [FULL]}).consumers
    assert found.to_dict() == FULL
    assert consumers_of(found.to_dict()) == (found,)
