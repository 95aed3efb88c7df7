"""What holds for any contracts: nothing vanishes, nothing is made up, and directions are directions."""

from __future__ import annotations

import copy
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from headgate.changes import ranges, service_levels
from headgate.changes.change import Level
from headgate.changes.delta import same
from headgate.changes.grade import compare
from headgate.changes.version import Version
from headgate.contract.document import Document, read
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.changes import CHANGES
from tests.conformance.changes_base import BASE, edited

SHARED = Path(__file__).parents[3] / "shared" / "spec" / "odcs" / "examples" / "full-example.odcs.yaml"


def as_document(value: Any) -> Document:
    return Document("c", value, {})


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    return [path] if items is None else [leaf for key, child in items for leaf in leaves(child, (*path, key))]


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    value = copy.deepcopy(value)
    at(value, path[:-1])[path[-1]] = new
    return value


def full_examples() -> dict[str, Any]:
    found = {"base": read(json.dumps(BASE), "c").value}
    for name, old, new, *_ in CHANGES:
        found[name] = read(json.dumps(edited({**old, **new})), "c").value
    if SHARED.exists():
        found["the standard's full example"] = read(SHARED.read_text(encoding="utf-8"), "c").value
    return found


EXAMPLES = full_examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_contract_has_not_changed_against_itself(name: str) -> None:
    assert compare(as_document(EXAMPLES[name]), as_document(copy.deepcopy(EXAMPLES[name]))).changes == ()


def other_values(value: Any) -> list[Any]:
    """Other values of a leaf: of its type and of others."""
    if isinstance(value, bool):
        return [not value, None, "x", 7]
    if isinstance(value, int | Decimal):
        return [value + 1, str(value), None, True, [value], {"a": value}]
    return [f"{value} x", None, 5, [value], {"a": value}]


@pytest.mark.parametrize("name", ["base", "the standard's full example"])
def test_no_change_of_any_leaf_vanishes(name: str) -> None:
    if name not in EXAMPLES:
        pytest.skip("there is no ../shared beside the checkout")
    example = EXAMPLES[name]
    lost = [
        (path, new)
        for path in leaves(example)
        for new in other_values(at(example, path))
        if new != at(example, path) or type(new) is not type(at(example, path))
        if not compare(as_document(example), as_document(changed(example, path, new))).changes
    ]
    assert lost == []


@pytest.mark.parametrize("name", ["base", "the standard's full example"])
def test_no_removal_of_any_part_vanishes(name: str) -> None:
    if name not in EXAMPLES:
        pytest.skip("there is no ../shared beside the checkout")
    example = EXAMPLES[name]
    parts = {path[:length] for path in leaves(example) for length in range(1, len(path) + 1)}
    lost = []
    for path in parts:
        less = copy.deepcopy(example)
        del at(less, path[:-1])[path[-1]]
        if not compare(as_document(example), as_document(less)).changes:
            lost.append(path)
        if not compare(as_document(less), as_document(example)).changes:
            lost.append(("back", *path))
    assert lost == []


STRANGE: list[Any] = [
    None,
    5,
    True,
    "x",
    [],
    {},
    [5],
    [[{}]],
    ["a", {}],
    {"a": 1},
    {"id": [], "name": {}},
    Decimal("NaN"),
]


def test_whatever_stands_in_an_old_contract_is_compared() -> None:
    """It need not keep any rule; and nothing of it is taken for the same."""
    example = EXAMPLES["base"] | {"customProperties": read(json.dumps(CUSTOM), "c").value}
    parts = {path[:length] for path in leaves(example) for length in range(1, len(path) + 1)}
    for path in parts:
        for strange in STRANGE:
            other = changed(example, path, strange)
            for old, new in ((other, example), (example, other)):
                diff = compare(as_document(old), as_document(new), readers={"orders.note": ["BI"]})
                assert diff.changes or same(at(example, path), strange), (path, strange)


CUSTOM = [
    {"property": "consumers", "value": ["BI"], "vendor": "headgate"},
    {"property": "onBreach", "value": ["quarantine", "halt"], "vendor": "headgate"},
    {"property": "unit", "value": "EUR"},
]
PAIRS = [(name, old, new) for name, old, new, *_ in CHANGES]


@given(st.data())
def test_more_changes_are_never_less_grave(data: st.DataObject) -> None:
    """An edit of another place leaves what was found, and the whole is as grave as its gravest part."""
    places = ("note", "at", "amount", "contract", "sla")
    first = data.draw(st.sampled_from([p for p in PAIRS if _touches(p) and _touches(p) <= set(places)]))
    second = data.draw(st.sampled_from([p for p in PAIRS if _touches(p) and not _touches(p) & _touches(first)]))
    alone = compare(_doc(first[1]), _doc(first[2]))
    both = compare(_doc({**first[1], **second[1]}), _doc({**first[2], **second[2]}))
    assert both.level >= alone.level
    assert Counter(c.rule for c in alone.changes) <= Counter(c.rule for c in both.changes)
    assert both.level == max(c.level for c in both.changes)


def _touches(pair: tuple[str, dict[str, Any], dict[str, Any]]) -> set[str]:
    """Whether servers or settings change matters elsewhere: dialects, policies. Those are left out."""
    words = {key.split(".")[0] for side in pair[1:] for key in side}
    inherited = any("servers" in key or "customProperties" in key or "apiVersion" in key for s in pair[1:] for key in s)
    return set() if inherited or "schema+" in words else words


def _doc(edits: dict[str, Any]) -> Document:
    return read(json.dumps(edited(edits)), "c")


TIGHTENINGS = [
    (name, old, new)
    for name, old, new, forth, _ in CHANGES
    if len(forth) == 1 and forth[0].split()[0].endswith(("-tightened", "-narrowed", "-raised"))
]


@pytest.mark.parametrize(("name", "old", "new"), TIGHTENINGS, ids=[t[0] for t in TIGHTENINGS])
def test_a_tightening_turned_round_is_a_loosening(name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    (forth,), (back,) = compare(_doc(old), _doc(new)).changes, compare(_doc(new), _doc(old)).changes
    turned = {"tightened": "loosened", "narrowed": "widened", "raised": "lowered"}
    stem, _, word = forth.rule.rpartition("-")
    assert back.rule == f"{stem}-{turned[word]}"
    assert (forth.old, forth.new) == (back.new, back.old)
    if word == "tightened":
        assert back.consumers >= Level.RISK > Level.SAFE >= forth.consumers or "critical" in name


OPERATORS = ("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan",
             "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween")  # fmt: skip
halves = st.integers(-6, 6).map(lambda n: Decimal(n) / 2)
rules = st.tuples(st.sampled_from(OPERATORS), st.lists(halves, min_size=2, max_size=2).map(sorted))


def holds(operator: str, bounds: list[Decimal], x: Decimal) -> bool:
    """The operators as the standard says them, number by number."""
    low, high = bounds[0], bounds[1]
    return {
        "mustBe": x == low,
        "mustNotBe": x != low,
        "mustBeGreaterThan": x > low,
        "mustBeGreaterOrEqualTo": x >= low,
        "mustBeLessThan": x < low,
        "mustBeLessOrEqualTo": x <= low,
        "mustBeBetween": low <= x <= high,
        "mustNotBeBetween": not low <= x <= high,
    }[operator]


@pytest.mark.parametrize("whole", [False, True])
@given(first=rules, second=rules)
def test_what_operators_allow(whole: bool, first: Any, second: Any) -> None:
    """Against trying every number: halves and quarters between the bounds, which are halves; or whole numbers."""
    numbers = [Decimal(n) / (1 if whole else 4) for n in range(-40, 41)]
    a, b = ({x for x in numbers if holds(*rule, x)} for rule in (first, second))
    expected = "same" if a == b else "tightened" if b < a else "loosened" if a < b else "changed"
    sets = [ranges.allowed(*rule) for rule in (first, second)]
    assert ranges.direction(*(ranges.whole(s) if whole else s for s in sets)) == expected


units = st.sampled_from(["s", "min", "h", "d", "w", "mo", "y", "days", "Hours"])
levels = st.tuples(st.integers(1, 400), units)


@given(levels, levels)
def test_service_levels_turn_round(old: Any, new: Any) -> None:
    forth = service_levels.direction("latency", old, new, False)
    back = service_levels.direction("latency", new, old, False)
    turned = {"same": "same", "tightened": "loosened", "loosened": "tightened", "changed": "changed"}
    assert back == turned[forth]
    assert service_levels.direction("retention", old, new, False) == turned[forth]


versions = st.builds(
    lambda numbers, pre: ".".join(map(str, numbers)) + pre,
    st.tuples(*[st.integers(0, 12)] * 3),
    st.sampled_from(["", "-rc.1", "-rc.2", "-rc.10", "-alpha", "-1"]),
)


@given(versions, versions)
def test_versions_have_an_order(first: str, second: str) -> None:
    a, b = Version.of(first), Version.of(second)
    assert a is not None
    assert b is not None
    assert (a.precedence == b.precedence) == (first == second)
    assert (a.precedence < b.precedence) != (b.precedence <= a.precedence)
