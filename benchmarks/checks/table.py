"""Tables of figures, as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Row = tuple[str, ...]


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
        lines = (f"| {' | '.join(cells)} |" for cells in (self.head, ("---",) * len(self.head), *rows))
        return f"## {self.title}\n\n{self.text}\n\n" + "\n".join(lines) + "\n"


def in_turn(calls: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of what each call says, called in turn; the first round warms the caches and does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in calls.items():
            spent = call()
            if number:
                seconds[name].append(spent)
    return {name: statistics.median(values) for name, values in seconds.items()}


def cpu(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds < 1 else f"{seconds:.2f}"


def times(ratio: float, most: float | None = None) -> str:
    """A ratio, and the bar that it was to keep under: marked where it does not."""
    said = f"{ratio:.1f} ×" if ratio >= 1 else f"{ratio:.2f} ×"
    if most is None:
        return said
    return f"{said} (≤ {most:g})" if ratio <= most else f"**{said}** (missed: ≤ {most:g})"
