"""Boxes in columns by their distance from the first, each near the middle of those that it hangs on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

BOX_WIDTH, BOX_HEIGHT = 250, 48
_GAP_X, _GAP_Y, _MARGIN = 70, 18, 20


@dataclass(frozen=True, slots=True)
class Layout:
    """The upper left corner of each box, and the width and height of the whole, in pixels."""

    places: Mapping[Any, tuple[int, int]]
    size: tuple[int, int]


def lay_out(distances: Mapping[Any, int], edges: Iterable[tuple[Any, Any]], *, leftwards: bool = False) -> Layout:
    """Return where each box stands.

    Args:
        distances: of each box, its column from 0.
        edges: pairs (nearer, farther), by which the boxes of a column are ordered.
        leftwards: whether the columns go from right to left.
    """
    nearer: dict[Any, list[Any]] = defaultdict(list)
    for one, other in edges:
        if distances[one] < distances[other]:
            nearer[other].append(one)
    columns: dict[int, list[Any]] = defaultdict(list)
    for box, distance in distances.items():
        columns[distance].append(box)
    middle: dict[Any, float] = {}
    for distance in sorted(columns):
        wanted = {
            box: sum(middle[one] for one in nearer[box]) / len(nearer[box]) if nearer[box] else 0.0
            for box in columns[distance]
        }
        columns[distance].sort(key=lambda box: wanted[box])
        total = len(columns[distance])
        middle |= {box: index - (total - 1) / 2 for index, box in enumerate(columns[distance])}
    last = max(columns)
    tallest = max(map(len, columns.values()))
    places = {}
    for box, distance in distances.items():
        column = last - distance if leftwards else distance
        x = _MARGIN + column * (BOX_WIDTH + _GAP_X)
        y = _MARGIN + round((middle[box] + (tallest - 1) / 2) * (BOX_HEIGHT + _GAP_Y))
        places[box] = (x, y)
    width = 2 * _MARGIN + (last + 1) * BOX_WIDTH + last * _GAP_X
    height = 2 * _MARGIN + tallest * BOX_HEIGHT + (tallest - 1) * _GAP_Y
    return Layout(places, (width, height))
