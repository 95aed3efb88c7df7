"""Which item of an old list is which item of the new one."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from headgate.changes.kinds import Kind

Pairs = list[tuple[int | None, int | None]]


def _identity(item: Mapping[str, Any]) -> Any:
    return item.get("id")


def _whole(item: Mapping[str, Any]) -> Any:
    return item


def matched(old: Sequence[Any], new: Sequence[Any], kind: Kind) -> Pairs:
    """(old index, new index) of every item, in the order of the new list, None where there is no partner.

    By id first, then what is wholly alike; what is left is tried by each natural key in turn, the strongest first.
    Items that a key does not tell apart are matched in their order.
    """
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for key in (_identity, _whole, *kind.keys):
        waiting: dict[Any, deque[int]] = defaultdict(deque)
        for index, value in _keyed(old, key):
            if index not in taken:
                waiting[value].append(index)
        for index, value in _keyed(new, key):
            if index not in partner and waiting.get(value):
                partner[index] = waiting[value].popleft()
                taken.add(partner[index])
    pairs: Pairs = [(partner.get(index), index) for index in range(len(new))]
    return pairs + [(index, None) for index in range(len(old)) if index not in taken]


def _keyed(items: Sequence[Any], key: Callable[[Mapping[str, Any]], Any]) -> Iterator[tuple[int, Any]]:
    for index, item in enumerate(items):
        value = key(item) if isinstance(item, dict) else None
        if value is not None:
            yield index, repr(value)


def moved(pairs: Pairs) -> bool:
    """Whether items that both lists have stand in another order."""
    order = [old for old, new in pairs if old is not None and new is not None]
    return order != sorted(order)
