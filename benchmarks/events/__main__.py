"""What it costs to check one event of twenty fields and 33 rules, beside other tools, and what each of them misses.

    python -m benchmarks.events [--pairs 15]

CPU of one process: each tool in turn looks at the same good events, in alternating rounds; the ratio is that of a pair.
Tools that are not installed are named: `pip install -r benchmarks/events/peers.txt` brings them, best into an
environment of its own with headgate's extra `events`.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks.dbt.pairs import Ratio, alternating
from benchmarks.events import promise
from benchmarks.events.tools import TOOLS, Tool

EVENTS = 2_000
# Of tools that take a hundred times as long, a part of them.
SLOW = 50


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--pairs", type=int, default=15)
    pairs = asked.parse_args().pairs
    tools = list(_installed())
    chance = random.Random(1)
    events = [promise.event(chance, number) for number in range(EVENTS)]
    texts = [json.dumps(event, separators=(",", ":")).encode() for event in events]
    print(
        f"{promise.RULES} rules besides {len(promise.FIELDS)} types; {sum(map(len, texts)) // EVENTS} bytes an event\n"
    )
    for tool in tools:
        assert tool.of_bytes(texts[1]) == 0, tool.name
    print(_costs("bytes", tools, [tool.of_bytes for tool in tools], texts, pairs))
    print(_costs("object", tools, [tool.of_object for tool in tools], events, pairs))
    print(_misses(tools))


def _installed() -> list[Tool]:
    found = []
    for name, make in TOOLS.items():
        try:
            found.append(make())
        except ImportError as error:
            print(f"{name} is not measured: {error}")
    return found


def _costs(
    what: str, tools: Sequence[Tool], ways: Sequence[Callable[[Any], int] | None], events: Sequence[Any], pairs: int
) -> str:
    calls: list[tuple[str, Callable[[], float]]] = [
        (tool.name, partial(_cpu, way, events if _cpu(way, events[:SLOW]) < 50 else events[:SLOW]))
        for tool, way in zip(tools, ways, strict=True)
        if way is not None
    ]
    found = alternating([call for _, call in calls], pairs)
    lines = [f"| one event, as {what} | µs of CPU | ÷ headgate |", "| --- | ---: | ---: |"]
    for (name, _), figures in zip(calls, found, strict=True):
        ratio = Ratio.of([figure / own for figure, own in zip(figures, found[0], strict=True)])
        lines.append(f"| {name} | {statistics.median(figures):.1f} | {'' if figures is found[0] else ratio} |")
    return "\n".join(lines) + "\n"


def _cpu(way: Callable[[Any], int], events: Sequence[Any]) -> float:
    """Return the CPU of one event in microseconds."""
    begun = time.process_time()
    for event in events:
        way(event)
    return (time.process_time() - begun) / len(events) * 1e6


def _misses(tools: Sequence[Tool]) -> str:
    lines = [f"| takes | {' | '.join(tool.name for tool in tools)} |", f"| --- |{' --- |' * len(tools)}"]
    for name, data in promise.BROKEN.items():
        lines.append(f"| {name} | {' | '.join(_taken(tool, data) for tool in tools)} |")
    told = " | ".join(_taken(tool, promise.TWO_FAULTS) for tool in tools)
    lines.append(f"| two faults | {told} |")
    return "\n".join(lines)


def _taken(tool: Tool, data: bytes) -> str:
    """Return how many reasons a tool gives; `takes it`, or the exception that it raises."""
    try:
        reasons = tool.of_bytes(data)
    except Exception as error:  # what a caller would meet
        return f"raises {type(error).__name__}"
    return f"{reasons} reason{'s' * (reasons > 1)}" if reasons else "**takes it**"


if __name__ == "__main__":
    main()
