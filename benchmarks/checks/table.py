"""Tables of figures: what is measured, in which order, and how it is written."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Row = tuple[str, ...]
Figures = Mapping[str, float]


@dataclass(frozen=True)
class Case:
    """A step of a part: what is measured now, and the rows that it becomes."""

    label: str
    run: Callable[[], Iterable[Row]]


@dataclass(frozen=True)
class Part:
    """One table: its name on the command line, what it says, and the cases that fill it."""

    name: str
    title: str
    text: str
    head: Row
    cases: tuple[Case, ...]

    def markdown(self, rows: Sequence[Row]) -> str:
        return f"## {self.title}\n\n{self.text}\n\n{table(self.head, rows)}"


def table(head: Row, rows: Iterable[Row]) -> str:
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, ("---",) * len(head), *rows))


def in_turn(calls: Iterable[Callable[[], Figures]], rounds: int, *, warm: bool = True) -> dict[str, float]:
    """The median of each figure, all calls made in turn in every round; a first round to warm up does not count."""
    calls = tuple(calls)
    found: dict[str, list[float]] = {}
    for number in range(-1 if warm else 0, rounds):
        for call in calls:
            for name, figure in call().items():
                if number >= 0:
                    found.setdefault(name, []).append(figure)
    return {name: statistics.median(figures) for name, figures in found.items()}


def seconds(cpu: float) -> str:
    return f"{cpu:.3f}" if cpu < 1 else f"{cpu:.2f}"


def times(ratio: float, *, most: float | None = None, least: float | None = None) -> str:
    """A ratio beside its bar, in bold where it misses it."""
    said = f"{ratio:.2f} ×" if ratio < 10 else f"{ratio:.0f} ×"
    bars = ((most, "≤", most is not None and ratio > most), (least, "≥", least is not None and ratio < least))
    for bar, sign, missed in bars:
        if bar is not None:
            return f"**{said}** (missed: {sign} {bar:g})" if missed else f"{said} ({sign} {bar:g})"
    return said


def megabytes(peak: float, *, most: float | None = None) -> str:
    return f"**{peak:.0f}**" if most is not None and peak > most else f"{peak:.0f}"
