"""Which incident is the cause of which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from headgate.history.causes import causes
from headgate.history.store import Store
from headgate.incidents import Severity

from tests.support.history import BEGIN
from tests.support.incidents import OVER_500, concern_of, finding, incidents_of, put_dataset, put_incident


@dataclass(frozen=True)
class Case:
    """`broken` are, by dataset, the hours in which a rule is broken, each from and to, None for still. `made_from` are
    by dataset its sources; `consumers` by dataset what its consumers make of it. `found` is by dataset its cause; `columns` what
    its rule is about, if not `amount`."""

    name: str
    broken: dict[str, list[tuple[float, float | None]]]
    found: dict[str, str]
    made_from: dict[str, list[str]] = field(default_factory=dict)
    consumers: dict[str, list[str]] = field(default_factory=dict)
    drafts: frozenset[str] = frozenset()
    warnings: frozenset[str] = frozenset()
    columns: dict[str, str] = field(default_factory=dict)


CHAIN = {"mart": ["orders"], "orders": ["raw"]}
CASES = [
    Case("open upstream when it began", {"orders": [(1, None)], "mart": [(2, None)]}, {"mart": "orders"}, CHAIN),
    Case("began later than what is downstream", {"orders": [(2, None)], "mart": [(1, None)]}, {}, CHAIN),
    Case("over before", {"orders": [(1, 2)], "mart": [(3, None)]}, {}, CHAIN),
    Case("over just then", {"orders": [(1, 2)], "mart": [(2, None)]}, {}, CHAIN),
    Case("closed by now is still the cause", {"orders": [(1, 3)], "mart": [(2, None)]}, {"mart": "orders"}, CHAIN),
    Case("at the same time: who is known longer", {"orders": [(1, None)], "mart": [(1, None)]}, {"mart": "orders"}, CHAIN),
    Case("at the same time: in no circle", {"mart": [(1, None)], "orders": [(1, None)]}, {}, CHAIN),
    Case("a chain names its own link", {"raw": [(1, None)], "orders": [(2, None)], "mart": [(3, None)]},
         {"orders": "raw", "mart": "orders"}, CHAIN),
    Case("not of the grandparent", {"raw": [(1, None)], "mart": [(3, None)]}, {}, CHAIN),
    Case("the first of several", {"b": [(2, None)], "a": [(1, None)], "mart": [(3, None)]}, {"mart": "a"},
         {"mart": ["a", "b"]}),
    Case("a draft is no cause", {"orders": [(1, None)], "mart": [(2, None)]}, {}, CHAIN, drafts=frozenset({"orders"})),
    Case("a warning about the same column", {"orders": [(1, None)], "mart": [(2, None)]}, {"mart": "orders"}, CHAIN,
         warnings=frozenset({"orders"})),
    Case("a warning about another column", {"orders": [(1, None)], "mart": [(2, None)]}, {}, CHAIN,
         warnings=frozenset({"orders"}), columns={"mart": "status"}),
    Case("a draft that warns", {"orders": [(1, None)], "mart": [(2, None)]}, {}, CHAIN,
         drafts=frozenset({"orders"}), warnings=frozenset({"orders"})),
    Case("an error about another column", {"orders": [(1, None)], "mart": [(2, None)]}, {"mart": "orders"}, CHAIN,
         columns={"mart": "status"}),
    Case("of several the one about the same column", {"a": [(1, None)], "b": [(2, None)], "mart": [(3, None)]},
         {"mart": "b"}, {"mart": ["a", "b"]}, warnings=frozenset({"b"}), columns={"a": "status"}),
    Case("as its consumers say", {"orders": [(1, None)], "mart": [(2, None)]}, {"mart": "orders"},
         consumers={"orders": ["mart"]}),
    Case("as its consumers say with the contract", {"orders": [(1, None)], "mart": [(2, None)]}, {"mart": "orders"},
         consumers={"orders": ["shop.mart"]}),
    Case("a consumer of another contract", {"orders": [(1, None)], "mart": [(2, None)]}, {},
         consumers={"orders": ["sales.mart"]}),
    Case("itself is no cause", {"orders": [(1, None)]}, {}, {"orders": ["orders"]}, {"orders": ["orders"]}),
    Case("again, in the second episode of both", {"orders": [(1, 2), (9, None)], "mart": [(0, 3), (10, None)]},
         {"mart": "orders"}, CHAIN),
    Case("began in the gap of what broke again", {"orders": [(1, 2), (9, None)], "mart": [(5, None)]}, {}, CHAIN),
    Case("closed, it began in the first episode of what broke again", {"orders": [(1, 4), (9, None)], "mart": [(2, 3)]},
         {"mart": "orders"}, CHAIN),
    Case("two that feed each other wait for the one that began first", {"a": [(1, 6), (7, None)], "b": [(5, None)]},
         {"a": "b"}, {"a": ["b"], "b": ["a"]}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_cause(case: Case, fresh: Callable[[], Any]) -> None:
    store = fresh()
    numbers = fill(store, case)
    names = {number: name for name, number in numbers.items()}
    with store.reading() as connection:
        found = causes(connection, list(names))
        still = causes(connection)
    store.close()
    assert {names[each]: names[cause] for each, cause in found.items()} == case.found
    open_ = {numbers[name] for name, spans in case.broken.items() if spans[-1][1] is None}
    assert still == {each: cause for each, cause in found.items() if each in open_}


def fill(store: Store, case: Case) -> dict[str, int]:
    numbers = {}
    for name, spans in case.broken.items():
        readers = [{"name": each, "dataset": each} for each in case.consumers.get(name, [])]
        id_ = put_dataset(store, concern_of(name, *readers), case.made_from.get(name, []))
        events = []
        severity = Severity.WARNING if name in case.warnings else Severity.ERROR
        broken = replace(OVER_500, columns=(case.columns.get(name, "amount"),), severity=severity)
        for begun, over in spans:
            said = {"draft": name in case.drafts, "broken": {"a": broken}}
            events.append(finding(at(begun), f"broke {begun}", "a", **said))
            events += [] if over is None else [finding(at(over), f"held {over}")]
        (each,) = incidents_of(*events)
        numbers[name] = put_incident(store, id_, each)
    return numbers


def at(hours: float) -> Any:
    return BEGIN + timedelta(hours=hours)


def test_nothing_is_asked_where_nothing_is_open(fresh: Callable[[], Any]) -> None:
    store = fresh()
    with store.reading() as connection:
        assert causes(connection) == causes(connection, [1, 2]) == {}
    store.close()
